#include "advise/software_advice.h"

#include <array>
#include <set>

#include "fleet/publish.h"
#include "match/versions/versions.h"

namespace merlon::advise {
namespace {

// What the store knows of a product beside the index.
struct ProductFacts {
    std::string scheme, fixed_version, hotfix;
    bool is_os = false, is_kernel = false, whole_product_ended = false, some_versions_ended = false;
    std::set<std::string> platforms;
    std::string ended_version, next_version;  // the newest version out of support, or soon to be, of which is known where to go
    bool zero_day_fixed = false;  // attackers used it while nothing fixed it, and now there is a fix
};
using FactsByProduct = std::vector<ProductFacts>;

class ProductNumbers {
public:
    explicit ProductNumbers(fleet::Index const& index) {
        for (std::uint32_t number = 0; number < index.products.size(); ++number)
            numbers_.emplace(key(index.products[number].vendor, index.products[number].product), number);
    }
    std::optional<std::uint32_t> find(std::string_view vendor, std::string_view product) const {
        auto const found = numbers_.find(key(vendor, product));
        if (found == numbers_.end()) return {};
        return found->second;
    }

private:
    static std::string key(std::string_view vendor, std::string_view product) {
        return std::string(vendor) + '\n' + std::string(product);
    }
    std::unordered_map<std::string, std::uint32_t> numbers_;
};

// The newer of two versions; without a known order the one that was there.
bool newer(std::string_view scheme, std::string_view a, std::string_view than) {
    if (than.empty()) return true;
    auto const order = match::compare(scheme, a, than);
    return order && *order > 0;
}

constexpr std::string_view shown_platforms[][2] = {{"windows", "Windows"}, {"macos", "macOS"}, {"linux", "Linux"}};

Status read_identities(store::Connection& connection, ProductNumbers const& numbers, FactsByProduct& all) {
    auto rows = TRY(connection.query(
        "SELECT y.vendor, y.product, y.version, y.scheme, y.support_status, n.version, s.source = 'os', s.platform, "
        "s.source IN ('deb', 'rpm') AND (starts_with(s.name, 'linux-image-') OR s.name IN ('kernel', 'kernel-core', 'kernel-default')) "
        "FROM main.identity y JOIN main.software s ON s.id = y.software LEFT JOIN main.next_line n ON n.software = y.software "
        "WHERE y.software IN (SELECT software FROM main.installation)"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& column = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const number = numbers.find(column[0].text(row), column[1].text(row));
            if (!number) continue;
            auto& facts = all[*number];
            if (facts.scheme.empty()) facts.scheme = column[3].text(row);
            facts.is_os = facts.is_os || column[6].boolean(row);
            facts.is_kernel = facts.is_kernel || column[8].boolean(row);
            for (auto const& [name, shown] : shown_platforms)
                if (column[7].text(row) == name) facts.platforms.emplace(shown);
            auto const status = column[4].text(row);
            if (status.empty()) continue;
            facts.whole_product_ended = facts.whole_product_ended || status == "EOS Software";
            facts.some_versions_ended = facts.some_versions_ended || status == "EOS Version";
            if (column[5].is_null(row) || !newer(facts.scheme, column[2].text(row), facts.ended_version)) continue;
            facts.ended_version = column[2].text(row);
            facts.next_version = column[5].text(row);
        }
    }
    return {};
}

Status read_fixes(store::Connection& connection, ProductNumbers const& numbers, FactsByProduct& all) {
    auto rows = TRY(connection.query(
        "SELECT DISTINCT y.vendor, y.product, y.scheme, f.fixed_version, f.hotfix FROM main.finding f "
        "JOIN main.identity y ON y.software = f.software "
        "WHERE NOT f.hidden AND (f.fixed_version <> '' OR f.hotfix <> '') "
        "AND f.software IN (SELECT software FROM main.installation) ORDER BY ALL"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& column = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const number = numbers.find(column[0].text(row), column[1].text(row));
            if (!number) continue;
            auto& facts = all[*number];
            if (auto const fixed = column[3].text(row); !fixed.empty() && newer(column[2].text(row), fixed, facts.fixed_version))
                facts.fixed_version = fixed;
            if (auto const kb = column[4].text(row); kb > facts.hotfix) facts.hotfix = kb;
        }
    }
    return {};
}

// R5. Fixes that came within the last 30 days for what attackers used before there was one: for a day at least, so that feeds which
// were read one after the other are not taken for this.
Status read_late_fixes(store::Connection& connection, ProductNumbers const& numbers, FactsByProduct& all, Ticks now) {
    std::array const times{store::Value{now}, store::Value{now - 30 * ticks_per_day}, store::Value{ticks_per_day}};
    auto rows = TRY(connection.query(
        "SELECT DISTINCT y.vendor, y.product FROM main.finding f JOIN main.cve c ON c.id = f.cve AND c.known_exploited "
        "JOIN main.identity y ON y.software = f.software JOIN main.finding_history h ON h.software = f.software AND h.cve = f.cve "
        "JOIN main.cve_history k ON k.id = f.cve AND k.known_exploited "
        "WHERE NOT f.hidden AND (f.state = 'fixed' OR f.fixed_version <> '' OR f.hotfix <> '') "
        "AND NOT h.hidden AND h.state <> 'fixed' AND h.fixed_version = '' AND h.hotfix = '' AND h.valid_to > $2 "
        "AND least(h.valid_to, k.valid_to, $1) - greatest(h.valid_from, k.valid_from) >= $3 "
        "AND f.software IN (SELECT software FROM main.installation)", times));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            if (auto const number = numbers.find(chunk->columns[0].text(row), chunk->columns[1].text(row))) all[*number].zero_day_fixed = true;
    return {};
}

// What the index knows of a product.
struct Weaknesses {
    fleet::DeviceSet cves;
    bool fixable = false, exploit = false, known_exploited = false;
    bool unfixed_exploited = false;  // used by attackers, and there is no fix
};

Weaknesses weaknesses_of(fleet::Index const& index, std::uint32_t product) {
    Weaknesses out;
    for (auto const number : index.products[product].software) {
        auto const& one = index.software[number];
        if (!one.devices.intersect(index.counted)) continue;
        for (std::size_t i = 0; i < one.cves.size(); ++i) {
            auto const& facts = index.cves[one.cves[i]].facts;
            out.cves.add(one.cves[i]);
            out.fixable = out.fixable || one.fixable[i];
            out.exploit = out.exploit || facts.exploit_public || facts.exploit_verified || facts.known_exploited;
            out.known_exploited = out.known_exploited || facts.known_exploited;
            out.unfixed_exploited = out.unfixed_exploited || (facts.known_exploited && !one.fixable[i]);
        }
    }
    return out;
}

// Devices where what was installed waits for a restart, for the reasons of the view device_restart. Asked at each publication of all
// settings of the fleet: by three keys, without the JSON of their values.
struct Waiting {
    fleet::DeviceSet windows_update, kernel;
};

Result<Waiting> devices_waiting(store::Connection& connection, fleet::Index const& index) {
    std::unordered_map<std::string, std::uint32_t> numbers;
    auto rows = TRY(connection.query("SELECT device, bool_or(key <> 'restart.reason.kernel'), bool_or(key = 'restart.reason.kernel') FROM main.setting "
                                     "WHERE key IN ('restart.reason.component_servicing', 'restart.reason.windows_update', 'restart.reason.kernel') GROUP BY device"));
    Waiting out;
    while (auto const chunk = TRY(rows.next())) {
        if (numbers.empty())
            for (std::uint32_t number = 0; number < index.devices.size(); ++number) numbers.emplace(index.devices[number].id, number);
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const found = numbers.find(std::string(chunk->columns[0].text(row)));
            if (found == numbers.end()) continue;
            if (chunk->columns[1].boolean(row)) out.windows_update.add(found->second);
            if (chunk->columns[2].boolean(row)) out.kernel.add(found->second);
        }
    }
    return out;
}

// The fix of what exposes a device is installed there and waits for a restart: updates of Windows and what its KBs correct,
// kernels of Linux.
bool waits_for_restart(ProductFacts const& facts, fleet::DeviceSet const& exposed, Waiting const& waiting) {
    bool const by_windows_update = (facts.is_os && facts.platforms.contains("Windows")) || !facts.hotfix.empty();
    return (by_windows_update && exposed.intersect(waiting.windows_update)) || (facts.is_kernel && exposed.intersect(waiting.kernel));
}

struct Support {
    fleet::DeviceSet ended, ending;
    bool whole_product = false, some_versions = false;
};

// R2. What kind of action: a product past its end goes; a version past its end needs another cycle; a hole with a fix
// needs the fix; so does a version before its end; a hole without fix can only be watched.
RemediationType type_of(Weaknesses const& weak, Support const& support) {
    if (support.whole_product && !support.ended.isEmpty()) return RemediationType::uninstall;
    if (!support.ended.isEmpty()) return RemediationType::upgrade;
    if (weak.fixable || !support.ending.isEmpty()) return RemediationType::update;
    return RemediationType::attention_required;
}

// R5. Tags, in the words of the portal.
std::vector<std::string> tags_of(Weaknesses const& weak, Support const& support, bool zero_day_fixed, bool internet_facing) {
    std::vector<std::string> tags;
    // The union over installed versions: devices that are entitled to extended support and those that are not may tell both.
    if (support.whole_product && !support.ended.isEmpty()) tags.emplace_back("EOS software");
    if ((support.some_versions || !support.whole_product) && !support.ended.isEmpty()) tags.emplace_back("EOS versions");
    if (!support.ending.isEmpty()) tags.emplace_back("Upcoming EOS versions");
    if (weak.unfixed_exploited) tags.emplace_back("Zero day");
    else if (zero_day_fixed && weak.known_exploited) tags.emplace_back("New security update for zero day");
    if (!weak.cves.isEmpty() && !weak.fixable) tags.emplace_back("No security update");
    if (weak.known_exploited) tags.emplace_back("Known exploited");
    if (internet_facing) tags.emplace_back("internetFacing");
    return tags;
}

std::string name_of(RemediationType type, std::string const& component) {
    switch (type) {
    case RemediationType::update: return "Update " + component;
    case RemediationType::upgrade: return "Upgrade " + component;
    case RemediationType::uninstall: return "Uninstall " + component;
    default: return "Attention required: vulnerabilities in " + component;
    }
}

std::string description_of(Recommendation const& made, Support const& support) {
    std::string text;
    if (made.type == RemediationType::uninstall)
        text = made.component + " is out of support as a whole: its maker closes no more holes in it. Remove it or move to another product.";
    else if (made.type == RemediationType::upgrade)
        text = "Some installed versions of " + made.component + " are out of support. Move them to a version that is supported" +
               (made.recommended_version.empty() ? "." : ", such as " + made.recommended_version + ".");
    else if (made.type == RemediationType::update)
        text = "Bring " + made.component + (made.recommended_version.empty() ? " up to date." : " to " + made.recommended_version + " or newer.");
    else
        text = "There is no fix yet for the known holes in " + made.component + ". Limit who and what can reach it, and watch for an update.";
    if (!support.ending.isEmpty()) text += " Support of some installed versions ends soon: see the version distribution for dates.";
    return text;
}

// R4. The version to go to: where support ended, the newest of the nearest supported cycle, else what fixes the most.
std::string version_to_go_to(ProductFacts const& facts, RemediationType type) {
    if (type == RemediationType::uninstall || type == RemediationType::attention_required) return {};
    auto const& next = facts.next_version;
    if (type == RemediationType::upgrade && !next.empty())
        return newer(facts.scheme, facts.fixed_version, next) && !facts.fixed_version.empty() ? facts.fixed_version : next;
    return !facts.fixed_version.empty() ? facts.fixed_version : !facts.hotfix.empty() ? facts.hotfix : next;
}

}  // namespace

