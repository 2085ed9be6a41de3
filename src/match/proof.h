// Why a device has a vulnerability, for people: each installed thing that matched, with all that led to the finding.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/finding.h"
#include "store/engine.h"

namespace merlon::match {

struct Proof {
    std::int64_t software = 0;
    std::string source, name, vendor, version, path, installed_at;  // the fact
    std::string product_vendor, product;                            // what it is taken to be
    std::string candidates;                                         // JSON, as table identity has it
    std::string state, fixed_version, hotfix, urgency;
    std::string advisories;  // JSON array, the deciding one first
    int confidence = 0;
    bool hidden = false;
    std::vector<EvidenceStep> steps;
    std::string cleared;  // why this device does not have it all the same: an installed update, a correction
    Ticks first_seen = 0;
};

// Sorted by name, version and path. Empty: nothing installed there matches an advisory about it.
Result<std::vector<Proof>> proofs(store::Connection&, std::string const& device, std::string const& cve);

}  // namespace merlon::match
