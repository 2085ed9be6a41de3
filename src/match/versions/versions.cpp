#include "match/versions/versions.h"

#include <array>
#include <istream>
#include <ostream>
#include <unordered_map>

#include "base/text.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

using KeyOf = void (*)(std::string& out, std::string_view version);
using CompareBy = int (*)(std::string_view a, std::string_view b);

struct Entry {
    std::string_view name;
    KeyOf key = nullptr;
    CompareBy compare = nullptr;  // where no key can carry the order
};

constexpr std::array<Entry, 24> entries{{
    {"dpkg", dpkg_key},
    {"rpm", rpm_key},
    {"rpmvercmp", rpmvercmp_key},
    {"apk", apk_key},
    {"semver", semver_key},
    {"golang", golang_key},
    {"pub", pub_key},
    {"nuget", nuget_key},
    {"pep440", pep440_key},
    {"maven", nullptr, maven_compare},
    {"gem", gem_key},
    {"packagist", nullptr, packagist_compare},
    {"cran", cran_key},
    {"hackage", cran_key},
    {"intdot", intdot_key},
    {"cpe", cpe_key},
    {"windows", windows_key},
    {"windows_build", windows_build_key},
    {"macos", macos_key},
    {"openssl", openssl_key},
    {"alpm", nullptr, alpm_compare},
    {"gentoo", gentoo_key},
    {"lexicographic", lexicographic_key},
    {"datetime", datetime_key},
}};

struct Alias {
    std::string_view name;
    Scheme scheme;
};

// Lower case. OSV ecosystems: the schema's list of defined ecosystems; purl types; CVE 5 version types; VERS names.
constexpr Alias aliases[] = {
    {"deb", Scheme::dpkg}, {"debian", Scheme::dpkg}, {"ubuntu", Scheme::dpkg}, {"apt", Scheme::dpkg},
    {"echo", Scheme::dpkg}, {"opam", Scheme::dpkg}, {"kali", Scheme::dpkg}, {"raspbian", Scheme::dpkg},
    {"linuxmint", Scheme::dpkg}, {"redhat", Scheme::rpm}, {"red hat", Scheme::rpm}, {"rhel", Scheme::rpm},
    {"centos", Scheme::rpm}, {"fedora", Scheme::rpm}, {"rocky", Scheme::rpm}, {"rocky linux", Scheme::rpm},
    {"alma", Scheme::rpm}, {"almalinux", Scheme::rpm}, {"suse", Scheme::rpm}, {"sles", Scheme::rpm},
    {"opensuse", Scheme::rpm}, {"openeuler", Scheme::rpm}, {"mageia", Scheme::rpm}, {"amazon", Scheme::rpm},
    {"amazon linux", Scheme::rpm}, {"oracle", Scheme::rpm}, {"oracle linux", Scheme::rpm},
    {"azure linux", Scheme::rpm}, {"azurelinux", Scheme::rpm}, {"mariner", Scheme::rpm},
    {"cbl-mariner", Scheme::rpm}, {"photon", Scheme::rpm}, {"photon os", Scheme::rpm}, {"ol", Scheme::rpm},
    {"amzn", Scheme::rpm}, {"evr", Scheme::rpm}, {"rpm-rpmvercmp", Scheme::rpmvercmp}, {"alpine", Scheme::apk},
    {"wolfi", Scheme::apk}, {"chainguard", Scheme::apk}, {"alpaquita", Scheme::apk}, {"minimos", Scheme::apk},
    {"bellsoft hardened containers", Scheme::apk}, {"apk-version-data", Scheme::apk}, {"npm", Scheme::semver},
    {"node", Scheme::semver}, {"crates.io", Scheme::semver}, {"cargo", Scheme::semver}, {"rust", Scheme::semver},
    {"hex", Scheme::semver}, {"erlang", Scheme::semver}, {"swift", Scheme::semver}, {"swifturl", Scheme::semver},
    {"conancenter", Scheme::semver}, {"conan", Scheme::semver}, {"bitnami", Scheme::semver},
    {"julia", Scheme::semver}, {"github actions", Scheme::semver}, {"githubactions", Scheme::semver},
    {"vscode", Scheme::semver}, {"openvsx", Scheme::semver}, {"cocoapods", Scheme::semver}, {"go", Scheme::golang},
    {"dart", Scheme::pub}, {"dotnet", Scheme::nuget}, {"pypi", Scheme::pep440}, {"python", Scheme::pep440},
    {"conda", Scheme::pep440}, {"pip", Scheme::pep440}, {"java", Scheme::maven}, {"gradle", Scheme::maven},
    {"rubygems", Scheme::gem}, {"ruby", Scheme::gem}, {"composer", Scheme::packagist}, {"php", Scheme::packagist},
    {"drupal", Scheme::packagist}, {"r", Scheme::cran}, {"bioconductor", Scheme::cran}, {"haskell", Scheme::hackage},
    {"ghc", Scheme::hackage}, {"generic", Scheme::cpe}, {"custom", Scheme::cpe}, {"nvd", Scheme::cpe},
    {"unspecified", Scheme::cpe}, {"unknown", Scheme::cpe}, {"other", Scheme::cpe}, {"", Scheme::cpe},
    {"android", Scheme::cpe}, {"oss-fuzz", Scheme::cpe}, {"kernel", Scheme::cpe}, {"linux", Scheme::cpe},
    {"programs", Scheme::windows}, {"msi", Scheme::windows}, {"file", Scheme::windows},
    {"windows_os", Scheme::windows_build}, {"windows-build", Scheme::windows_build}, {"apps", Scheme::macos},
    {"homebrew", Scheme::macos}, {"apple", Scheme::macos}, {"arch", Scheme::alpm}, {"arch linux", Scheme::alpm}, {"archarm", Scheme::alpm},
    {"pacman", Scheme::alpm}, {"ebuild", Scheme::gentoo}, {"portage", Scheme::gentoo}, {"text", Scheme::lexicographic},
    {"date", Scheme::datetime}, {"calver", Scheme::cpe}, {"mozilla", Scheme::cpe}, {"debian-source", Scheme::dpkg},
};

