#include "advise/timeline.h"

#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "advise/recommendation.h"
#include "base/text.h"
#include "base/time.h"
#include "store/inventory.h"

namespace merlon::advise {
namespace {

constexpr Ticks kept_current = 180 * ticks_per_day;  // events whose devices of now are kept up to date

// What was told of a thing, as bits of announced.stages. A CVE in a product:
constexpr int told_cve = 1, told_public = 2, told_verified = 4, told_kit = 8, told_known_exploited = 16;
// a version: support ends soon, has ended, no device has such a version of the product any more; a check: that it is there.
constexpr int told_soon = 1, told_ended = 2, told_resolved = 4, told_check = 1;

struct Thing {
    std::string vendor, product, name;
    auto operator<=>(Thing const&) const = default;
};
using Told = std::map<Thing, int>;
struct Announced {
    Told cve, version, check;
};

Result<Announced> read_announced(store::Connection& connection) {
    Announced all;
    auto rows = TRY(connection.query("SELECT kind, vendor, product, name, stages FROM main.announced"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const kind = c[0].text(row);
            auto& told = kind == "cve" ? all.cve : kind == "version" ? all.version : all.check;
            told[{std::string(c[1].text(row)), std::string(c[2].text(row)), std::string(c[3].text(row))}] |= c[4].int32(row);
        }
    }
    return all;
}

// An event in the making: names gather until all is seen.
struct Event {
    std::set<std::string> names;
    fleet::DeviceSet devices;
    double severity = 0;
    int exploited = 0;           // of its CVEs, with an exploit that is known
    std::optional<Ticks> ends;   // of its versions, the first that ends or the last that ended
};
// By what it is about, then type: the order in which events are written.
struct Subject {
    std::string vendor, product, component;
    EventType type = EventType::baseline;
    auto operator<=>(Subject const&) const = default;
};
using Events = std::map<Subject, Event>;
// When support of versions ends; versions that devices have with several dates (editions) have the earliest.
using Ends = std::map<Thing, Ticks>;

Result<Ends> read_ends(store::Connection& connection) {
    Ends ends;
    auto rows = TRY(connection.query("SELECT vendor, product, version, min(support_date) FROM main.identity WHERE support_status <> '' AND support_date IS NOT NULL GROUP BY ALL"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            ends.emplace(Thing{std::string(c[0].text(row)), std::string(c[1].text(row)), std::string(c[2].text(row))}, c[3].int64(row));
        }
    return ends;
}

class Comparing {
public:
    Comparing(fleet::Index const& index, Announced const& told, Ends const& ends) : index_(index), told_(told), ends_(ends) {}
    Events events;
    std::vector<std::tuple<std::string_view, Thing, int>> fresh;  // kind, thing, stages to be added

    void compare_cves() {
        for (std::uint32_t number = 0; number < index_.cves.size(); ++number) {
            std::set<std::uint32_t> products;
            for (auto const one : index_.cves[number].software) products.insert(index_.software[one].product_number);
            for (auto const product : products) compare_cve(number, product);
        }
    }
    void compare_versions() {
        std::set<std::pair<std::string_view, std::string_view>> there;  // products with such versions, also where a device is silent
        fleet::DeviceSet excluded;
        for (std::uint32_t number = 0; number < index_.devices.size(); ++number)
            if (index_.devices[number].excluded) excluded.add(number);
        for (auto const& one : index_.software) {
            auto const ended = one.ended & index_.counted, soon = one.ending & index_.counted;
            int const stages = ended.isEmpty() ? (soon.isEmpty() ? 0 : told_soon) : told_ended | told_soon;
            if (!((one.ended | one.ending) - excluded).isEmpty()) there.emplace(one.vendor, one.product);
            Thing const thing{one.vendor, one.product, one.version};
            int const before = stage(told_.version, thing);
            if ((stages & ~before) == 0) continue;
            fresh.emplace_back("version", thing, stages & ~before);
            auto& event = add(one.vendor, one.product, shown_product(one.vendor, one.product),
                              ended.isEmpty() ? EventType::upcoming_end_of_support : EventType::end_of_support, one.version, ended.isEmpty() ? soon : ended);
            auto const ends = ends_.find(thing);
            if (ends == ends_.end()) continue;
            event.ends = !event.ends ? ends->second : ended.isEmpty() ? std::min(*event.ends, ends->second) : std::max(*event.ends, ends->second);
        }
        // The last device with such a version has moved on: once for each version that was told of.
        for (auto const& [thing, stages] : told_.version) {
            if ((stages & told_resolved) != 0 || there.contains({thing.vendor, thing.product})) continue;
            fresh.emplace_back("version", thing, told_resolved);
            add(thing.vendor, thing.product, shown_product(thing.vendor, thing.product), EventType::end_of_support_resolved, thing.name, {});
        }
    }
    void compare_checks(Assessment const& all) {
        for (std::size_t i = 0; i < all.checks.size(); ++i) {
            auto const& check = all.checks[i];
            if (all.outcomes[i].applicable.isEmpty()) continue;
            Thing const thing{"", "", "scid-" + std::to_string(check.scid)};
            if (stage(told_.check, thing) != 0) continue;
            fresh.emplace_back("check", thing, told_check);
            add("", "", check.subcategory, EventType::new_check, thing.name, all.outcomes[i].failing);
        }
    }

private:
    static int stage(Told const& told, Thing const& thing) {
        auto const found = told.find(thing);
        return found == told.end() ? 0 : found->second;
    }
    Event& add(std::string const& vendor, std::string const& product, std::string const& component, EventType type,
               std::string const& name, fleet::DeviceSet const& devices) {
        auto& event = events[{vendor, product, component, type}];
        event.names.insert(name);
        event.devices |= devices;
        return event;
    }
    void compare_cve(std::uint32_t number, std::uint32_t product) {
        auto const& cve = index_.cves[number];
        auto const& facts = cve.facts;
        int const stages = told_cve | (facts.exploit_public ? told_public : 0) | (facts.exploit_verified ? told_verified : 0) |
                           (facts.exploit_in_kit ? told_kit : 0) | (facts.known_exploited ? told_known_exploited : 0);
        auto const& named = index_.products[product];
        Thing const thing{named.vendor, named.product, cve.id};
        int const before = stage(told_.cve, thing);
        if ((stages & ~before) == 0) return;
        auto const devices = index_.exposed_to(number, product);
        if (devices.isEmpty()) return;
        fresh.emplace_back("cve", thing, stages & ~before);
        auto const tell = [&](EventType type) {
            auto& event = add(named.vendor, named.product, shown_product(named.vendor, named.product), type, cve.id, devices);
            event.severity = std::max(event.severity, facts.cvss.value_or(0));
            if (stages != told_cve) ++event.exploited;
        };
        // T3. A CVE that is new to the product is one event; what is known of exploits then is said in its sentence.
        if ((before & told_cve) == 0) return tell(EventType::new_vulnerability);
        constexpr std::pair<int, EventType> later[] = {{told_public, EventType::public_exploit}, {told_verified, EventType::exploit_verified},
                                                       {told_kit, EventType::exploit_in_kit}, {told_known_exploited, EventType::known_exploited}};
        for (auto const& [bit, type] : later)
            if ((stages & ~before & bit) != 0) tell(type);
    }

    fleet::Index const& index_;
    Announced const& told_;
    Ends const& ends_;
};

std::string some(std::size_t count, std::string_view one, std::string_view many) {
    return count == 1 ? std::string(one) : with_thousands(static_cast<std::int64_t>(count)) + " " + std::string(many);
}

// "CVE-1" or "3 CVEs".
std::string named(Event const& event, std::string_view many) {
    return event.names.size() == 1 ? *event.names.begin() : some(event.names.size(), "", many);
}

// " on 2026-05-10"; of several versions the first that ends or the last that ended.
std::string dated(Event const& event, std::string_view several) {
    return !event.ends ? "" : (event.names.size() == 1 ? " on " : std::string(several)) + iso_date(*event.ends);
}

std::string sentence_of(Subject const& subject, Event const& event, Ticks now) {
    auto const& what = subject.component;
    switch (subject.type) {
    case EventType::baseline: return "";
    case EventType::new_vulnerability: {
        auto text = event.names.size() == 1 ? what + " has a new vulnerability: " + *event.names.begin()
                                            : what + " has " + some(event.names.size(), "", "new vulnerabilities");
        if (event.exploited > 0) text += event.names.size() == 1 ? ", with a known exploit" : fmt::format(", {} with a known exploit", event.exploited);
        return text;
    }
    case EventType::public_exploit: return "An exploit became public for " + named(event, "vulnerabilities") + " in " + what;
    case EventType::exploit_verified: return "An exploit was verified for " + named(event, "vulnerabilities") + " in " + what;
    case EventType::exploit_in_kit: return "An exploit kit now holds " + named(event, "vulnerabilities") + " in " + what;
    case EventType::known_exploited: return named(event, "vulnerabilities") + " in " + what + (event.names.size() == 1 ? " is" : " are") + " now known to be exploited by attackers";
    case EventType::upcoming_end_of_support: {
        auto const days = event.ends ? (*event.ends - (now - now % ticks_per_day)) / ticks_per_day : 0;
        return "Support ends soon for " + what + " " + named(event, "versions") + dated(event, ", the first on ") +
               (event.ends ? ", " + (days == 0 ? std::string("today") : "in " + some(static_cast<std::size_t>(days), "1 day", "days")) : "");
    }
    case EventType::end_of_support: return "Support has ended for " + what + " " + named(event, "versions") + dated(event, ", the last on ");
    case EventType::end_of_support_resolved: return "No device has a version of " + what + " out of support, or soon to be, any more";
    case EventType::new_check: return event.names.size() == 1 ? "A new configuration assessment: " + what : some(event.names.size(), "", "new configuration assessments: ") + what;
    }
    return "";
}

// T4. Where nothing was told before, what is there is where the watch begins: one event for all.
Events baseline_of(Events const& all, std::size_t devices) {
    Event event;
    std::set<std::string> cves;
    for (auto const& [subject, one] : all) {
        event.devices |= one.devices;
        event.severity = std::max(event.severity, one.severity);
        if (subject.type == EventType::new_vulnerability) cves.insert(one.names.begin(), one.names.end());
    }
    Subject subject;
    subject.component = fmt::format("The watch begins: {} and {}", some(devices, "1 device", "devices"),
                                    some(cves.size(), "1 vulnerability", "vulnerabilities"));
    return {{subject, event}};
}

std::vector<std::string> groups_of(fleet::Index const& index, fleet::DeviceSet const& devices) {
    std::vector<std::string> groups;
    for (std::size_t group = 0; group < index.groups.size(); ++group)
        if (index.in_group[group].intersect(devices)) groups.push_back(index.groups[group]);
    std::ranges::sort(groups);
    return groups;
}

Status write_events(store::Connection& connection, fleet::Index const& index, Events const& events, Ticks now) {
    // Two publications may fall on the same moment: numbers go on.
    auto number = TRY(connection.count("SELECT count(*) FROM main.event WHERE time = " + std::to_string(now)));
    auto table = TRY(connection.appender("event"));
    auto const total = static_cast<std::int64_t>(index.counted.cardinality());
    for (auto const& [subject, event] : events) {
        auto const devices = static_cast<std::int64_t>(event.devices.cardinality());
        bool const baseline = subject.type == EventType::baseline;
        std::vector<std::string> const names(event.names.begin(), event.names.end());
        table.text(fmt::format("{}-{:04}", now, ++number)).int64(now).text(event_type_name(subject.type));
        table.text(baseline ? subject.component : sentence_of(subject, event, now)).text(subject.vendor).text(subject.product);
        table.text(baseline ? "" : subject.component).text(store::texts_json(names)).real(event.severity);
        table.text(store::texts_json(groups_of(index, event.devices))).int64(devices).int64(devices);
        TRY(table.int64(total).int64(total).end_row());
    }
    return table.close();
}

Status write_told(store::Connection& connection, Comparing const& compared) {
    auto table = TRY(connection.appender("announced"));
    for (auto const& [kind, thing, stages] : compared.fresh)
        TRY(table.text(kind).text(thing.vendor).text(thing.product).text(thing.name).int32(stages).end_row());
    return table.close();
}

// ---- The devices of now -------------------------------------------------------------------------------------

struct Numbers {
    std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> products;
    std::unordered_map<std::string_view, std::uint32_t> cves;
    std::map<std::string, std::size_t, std::less<>> checks;
};

Numbers numbers_of(fleet::Index const& index, Assessment const& assessment) {
    Numbers numbers;
    for (std::uint32_t i = 0; i < index.products.size(); ++i) numbers.products[{index.products[i].vendor, index.products[i].product}] = i;
    for (std::uint32_t i = 0; i < index.cves.size(); ++i) numbers.cves[index.cves[i].id] = i;
    for (std::size_t i = 0; i < assessment.checks.size(); ++i) numbers.checks["scid-" + std::to_string(assessment.checks[i].scid)] = i;
    return numbers;
}

// Devices that an event concerns as things are.
fleet::DeviceSet devices_of(fleet::Index const& index, Assessment const& assessment, Numbers const& numbers, std::string_view type,
                            std::pair<std::string_view, std::string_view> product, std::vector<std::string> const& names) {
    fleet::DeviceSet all;
    if (type == event_type_name(EventType::new_check)) {
        for (auto const& name : names)
            if (auto const found = numbers.checks.find(name); found != numbers.checks.end()) all |= assessment.outcomes[found->second].failing;
        return all;
    }
    auto const place = numbers.products.find(product);
    if (place == numbers.products.end()) return all;
    if (type == event_type_name(EventType::end_of_support) || type == event_type_name(EventType::upcoming_end_of_support)) {
        for (auto const number : index.products[place->second].software) {
            auto const& one = index.software[number];
            if (std::ranges::binary_search(names, one.version)) all |= one.ended | one.ending;
        }
        return all & index.counted;
    }
    for (auto const& name : names)
        if (auto const cve = numbers.cves.find(name); cve != numbers.cves.end()) all |= index.exposed_to(cve->second, place->second);
    return all;
}

Status update_devices(store::Connection& connection, fleet::Index const& index, Assessment const& assessment, Ticks now) {
    auto const numbers = numbers_of(index, assessment);
    std::vector<std::pair<std::string, std::int64_t>> changed;
    {
        std::array const since{store::Value{now - kept_current}, store::Value{std::string(event_type_name(EventType::baseline))}};
        auto rows = TRY(connection.query("SELECT id, type, vendor, product, names, devices_now FROM main.event WHERE time >= $1 AND type <> $2", since));
        while (auto const chunk = TRY(rows.next())) {
            auto const& c = chunk->columns;
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                auto const devices = devices_of(index, assessment, numbers, c[1].text(row), {c[2].text(row), c[3].text(row)}, store::texts_of(c[4].text(row)));
                auto const count = static_cast<std::int64_t>(devices.cardinality());
                if (count != c[5].int64(row)) changed.emplace_back(c[0].text(row), count);
            }
        }
    }
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_event (id VARCHAR, devices BIGINT)"));
    auto stage = TRY(connection.appender("stage_event"));
    for (auto const& [id, devices] : changed) TRY(stage.text(id).int64(devices).end_row());
    TRY(stage.close());
    if (!changed.empty()) TRY(connection.execute("UPDATE main.event SET devices_now = s.devices FROM stage_event s WHERE s.id = event.id"));
    return connection.execute("UPDATE main.event SET total_now = " + std::to_string(index.counted.cardinality()) +
                              " WHERE total_now <> " + std::to_string(index.counted.cardinality()) + " AND time >= " + std::to_string(now - kept_current));
}

}  // namespace

std::string_view event_type_name(EventType type) {
    constexpr std::array<std::string_view, 10> names{"Baseline", "NewVulnerability", "NewPublicExploit", "ExploitVerified", "ExploitAddedToKit",
                                                    "KnownExploited", "UpcomingEndOfSupport", "EndOfSupport", "EndOfSupportResolved",
                                                     "NewConfigurationAssessment"};
    return names[static_cast<std::size_t>(type)];
}

Result<std::size_t> publish_events(store::Connection& connection, fleet::Index const& index, Assessment const& assessment, Ticks now) {
    auto const told = TRY(read_announced(connection));
    bool const first = told.cve.empty() && told.version.empty() && told.check.empty();
    auto const ends = TRY(read_ends(connection));
    Comparing compared(index, told, ends);
    compared.compare_cves();
    compared.compare_versions();
    compared.compare_checks(assessment);
    auto events = std::move(compared.events);
    if (first && !events.empty()) events = baseline_of(events, index.counted.cardinality());
    if (!events.empty()) {
        TRY(write_events(connection, index, events, now));
        TRY(write_told(connection, compared));
    }
    TRY(update_devices(connection, index, assessment, now));
    return events.size();
}

}  // namespace merlon::advise
