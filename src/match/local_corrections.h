// "This is wrong": what people of the house know better than an advisory, kept as data beside the corrections that
// travel with the program (rules/corrections, match/corrections.h). A correction says of a flaw, a product or both, within
// a scope, that it does not count there. It takes effect at once, through table finding_cleared: the finding stays to be
// seen, with the reason why this device does not have it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::match {

struct LocalCorrection {
    std::string id;                      // made by add_correction
    std::string cve;                     // "": every flaw of the product
    std::string scope = "everywhere";    // everywhere, group, device
    std::string scope_value;             // name of the group; id or name of the device
    std::string vendor, product;         // "microsoft", "edge_chromium"; a name as installed serves too
    std::string version, path;           // "": any; path is a folder, or a file
    std::string status = "not_affected"; // not_affected, false_positive, fixed
    std::string justification;           // OpenVEX's, or ""
    std::string reason, link;
    Ticks created = 0, changed = 0, expires = 0;  // expires 0: never
    std::string created_by;
    bool disabled = false;
    bool in_force(Ticks now) const { return !disabled && (expires == 0 || expires > now); }
};

// OpenVEX's justifications (https://github.com/openvex/spec), with the word of CycloneDX for each.
struct Justification {
    std::string_view openvex, cyclonedx;
};
std::vector<Justification> const& justifications();

// Errors: match.bad_local_correction with what is wrong; the device of the scope is looked up and replaced by its id, the name
// of the flaw is written as lists show it.
Status check_correction(store::Connection&, LocalCorrection&);
// Whether `place` is the folder or file, or lies below it. On Windows letter case does not matter, and / is \.
bool lies_within(std::string_view place, std::string_view folder, bool windows);

struct CorrectionEffect {
    std::int64_t findings = 0;  // shown ones on devices: (device, software, CVE)
    std::int64_t devices = 0, cves = 0;
    std::int64_t already_cleared = 0;  // of them, by something else
    struct Example {
        std::string device, software, version, cve;
    };
    std::vector<Example> examples;  // at most 20
};
// What it would clear; changes nothing. Checks it first.
Result<CorrectionEffect> preview_correction(store::Connection&, LocalCorrection);

// Each changes the table and puts the effect of all corrections in force; exposure is published by the caller.
Result<std::string> add_correction(store::Connection&, LocalCorrection, Ticks now);
// Many at once, of a document: those that are here already, or that cannot be kept, are counted and do not stop the rest.
struct CorrectionsAdded {
    std::vector<std::string> ids;
    std::size_t known = 0;
    std::vector<std::string> refused;  // why, in words
};
Result<CorrectionsAdded> add_corrections(store::Connection&, std::vector<LocalCorrection>, Ticks now);
// Fields that are given are changed. False: there is no such correction.
struct CorrectionChange {
    std::optional<std::string> reason, link;
    std::optional<Ticks> expires;
    std::optional<bool> disabled;
};
Result<bool> change_correction(store::Connection&, std::string const& id, CorrectionChange const&, Ticks now);
Result<bool> remove_correction(store::Connection&, std::string const& id, Ticks now);
// Clears anew what corrections clear: after matching, changes of inventory, and when one has run out.
Status apply_corrections(store::Connection&, Ticks now);
// The same as SQL: SELECT device, software, cve, reason at the time $1; `where` limits the devices `d`.
std::string cleared_by_corrections(std::string_view where = "true");
// Whether one has run out that still clears something.
Result<bool> correction_ran_out(store::Connection&, Ticks now);

// Newest first.
Result<std::vector<LocalCorrection>> local_corrections(store::Connection&);

}  // namespace merlon::match
