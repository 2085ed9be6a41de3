#include "match/identity/rules.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"
#include "match/identity/clean.h"
#include "match/identity/distribution.h"

namespace merlon::match {

// A name's pattern that ends open, alone: the set tells that it matches, not where. Made at its first match.
struct OpenName {
    std::once_flag once;
    std::unique_ptr<RE2> pattern;
};

struct Patterns {
    std::unique_ptr<OpenName> open;
    std::unique_ptr<RE2> vendor, installed;
    std::vector<std::pair<std::unique_ptr<RE2>, std::string>> version, also;
};

struct IdentityRules::State {
    std::vector<IdentityRule> rules;
    std::vector<Patterns> patterns;
    std::unique_ptr<RE2::Set> names, bundles;
    std::vector<std::size_t> name_rules, bundle_rules;  // set index -> rule
    std::vector<std::size_t> vendor_rules;              // those that have neither name nor bundle
    std::set<std::string, std::less<>> programs;        // what rules for others than extensions name
};

namespace {

RE2::Options options() {
    RE2::Options made;
    made.set_log_errors(false);
    made.set_max_mem(std::int64_t{64} << 20);
    return made;
}

RuleCase case_of(json::Value value, IdentityRule const& rule) {
    RuleCase made;
    made.item.name = json::text(value, "name");
    made.item.vendor = json::text(value, "vendor");
    made.item.version = json::text(value, "version");
    made.item.bundle_id = json::text(value, "bundle_id");
    made.item.edition = json::text(value, "edition");
    made.item.source = json::text(value, "source");
    if (made.item.source.empty()) made.item.source = rule.sources.empty() ? "programs" : rule.sources.front();
    made.platform = json::text(value, "platform");
    if (made.platform.empty())
        made.platform = !rule.platform.empty() ? rule.platform
                        : made.item.source == "apps" || made.item.source == "homebrew" ? "macos"
                                                                                        : "windows";
    made.expect = json::text(value, "expect");
    if (!json::member(value, "expect") && !rule.cpe.empty()) made.expect = rule.cpe.front();
    made.expect_version = json::text(value, "expect_version");
    return made;
}

Result<IdentityRule> rule_of(json::Value value, std::string const& file) {
    IdentityRule rule;
    rule.file = file;
    rule.id = json::text(value, "id");
    auto const wrong = [&](std::string_view what) {
        return std::unexpected(error("match.bad_rule", file, rule.id, std::string(what)));
    };
    if (rule.id.empty()) return wrong("it has no id");
    rule.name = json::text(value, "name");
    rule.bundle = json::text(value, "bundle");
    rule.vendor = json::text(value, "vendor");
    rule.installed = json::text(value, "installed");
    if (rule.name.empty() && rule.bundle.empty() && rule.vendor.empty()) return wrong("it has neither name nor bundle nor vendor");
    rule.sources = json::texts(value, "sources");
    rule.platform = json::text(value, "platform");
    rule.cpe = json::texts(value, "cpe");
    rule.skip = json::text(value, "skip");
    if (rule.cpe.empty() && rule.skip.empty()) return wrong("it says neither cpe nor skip");
    auto const also = json::member(value, "also");
    if (also) rule.also = json::text(*also, "cpe");
    auto named = rule.cpe;
    if (also) named.push_back(rule.also);
    for (auto const& subject : named) {
        if (split(subject, ':').size() < 3) return wrong("a cpe is not part:vendor:product");
        if (subject.contains('\\')) return wrong("a cpe has a backslash: names are written without NVD's escapes");
    }
    auto const rewrites = [](json::Value from, std::string_view key, auto& to) {
        for (auto const pair : json::array(from, key)) {
            std::vector<std::string> parts;
            for (auto const part : json::array(pair)) parts.emplace_back(json::text(part));
            if (parts.size() != 2) return false;
            to.emplace_back(parts[0], parts[1]);
        }
        return true;
    };
    if (!rewrites(value, "version", rule.version) || (also && !rewrites(*also, "name", rule.also_name)))
        return wrong("a version rewrite is not [pattern, replacement]");
    rule.fix = json::text(value, "fix");
    rule.scheme = json::text(value, "scheme");
    rule.lifecycle = json::text(value, "lifecycle");
    rule.link = json::text(value, "link");
    if (rule.link.empty()) return wrong("it has no link to where its names were taken from");
    for (auto const entry : json::array(value, "cases")) rule.cases.push_back(case_of(entry, rule));
    if (rule.cases.empty()) return wrong("it has no case");
    return rule;
}

Result<std::unique_ptr<RE2>> compiled(IdentityRule const& rule, std::string const& pattern) {
    if (pattern.empty()) return nullptr;
    auto made = std::make_unique<RE2>(pattern, options());
    if (!made->ok()) return fail("match.bad_rule", rule.file, rule.id, "pattern " + pattern + ": " + made->error());
    return made;
}

bool for_extensions(IdentityRule const& rule) {
    return !rule.sources.empty() && std::ranges::all_of(rule.sources, [](auto const& source) { return source.ends_with("_extensions") || source.ends_with("_addons"); });
}

// True for a pattern that surely ends with the name: "^a( [0-9.]+)?$", not "^a$|^b".
bool closed(std::string_view pattern) {
    if (!pattern.ends_with('$')) return false;
    for (auto at = pattern.find("|^"); at != std::string_view::npos; at = pattern.find("|^", at + 1))
        if (at == 0 || pattern[at - 1] != '$') return false;
    return true;
}

}  // namespace

Result<IdentityRules> IdentityRules::parse(std::span<std::pair<std::string, std::string_view> const> files) {
    auto state = std::make_shared<State>();
    for (auto const& [file, bytes] : files) {
        auto const document = TRY(json::Document::parse(bytes, file));
        for (auto const entry : json::array(document.root(), "rules"))
            state->rules.push_back(TRY(rule_of(entry, file)));
    }
    state->names = std::make_unique<RE2::Set>(options(), RE2::UNANCHORED);
    state->bundles = std::make_unique<RE2::Set>(options(), RE2::UNANCHORED);
    for (std::size_t i = 0; i < state->rules.size(); ++i) {
        auto const& rule = state->rules[i];
        std::string why;
        if (!rule.name.empty()) {
            if (state->names->Add(rule.name, &why) < 0) return fail("match.bad_rule", rule.file, rule.id, why);
            state->name_rules.push_back(i);
        }
        if (!rule.bundle.empty()) {
            if (state->bundles->Add(rule.bundle, &why) < 0) return fail("match.bad_rule", rule.file, rule.id, why);
            state->bundle_rules.push_back(i);
        }
        if (rule.name.empty() && rule.bundle.empty()) state->vendor_rules.push_back(i);
        Patterns patterns;
        if (rule.skip.empty() && !rule.name.empty() && !closed(rule.name)) patterns.open = std::make_unique<OpenName>();
        patterns.vendor = TRY(compiled(rule, rule.vendor));
        patterns.installed = TRY(compiled(rule, rule.installed));
        if (!for_extensions(rule)) state->programs.insert(rule.cpe.begin(), rule.cpe.end());
        for (auto const& [pattern, replacement] : rule.version)
            patterns.version.emplace_back(TRY(compiled(rule, pattern)), replacement);
        for (auto const& [pattern, replacement] : rule.also_name)
            patterns.also.emplace_back(TRY(compiled(rule, pattern)), replacement);
        state->patterns.push_back(std::move(patterns));
    }
    if (!state->names->Compile() || !state->bundles->Compile())
        return fail("match.bad_rule", "rules/identity", "", "the patterns together are too large");
    IdentityRules made;
    made.state_ = std::move(state);
    return made;
}

Result<IdentityRules> IdentityRules::embedded() {
    std::vector<std::pair<std::string, std::string_view>> files;
    for (auto const& file : embedded_under("rules/identity/")) files.emplace_back(std::string(file.path), file.bytes);
    return parse(files);
}

std::vector<IdentityRule> const& IdentityRules::all() const { return state_->rules; }

bool IdentityRules::names_extension(IdentityRule const& rule) const {
    return for_extensions(rule) && std::ranges::none_of(rule.cpe, [&](auto const& subject) { return state_->programs.contains(subject); });
}

namespace {

// Rules without a list of sources speak of installed programs, not of packages that have an ecosystem.
bool package_source(std::string_view source) {
    for (std::string_view const name : {"pypi", "npm", "maven", "gem", "nuget", "golang", "cargo", "composer", "hex",
                                        "pub", "cran", "conan", "swift", "chrome_extensions", "firefox_addons",
                                        "vscode_extensions", "safari_extensions", "ie_extensions", "os"})
        if (name == source) return true;
    return false;
}

// Whether the maker in a bundle id is one of those that the rule's pattern speaks of: two programs of one name, Telegram
// (ru.keepcoder.Telegram) and Telegram Desktop (com.tdesktop.Telegram), are told apart, com.google.Chrome.beta stays Chrome.
bool maker_fits(std::string_view pattern, std::string_view bundle_id) {
    auto const words = bundle_makers(bundle_id);
    auto const makers = squeezed(pattern);
    return words.empty() || std::ranges::any_of(words, [&](auto const& word) { return makers.contains(word); });
}

// What a pattern leaves of the name must not make it another product; a pattern says ".*" where anything may stand.
bool whole_name(IdentityRule const& rule, OpenName& open, std::string_view name) {
    std::call_once(open.once, [&] {
        auto longest = options();
        longest.set_longest_match(true);
        open.pattern = std::make_unique<RE2>(rule.name, longest);
    });
    re2::StringPiece found;
    if (!open.pattern->Match(name, 0, name.size(), RE2::UNANCHORED, &found, 1)) return false;
    return only_the_same_product_follows(name, static_cast<std::size_t>(found.data() - name.data()) + found.size());
}

bool source_fits(IdentityRule const& rule, std::string_view source) {
    if (rule.sources.empty()) return !package_source(source);
    for (auto const& wanted : rule.sources)
        if (wanted == source || (wanted == "programs" && (source == "msi" || source == "appx")) ||
            (wanted == "apps" && source == "pkg"))
            return true;
    return false;
}

}  // namespace

IdentityRule const* IdentityRules::find(SoftwareKey const& key) const {
    auto const& item = key.item;
    std::size_t best = state_->rules.size();
    auto const vendor = ascii_lower(item.vendor);
    auto const fits = [&](std::size_t index) {
        if (index >= best) return false;
        auto const& rule = state_->rules[index];
        if (!rule.platform.empty() && rule.platform != key.platform) return false;
        if (!source_fits(rule, item.source)) return false;
        auto const& [vendors, versions] = std::tie(state_->patterns[index].vendor, state_->patterns[index].installed);
        if (versions && !RE2::PartialMatch(ascii_lower(item.version), *versions)) return false;
        return !vendors || vendor.empty() || RE2::PartialMatch(vendor, *vendors);
    };
    if (!vendor.empty())
        for (auto const index : state_->vendor_rules)
            if (fits(index)) best = index;
    std::vector<int> bundles, names;
    if (!item.bundle_id.empty()) state_->bundles->Match(ascii_lower(item.bundle_id), &bundles);
    for (int const hit : bundles)
        if (auto const index = state_->bundle_rules[static_cast<std::size_t>(hit)]; fits(index)) best = index;
    // A distribution splits a product into packages, whose names go on as it likes: mysql-server-core-8.0.
    bool const packages = !scheme_of_format(item.source).empty() || (item.source == "generic" && vendor.empty());
    auto const by_name = [&](std::string const& name) {
        names.clear();
        state_->names->Match(name, &names);
        for (int const hit : names) {
            auto const index = state_->name_rules[static_cast<std::size_t>(hit)];
            if (!fits(index)) continue;
            auto const& rule = state_->rules[index];
            if (item.source == "apps" && !rule.bundle.empty() && !maker_fits(rule.bundle, item.bundle_id)) continue;
            auto* open = state_->patterns[index].open.get();
            if (open && !packages && !whole_name(rule, *open, name)) continue;
            best = index;
        }
    };
    auto const name = ascii_lower(item.name);
    by_name(name);
    // "Inkscape 1.0 (x64)" where the pattern says "inkscape" alone; packages have plain names.
    bool const displayed = item.source == "programs" || item.source == "msi" || item.source == "appx" || item.source == "apps";
    if (best == state_->rules.size() && displayed)
        if (auto const plain = join(name_words(name), " "); plain != name) by_name(plain);
    return best < state_->rules.size() ? &state_->rules[best] : nullptr;
}

std::string IdentityRules::version_of(IdentityRule const& rule, SoftwareItem const& item) const {
    bool const by_name = rule.fix == "version_in_name";
    if (by_name)
        if (auto named = version_in_name(item.name); !named.empty()) return named;
    auto const index = static_cast<std::size_t>(&rule - state_->rules.data());
    std::string const raw(trim(item.version));
    for (auto const& [pattern, replacement] : state_->patterns[index].version) {
        if (!RE2::FullMatch(raw, *pattern)) continue;
        std::string out;
        if (RE2::Extract(raw, *pattern, replacement, &out)) return out;
    }
    if (!rule.fix.empty() && !by_name) return fixed_version(rule.fix, raw);
    return {};
}

std::string IdentityRules::also_version_of(IdentityRule const& rule, SoftwareItem const& item) const {
    auto const index = static_cast<std::size_t>(&rule - state_->rules.data());
    auto const name = ascii_lower(item.name);
    std::string out;
    for (auto const& [pattern, replacement] : state_->patterns[index].also)
        if (RE2::Extract(name, *pattern, replacement, &out)) return out;
    return {};
}

}  // namespace merlon::match
