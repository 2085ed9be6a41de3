#include "match/conditions.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "match/identity/distribution.h"

namespace merlon::match {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), text) != names.end();
}

bool any_or_none(std::string_view field) { return field == "*" || field == "-" || field.empty(); }

// The platform the software runs on; a CPE that names its target says it itself, and packages of Linux distributions run on Linux.
std::string platform_of(SoftwareKey const& key) {
    if (!key.item.cpe.empty())
        if (auto const cpe = parse_cpe(key.item.cpe))
            if (auto const word = platform_word(cpe->target_sw); !word.empty()) return word;
    if (key.platform != "other") return key.platform;
    return scheme_of_format(key.item.source).empty() ? "" : "linux";
}

// What a CPE calls the thing that this kind of package is an extension or library of.
bool source_is_target(SoftwareItem const& item, std::string_view target) {
    auto const source = std::string_view(item.source);
    if (source == "chrome_extensions") return one_of(target, {"chrome", "google_chrome", "chromium", "edge", "brave"});
    if (source == "firefox_addons") return one_of(target, {"firefox", "mozilla_firefox", "thunderbird"});
    if (source == "safari_extensions") return target == "safari";
    if (source == "vscode_extensions") return one_of(target, {"visual_studio_code", "vscode", "vs_code"});
    if (source == "pypi") return one_of(target, {"python", "pypi", "pip"});
    if (source == "npm") return one_of(target, {"node.js", "nodejs", "npm", "javascript"});
    if (source == "gem") return one_of(target, {"ruby", "rails", "ruby_on_rails"});
    if (source == "maven") return one_of(target, {"java", "maven", "jdk", "java_se"});
    if (source == "golang") return one_of(target, {"go", "golang"});
    if (source == "cargo") return target == "rust";
    if (source == "nuget") return one_of(target, {".net", "nuget", ".net_framework", ".net_core"});
    if (source == "composer") return one_of(target, {"php", "wordpress", "drupal"});
    // An item known by its CPE: the CPE's own target.
    if (!item.cpe.empty())
        if (auto const cpe = parse_cpe(item.cpe)) return cpe->target_sw == target;
    return false;
}

ConditionAnswer target_software(SoftwareKey const& key, Kind kind, std::string const& target, bool extension) {
    if (any_or_none(target)) {
        // Extensions are named like the applications they belong to; only statements for extensions speak of them, unless the
        // name is known to be an extension's own.
        if (kind == Kind::extension && !extension) return {40, "the advisory does not say that it speaks of an extension"};
        return {};
    }
    if (source_is_target(key.item, target)) return {100, "it is for " + target + ", as the advisory asks"};
    auto const wanted = platform_word(target);
    auto const here = platform_of(key);
    if (wanted.empty()) return {kind == Kind::program ? 30 : 0, "the advisory speaks of the product for " + target};
    if (kind == Kind::extension) return {0, "the advisory speaks of the application for " + target};
    if (wanted == "other") return {0, "the advisory speaks of the product for " + target + " only"};
    if (here.empty()) return {60, "the advisory speaks of the product for " + target + "; the platform is not known"};
    if (here == wanted) return {100, "runs on " + here + ", as the advisory asks"};
    return {0, "the advisory speaks of " + target + " only, this runs on " + here};
}

int condition_percent(SoftwareKey const& key, Cpe const& condition) {
    auto const here = platform_of(key);
    if (condition.part == "o") {
        auto const wanted = platform_word(condition.product);
        if (wanted == "other") return 0;
        if (here.empty()) return 60;
        if (!wanted.empty()) return wanted == here ? 100 : 0;
        // Another operating system by name: a Linux distribution or a device's firmware.
        return here == "linux" ? 70 : 0;
    }
    if (condition.part == "h") return 40;
    return 60;  // other software that must be there: not looked at
}

std::string architecture_word(std::string_view text) {
    auto const word = ascii_lower(text);
    if (one_of(word, {"x64", "amd64", "x86_64", "x86-64"})) return "x64";
    if (one_of(word, {"x86", "i386", "i586", "i686", "ia32"})) return "x86";
    if (one_of(word, {"arm64", "aarch64"})) return "arm64";
    if (one_of(word, {"noarch", "all", "", "*", "-"})) return "";
    return word;
}

// The architecture field of a statement may list several: "x86_64|aarch64".
bool architecture_fits(std::string_view wanted, std::string_view here) {
    auto const mine = architecture_word(here);
    if (mine.empty() || any_or_none(wanted)) return true;
    std::string list(wanted);
    for (auto& c : list)
        if (c == '|' || c == ',') c = ' ';
    for (auto const part : split(list, ' ')) {
        if (trim(part).empty()) continue;
        auto const word = architecture_word(part);
        if (word.empty() || word == mine) return true;
    }
    return false;
}

// Whether this Firefox or Thunderbird is of the extended support line. macOS shows no other sign than the number: since 34
// only that line has a second number above 0 (115.9.0 beside 124.0.1); its first versions (115.0.2) look like any other.
bool extended_support(SoftwareItem const& item) {
    auto const cpe = item.cpe.empty() ? std::nullopt : parse_cpe(item.cpe);
    if (cpe) return cpe->sw_edition == "esr" || cpe->product == "firefox_esr";
    for (auto const* text : {&item.version, &item.edition, &item.name})
        if (ascii_lower(*text).contains("esr")) return true;
    auto const numbers = split(item.version, '.');
    return numbers.size() >= 2 && to_int(numbers[0]).value_or(0) >= 34 && to_int(numbers[1]).value_or(0) > 0;
}

