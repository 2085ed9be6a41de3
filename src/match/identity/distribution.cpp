#include "match/identity/distribution.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace merlon::match {
namespace {

struct Release {
    std::string name, version;
};

Release parts_of(std::string_view distribution) {
    auto const colon = distribution.find(':');
    return {ascii_lower(distribution.substr(0, colon)),
            colon == std::string_view::npos ? std::string{} : std::string(distribution.substr(colon + 1))};
}

std::string major_of(std::string_view version) { return std::string(version.substr(0, version.find('.'))); }

std::string first_two_of(std::string_view version) {
    auto const dot = version.find('.');
    if (dot == std::string_view::npos) return std::string(version);
    return std::string(version.substr(0, version.find('.', dot + 1)));
}

void add_ubuntu(std::vector<std::string>& out, std::string const& version) {
    // Long-term releases: April of even years.
    bool const lts = version.size() == 5 && version.ends_with(".04") && (version[1] - '0') % 2 == 0;
    if (lts) out.push_back("Ubuntu:" + version + ":LTS");
    out.push_back("Ubuntu:" + version);
    // Fixes there need Ubuntu Pro; evaluate() says so.
    out.push_back("Ubuntu:Pro:" + version + (lts ? ":LTS" : ""));
    out.push_back("Ubuntu:Pro:FIPS-updates:" + version + (lts ? ":LTS" : ""));
}

void add_red_hat(std::vector<std::string>& out, std::string const& version) {
    auto const major = major_of(version);
    out.push_back("Red Hat:" + major);
    out.push_back("Red Hat:enterprise_linux:" + major);
    for (std::string_view const part :
         {"baseos", "appstream", "crb", "highavailability", "nfv", "realtime", "resilientstorage", "sap", "sap_hana",
          "supplementary", "server", "client", "workstation", "computenode"})
        out.push_back("Red Hat:enterprise_linux:" + major + "::" + std::string(part));
    if (version.find('.') != std::string::npos) out.push_back("Red Hat:enterprise_linux:" + version);
    // Since release 10 the products are named with the point release, of which packages on a device do not tell.
    if (to_int(major).value_or(0) >= 10)
        for (char point = '0'; point <= '9'; ++point) out.push_back("Red Hat:enterprise_linux:" + major + "." + point);
}

void add_suse(std::vector<std::string>& out, std::string const& version) {
    auto const major = major_of(version);
    auto const dot = version.find_first_of(".-");
    auto pack = dot == std::string::npos ? std::string{} : version.substr(dot + 1);
    if (pack.starts_with("SP")) pack.erase(0, 2);
    auto const release = major + (pack.empty() || pack == "0" ? "" : " SP" + pack);
    for (std::string_view const product :
         {"SUSE Linux Enterprise Server ", "Linux Enterprise Server ", "SUSE Linux Enterprise ",
          "Linux Enterprise Module for Basesystem ", "Linux Enterprise Module for Server Applications ",
          "Linux Enterprise Module for Development Tools ", "Linux Enterprise Module for Legacy ",
          "Linux Enterprise Module for Containers ", "Linux Enterprise Module for Web and Scripting ",
          "Linux Enterprise Module for Python 3 ", "Linux Enterprise Module for Desktop Applications ",
          "Linux Enterprise Desktop ", "Linux Enterprise High Performance Computing ",
          "Linux Enterprise Server for SAP Applications ", "Linux Enterprise Module for Public Cloud ",
          "Linux Enterprise Module for SAP Applications ", "Linux Enterprise Module for Package Hub ",
          "Linux Enterprise High Availability Extension ", "Linux Enterprise Workstation Extension ",
          "Linux Enterprise Software Development Kit ", "Package Hub "})
        out.push_back("SUSE:" + std::string(product) + release);
    // Fixes after the end of general support, for who has that: the package is open to the flaw for everybody.
    for (std::string_view const longer : {"-LTSS", "-ESPOS"})
        for (std::string_view const product : {"Linux Enterprise Server ", "Linux Enterprise High Performance Computing "})
            out.push_back("SUSE:" + std::string(product) + release + std::string(longer));
    out.push_back("SUSE:" + version);
}

}  // namespace

