#include "advise/checks.h"

#include <set>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::advise {
namespace {

constexpr std::string_view categories[] = {"Application", "OS", "Network", "Accounts", "Security controls"};

std::optional<Passing> passing_named(std::string_view word, std::size_t values) {
    struct Rule {
        std::string_view word;
        Passing rule;
        std::size_t least, most;
    };
    constexpr std::size_t any = 99;
    constexpr Rule rules[] = {{"is", Passing::is, 1, any},           {"not", Passing::is_not, 1, any},
                              {"contains", Passing::contains, 1, 1}, {"at_least", Passing::at_least, 1, 1},
                              {"at_most", Passing::at_most, 1, 1},   {"between", Passing::between, 2, 2},
                              {"parts_at_most", Passing::parts_at_most, 1, any}};
    for (auto const& rule : rules)
        if (rule.word == word && values >= rule.least && values <= rule.most) return rule.rule;
    return {};
}

std::optional<Unset> unset_named(std::string_view word) {
    if (word == "fail") return Unset::fails;
    if (word == "pass") return Unset::passes;
    if (word == "na") return Unset::not_applicable;
    return {};
}

Result<CheckTest> read_test(json::Value from, std::string const& where) {
    CheckTest test;
    for (auto const& key : json::texts(from, "read")) test.keys.push_back(ascii_lower(key));
    std::vector<std::string> words;
    for (auto const one : json::array(from, "pass")) words.push_back(json::is_string(one) ? ascii_lower(json::text(one)) : json::dump(one));
    auto const rule = words.empty() ? std::nullopt : passing_named(words[0], words.size() - 1);
    auto const unset = unset_named(json::text(from, "unset"));
    if (test.keys.empty() || !rule || !unset) return fail("advise.bad_check", where, "read, pass or unset");
    test.rule = *rule;
    test.values.assign(words.begin() + 1, words.end());
    bool const numbers = *rule == Passing::at_least || *rule == Passing::at_most || *rule == Passing::between || *rule == Passing::parts_at_most;
    for (auto const& value : test.values)
        if (numbers && !to_double(value)) return fail("advise.bad_check", where, value);
    test.unset = *unset;
    test.any = json::boolean(from, "any").value_or(false);
    for (auto const& value : json::texts(from, "unsaid")) test.unsaid.push_back(ascii_lower(value));
    return test;
}

}  // namespace

Result<std::vector<Check>> read_checks(std::string_view bytes, std::string_view path) {
    auto const document = TRY(json::Document::parse(bytes, path));
    std::vector<Check> out;
    for (auto const from : json::array(document.root(), "checks")) {
        Check check;
        check.scid = json::integer(from, "scid").value_or(0);
        auto const where = std::string(path) + " scid-" + std::to_string(check.scid);
        check.name = json::text(from, "name");
        check.advice = json::text(from, "advice");
        check.category = json::text(from, "category");
        check.subcategory = json::text(from, "subcategory");
        check.description = json::text(from, "description");
        check.risk = json::text(from, "risk");
        check.remediation = json::text(from, "remediation");
        check.platforms = json::texts(from, "platforms");
        check.sources = json::texts(from, "sources");
        check.techniques = json::texts(from, "mitre");
        check.installed = json::texts(from, "installed");
        check.weight = json::number(from, "weight").value_or(0);
        check.user_impact = json::boolean(from, "user_impact").value_or(false);
        for (auto const test : json::array(from, "tests")) check.tests.push_back(TRY(read_test(test, where)));
        bool const known = std::ranges::find(categories, check.category) != std::end(categories);
        if (check.scid <= 0 || check.name.empty() || !known || check.platforms.empty() || check.sources.empty() || check.tests.empty() ||
            check.remediation.empty() || check.weight < 1 || check.weight > 10)
            return fail("advise.bad_check", where, "scid, name, category, platforms, sources, tests, remediation or weight");
        out.push_back(std::move(check));
    }
    return out;
}

Result<std::vector<Check>> read_checks() {
    std::vector<Check> all;
    for (auto const& file : embedded_under("rules/configuration/")) {
        auto some = TRY(read_checks(file.bytes, file.path));
        all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    std::ranges::sort(all, {}, &Check::scid);
    for (std::size_t i = 1; i < all.size(); ++i)
        if (all[i].scid == all[i - 1].scid) return fail("advise.bad_check", "scid-" + std::to_string(all[i].scid), "two of that number");
    return all;
}

bool passes(CheckTest const& test, std::string_view value) {
    auto const text = ascii_lower(trim(value));
    auto const number = to_double(text);
    auto const limit = [&](std::size_t i) { return to_double(test.values[i]).value_or(0); };
    switch (test.rule) {
    case Passing::is: return std::ranges::find(test.values, text) != test.values.end();
    case Passing::is_not: return std::ranges::find(test.values, text) == test.values.end();
    case Passing::contains: return text.find(test.values[0]) != std::string::npos;
    case Passing::at_least: return number && *number >= limit(0);
    case Passing::at_most: return number && *number <= limit(0);
    case Passing::between: return number && *number >= limit(0) && *number <= limit(1);
    case Passing::parts_at_most: {
        auto const parts = split(text, ':');
        if (parts.size() > test.values.size()) return false;
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (auto const part = to_double(parts[i]); !part || *part > limit(i)) return false;
        return true;
    }
    }
    return false;
}

std::string recommendation_id(std::int64_t scid) { return "sca-_-scid-" + std::to_string(scid); }

}  // namespace merlon::advise
