#include "match/identity/identify.h"

#include <algorithm>

#include "base/text.h"
#include "match/evaluate.h"
#include "match/identity/clean.h"
#include "match/identity/distribution.h"
#include "match/identity/source_package.h"
#include "match/identity/windows_release.h"
#include "match/versions/versions.h"
#include "model/purl.h"

namespace merlon::match {
namespace {

bool distribution_format(std::string_view source) { return !scheme_of_format(source).empty(); }

void add(Identity& identity, std::string subject, int confidence, std::string rule) {
    for (auto const& known : identity.candidates)
        if (known.subject == subject) return;
    identity.candidates.push_back({std::move(subject), confidence, std::move(rule)});
}

void name_from_subject(Identity& identity, std::string_view subject) {
    auto const first = subject.find(':');
    auto const second = subject.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return;
    identity.vendor = subject.substr(first + 1, second - first - 1);
    identity.product = subject.substr(second + 1);
}

// ---- Packages -------------------------------------------------------------------------------------------------

// What the package is made of, as advisories about the upstream product call it. Weak: the distribution's records decide
// wherever they speak (evaluate.h).
constexpr int upstream_by_rule = 60, upstream_by_name = 55;

void add_upstream(SoftwareItem const& item, IdentityRules const& rules, VendorCatalog const& catalog, Identity& identity) {
    auto const version = clean_version(item.source_version.empty() ? item.version : item.source_version, item.source);
    auto const weak = [&](std::string const& subject, int confidence, std::string rule, std::string scheme, std::string const& as) {
        for (auto const& known : identity.candidates)
            if (known.subject == subject) return;
        identity.candidates.push_back({subject, confidence, std::move(rule), std::move(scheme), as});
    };
    auto with_source = item;
    if (item.source_name.empty()) with_source.source_name = source_package_of(item.name, item.source);
    for (auto const& name : upstream_names(with_source)) {
        if (name == "linux") {
            weak("o:linux:linux_kernel", upstream_by_rule, "kernel of the distribution", "cpe", version);
            return;
        }
        SoftwareItem plain;
        plain.name = name;
        plain.source = "generic";
        plain.version = version;
        if (auto const* rule = rules.find({plain, "linux"})) {
            if (!rule->skip.empty()) return;
            auto const rewritten = rules.version_of(*rule, plain);
            for (auto const& subject : rule->cpe)
                weak(subject, upstream_by_rule, "upstream of the package: rules/identity: " + rule->id, rule->scheme.empty() ? "cpe" : rule->scheme,
                     rewritten.empty() ? version : rewritten);
            return;
        }
        bool any = false;
        for (auto const& hit : catalog.search(plain)) {
            if (hit.confidence < 60) continue;
            weak(hit.subject, upstream_by_name, "upstream of the package: " + hit.why, "cpe", version);
            any = true;
        }
        if (any) return;
    }
}

void identify_distribution_package(SoftwareItem const& item, std::string const& distribution, Identity& identity) {
    auto const source = advisory_source_name(item.source_name.empty() ? item.name : item.source_name, distribution);
    for (auto const& ecosystem : ecosystems_of(distribution))
        add(identity, "pkg:" + ecosystem + "/" + source, 100, "distribution source package");
    for (auto const& ecosystem : ecosystems_of(distribution)) {
        add(identity, "pkg:" + ecosystem + "/" + item.name, 95, "distribution package");
        if (!item.source_name.empty() && item.source_name != source)
            add(identity, "pkg:" + ecosystem + "/" + item.source_name, 95, "distribution source package");
    }
    if (item.source_name.empty())
        if (auto const likely = source_package_of(item.name, item.source); !likely.empty())
            for (auto const& ecosystem : ecosystems_of(distribution))
                add(identity, "pkg:" + ecosystem + "/" + likely, 90, "source package by the distribution's index");
    identity.vendor = distribution.substr(0, distribution.find(':'));
    identity.product = ascii_lower(item.name);
    identity.scheme = scheme_of_format(item.source);
    identity.version = item.version;
}

void identify_language_package(SoftwareItem const& item, std::string_view type, std::string const& name,
                               Identity& identity) {
    auto const package = language_package(type, name);
    if (!package) return;
    add(identity, subject_key(Subject{*package}), 100, item.purl.empty() ? "package of " + package->ecosystem : "purl");
    if (type == "npm") {
        // Names of old packages have capitals, which advisories do not always keep.
        auto folded = *package;
        folded.name = ascii_lower(folded.name);
        add(identity, subject_key(Subject{folded}), 95, "package of " + package->ecosystem + ", any case");
    }
    if (auto const scheme = scheme_named(package->ecosystem)) identity.scheme = scheme_name(*scheme);
    auto const cut = package->name.find_last_of("/:");
    identity.product = with_underscores(cut == std::string::npos ? package->name : package->name.substr(cut + 1));
    identity.vendor = cut == std::string::npos ? ascii_lower(type) : with_underscores(package->name.substr(0, cut));
}

// ---- Operating systems ----------------------------------------------------------------------------------------

void identify_windows(SoftwareItem const& item, Identity& identity) {
    identity.vendor = "microsoft";
    identity.product = "windows";
    identity.scheme = "windows_build";
    bool const server = says_server(item.edition) || says_server(item.name);
    auto const release = windows_release(item.version, server);
    if (!release) return;
    identity.product = release->product;
    identity.lifecycle = release->lifecycle;
    std::string const prefix = "o:microsoft:";
    auto const why = "Windows by build " + item.version;
    add(identity, prefix + std::string(release->cpe), 100, why);
    if (release->cpe != release->product) add(identity, prefix + std::string(release->product), 95, why);
}

void identify_operating_system(SoftwareKey const& key, Identity& identity) {
    auto const& item = key.item;
    identity.version = item.version;
    if (key.platform == "windows") return identify_windows(item, identity);
    if (key.platform == "macos") {
        identity.vendor = "apple";
        identity.product = "macos";
        identity.scheme = "macos";
        identity.lifecycle = "macos";
        add(identity, "o:apple:macos", 100, "macOS by version");
        add(identity, "o:apple:mac_os_x", 95, "macOS by version");
        return;
    }
    // The packages of a distribution are judged one by one; the system itself has a life cycle only.
    identity.vendor = item.name;
    identity.product = item.name;
    auto const scheme = item.name == "debian" || item.name == "ubuntu" ? "dpkg" : "cpe";
    identity.scheme = scheme;
}

// ---- Programs -------------------------------------------------------------------------------------------------

void identify_by_cpe(SoftwareItem const& item, IdentityRules const& rules, Identity& identity) {
    auto const cpe = parse_cpe(item.cpe);
    if (!cpe) return;
    auto const subject = subject_key(Subject{*cpe});
    add(identity, subject, 100, "cpe");
    if (cpe->version != "*" && cpe->version != "-") identity.version = cpe_version_text(*cpe);
    // Other names of the same product, as the rules list them.
    for (auto const& rule : rules.all()) {
        if (std::find(rule.cpe.begin(), rule.cpe.end(), subject) == rule.cpe.end()) continue;
        for (auto const& other : rule.cpe) add(identity, other, 90, "rules/identity: " + rule.id + ", other name");
        if (identity.lifecycle.empty()) identity.lifecycle = rule.lifecycle;
        if (!rule.scheme.empty()) identity.scheme = rule.scheme;
        // A library known by its CPE is the package of the ecosystem whose rule gives that CPE first.
        if (rule.cpe.front() != subject || rule.sources.empty() || rule.cases.empty()) continue;
        if (auto const& expected = rule.cases.front().expect; expected.starts_with("pkg:")) {
            auto const slash = expected.find('/');
            auto const scheme = scheme_named(expected.substr(4, slash - 4));
            identity.candidates.push_back({expected, 90, "rules/identity: " + rule.id + ", its package",
                                           scheme ? std::string(scheme_name(*scheme)) : std::string{}});
        }
    }
}

// True when a rule spoke.
bool identify_by_rule(SoftwareKey const& key, IdentityRules const& rules, Identity& identity) {
    auto const* rule = rules.find(key);
    if (!rule) return false;
    auto const name = "rules/identity: " + rule->id;
    if (!rule->skip.empty()) {
        identity.assessed = false;
        identity.lifecycle.clear();
        identity.candidates.clear();
        identity.vendor = with_underscores(key.item.vendor);
        identity.product = with_underscores(key.item.name);
        if (!rule->cpe.empty()) name_from_subject(identity, rule->cpe.front());
        identity.candidates.push_back({"", 0, name + ": " + rule->skip});
        return true;
    }
    bool const extension = rules.names_extension(*rule);
    for (std::size_t i = 0; i < rule->cpe.size(); ++i) {
        add(identity, rule->cpe[i], i == 0 ? 100 : 95, name);
        if (identity.candidates.back().subject == rule->cpe[i]) identity.candidates.back().extension = extension;
    }
    if (auto const version = rules.version_of(*rule, key.item); !version.empty()) identity.version = version;
    if (!rule->scheme.empty()) identity.scheme = rule->scheme;
    if (auto version = rule->also.empty() ? std::string{} : rules.also_version_of(*rule, key.item); !version.empty())
        identity.candidates.push_back({rule->also, 95, name + ", inside of it", {}, std::move(version)});
    identity.lifecycle = rule->lifecycle;
    return true;
}

void identify_program(SoftwareKey const& key, IdentityRules const& rules, VendorCatalog const& catalog,
                      Identity& identity) {
    auto const& item = key.item;
    if (identity.scheme.empty()) identity.scheme = "cpe";
    if (!item.cpe.empty()) identify_by_cpe(item, rules, identity);
    bool const ruled = identity.candidates.empty() && identify_by_rule(key, rules, identity);
    if (!ruled && item.cpe.empty())
        for (auto& hit : catalog.search(item)) {
            // A bare name from nowhere may be anything: a library, a script, a font.
            bool const bare = item.source == "generic" && item.vendor.empty() && item.purl.empty() && item.bundle_id.empty();
            add(identity, std::move(hit.subject), bare ? std::min(hit.confidence, 45) : hit.confidence, std::move(hit.why));
        }
    auto const found = identity.candidates;  // a copy: the loop adds
    for (auto const& candidate : found)
        for (auto& other : catalog.siblings(candidate.subject))
            add(identity, std::move(other), std::min(candidate.confidence, 95), "another spelling of " + candidate.subject.substr(2));
    for (auto const& candidate : identity.candidates) {
        if (candidate.subject.empty() || candidate.subject.starts_with("pkg:")) continue;
        if (candidate.confidence >= 50) name_from_subject(identity, candidate.subject);
        break;
    }
}

// "ubuntu-22.04", "amazon-AMI%20release" as purls of packages say it.
std::string distribution_of_purl(Purl const& purl) {
    auto const found = purl.qualifiers.find("distro");
    if (found == purl.qualifiers.end()) return {};
    auto const& text = found->second;
    auto const digit = text.find_first_of("0123456789");
    if (digit == std::string::npos) return purl.space + ":" + text;
    auto name = text.substr(0, digit);
    while (!name.empty() && (name.back() == '-' || name.back() == ' ')) name.pop_back();
    return (name.empty() ? purl.space : ascii_lower(name)) + ":" + text.substr(digit);
}

// What a CPE calls the program that a thing extends.
bool extension_target(std::string_view target) {
    for (std::string_view const name : {"chrome", "google_chrome", "firefox", "mozilla_firefox", "safari", "visual_studio_code", "edge", "thunderbird"})
        if (target == name) return true;
    return false;
}

// An action of a workflow, which Syft names as the repository that it lies in. A tag like v4 is moved to the newest v4.x.y, a
// commit tells no version: which one runs is not known.
void identify_action(Purl const& purl, Identity& identity) {
    auto const package = language_package("githubactions", ecosystem_name(purl));
    std::string_view version = purl.version;
    if (version.starts_with('v')) version.remove_prefix(1);
    bool const exact = std::ranges::count(version, '.') >= 2;
    if (package) identity.candidates.push_back({subject_key(Subject{*package}), 100, "action of this repository", "semver", std::string(exact ? version : "*")});
}

bool language_type(std::string_view type) { return language_package(type, "x").has_value(); }

}  // namespace

Kind kind_of(SoftwareKey const& key) {
    auto const& item = key.item;
    if (item.source == "os") return Kind::operating_system;
    if (item.source == "cpe" || item.source == "generic")
        if (auto const cpe = item.cpe.empty() ? std::nullopt : parse_cpe(item.cpe)) {
            if (cpe->part == "o") return Kind::program;
            if (extension_target(cpe->target_sw)) return Kind::extension;
        }
    if (item.source.ends_with("_extensions") || item.source.ends_with("_addons")) return Kind::extension;
    auto const purl = item.purl.empty() ? std::nullopt : parse_purl(item.purl);
    auto const format = purl && !distribution_format(item.source) ? std::string_view(purl->type) : std::string_view(item.source);
    if (distribution_format(format) || distribution_format(item.source)) {
        bool const placed = !item.distribution.empty() || (purl && purl->qualifiers.contains("distro"));
        if (!placed) return Kind::program;
        auto judged = item;
        if (!distribution_format(judged.source)) judged.source = std::string(format);
        return from_distribution(judged) ? Kind::distribution_package : Kind::program;
    }
    if (language_type(format) || language_type(item.source)) return Kind::language_package;
    return Kind::program;
}

Identity identify(SoftwareKey const& key, IdentityRules const& rules, VendorCatalog const& catalog) {
    Identity identity;
    auto const& item = key.item;
    auto const purl = item.purl.empty() ? std::nullopt : parse_purl(item.purl);
    auto const kind = kind_of(key);
    identity.version = clean_version(item.version.empty() && purl ? purl->version : item.version, item.source);
    if (identity.version.empty() && kind == Kind::program) identity.version = version_in_name(item.name);
    switch (kind) {
        case Kind::operating_system: identify_operating_system(key, identity); break;
        case Kind::distribution_package: {
            auto placed = item;
            if (!distribution_format(placed.source) && purl) placed.source = purl->type;
            auto const distribution = item.distribution.empty() && purl ? distribution_of_purl(*purl) : item.distribution;
            identify_distribution_package(placed, distribution, identity);
            add_upstream(placed, rules, catalog, identity);
            break;
        }
        case Kind::language_package: {
            bool const by_purl = purl && language_type(purl->type);
            identify_language_package(item, by_purl ? purl->type : item.source, by_purl ? ecosystem_name(*purl) : item.name,
                                      identity);
            if (by_purl && purl->type == "githubactions") {
                identity.candidates.clear();
                identify_action(*purl, identity);
            }
            identity.version = package_version(by_purl ? purl->type : item.source, item.version.empty() && purl ? purl->version : item.version);
            auto named = item;
            if (auto const cut = named.name.find_last_of("/:"); cut != std::string::npos) named.name.erase(0, cut + 1);
            if (!identify_by_rule({named, key.platform}, rules, identity))
                for (auto& hit : catalog.search(named))
                    add(identity, std::move(hit.subject), std::min(hit.confidence, 80), std::move(hit.why));
            break;
        }
        case Kind::extension: {
            // The name that advisories use first: a rule speaks only where nothing was known before.
            identify_program(key, rules, catalog, identity);
            if (auto const package = language_package(item.source, item.name))
                add(identity, subject_key(Subject{*package}), 100, "package of " + package->ecosystem);
            break;
        }
        case Kind::program:
            identify_program(key, rules, catalog, identity);
            if (purl && purl->type == "github" && !purl->space.empty()) identify_action(*purl, identity);
            break;
    }
    if (identity.product.empty()) {
        auto const words = name_words(item.name);
        identity.vendor = with_underscores(join(vendor_words(item.vendor), "_"));
        identity.product = with_underscores(words.empty() ? item.name : join(words, "_"));
        // Nobody named a vendor: the bundle id does, or the product is its own, as NVD does it for lesser known ones.
        auto const bundle = bundle_words(item.bundle_id);
        if (identity.vendor.empty() && item.bundle_id.starts_with("com.apple.")) identity.vendor = "apple";
        if (identity.vendor.empty() && !bundle.empty()) identity.vendor = bundle.front();
        if (identity.vendor.empty() && kind == Kind::program) identity.vendor = identity.product;
    }
    if (identity.candidates.empty() && kind != Kind::operating_system) identity.assessed = false;
    return identity;
}

std::string explain_identity(SoftwareKey const& key, Identity const& identity) {
    std::string out;
    auto const line = [&](std::string_view label, std::string_view text) {
        if (text.empty()) return;
        out += label;
        out += text;
        out += '\n';
    };
    auto const& item = key.item;
    line("as read:     ", item.name + (item.version.empty() ? "" : " " + item.version) +
                              (item.vendor.empty() ? "" : " of " + item.vendor) + " (" + item.source +
                              (key.platform.empty() ? "" : ", " + key.platform) + ")");
    line("vendor:      ", identity.vendor);
    line("product:     ", identity.product);
    line("version:     ", identity.version + (identity.scheme.empty() ? "" : " in the order of " + identity.scheme));
    line("life cycle:  ", identity.lifecycle);
    auto const guessed = std::ranges::any_of(identity.candidates, [](auto const& candidate) { return !candidate.subject.empty() && candidate.confidence < shown_from; });
    if (!identity.assessed) out += guessed ? "not assessed: what it may be is a guess\n" : "not assessed: no source of knowledge speaks of it\n";
    for (auto const& candidate : identity.candidates) {
        if (candidate.subject.empty()) line("left out:    ", candidate.rule);
        else line("candidate:   ", candidate.subject + "  " + std::to_string(candidate.confidence) + "%  " + candidate.rule);
    }
    return out;
}

}  // namespace merlon::match