// Jenkins numbers its long-term line x.y.z and its weekly line x.y.
bool long_term_number(std::string_view version) { return std::count(version.begin(), version.end(), '.') >= 2; }

ConditionAnswer edition(SoftwareKey const& key, Cpe const& subject, Affected const& affected) {
    bool const by_number = subject.product == "jenkins";
    if (by_number && !any_or_none(key.item.version) && (subject.sw_edition == "lts" || subject.sw_edition == "-")) {
        bool const here = long_term_number(key.item.version);
        if (here == (subject.sw_edition == "lts")) return {100, here ? "of the long-term line by its number" : "of the weekly line by its number"};
        return {0, here ? "the advisory speaks of the weekly line" : "the advisory speaks of the long-term line"};
    }
    if (subject.vendor == "mozilla" && (subject.product == "firefox" || subject.product == "thunderbird")) {
        bool const here = extended_support(key.item), wanted = subject.sw_edition == "esr";
        // Thunderbird had one line until 2025, of which records name no edition.
        bool const of_release = subject.product == "firefox" || subject.sw_edition == "-";
        if (!here && wanted) return {0, "the advisory speaks of the esr edition"};
        if (here && !wanted && of_release) return {0, "the advisory speaks of the release line, this is an extended support release"};
        return {};
    }
    if (any_or_none(subject.sw_edition)) return {};
    // Ranges with a beginning tell the lines apart themselves (Node.js: 18 is long-term, 19 is not).
    if (subject.sw_edition == "lts" && !affected.ranges.empty() &&
        std::all_of(affected.ranges.begin(), affected.ranges.end(), [](auto const& range) { return !range.from.empty(); }))
        return {};
    auto const mine = ascii_lower(key.item.edition + " " + key.item.name);
    auto const& wanted = subject.sw_edition;
    std::string spelled = wanted;
    for (auto& c : spelled)
        if (c == '_') c = ' ';
    if (mine.find(spelled) != std::string::npos) return {100, "edition " + wanted};
    if (!key.item.cpe.empty())
        if (auto const cpe = parse_cpe(key.item.cpe); cpe && cpe->sw_edition == wanted) return {100, "edition " + wanted};
    // Long-term editions have versions of their own; a normal build is none of them.
    if (one_of(wanted, {"esr", "lts", "ltsc", "ltsb"})) return {0, "the advisory speaks of the " + wanted + " edition"};
    return {70, "the advisory speaks of the " + wanted + " edition; the installed edition is not known"};
}

void take(ConditionAnswer& all, ConditionAnswer one) {
    all.percent = std::min(all.percent, one.percent);
    if (one.text.empty()) return;
    if (!all.text.empty()) all.text += "; ";
    all.text += one.text;
}

}  // namespace

std::string platform_word(std::string_view word) {
    if (word.starts_with("windows") || word == "win32" || word == "win64") return "windows";
    if (one_of(word, {"macos", "mac_os", "mac_os_x", "mac", "os_x", "osx", "macosx"})) return "macos";
    if (one_of(word, {"linux", "linux_kernel", "unix", "gnu_linux", "ubuntu_linux", "debian_linux", "enterprise_linux"}))
        return "linux";
    if (one_of(word, {"android", "iphone_os", "ios", "ipados", "ipad_os", "watchos", "tvos", "visionos", "ipad", "iphone",
                      "chrome_os", "chromeos", "symbian", "blackberry", "windows_phone", "wear_os", "harmonyos",
                      "freebsd", "openbsd", "netbsd", "solaris", "aix", "hp-ux", "z_os", "qnx"}))
        return "other";
    return {};
}

ConditionAnswer conditions_met(SoftwareKey const& key, Kind kind, Affected const& affected, bool extension) {
    ConditionAnswer all;
    if (auto const* subject = std::get_if<Cpe>(&affected.subject)) {
        if (kind != Kind::operating_system) {
            take(all, target_software(key, kind, subject->target_sw, extension));
            take(all, edition(key, *subject, affected));
        }
        if (!architecture_fits(subject->target_hw, key.item.architecture))
            take(all, {0, "the advisory speaks of " + subject->target_hw + ", this is " + key.item.architecture});
    }
    for (auto const& group : affected.conditions) {
        int best = group.empty() ? 100 : 0;
        for (auto const& condition : group) best = std::max(best, condition_percent(key, condition));
        auto const name = group.empty() ? std::string{} : group.front().vendor + " " + group.front().product;
        take(all, {best, best == 100  ? "runs on " + name + ", as the advisory asks"
                         : best == 0 ? "the advisory speaks of use on " + name + " only"
                                     : "the advisory speaks of use together with " + name + "; that was not checked"});
    }
    if (!architecture_fits(affected.architecture, key.item.architecture))
        take(all, {0, "the advisory speaks of " + affected.architecture + ", this is " + key.item.architecture});
    return all;
}

}  // namespace merlon::match
