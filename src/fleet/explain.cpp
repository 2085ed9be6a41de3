#include "fleet/explain.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace merlon::fleet {
namespace {

constexpr std::uint32_t none = 0xffffffff;

// Devices of both states under one numbering: that of `after`, those that are gone behind.
struct Devices {
    std::vector<std::uint32_t> of_before;  // number in `before` -> common number
    std::size_t count = 0;
    bool same = true;  // of_before is the identity

    Devices(Index const& before, Index const& after) : of_before(before.devices.size()), count(after.devices.size()) {
        std::unordered_map<std::string_view, std::uint32_t> numbers;
        auto const alike = [&](std::uint32_t i) {
            return i < after.devices.size() && before.devices[i].id == after.devices[i].id;
        };
        for (std::uint32_t i = 0; i < before.devices.size(); ++i) {
            if (alike(i)) {
                of_before[i] = i;
                continue;
            }
            same = false;
            if (numbers.empty())
                for (std::uint32_t n = 0; n < after.devices.size(); ++n) numbers.emplace(after.devices[n].id, n);
            auto const found = numbers.find(before.devices[i].id);
            of_before[i] = found == numbers.end() ? static_cast<std::uint32_t>(count++) : found->second;
        }
    }
    DeviceSet of(DeviceSet const& set) const {
        if (same) return set;
        DeviceSet out;
        for (auto const number : set) out.add(of_before[number]);
        return out;
    }
};

// What a device's hazard gains by each cause; kept for the causes that occur only.
class Gains {
public:
    explicit Gains(std::size_t devices) : devices_(devices) {}
    void add(Cause cause, std::uint32_t device, double hazard) {
        auto& gains = by_cause_[static_cast<std::size_t>(cause)];
        if (gains.empty()) gains.resize(devices_);
        gains[device] += hazard;
    }
    void add(Cause cause, DeviceSet const& devices, double hazard) {
        if (hazard == 0) return;
        for (auto const device : devices) add(cause, device, hazard);
    }
    std::vector<double> const& of(std::size_t cause) const { return by_cause_[cause]; }

private:
    std::size_t devices_;
    std::array<std::vector<double>, causes> by_cause_;
};

// A version in both states; either may lack it.
struct Pair {
    std::uint32_t before = none, after = none;
};
using ByName = std::map<std::array<std::string_view, 3>, Pair>;
// The cleared findings of one software by CVE id.
using Cleared = std::map<std::string_view, DeviceSet>;

class Explaining {
public:
    Explaining(Index const& before, Index const& after)
        : before_(before), after_(after), devices_(before, after), gains_(devices_.count), state_(devices_.count) {
        number_groups();
        for (std::size_t i = 0; i < before.devices.size(); ++i) {
            auto& state = state_[devices_.of_before[i]];
            state.before = &before.devices[i];
            state.group = groups_.at(before.groups[before.devices[i].group]);
        }
        for (std::size_t i = 0; i < after.devices.size(); ++i) state_[i].after = &after.devices[i];
        for (std::uint32_t i = 0; i < state_.size(); ++i)
            if (counted(state_[i].before) && counted(state_[i].after)) both_.add(i);
        auto const hazards = device_hazards(before);
        for (std::size_t i = 0; i < hazards.size(); ++i) state_[devices_.of_before[i]].hazard = hazards[i];
        gather();
    }
    std::vector<ScoreChange> run() {
        for (auto& state : state_)
            if (counted(state.before)) enter(state, *state.before);
        start();
        leave();
        for (std::size_t cause = 0; cause < causes; ++cause) apply(cause);
        context();
        arrive();
        for (std::size_t i = 0; i < changes_.size(); ++i) changes_[i].after = tallies_[i].score();
        std::ranges::sort(changes_, {}, [](auto const& one) { return std::pair(one.group != "*", one.group); });
        return std::move(changes_);
    }

private:
    struct State {
        IndexedDevice const *before = nullptr, *after = nullptr;
        double hazard = 0;  // as far as explained, without reach
        std::size_t group = 0;
        float weight = 0;
        bool facing = false, in = false;
    };
    static bool counted(IndexedDevice const* device) { return device && device->counted; }

