// End of support: which cycle of a product a version belongs to, and what that says today (shared specification of end of
// support, section 7).
#pragma once
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/device.h"
#include "model/finding.h"
#include "store/engine.h"

namespace merlon::match {

constexpr int usual_window_days = 183;
struct LifecycleOptions {
    Ticks now = 0;
    int window_days = usual_window_days;  // "upcoming" begins this many days before the end
};
// `wanted`, or where it is 0 the window of the data folder: the setting support.window_days of the server that uses it
// (store::state_value), else the usual one.
Result<int> window_days_of(store::Connection&, int wanted = 0);

// Where the end of a phase of support stands on the day of `now`; an end without a date is reached or goes on.
enum class Phase : std::uint8_t { ended, ends_soon, goes_on };
Phase phase_of(PhaseEnd const&, LifecycleOptions const&);

// All life cycles known, found by slug or by the CPE or package of a product.
class LifecycleCatalog {
public:
    explicit LifecycleCatalog(std::vector<LifecycleProduct> products);
    // The product of an identity: by its own slug, else by the first candidate that a product names. Null: none.
    LifecycleProduct const* product_of(Identity const&) const;

private:
    std::vector<LifecycleProduct> products_;
    std::unordered_map<std::string, std::size_t> by_slug_, by_subject_;
};

// Section 7.2. Support lasts through its last day (UTC). Packages of a distribution follow the distribution: their own
// status is "no data". Paid extensions count only where the item's edition says that this device is entitled to them, by one
// of the words ESU, ESM, ELS, ELTS, LTSS, "extended security", for Ubuntu Pro, or by extended_support_mark (model/extended_support.h), which
// stands for what people entered.
SupportFact support_of(LifecycleCatalog const&, SoftwareKey const&, Identity const&, LifecycleOptions const&);

// "EOS Version", "Upcoming EOS Software" ...; "" for supported and for no data.
std::string_view support_status_name(SupportStatus);

}  // namespace merlon::match