std::vector<std::string> ecosystems_of(std::string_view distribution) {
    auto const [name, version] = parts_of(distribution);
    std::vector<std::string> out;
    auto const major = major_of(version);
    if (name == "debian" || name == "raspbian") {
        out.push_back("Debian:" + (major.empty() ? version : major));
    } else if (name == "ubuntu") {
        add_ubuntu(out, first_two_of(version));
    } else if (name == "alpine") {
        out.push_back(version == "edge" ? "Alpine:edge" : "Alpine:v" + first_two_of(version));
        out.push_back("Alpine:" + first_two_of(version));
    } else if (name == "rhel" || name == "redhat") {
        add_red_hat(out, version);
    } else if (name == "centos") {
        // CentOS up to 8 is built from Red Hat's sources with their releases; it publishes no records of its own.
        out.push_back("CentOS:" + major);
        add_red_hat(out, version);
    } else if (name == "rocky") {
        out.push_back("Rocky Linux:" + major);
    } else if (name == "almalinux" || name == "alma") {
        out.push_back("AlmaLinux:" + major);
    } else if (name == "ol" || name == "oracle") {
        out.push_back("Oracle Linux:" + major);
        out.push_back("Oracle:" + major);
    } else if (name == "amzn" || name == "amazon") {
        for (auto const& v : {version, major}) {
            out.push_back("Amazon Linux:" + v);
            out.push_back("Amazon:" + v);
        }
    } else if (name == "fedora") {
        out.push_back("Fedora:" + major);
    } else if (name == "sles" || name == "suse" || name == "sled" || name == "sle_hpc" || name == "sles_sap") {
        add_suse(out, version);
    } else if (name == "opensuse-tumbleweed") {
        out.push_back("openSUSE:Tumbleweed");
    } else if (name.starts_with("opensuse")) {
        out.push_back("openSUSE:Leap " + first_two_of(version));
        out.push_back("openSUSE:" + first_two_of(version));
    } else if (name == "azurelinux") {
        out.push_back("Azure Linux:" + major);
        out.push_back("Azure Linux:" + first_two_of(version));
    } else if (name == "mariner" || name == "cbl-mariner") {
        out.push_back("CBL-Mariner:" + first_two_of(version));
        out.push_back("Azure Linux:" + major);
    } else if (name == "photon") {
        out.push_back("Photon OS:" + first_two_of(version));
    } else if (name == "wolfi") {
        out.emplace_back("Wolfi");
    } else if (name == "chainguard") {
        out.emplace_back("Chainguard");
    } else if (name == "arch" || name == "archlinux") {
        out.emplace_back("Arch Linux");
    } else if (name == "mageia") {
        out.push_back("Mageia:" + major);
    } else if (name == "openeuler") {
        out.push_back("openEuler:" + version);
    } else if (!name.empty() && name != "windows" && name != "macos") {
        out.push_back(name + ":" + version);
    }
    return out;
}

std::string_view scheme_of_format(std::string_view source) {
    if (source == "deb") return "dpkg";
    if (source == "rpm") return "rpm";
    if (source == "apk") return "apk";
    if (source == "pacman") return "alpm";
    if (source == "portage") return "gentoo";
    return {};
}

namespace {

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
    for (auto const word : words)
        if (text.find(word) != std::string_view::npos) return true;
    return false;
}

// Publishers of Debian packages who sign with a mail address of their own. Source of each: the Maintainer field of
// the packages in their repositories (download.docker.com, packages.microsoft.com, deb.nodesource.com ...).
bool known_publisher(std::string_view vendor) {
    return contains_any(vendor, {"docker.com",      "microsoft.com",  "nodesource",    "mozilla.com",     "google.com",
                                 "grafana",         "hashicorp",      "elastic",       "gitlab",          "mongodb",
                                 "oracle.com",      "mariadb",        "nginx.com",     "f5.com",          "influxdata",
                                 "datadog",         "zabbix",         "puppet",        "slack",           "teamviewer",
                                 "anydesk",         "brave.com",      "vivaldi",       "spotify",         "signal.org",
                                 "zoom.us",         "zoom video",     "1password",     "agilebits",       "jenkins",
                                 "cloudflare",      "tailscale",      "sury.org",      "kubernetes",      "redis.com",
                                 "redislabs",       "rabbitmq",       "vmware",        "broadcom",        "wazuh",
                                 "splunk",          "crowdstrike",    "sentinelone",   "jetbrains",       "sublimehq",
                                 "skype",           "opera.com",      "dropbox",       "virtualbox",      "osquery",
                                 "fleetdm",         "newrelic",       "dynatrace",     "percona",         "citus",
                                 "timescale",       "confluent",      "neo4j",         "couchbase",       "clickhouse",
                                 "caddyserver",     "proxmox",        "plex",          "jellyfin",        "nextcloud",
                                 "synology",        "github.com",     "amazon.com",    "ibm.com",         "sap.com"});
}

}  // namespace

