#include "sensors/reading.h"

#include "base/text.h"

namespace merlon::sensors {

std::string field(std::string_view text) {
    // NULs pad some firmware strings (osquery's cpu_brand); they end up as blanks and are trimmed.
    return std::string(trim(clean_text(trim(text), 1024)));
}

std::string architecture_token(std::string_view text) {
    auto const name = ascii_lower(trim(text));
    if (name == "x86_64" || name == "amd64" || name == "x64" || name == "64-bit") return "x64";
    if (name == "aarch64" || name == "arm64" || name == "arm64e") return "arm64";
    if (name == "i386" || name == "i486" || name == "i586" || name == "i686" || name == "x86" || name == "32-bit")
        return "x86";
    return field(name);
}

std::string distribution_id(std::string_view text) {
    static std::map<std::string_view, std::string_view> const known{
        {"redhat", "rhel"},       {"red hat", "rhel"},     {"alma", "almalinux"},   {"rockylinux", "rocky"},
        {"oracle", "ol"},         {"oraclelinux", "ol"},   {"amazon", "amzn"},      {"amazonlinux", "amzn"},
        {"suse", "sles"},         {"opensuse.leap", "opensuse-leap"},               {"darwin", "macos"},
        {"mac os x", "macos"},    {"macosx", "macos"},     {"microsoft windows", "windows"},
        {"cbl-mariner", "mariner"}, {"suse linux enterprise server", "sles"}, {"opensuse-leap", "opensuse-leap"}};
    auto const name = ascii_lower(trim(text));
    auto const found = known.find(name);
    return field(found == known.end() ? name : found->second);
}

std::string distribution_release_of(std::string_view distro) {
    // Code names that purls carry in place of a number (release names of Debian and Ubuntu).
    static std::map<std::string_view, std::string_view> const code_names{
        {"wheezy", "7"},     {"jessie", "8"},    {"stretch", "9"},   {"buster", "10"},   {"bullseye", "11"},
        {"bookworm", "12"},  {"trixie", "13"},   {"forky", "14"},    {"trusty", "14.04"}, {"xenial", "16.04"},
        {"bionic", "18.04"}, {"focal", "20.04"}, {"jammy", "22.04"}, {"kinetic", "22.10"}, {"lunar", "23.04"},
        {"mantic", "23.10"}, {"noble", "24.04"}, {"oracular", "24.10"}, {"plucky", "25.04"}, {"questing", "25.10"}};
    auto const text = ascii_lower(trim(distro));
    // The number begins after the last dash that is followed by a digit: "opensuse-leap-15.5".
    auto at = text.npos;
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '-' && text[i + 1] >= '0' && text[i + 1] <= '9') {
            at = i;
            break;
        }
    OperatingSystem os;
    if (at != text.npos) {
        os.distribution = distribution_id(text.substr(0, at));
        os.version = field(text.substr(at + 1));
    } else {
        auto const dash = text.rfind('-');
        auto const name = dash == text.npos ? text : text.substr(dash + 1);
        auto const found = code_names.find(name);
        if (found == code_names.end()) return {};
        os.version = found->second;
        os.distribution = dash == text.npos ? (found->second.find('.') == std::string_view::npos ? "debian" : "ubuntu")
                                            : distribution_id(text.substr(0, dash));
    }
    return distribution_release(os);
}

namespace {

// Windows: the name tells servers and clients apart; 10 and 11 share a name in some sources, so the build decides
// (Windows 11 begins with build 22000).
void complete_windows(OperatingSystem& os) {
    auto const name = ascii_lower(os.name);
    auto const parts = split(os.version, '.');
    auto const build = parts.size() >= 3 ? to_int(parts[2]).value_or(0) : 0;
    if (os.build.empty() && parts.size() >= 3)
        os.build = std::string(parts[2]) + (parts.size() >= 4 ? "." + std::string(parts[3]) : "");
    auto const server = name.find("server");
    if (server != name.npos) {
        os.platform = "WindowsServer";
        for (auto const* year : {"2025", "2022", "2019", "2016", "2012 r2", "2012", "2008 r2", "2008"})
            if (name.find(year, server) != name.npos) {
                os.platform += replace_all(replace_all(year, " ", ""), "r2", "R2");
                break;
            }
    } else if (name.find("windows 11") != name.npos || build >= 22000) {
        os.platform = "Windows11";
    } else if (name.find("windows 10") != name.npos || build >= 10240) {
        os.platform = "Windows10";
    } else if (name.find("windows 8.1") != name.npos) {
        os.platform = "Windows8.1";
    } else if (name.find("windows 8") != name.npos) {
        os.platform = "Windows8";
    } else if (name.find("windows 7") != name.npos) {
        os.platform = "Windows7";
    } else {
        os.platform = "Windows";
    }
    if (!os.edition.empty()) return;
    for (auto const* edition : {"Enterprise LTSC", "Enterprise N", "Enterprise Evaluation", "Enterprise", "IoT Enterprise",
                                "Pro for Workstations", "Pro Education", "Education", "Pro", "Home", "Datacenter",
                                "Standard", "Essentials"})
        if (os.name.find(edition) != os.name.npos) {
            os.edition = edition;
            return;
        }
}

}  // namespace

void complete_platform(OperatingSystem& os) {
    if (os.distribution.empty()) return;
    if (os.distribution == "windows") {
        if (os.platform.empty()) complete_windows(os);
    } else if (os.platform.empty()) {
        os.platform = os.distribution == "macos" ? "macOS" : "Linux";
    }
}

std::string_view module_stream(std::string_view label) {
    auto const colon = label.find(':');
    return colon == std::string_view::npos ? std::string_view{} : label.substr(0, label.find(':', colon + 1));
}

bool split_source_rpm(std::string_view text, std::string& name, std::string& version) {
    for (auto const* tail : {".src.rpm", ".nosrc.rpm"}) {
        if (!text.ends_with(tail)) continue;
        text.remove_suffix(std::string_view(tail).size());
        auto const release = text.rfind('-');
        if (release == std::string_view::npos || release == 0) return false;
        auto const split_at = text.rfind('-', release - 1);
        if (split_at == std::string_view::npos || split_at == 0) return false;
        name = field(text.substr(0, split_at));
        version = field(text.substr(split_at + 1));
        return true;
    }
    return false;
}

bool python_of_distribution(std::string_view path) {
    // pip writes below /usr/local or a home; /usr/lib belongs to dpkg, rpm, apk or pacman.
    if (!path.starts_with("/usr/lib/python") && !path.starts_with("/usr/lib64/python")) return false;
    return path.find("/dist-packages") != std::string_view::npos ||
           path.find("/site-packages") != std::string_view::npos;
}

}  // namespace merlon::sensors
