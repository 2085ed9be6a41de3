// What feeds say, in the one normal form that every reader produces: advisories, exploit facts, scores, life cycles.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace merlon {

// A CPE 2.3 name taken apart (NISTIR 7695): fields lower case and without escapes; "*" is ANY, "-" is NA.
struct Cpe {
    std::string part = "*";  // a application, o operating system, h hardware
    std::string vendor = "*", product = "*", version = "*", update = "*", edition = "*", language = "*";
    std::string sw_edition = "*", target_sw = "*", target_hw = "*", other = "*";
    friend bool operator==(Cpe const&, Cpe const&) = default;
};
// Reads "cpe:2.3:a:vendor:product:..." and the older URI form "cpe:/a:vendor:product:...".
std::optional<Cpe> parse_cpe(std::string_view);
// Writes the 2.3 formatted string with escapes.
std::string cpe_text(Cpe const&);
// Version and update as one text, as Affected::versions hold it: "1.0.0 update beta1"; "1.0.0 update -" says that there
// is none; plain "1.0.0" speaks of every update.
std::string cpe_version_text(Cpe const&);

// A package of an ecosystem as OSV names it: "Debian:12", "Ubuntu:22.04:LTS", "Alpine:v3.20", "PyPI", "npm", "Maven".
struct PackageName {
    std::string ecosystem;
    std::string name;  // normalised by the ecosystem's rule: source package, group:artifact, PEP 503 name ...
    friend bool operator==(PackageName const&, PackageName const&) = default;
};
// A package's name by its ecosystem's rule: PyPI by PEP 503, others that take a name in any case in lower case, Go's own
// library as "stdlib", all else as it is.
std::string package_name(std::string_view ecosystem, std::string_view name);
using Subject = std::variant<Cpe, PackageName>;

// The key under which statements about a subject are found: "a:vendor:product" (o:, h:) or "pkg:ECOSYSTEM/NAME".
std::string subject_key(Subject const&);

// Versions between two bounds in the order of a scheme (dpkg, rpm, apk, semver, pep440, maven, gem, nuget, golang,
// packagist, cpe, windows, ...; match/versions knows them). Both ends open means every version.
struct VersionRange {
    std::string scheme;
    std::string from;  // "" from the beginning
    bool from_inclusive = true;
    std::string to;    // "" without end
    bool to_inclusive = false;
    friend bool operator==(VersionRange const&, VersionRange const&) = default;
};

enum class FixState : std::uint8_t {
    fixed,                // an update is there: Affected::fixed_version
    affected,             // no fix yet
    will_not_fix,         // the vendor said so
    deferred,             // postponed by the vendor
    not_affected,         // named, and said not to be affected
    under_investigation,
    unknown,
};
std::string_view fix_state_name(FixState);
FixState fix_state_of(std::string_view name);

// One statement: these versions of this subject are (not) affected, under these conditions.
struct Affected {
    Subject subject;
    std::vector<VersionRange> ranges;   // any of them
    std::vector<std::string> versions;  // or any of these, exactly
    FixState state = FixState::unknown;
    std::string fixed_version;          // first version without the flaw, where the source names one
    std::string urgency;                // the distribution's own word: unimportant, low, medium, high
    // "Running on": each group must be met by one of its names (vulnerable=false rows of NVD, platforms of CVE 5).
    std::vector<std::vector<Cpe>> conditions;
    std::vector<std::string> modules;   // rpm modules that must be enabled, e.g. "container-tools:rhel8"
    std::string architecture;           // "" any
    std::string hotfix;                 // KB that clears it, "KB5040427"
    std::string note;                   // anything a person should read with it
};

struct Severity {
    std::string scheme;  // CVSS_V2, CVSS_V3 (3.0), CVSS_V31, CVSS_V4, WORD
    std::string vector;
    std::optional<double> score;  // base score
    std::string word;             // None Low Medium High Critical (upper or lower case as given for WORD)
    std::string source;           // who rated: nvd@nist.gov, the CNA, CISA-ADP, debian
    bool primary = false;
};

struct Reference {
    std::string url;
    std::vector<std::string> tags;  // lower case: exploit, patch, vendor-advisory ...
};

enum class AdvisoryState : std::uint8_t { published, rejected, withdrawn, disputed };
std::string_view advisory_state_name(AdvisoryState);

struct Advisory {
    std::string id;                  // CVE-2021-44228, DSA-5024-1, GHSA-..., as the source calls it
    std::string source;              // nvd, cve5, osv, debian, ubuntu, redhat, msrc, merlon
    std::vector<std::string> cves;   // the CVEs it is about; empty when there is none yet
    std::vector<std::string> aliases;
    AdvisoryState state = AdvisoryState::published;
    std::string title;
    std::string description;
    Ticks published = 0;  // 0: not said
    Ticks modified = 0;
    std::vector<Severity> severities;
    std::vector<std::string> cwes;  // CWE-79
    std::vector<Reference> references;
    std::vector<Affected> affected;
};

// One sign that a CVE is or can be exploited.
struct ExploitFact {
    std::string cve;
    std::string source;  // kev, exploit-db, metasploit, nvd, poc-in-github, ssvc, msrc
    std::string kind;    // exploited, ransomware, kit, verified, public, poc, active
    std::string type;    // remote, local, dos, webapps, privilegeescalation ...
    std::string url;
    Ticks date = 0;
    Ticks due = 0;       // KEV: date by which to act
    std::string detail;  // KEV: required action; Metasploit: rank
};

struct EpssScore {
    std::string cve;
    double score = 0;       // 0..1
    double percentile = 0;  // 0..1
    Ticks date = 0;
    std::string model;
};

// A phase boundary that a source gives as a date, or only as "yes" or "no".
struct PhaseEnd {
    std::optional<Ticks> date;
    std::optional<bool> reached;  // when no date is given
};

struct LifecycleCycle {
    std::string name;      // "12", "22H2-w", "3.1"
    std::string codename;
    std::string label;
    Ticks released = 0;
    PhaseEnd active_support;
    PhaseEnd end_of_life;       // end of (security) support
    PhaseEnd extended_support;  // paid extension
    bool lts = false;
    std::string latest;         // newest version of the cycle
    Ticks latest_date = 0;
};

struct LifecycleProduct {
    std::string slug;   // endoflife.date's name, "windows-server"
    std::string label;  // "Microsoft Windows Server"
    std::string category;
    std::string source;                    // endoflife.date, merlon
    std::vector<std::string> identifiers;  // "cpe:/a:vendor:product", "pkg:deb/debian/openssl", "repology:openssl"
    std::vector<LifecycleCycle> cycles;
    std::string url;
};

using KnowledgeRecord = std::variant<Advisory, ExploitFact, EpssScore, LifecycleProduct>;
// Takes each record as it is read; an error stops the reader.
using KnowledgeSink = std::function<Status(KnowledgeRecord)>;

}  // namespace merlon
