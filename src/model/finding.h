// What matching says: this software has this vulnerability, why, and what would clear it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/knowledge.h"

namespace merlon {

// What installed software is taken to be. `rule` names what decided.
struct Identity {
    std::string vendor;   // normalised, lower case with underscores: "microsoft"; shown in the API and hunting tables
    std::string product;  // "edge_chromium-based", "openssl"
    // Keys of subjects that speak of this software, best first, each with how sure we are (0..100).
    struct Candidate {
        std::string subject;  // subject_key()
        int confidence = 100;
        std::string rule;     // "purl", "cpe", "distribution source package", "rules/identity/...: entry"
        // Where statements about this subject count otherwise than the identity as a whole: order and version.
        std::string scheme = {}, version = {};
        bool extension = false;  // the subject is an extension itself, not the application that it extends
    };
    std::vector<Candidate> candidates;
    std::string lifecycle;  // slug of the life-cycle product, "" unknown
    std::string scheme;     // version order
    std::string version;    // the version as compared: cleaned of what the vendor's display adds
    bool assessed = true;   // false: no source of knowledge speaks of this software, or what it is is a guess
};

// The steps that led to a finding, in order, for people.
struct EvidenceStep {
    std::string kind;  // fact, identity, advisory, comparison, condition, clears
    std::string text;
};

// What the steps of a finding are told from, besides the software, its identity and the finding itself (match/evidence.h).
struct Grounds {
    std::size_t candidate = 0;        // of the identity, which the deciding statement speaks of
    std::string range;                // the range or version that decided, for people
    std::string comparison;
    bool says_unaffected = false;     // the statement says "not affected"
    FixState stated = FixState::unknown;  // why there is no fix, in the statement's words
    std::vector<EvidenceStep> more;   // further words of advisories, then conditions
};

struct Finding {
    std::int64_t software_id = 0;
    std::string cve;                      // or the advisory's id when it has no CVE
    std::vector<std::string> advisories;  // "nvd:CVE-2021-44228", "osv:DSA-5024-1"; the first decided
    FixState state = FixState::unknown;
    std::string fixed_version;
    std::string hotfix;   // KB that clears it
    std::string urgency;  // distribution's own word
    int confidence = 100;
    bool hidden = false;  // kept and shown on demand: unimportant, not affected, low confidence
    Grounds grounds;
    std::vector<EvidenceStep> evidence;  // told only where asked for
};

enum class SupportStatus : std::uint8_t {
    no_data,       // no life-cycle source speaks of it
    supported,
    upcoming_version,   // "Upcoming EOS Version"
    upcoming_software,  // "Upcoming EOS Software"
    version,            // "EOS Version": this version is out of support, newer ones are not
    software,           // "EOS Software": the whole product is out of support
};

// The line of a product that follows one whose support has ended, or soon will.
struct NextLine {
    std::string cycle, version;
    std::string reason;  // for people
};

struct SupportFact {
    SupportStatus status = SupportStatus::no_data;
    std::optional<Ticks> date;  // when it ended or will end
    std::string product;        // life-cycle slug
    std::string cycle;
    std::string latest;         // newest version of that cycle
    std::string reason;         // for people
    NextLine next;              // empty: none is known, or it goes on
};

}  // namespace merlon
