// String operators: kql_has(text, needle) and its relatives; the negated forms are the compiler's. Lists are JSON
// arrays: kql_has_any(text, list), kql_has_all, kql_in_ci. Every list entry is taken as text.
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/json.h"
#include "hunt/functions/runtime/regex.h"
#include "hunt/functions/runtime/register.h"
#include "hunt/functions/runtime/terms.h"
#include "hunt/functions/runtime/unicode.h"

#include <unordered_set>

namespace merlon::hunt {

namespace {

struct Operator {
    char const* name;
    TextTest test;
    Case how;
};

constexpr Operator operators[] = {
    {"kql_has", TextTest::has, Case::fold},
    {"kql_has_cs", TextTest::has, Case::exact},
    {"kql_hasprefix", TextTest::has_prefix, Case::fold},
    {"kql_hasprefix_cs", TextTest::has_prefix, Case::exact},
    {"kql_hassuffix", TextTest::has_suffix, Case::fold},
    {"kql_hassuffix_cs", TextTest::has_suffix, Case::exact},
    {"kql_contains", TextTest::contains, Case::fold},
    {"kql_contains_cs", TextTest::contains, Case::exact},
    {"kql_startswith", TextTest::starts_with, Case::fold},
    {"kql_startswith_cs", TextTest::starts_with, Case::exact},
    {"kql_endswith", TextTest::ends_with, Case::fold},
    {"kql_endswith_cs", TextTest::ends_with, Case::exact},
    {"kql_equals_ci", TextTest::equals, Case::fold},
};

// The entries of a list as texts: a JSON array's elements, or one text. A null or empty entry reads as "", which
// `has` finds in every text.
std::vector<std::string> entries(std::string_view list) {
    std::vector<std::string> out;
    std::string scratch;
    if (is_array(list)) each_element(list, [&](Json value) { return out.emplace_back(dynamic_text(value, scratch)), true; });
    else if (!list.empty()) out.emplace_back(dynamic_text(list, scratch));
    return out;
}

std::unordered_set<std::string> folded_entries(std::string_view list) {
    std::unordered_set<std::string> out;
    for (auto const& entry : entries(list)) {
        std::string folded;
        append_folded(folded, entry);
        out.insert(std::move(folded));
    }
    return out;
}

std::unordered_set<std::string> plain_entries(std::string_view list) {
    auto all = entries(list);
    return {std::make_move_iterator(all.begin()), std::make_move_iterator(all.end())};
}

}  // namespace

Result<std::shared_ptr<RE2 const>> regex_or_error(std::string_view pattern) {
    auto regex = compiled(pattern);
    if (!regex->ok()) return fail("hunt.bad_regex", std::string(pattern), regex->error());
    return regex;
}

void add_operators(std::vector<store::ScalarFunction>& all) {
    for (auto const& op : operators)
        define_prepared<1>(
            all, op.name, [op](std::string_view needle) { return Needle(op.test, op.how, needle); },
            [](Needle const& needle, std::string_view text) { return needle.matches(text); });

    auto const has_list = [](std::string_view list) { return NeedleList(TextTest::has, Case::fold, entries(list)); };
    define_prepared<1>(all, "kql_has_any", has_list,
                       [](NeedleList const& list, std::string_view text) { return list.any(text); });
    define_prepared<1>(all, "kql_has_all", has_list,
                       [](NeedleList const& list, std::string_view text) { return list.all(text); });
    define_prepared<1>(all, "kql_has_any_index", has_list, [](NeedleList const& list, std::string_view text) {
        return static_cast<std::int64_t>(list.first(text));
    });
    define_prepared<1>(all, "kql_in_ci", folded_entries,
                       [](std::unordered_set<std::string> const& list, std::string_view text) {
                           thread_local std::string folded;
                           folded.clear();
                           append_folded(folded, text);
                           return list.contains(folded);
                       });
    define_prepared<1>(all, "kql_in_dynamic", plain_entries,
                       [](std::unordered_set<std::string> const& list, std::string_view text) {
                           return list.contains(std::string(text));
                       });
    define(all, "kql_fold", [](std::string_view text, std::string& out) { append_folded(out, text); });
    define_prepared<1>(all, "kql_matches_regex", regex_or_error,
                       [](std::shared_ptr<RE2 const> const& regex, std::string_view text) { return matches(*regex, text); });
}

}  // namespace merlon::hunt