Result<std::vector<Recommendation>> software_recommendations(store::Connection& connection, fleet::Index const& index,
                                                             fleet::Exposure const& exposure, Effects const& effects,
                                                             AdviceOptions const& options) {
    ProductNumbers const numbers(index);
    FactsByProduct facts(index.products.size());
    TRY(read_identities(connection, numbers, facts));
    TRY(read_fixes(connection, numbers, facts));
    TRY(read_late_fixes(connection, numbers, facts, options.now));
    auto const alerts = TRY(fleet::devices_with_alerts(connection, index));
    auto const waiting = TRY(devices_waiting(connection, index));
    fleet::DeviceSet critical, facing;
    for (std::uint32_t number = 0; number < index.devices.size(); ++number) {
        if (index.devices[number].weight > 1) critical.add(number);
        if (index.devices[number].internet_facing) facing.add(number);
    }
    auto const before = fleet::without_exceptions(exposure);
    fleet::WhatIf what_if(index, before), what_if_after(index, exposure);
    std::vector<Recommendation> out;
    for (std::uint32_t number = 0; number < index.products.size(); ++number) {
        auto const& product = index.products[number];
        Support const support{index.ended(number), index.ending(number), facts[number].whole_product_ended, facts[number].some_versions_ended};
        // R3. Exposed devices: with an open finding through the product, or a version out of support or soon to be.
        auto const exposed = index.exposed_by(number) | support.ended | support.ending;
        if (exposed.isEmpty()) continue;
        auto const weak = weaknesses_of(index, number);
        Recommendation made;
        made.id = recommendation_id(product.vendor, product.product);
        made.vendor = product.vendor;
        made.product = product.product;
        made.component = shown_product(product.vendor, product.product);
        made.category = facts[number].is_os ? "OS" : "Application";
        made.platforms.assign(facts[number].platforms.begin(), facts[number].platforms.end());
        made.type = type_of(weak, support);
        made.recommended_version = version_to_go_to(facts[number], made.type);
        made.name = name_of(made.type, made.component);
        made.description = description_of(made, support);
        made.weaknesses = weak.cves.cardinality();
        made.public_exploit = weak.exploit;
        made.known_exploited = weak.known_exploited;
        made.active_alert = exposed.intersect(alerts);
        made.tags = tags_of(weak, support, facts[number].zero_day_fixed, exposed.intersect(facing));
        if (waits_for_restart(facts[number], exposed, waiting)) made.tags.emplace_back("Pending restart");
        made.total_devices = index.having(number).cardinality();
        made.exposed_devices = exposed.cardinality();
        auto left = exposed;
        if (!effects.mask.empty()) left = fleet::exposed_by(index, number, effects.mask) | support.ended | support.ending;
        if (auto const* gone = effects.mask.product(number)) left -= *gone;
        made.exposed_after = left.cardinality();
        made.status = exception_status(effects, made.id, exposed, left);
        made.critical_devices = exposed.and_cardinality(critical);
        // R6. The score now less the score without what the action takes away: every finding, and the end of support,
        // when the product or its version goes, else the findings that have a fix.
        bool const all_go = made.type == RemediationType::uninstall || made.type == RemediationType::upgrade;
        bool const counts = !weak.cves.isEmpty() || index.adds_unsupported(support.ended);
        if (made.type != RemediationType::attention_required && counts) {
            std::array const removal{fleet::Removal{number, !all_go}};
            made.exposure_impact = std::max(0.0, before.score - what_if.score_without(removal));
            made.exposure_impact_after = effects.mask.empty() ? made.exposure_impact
                                                              : std::max(0.0, exposure.score - what_if_after.score_without(removal));
        }
        out.push_back(std::move(made));
    }
    return out;
}

}  // namespace merlon::advise