    void number_groups() {
        changes_.push_back({"*", 0, 0, {}});
        for (auto const* index : {&before_, &after_})
            for (auto const& name : index->groups)
                if (groups_.emplace(name, changes_.size()).second) changes_.push_back({name, 0, 0, {}});
        tallies_.resize(changes_.size());
    }
    void count(State const& state, int sign) {
        Tally one;
        one.add(state.weight, state.facing, state.hazard);
        for (auto const group : {std::size_t{0}, state.group}) tallies_[group].add(one, sign);
    }
    void enter(State& state, IndexedDevice const& device) {
        state.weight = device.weight;
        state.facing = device.internet_facing;
        state.in = true;
        count(state, 1);
    }
    void start() {
        for (std::size_t i = 0; i < changes_.size(); ++i) changes_[i].before = last_score(i) = tallies_[i].score();
    }
    double& last_score(std::size_t group) {
        last_.resize(changes_.size());
        return last_[group];
    }
    // What was done since the last note goes to `cause`.
    void note(Cause cause) {
        for (std::size_t i = 0; i < changes_.size(); ++i) {
            auto const score = tallies_[i].score();
            changes_[i].parts[static_cast<std::size_t>(cause)] += score - last_score(i);
            last_score(i) = score;
        }
    }

    void leave() {
        constexpr Cause why[] = {Cause::device_removed, Cause::device_excluded, Cause::device_silent};
        for (auto const cause : why) {
            for (auto& state : state_) {
                if (!state.in || counted(state.after)) continue;
                auto const reason = !state.after            ? Cause::device_removed
                                    : state.after->excluded ? Cause::device_excluded
                                                            : Cause::device_silent;
                if (reason != cause) continue;
                count(state, -1);
                state.in = false;
            }
            note(cause);
        }
        for (auto& state : state_) {
            if (!state.in) continue;
            auto const group = groups_.at(after_.groups[state.after->group]);
            if (group == state.group) continue;
            count(state, -1);
            state.group = group;
            count(state, 1);
        }
        note(Cause::device_moved);
    }
    void apply(std::size_t cause) {
        auto const& gains = gains_.of(cause);
        if (gains.empty()) return;
        for (std::size_t i = 0; i < gains.size(); ++i) {
            if (gains[i] == 0 || !state_[i].in) continue;
            count(state_[i], -1);
            state_[i].hazard += gains[i];
            count(state_[i], 1);
        }
        note(static_cast<Cause>(cause));
    }
    void context() {
        for (auto& state : state_) {
            if (!state.in || state.weight == state.after->weight) continue;
            count(state, -1);
            state.weight = state.after->weight;
            count(state, 1);
        }
        note(Cause::value_changed);
        for (auto& state : state_) {
            if (!state.in || state.facing == state.after->internet_facing) continue;
            count(state, -1);
            state.facing = state.after->internet_facing;
            count(state, 1);
        }
        note(Cause::reach_changed);
    }
    void arrive() {
        auto const hazards = device_hazards(after_);
        for (auto const cause : {Cause::device_returned, Cause::device_new}) {
            for (std::size_t i = 0; i < after_.devices.size(); ++i) {
                auto& state = state_[i];
                if (state.in || !counted(state.after) || (state.before != nullptr) != (cause == Cause::device_returned))
                    continue;
                state.hazard = hazards[i];
                state.group = groups_.at(after_.groups[state.after->group]);
                enter(state, *state.after);
            }
            note(cause);
        }
    }

    // ---- What changed on the devices that count in both states

