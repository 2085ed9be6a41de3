#include "advise/exception_effects.h"

#include "base/text.h"

namespace merlon::advise {
namespace {

using fleet::DeviceSet;

// Where the subjects of exceptions are in the index.
class Subjects {
public:
    explicit Subjects(fleet::Index const& index) {
        for (std::uint32_t number = 0; number < index.products.size(); ++number)
            products_.emplace(recommendation_id(index.products[number].vendor, index.products[number].product), number);
        for (std::uint32_t number = 0; number < index.cves.size(); ++number)
            cves_.emplace(index.cves[number].id, number);
    }
    std::optional<std::uint32_t> product(std::string const& id) const { return find(products_, id); }
    std::optional<std::uint32_t> cve(std::string const& id) const { return find(cves_, id); }

private:
    static std::optional<std::uint32_t> find(std::unordered_map<std::string, std::uint32_t> const& all,
                                             std::string const& id) {
        auto const found = all.find(id);
        if (found == all.end()) return {};
        return found->second;
    }
    std::unordered_map<std::string, std::uint32_t> products_, cves_;
};

constexpr std::string_view check_prefix = "sca-_-scid-";
std::optional<std::int64_t> scid_of(std::string_view subject) {
    if (!subject.starts_with(check_prefix)) return {};
    return to_int(subject.substr(check_prefix.size()));
}

DeviceSet by_id(fleet::Index const& index, std::vector<std::string> const& ids) {
    DeviceSet out;
    for (auto const& id : ids) {
        if (auto const number = index.device_number(id)) out.add(*number);
    }
    return out;
}

void take_effect(Subjects const& subjects, Exception const& one, DeviceSet const& scope, Effects& effects) {
    if (one.kind == "Vulnerability") {
        if (auto const cve = subjects.cve(one.subject)) effects.mask.cves[*cve] |= scope;
        return;
    }
    effects.covered[one.subject] |= scope;
    if (one.scope == "Global") effects.everywhere.insert(one.subject);
    if (!one.takes_out()) return;
    if (auto const scid = scid_of(one.subject)) effects.checks[*scid] |= scope;
    else if (auto const product = subjects.product(one.subject)) effects.mask.products[*product] |= scope;
}

// The devices of its subject that count, wherever they are, and what is known of exploits.
struct Concern {
    DeviceSet devices;
    bool exploited = false, exploit = false;
};

void add_facts(fleet::CveFacts const& facts, Concern& out) {
    out.exploited = out.exploited || facts.known_exploited;
    out.exploit = out.exploit || facts.known_exploited || facts.exploit_public || facts.exploit_verified;
}

Concern concern_of(fleet::Index const& index, Assessment const& assessment, Subjects const& subjects,
                   Exception const& one) {
    Concern out;
    if (auto const cve = subjects.cve(one.subject)) {
        out.devices = index.exposed_to(*cve);
        add_facts(index.cves[*cve].facts, out);
    } else if (auto const product = subjects.product(one.subject)) {
        out.devices = concerned(index, *product);
        for (auto const number : index.products[*product].software)
            if (index.software[number].devices.intersect(index.counted))
                for (auto const finding : index.software[number].cves) add_facts(index.cves[finding].facts, out);
    } else if (auto const scid = scid_of(one.subject)) {
        for (std::size_t i = 0; i < assessment.checks.size(); ++i)
            if (assessment.checks[i].scid == *scid) out.devices = assessment.outcomes[i].failing;
    }
    return out;
}

// X7. Worse than when it was made: attackers use it now, a public exploit came, or it is about twice as many devices.
std::string why_worse(Exception const& one, Concern const& concern) {
    if (concern.exploited && !one.exploited_then) return "it is now known to be exploited";
    if (concern.exploit && !one.exploit_then) return "a public exploit is known now";
    if (one.devices_then > 0 && one.devices >= 2 * one.devices_then)
        return "it is about " + std::to_string(one.devices) + " devices now, " + std::to_string(one.devices_then) +
               " when it was made";
    return {};
}

// X6. A global one that is in effect suspends the others of its subject until it ends.
void suspend(std::vector<Exception>& all) {
    std::set<std::string> global;
    for (auto const& one : all)
        if (one.in_force() && one.scope == "Global") global.insert(one.subject);
    for (auto& one : all)
        if (one.in_force())
            one.state = one.scope != "Global" && global.contains(one.subject) ? "Suspended" : "InEffect";
}

// Writes which devices leave the counts of what.
Status write_exempt(store::Connection& connection, fleet::Index const& index,
                    std::map<std::string, DeviceSet> const& leaving) {
    TRY(connection.execute("DELETE FROM main.exempt"));
    auto table = TRY(connection.appender("exempt"));
    for (auto const& [subject, devices] : leaving)
        for (auto const device : devices) TRY(table.text(subject).text(index.devices[device].id).end_row());
    return table.close();
}

}  // namespace

DeviceSet const* Effects::check(std::int64_t scid) const {
    auto const found = checks.find(scid);
    return found == checks.end() ? nullptr : &found->second;
}

DeviceSet concerned(fleet::Index const& index, std::uint32_t product) {
    return index.exposed_by(product) | index.ended(product) | index.ending(product);
}

Result<DeviceSet> failing_devices(store::Connection& connection, fleet::Index const& index, std::int64_t scid) {
    std::array const key{store::Value{scid}};
    std::vector<std::string> ids;
    auto rows = TRY(connection.query("SELECT device FROM main.configuration_concern WHERE scid = $1", key));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) ids.emplace_back(chunk->columns[0].text(row));
    return by_id(index, ids);
}