bool from_distribution(SoftwareItem const& item) {
    if (item.source == "apk" || item.source == "pacman" || item.source == "portage") return true;
    auto const vendor = ascii_lower(item.vendor);
    if (item.source == "deb") {
        // PGDG, Sury and NodeSource builds carry their mark in the version.
        if (contains_any(item.version, {".pgdg", "+0~20", "nodesource"})) return false;
        if (vendor.empty() || contains_any(vendor, {"debian", "ubuntu", "canonical", "launchpad", "kali", "alioth",
                                                    "linuxmint", "raspberry", "raspbian"}))
            return true;
        // A maintainer of a distribution is "Name <mail>"; anything else is a publisher's own field.
        if (vendor.find('<') == std::string::npos) return false;
        return !known_publisher(vendor);
    }
    if (item.source == "rpm") {
        // Microsoft publishes packages for others' distributions as well as its own.
        auto const family = std::string_view(item.distribution).substr(0, item.distribution.find(':'));
        if (vendor.contains("microsoft") && (family == "azurelinux" || family == "mariner")) return true;
        return vendor.empty() || vendor == "(none)" ||
               contains_any(vendor, {"red hat", "redhat", "centos", "rocky", "resf", "alma", "fedora", "suse",
                                     "oracle america", "amazon linux", "amazon.com", "microsoft azure",
                                     "photon", "vmware, inc", "mageia", "openeuler", "cloudlinux", "scientific",
                                     "koji", "build.opensuse", "mariner"});
    }
    return false;
}

namespace {

// "python3.10" -> "python", "openssl-1_1" -> "openssl", "gcc-12" -> "gcc"; names that end in a plain digit of their own
// (bzip2, sqlite3 ...) are tried whole first.
std::string without_version(std::string_view name) {
    auto const end = name.find_last_not_of("0123456789._-");
    return std::string(name.substr(0, end == std::string_view::npos ? name.size() : end + 1));
}

std::string without_parts(std::string name) {
    for (bool again = true; again;) {
        again = false;
        for (std::string_view const part :
             {"-dev", "-devel", "-libs", "-lib", "-bin", "-common", "-data", "-doc", "-dbg", "-modules", "-minimal", "-stdlib", "-utils",
              "-tools", "-client", "-clients", "-server", "-base", "-core", "-runtime", "-headless", "-enterprise", "-full"})
            if (name.size() > part.size() + 1 && name.ends_with(part)) {
                name.resize(name.size() - part.size());
                again = true;
            }
    }
    return name;
}

}  // namespace

std::vector<std::string> upstream_names(SoftwareItem const& item) {
    std::vector<std::string> names;
    auto const add = [&](std::string name) {
        if (name.size() > 1 && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    };
    auto const source = advisory_source_name(item.source_name, item.distribution);
    for (auto const& name : {source, item.name}) {
        auto const lower = ascii_lower(name);
        if (lower == "linux" || lower == "kernel" || lower.starts_with("linux-image-") || lower.starts_with("kernel-core") ||
            lower.starts_with("kernel-default"))
            return {"linux"};
        add(lower);
        add(without_version(lower));
        auto const stem = without_parts(lower);
        add(stem);
        add(without_version(stem));
        if (stem.starts_with("lib") && stem.size() > 5) {
            add(stem.substr(3));
            add(without_version(std::string_view(stem).substr(3)));
        }
    }
    return names;
}

std::string advisory_source_name(std::string_view source_name, std::string_view distribution) {
    std::string name(source_name);
    auto const strip_prefix = [&](std::string_view prefix, std::string_view with) {
        if (!name.starts_with(prefix)) return false;
        name = std::string(with) + name.substr(prefix.size());
        return true;
    };
    if (distribution.starts_with("debian")) {
        for (std::string_view const arch : {"-amd64", "-arm64", "-i386", "-armhf"})
            if (name.starts_with("linux-signed") && name.ends_with(arch)) name.resize(name.size() - arch.size());
        if (name == "linux-signed") return "linux";
        if (strip_prefix("linux-signed-", "linux-")) return name;
    }
    if (distribution.starts_with("ubuntu")) {
        if (name == "linux-signed" || name == "linux-meta") return "linux";
        if (strip_prefix("linux-signed-", "linux-") || strip_prefix("linux-meta-", "linux-")) return name;
    }
    return name;
}

}  // namespace merlon::match
