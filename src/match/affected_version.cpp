#include "match/affected_version.h"

#include <map>
#include <unordered_map>

#include "base/text.h"

namespace merlon::match {
namespace {

// NVD and CVE 5 give no order; the product's own, where it is known, is better than the generic one.
std::optional<Scheme> scheme_of(InstalledVersion const& installed, std::string_view stated) {
    auto const known = stated == "cpe" ? Scheme::cpe : scheme_named(stated);
    if ((!known || *known == Scheme::cpe || installed.windows) && !installed.scheme.empty()) {
        if (!installed.own_scheme) installed.own_scheme = scheme_named(installed.scheme);
        if (*installed.own_scheme) return *installed.own_scheme;
    }
    return known;
}

// The third number of a Windows version, its siblings taken for one ("10.0.19045.1" -> the branch of 19041).
std::string branch_of(std::string_view version) {
    auto const parts = split(version, '.');
    std::string_view build;
    if (parts.size() >= 3) build = parts[2];
    else if (parts.size() == 2 && parts[0].size() == 5) build = parts[0];
    else return {};
    auto const value = to_int(build).value_or(0);
    if (value >= 19041 && value <= 19045) return "19041";
    if (value == 22621 || value == 22631) return "22621";
    if (value == 26100 || value == 26200) return "26100";
    if (value == 18362 || value == 18363) return "18362";
    // Service packs of one system.
    if (value == 7600 || value == 7601) return "7600";
    if (value >= 6001 && value <= 6003) return "6001";
    return std::string(build);
}

std::int64_t build_of(std::string_view version) {
    auto const parts = split(version, '.');
    if (parts.size() >= 3) return to_int(parts[2]).value_or(0);
    return parts.size() == 2 ? to_int(parts[0]).value_or(0) : 0;
}

bool has_update_number(std::string_view version) {
    auto const parts = split(version, '.');
    return parts.size() >= 4 || (parts.size() == 2 && parts[0].size() == 5);
}

// An rpm bound without release speaks of epoch and version only.
std::string without_release(std::string_view version) { return std::string(version.substr(0, version.rfind('-'))); }

// CPE's separate update ("3.14.0 update alpha2") as one version, as the order writes it: "3.14.0alpha2" of Python,
// "3.0.0-beta1" of the others.
std::string joined(Scheme scheme, std::string_view version) {
    auto const mark = version.find(" update ");
    if (mark == std::string_view::npos) return std::string(version);
    auto const update = version.substr(mark + 8);
    std::string const plain(version.substr(0, mark));
    if (update == "-" || update == "*") return plain;
    return plain + (scheme == Scheme::pep440 ? "" : "-") + std::string(update);
}

// The generic order has a place for the update itself.
bool joins_update(Scheme scheme) { return scheme != Scheme::cpe; }

// Keys of bounds made before: the same few come again and again while a fleet is matched.
std::string const& key_of_bound(Scheme scheme, std::string_view bound) {
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Keys = std::unordered_map<std::string, std::string, Hash, std::equal_to<>>;
    constexpr std::size_t most = 50'000;
    thread_local std::map<Scheme, Keys> all;
    auto& keys = all[scheme];
    auto const found = keys.find(bound);
    if (found != keys.end()) return found->second;
    if (keys.size() >= most) keys.clear();
    return keys.emplace(bound, key(scheme, bound)).first->second;
}

// PEP 440, "Version specifiers": where the bound has no local version ("+cu118"), that of what is installed is ignored.
std::string_view public_version(std::string_view version, std::string_view bound) {
    return bound.contains('+') ? version : version.substr(0, version.find('+'));
}

int compare_in(Scheme scheme, std::string_view a, std::string_view b) {
    if (scheme == Scheme::pep440) a = public_version(a, b);
    if (joins_update(scheme)) return compare(scheme, joined(scheme, a), joined(scheme, b));
    return compare(scheme, a, b);
}

int compare_in(Scheme scheme, InstalledVersion const& installed, std::string_view b) {
    if (installed.text == b) return 0;
    bool const separate = scheme == Scheme::pep440 || b.contains(" update ") || installed.text.contains(" update ");
    if ((separate && joins_update(scheme)) || !has_key(scheme)) return compare_in(scheme, installed.text, b);
    if (installed.keyed_in != scheme) {
        installed.key_there = key(scheme, installed.text);
        installed.keyed_in = scheme;
    }
    int const order = installed.key_there.compare(key_of_bound(scheme, b));
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

VersionAnswer in_range(InstalledVersion const& installed, VersionRange const& range, bool tell) {
    VersionAnswer answer;
    if (tell) answer.range = range_text(range);
    auto const scheme = scheme_of(installed, range.scheme);
    if (!scheme) {
        answer.kind = VersionAnswer::unknown;
        answer.comparison = "no version order is known for «" + range.scheme + "»";
        return answer;
    }
    if (range.from.empty() && range.to.empty()) {
        answer.kind = VersionAnswer::inside;
        answer.bounded = false;
        answer.comparison = "every version is affected";
        return answer;
    }
    if (installed.windows) {
        if (!range.to.empty() && has_update_number(range.to) && branch_of(range.to) != branch_of(installed.text)) {
            answer.comparison = "builds " + range.to + " and " + installed.text + " belong to different Windows";
            return answer;
        }
        if (!has_update_number(installed.text) && build_of(range.to) == build_of(installed.text)) {
            answer.kind = VersionAnswer::unknown;
            answer.comparison = "the update number of build " + installed.text + " is not known";
            return answer;
        }
    }
    auto const compared = [&](std::string_view bound) {
        if (installed.any_epoch) bound.remove_prefix(bound.find(':') + 1);
        bool const whole = *scheme != Scheme::rpm || bound.contains('-');
        return whole ? compare_in(*scheme, installed, bound) : compare_in(*scheme, without_release(installed.text), bound);
    };
    auto const step = [&](int order, std::string const& bound) {
        if (!tell) return;
        if (!answer.comparison.empty()) answer.comparison += ", ";
        answer.comparison += installed.text + (order < 0 ? " < " : order > 0 ? " > " : " = ") + bound;
    };
    bool inside = true;
    // The beginning of a range without an update number only names the branch, which was looked at: a system before its
    // service pack is before every update of it.
    bool const names_branch = installed.windows && !has_update_number(range.from) && branch_of(range.from) == branch_of(installed.text);
    if (!range.from.empty() && range.from != "0" && !names_branch) {
        int const order = compared(range.from);
        step(order, range.from);
        inside = order > 0 || (order == 0 && range.from_inclusive);
    }
    if (inside && !range.to.empty()) {
        int const order = compared(range.to);
        step(order, range.to);
        inside = order < 0 || (order == 0 && range.to_inclusive);
    }
    if (tell) answer.comparison += " in the order of " + std::string(scheme_name(*scheme));
    answer.kind = inside ? VersionAnswer::inside : VersionAnswer::outside;
    if (!range.to_inclusive) answer.fixed_version = range.to;
    answer.bounded = !range.to.empty();
    return answer;
}

// "1809" as the version of windows_10 names a release, not a number to compare.
bool release_named(InstalledVersion const& installed, std::string_view version) {
    if (!installed.windows || installed.release.empty()) return false;
    return equal_ignoring_ascii_case(version.substr(0, version.find(' ')), installed.release);
}

VersionAnswer among_versions(InstalledVersion const& installed, Affected const& affected, bool tell) {
    VersionAnswer answer;
    auto const scheme = scheme_of(installed, affected.ranges.empty() ? "cpe" : affected.ranges.front().scheme);
    for (auto const& version : affected.versions) {
        if (version.starts_with("-") && (version.size() == 1 || version[1] == ' ')) {
            if (installed.windows && installed.release.empty()) {
                // The only release of this Windows: nothing says which update cures it.
                answer.kind = VersionAnswer::inside;
                answer.bounded = false;
                answer.comparison = "every build is affected";
                answer.range = "every version";
                return answer;
            }
            if (answer.kind == VersionAnswer::outside) {
                answer.kind = VersionAnswer::unknown;
                answer.comparison = "the advisory names no version";
            }
            continue;
        }
        if (installed.windows) {
            if (!release_named(installed, version)) continue;
            answer.kind = VersionAnswer::inside;
            answer.bounded = false;
            answer.range = "release " + version;
            answer.comparison = "release " + installed.release + " is named";
            return answer;
        }
        if (scheme && compare_in(*scheme, installed, version) == 0) {
            answer.kind = VersionAnswer::inside;
            if (!tell) return answer;
            answer.range = "version " + version;
            answer.comparison = installed.text + " = " + version + " in the order of " + std::string(scheme_name(*scheme));
            return answer;
        }
    }
    if (tell && answer.kind == VersionAnswer::outside && answer.comparison.empty())
        answer.comparison = installed.text + " is none of the " + std::to_string(affected.versions.size()) +
                            " versions that are named";
    return answer;
}

}  // namespace

std::string range_text(VersionRange const& range) {
    if (range.from.empty() && range.to.empty()) return "every version";
    std::string out;
    if (!range.from.empty() && range.from != "0") out = (range.from_inclusive ? "from " : "after ") + range.from;
    if (!range.to.empty()) {
        if (!out.empty()) out += ' ';
        out += (range.to_inclusive ? "up to and including " : "before ") + range.to;
    }
    return out.empty() ? "every version" : out;
}

VersionAnswer version_affected(InstalledVersion const& installed, Affected const& affected, bool tell) {
    VersionAnswer best;
    best.comparison = "no version is named";
    if (installed.text.empty() || installed.text == "*" || installed.text == "-") {
        best.kind = VersionAnswer::unknown;
        best.comparison = "the installed version is not known";
        if (!affected.ranges.empty()) best.range = range_text(affected.ranges.front());
        return best;
    }
    if (affected.ranges.empty() && affected.versions.empty()) {
        best.kind = affected.state == FixState::not_affected ? VersionAnswer::inside : VersionAnswer::unknown;
        best.bounded = false;
        return best;
    }
    bool first = true;
    for (auto const& range : affected.ranges) {
        auto answer = in_range(installed, range, tell);
        if (answer.kind == VersionAnswer::inside) return answer;
        if (first || answer.kind == VersionAnswer::unknown) best = std::move(answer);
        first = false;
    }
    if (!affected.versions.empty()) {
        auto answer = among_versions(installed, affected, tell);
        if (answer.kind == VersionAnswer::inside || first || answer.kind == VersionAnswer::unknown) return answer;
    }
    return best;
}

}  // namespace merlon::match