    void gather() {
        // A version that both share (fleet/live.h) was not written to between them; its CVEs may be rated anew.
        auto const shared = [&](std::uint32_t i) {
            if (i >= before_.software.size() || i >= after_.software.size() ||
                &before_.software[i] != &after_.software[i])
                return false;
            return std::ranges::all_of(after_.software[i].cves, [&](std::uint32_t cve) {
                return before_.cves[cve].hazard == after_.cves[cve].hazard;
            });
        };
        ByName versions;
        for (std::uint32_t i = 0; i < before_.software.size(); ++i)
            if (!shared(i)) versions[name_of(before_.software[i])].before = i;
        for (std::uint32_t i = 0; i < after_.software.size(); ++i)
            if (!shared(i)) versions[name_of(after_.software[i])].after = i;
        // Product by product: the map is ordered by vendor and product.
        for (auto at = versions.begin(); at != versions.end();) {
            auto end = at;
            while (end != versions.end() && end->first[0] == at->first[0] && end->first[1] == at->first[1]) ++end;
            gather_product(at, end);
            at = end;
        }
    }
    static std::array<std::string_view, 3> name_of(IndexedSoftware const& one) {
        return {one.vendor, one.product, one.version};
    }

    void gather_product(ByName::const_iterator begin, ByName::const_iterator end) {
        struct Moved {
            Pair pair;
            DeviceSet gone, came;
        };
        std::vector<Moved> moves;
        DeviceSet gone, came;
        for (auto at = begin; at != end; ++at) {
            auto const& pair = at->second;
            auto had = pair.before == none ? DeviceSet{} : devices_.of(before_.software[pair.before].devices) & both_;
            auto has = pair.after == none ? DeviceSet{} : after_.software[pair.after].devices & both_;
            if (pair.before != none && pair.after != none) {
                gather_support(pair, had & has);
                gather_findings(pair, had & has);
            }
            Moved moved{pair, had - has, has - had};
            gone |= moved.gone;
            came |= moved.came;
            if (!moved.gone.isEmpty() || !moved.came.isEmpty()) moves.push_back(std::move(moved));
        }
        for (auto const& moved : moves) {
            if (!moved.gone.isEmpty()) {
                take(before_, moved.pair.before, moved.gone & came, Cause::software_updated, -1);
                take(before_, moved.pair.before, moved.gone - came, Cause::software_removed, -1);
            }
            if (!moved.came.isEmpty()) {
                take(after_, moved.pair.after, moved.came & gone, Cause::software_updated, 1);
                take(after_, moved.pair.after, moved.came - gone, Cause::software_installed, 1);
            }
        }
    }
    // The hazard of a version as the index has it, for devices on which it came or went; less what is cleared there, and
    // with its end of support.
    void take(Index const& index, std::uint32_t number, DeviceSet const& devices, Cause cause, int sign) {
        gains_.add(cause, devices, sign * index.software[number].hazard);
        if (index.adds_unsupported(index.software[number].ended))
            gains_.add(cause, ended_of(index, number) & devices, sign * index.unsupported_hazard);
        for (auto const& cleared : index.software[number].cleared) {
            auto const device = &index == &before_ ? devices_.of_before[cleared.device] : cleared.device;
            if (devices.contains(device)) gains_.add(cause, device, -sign * index.cves[cleared.cve].hazard);
        }
    }
    DeviceSet ended_of(Index const& index, std::uint32_t number) const {
        auto const& ended = index.software[number].ended;
        return &index == &before_ ? devices_.of(ended) : ended;
    }
    // A version that stays on `devices`, where its support ended, or goes on after all.
    void gather_support(Pair const& pair, DeviceSet const& devices) {
        auto const was = ended_of(before_, pair.before) & devices, is = ended_of(after_, pair.after) & devices;
        gains_.add(Cause::support_ended, is - was, after_.unsupported_hazard);
        gains_.add(Cause::support_extended, was - is, -before_.unsupported_hazard);
    }
    Cleared cleared_of(Index const& index, std::uint32_t number) const {
        Cleared out;
        for (auto const& one : index.software[number].cleared)
            out[index.cves[one.cve].id].add(&index == &before_ ? devices_.of_before[one.device] : one.device);
        return out;
    }
    // A version that stays on `devices`: what its findings gained and lost.
    void gather_findings(Pair const& pair, DeviceSet const& devices) {
        auto const& was = before_.software[pair.before];
        auto const& is = after_.software[pair.after];
        auto const cleared_before = cleared_of(before_, pair.before), cleared_after = cleared_of(after_, pair.after);
        if (was.cves.empty() && is.cves.empty()) return;
        std::map<std::string_view, Pair> cves;
        for (auto const cve : was.cves) cves[before_.cves[cve].id].before = cve;
        for (auto const cve : is.cves) cves[after_.cves[cve].id].after = cve;
        for (auto const& [id, cve] : cves) gather_finding(id, cve, devices, cleared_before, cleared_after);
    }
    void gather_finding(std::string_view id, Pair const& cve, DeviceSet const& devices, Cleared const& cleared_before,
                        Cleared const& cleared_after) {
        static DeviceSet const nobody;
        auto const at = [&](Cleared const& cleared) -> DeviceSet const& {
            auto const found = cleared.find(id);
            return found == cleared.end() ? nobody : found->second;
        };
        auto const &fixed_before = at(cleared_before), &fixed_after = at(cleared_after);
        if (cve.before != none && cve.after != none &&
            before_.cves[cve.before].hazard == after_.cves[cve.after].hazard && fixed_before == fixed_after)
            return;
        auto const open = devices - (fixed_before | fixed_after);
        if (cve.before == none) {
            auto const hazard = after_.cves[cve.after].hazard;
            // Known of elsewhere or not: to this version it is new.
            gains_.add(Cause::new_vulnerability, open, hazard);
            gains_.add(Cause::new_vulnerability, (devices & fixed_before) - fixed_after, hazard);
            return;
        }
        auto const& was = before_.cves[cve.before];
        if (cve.after == none) {
            gains_.add(Cause::vulnerability_withdrawn, open, -was.hazard);
            gains_.add(Cause::vulnerability_withdrawn, (devices & fixed_after) - fixed_before, -was.hazard);
            return;
        }
        auto const& is = after_.cves[cve.after];
        if (was.hazard != is.hazard) {
            auto const exploited = hazard_when_known(was, is);
            gains_.add(Cause::exploit_known, open, exploited - was.hazard);
            gains_.add(Cause::rating_changed, open, is.hazard - exploited);
        }
        gains_.add(Cause::fix_installed, (devices & fixed_after) - fixed_before, -was.hazard);
        gains_.add(Cause::fix_lost, (devices & fixed_before) - fixed_after, is.hazard);
    }
    // The old rating with what is known of exploits now; the old hazard where exploits are known no better.
    static double hazard_when_known(IndexedCve const& was, IndexedCve const& is) {
        auto const known = [](CveFacts const& f) {
            return std::array{f.known_exploited, f.exploit_verified, f.exploit_public, f.exploit_in_kit};
        };
        if (known(was.facts) == known(is.facts)) return was.hazard;
        auto facts = was.facts;
        facts.known_exploited = is.facts.known_exploited;
        facts.exploit_verified = is.facts.exploit_verified;
        facts.exploit_public = is.facts.exploit_public;
        facts.exploit_in_kit = is.facts.exploit_in_kit;
        return hazard_of(facts);
    }

    Index const &before_, &after_;
    Devices devices_;
    Gains gains_;
    std::vector<State> state_;
    DeviceSet both_;
    std::unordered_map<std::string, std::size_t> groups_;
    std::vector<ScoreChange> changes_;
    std::vector<Tally> tallies_;
    std::vector<double> last_;
};

}  // namespace

std::string_view cause_name(Cause cause) {
    constexpr std::array<std::string_view, causes> names{
        "DeviceRemoved",    "DeviceExcluded",     "DeviceSilent",          "DeviceMoved",
        "NewVulnerability", "ExploitKnown",       "RatingChanged",         "VulnerabilityWithdrawn",
        "SupportEnded",     "SupportExtended",
        "SoftwareRemoved",  "SoftwareUpdated",    "SoftwareInstalled",     "FixInstalled",
        "FixLost",          "DeviceValueChanged", "InternetFacingChanged", "DeviceReturned",
        "NewDevice",        "Exceptions",         "ScoringChanged"};
    return names[static_cast<std::size_t>(cause)];
}

std::vector<ScoreChange> explain_change(Index const& before, Index const& after) {
    return Explaining(before, after).run();
}

}  // namespace merlon::fleet