Result<DeviceSet> scope_of(store::Connection& connection, fleet::Index const& index, Exception const& one) {
    if (one.scope == "Global") return index.counted;
    if (one.scope == "DeviceGroups") return index.in_groups(one.groups);
    std::array const key{store::Value{one.id}};
    std::vector<std::string> ids;
    auto rows = TRY(connection.query("SELECT device FROM main.exception_device WHERE exception = $1", key));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) ids.emplace_back(chunk->columns[0].text(row));
    return by_id(index, ids);
}

Result<Effects> effects_of(store::Connection& connection, fleet::Index const& index, Ticks now) {
    Effects effects;
    auto all = TRY(read_exceptions(connection));
    std::erase_if(all, [&](auto const& one) { return !one.in_force() || one.ends <= now; });
    if (all.empty()) return effects;
    suspend(all);
    Subjects const subjects(index);
    for (auto const& one : all)
        if (one.state == "InEffect") take_effect(subjects, one, TRY(scope_of(connection, index, one)), effects);
    return effects;
}

Result<Effects> apply_exceptions(store::Connection& connection, fleet::Index const& index, Assessment const& assessment,
                                 Ticks now) {
    auto const stored = TRY(read_exceptions(connection));
    std::vector<Exception> all;
    for (auto const& one : stored)
        if (one.open()) all.push_back(one);
    Effects effects;
    std::map<std::string, DeviceSet> leaving;
    if (!all.empty()) {
        Subjects const subjects(index);
        std::vector<std::pair<DeviceSet, DeviceSet>> sets;  // scope, and of it what is concerned
        for (auto& one : all) {
            auto scope = TRY(scope_of(connection, index, one));
            auto const concern = concern_of(index, assessment, subjects, one);
            auto devices = concern.devices & scope;
            one.devices = static_cast<std::int64_t>(devices.cardinality());
            if (one.devices_then < 0) one.devices_then = one.devices;
            sets.emplace_back(std::move(scope), std::move(devices));
            auto const worse = one.reopen && one.in_force() ? why_worse(one, concern) : std::string{};
            if (one.ends <= now) one.state = "Expired", one.ended = one.ends, one.ended_by = "system";
            else if (!worse.empty())
                one.state = "Reopened", one.ended = now, one.ended_by = "system", one.ended_reason = worse;
        }
        suspend(all);
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].state != "InEffect") continue;
            take_effect(subjects, all[i], sets[i].first, effects);
            if (all[i].takes_out()) leaving[all[i].subject] |= sets[i].second;
        }
        for (auto const& [subject, devices] : leaving) {
            if (auto const cve = subjects.cve(subject)) effects.leaving.cves.emplace(*cve, devices);
            else if (auto const product = subjects.product(subject)) effects.leaving.products.emplace(*product, devices);
        }
    }
    for (auto const& one : all) {
        auto const before = std::ranges::find(stored, one.id, &Exception::id);
        if (!(*before == one)) TRY(save_exception(connection, one));
    }
    TRY(write_exempt(connection, index, leaving));
    return effects;
}