std::unordered_map<std::string, Scheme> const& names() {
    static auto const table = [] {
        std::unordered_map<std::string, Scheme> made;
        for (std::size_t i = 0; i < entries.size(); ++i) made.emplace(entries[i].name, static_cast<Scheme>(i));
        for (auto const& alias : aliases) made.emplace(alias.name, alias.scheme);
        return made;
    }();
    return table;
}

Entry const& entry(Scheme scheme) { return entries[static_cast<std::size_t>(scheme)]; }

}  // namespace

std::optional<Scheme> scheme_named(std::string_view name) {
    for (std::size_t i = 0; i < entries.size(); ++i)  // our own, as stored statements have them
        if (entries[i].name == name) return static_cast<Scheme>(i);
    auto wanted = ascii_lower(trim(name));
    auto const find = [&]() -> std::optional<Scheme> {
        auto const found = names().find(wanted);
        return found == names().end() ? std::nullopt : std::optional(found->second);
    };
    if (auto const direct = find()) return direct;
    for (std::string_view const prefix : {"vers:", "vers-", "osv-", "pkg:"})
        if (wanted.starts_with(prefix)) wanted.erase(0, prefix.size());
    if (wanted.ends_with("-generated")) wanted.resize(wanted.size() - 10);
    if (auto const colon = wanted.find(':'); colon != std::string::npos) wanted.resize(colon);
    if (auto const slash = wanted.find('/'); slash != std::string::npos) wanted.resize(slash);
    return wanted.empty() ? std::nullopt : find();
}

std::string_view scheme_name(Scheme scheme) { return entry(scheme).name; }

std::vector<std::string> scheme_names() {
    std::vector<std::string> out;
    for (auto const& e : entries) out.emplace_back(e.name);
    return out;
}

bool has_key(Scheme scheme) { return entry(scheme).key != nullptr; }

std::string key(Scheme scheme, std::string_view version) {
    std::string out;
    if (auto const make = entry(scheme).key) make(out, version);
    return out;
}

int compare(Scheme scheme, std::string_view a, std::string_view b) {
    if (a == b) return 0;
    auto const& e = entry(scheme);
    if (e.compare) return e.compare(a, b);
    thread_local std::string left, right;
    left.clear();
    right.clear();
    e.key(left, a);
    e.key(right, b);
    int const order = left.compare(right);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::optional<int> compare(std::string_view scheme, std::string_view a, std::string_view b) {
    auto const known = scheme_named(scheme);
    if (!known) return {};
    return compare(*known, a, b);
}

std::size_t compare_batch(std::istream& in, std::ostream& out) {
    std::size_t refused = 0;
    std::string line, last_name, answers;
    std::optional<Scheme> scheme;
    auto const flush = [&] {
        out.write(answers.data(), static_cast<std::streamsize>(answers.size()));
        answers.clear();
    };
    while (std::getline(in, line)) {
        std::string_view text = line;
        if (text.ends_with('\r')) text.remove_suffix(1);
        auto const first = text.find('\t');
        auto const second = first == std::string_view::npos ? first : text.find('\t', first + 1);
        if (second == std::string_view::npos) {
            answers += "?\tThe line is not SCHEME<TAB>A<TAB>B.\n";
            ++refused;
            continue;
        }
        auto const name = text.substr(0, first);
        if (name != last_name || !scheme) {
            last_name = name;
            scheme = scheme_named(name);
        }
        if (!scheme) {
            answers += "?\tThere is no version order named " + clean_text(name, 80) + ".\n";
            ++refused;
            continue;
        }
        int const order = compare(*scheme, text.substr(first + 1, second - first - 1), text.substr(second + 1));
        answers += order < 0 ? "<\n" : order > 0 ? ">\n" : "=\n";
        if (answers.size() > (std::size_t{1} << 16)) flush();
    }
    flush();
    return refused;
}

}  // namespace merlon::match