Assessment after_exceptions(Assessment const& assessment, Effects const& effects) {
    auto after = assessment;
    for (std::size_t i = 0; i < after.checks.size(); ++i)
        if (auto const* devices = effects.check(after.checks[i].scid)) after.outcomes[i].failing -= *devices;
    return after;
}

std::string exception_status(Effects const& effects, std::string const& recommendation, DeviceSet const& exposed,
                             DeviceSet const& after) {
    if (effects.everywhere.contains(recommendation)) return "Full exception";
    auto covered = exposed - after;
    if (auto const found = effects.covered.find(recommendation); found != effects.covered.end())
        covered |= found->second & exposed;
    if (covered.isEmpty()) return "Active";
    return covered.cardinality() == exposed.cardinality() ? "Full exception" : "Partial exception";
}

namespace {

// Points of one check that its failing devices in `leaving` stand for: weight x leaving / applicable.
Result<double> points_of_devices(store::Connection& connection, std::int64_t scid, std::uint64_t leaving) {
    std::array const key{store::Value{scid}};
    auto const ratio = TRY(connection.scalar(
        "SELECT c.weight / count(*) FROM main.configuration_check c JOIN main.configuration_result r ON r.scid = "
        "c.scid AND r.applicable "
        "JOIN main.device_exposure e ON e.device = r.device AND e.counted WHERE c.scid = $1 GROUP BY c.weight",
        key));
    auto const* each = std::get_if<double>(&ratio);
    return each ? *each * static_cast<double>(leaving) : 0;
}

}  // namespace

Result<ExceptionPreview> preview_exception(store::Connection& connection, Exception const& one,
                                           std::vector<std::string> const& query_devices, Ticks now) {
    fleet::IndexOptions options;
    options.now = now;
    auto const index = TRY(fleet::Index::build(connection, options));
    auto effects = TRY(effects_of(connection, *index, now));
    Subjects const subjects(*index);
    auto const scope = (one.scope == "Query" ? by_id(*index, query_devices) : TRY(scope_of(connection, *index, one))) &
                       index->counted;
    ExceptionPreview out;
    out.devices_in_scope = static_cast<std::int64_t>(scope.cardinality());
    auto const secure = TRY(connection.scalar(
        "SELECT arg_max(points, time) FROM main.secure_score WHERE device_group = '*' AND category = '*'"));
    if (auto const* points = std::get_if<double>(&secure)) out.secure_now = out.secure_then = *points;
    auto const now_scores = fleet::compute_exposure(*index, effects.mask);
    out.exposure_now = out.exposure_then = now_scores.score;
    out.exposure_before_exceptions = now_scores.score_before;
    auto const scid = scid_of(one.subject);
    auto concern = scid ? TRY(failing_devices(connection, *index, *scid))
                        : concern_of(*index, {}, subjects, one).devices;
    concern &= scope;
    out.exposed_devices = static_cast<std::int64_t>(concern.cardinality());
    if (!one.takes_out()) return out;
    auto leaving = concern;
    if (scid) {
        if (auto const* gone = effects.check(*scid)) leaving -= *gone;
        out.secure_then += TRY(points_of_devices(connection, *scid, leaving.cardinality()));
    } else if (auto const cve = subjects.cve(one.subject)) {
        leaving &= fleet::exposed_to(*index, *cve, effects.mask);
    } else if (auto const product = subjects.product(one.subject)) {
        if (auto const* gone = effects.mask.product(*product)) leaving -= *gone;
    }
    out.leaving_devices = static_cast<std::int64_t>(leaving.cardinality());
    take_effect(subjects, one, scope, effects);
    if (!scid) out.exposure_then = fleet::compute_exposure(*index, std::move(effects.mask)).score;
    return out;
}

}  // namespace merlon::advise
