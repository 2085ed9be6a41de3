#include "server/demo_past.h"

#include <map>

#include <fmt/format.h>

#include "advise/exceptions.h"
#include "advise/remediation.h"
#include "base/digest.h"
#include "match/lifecycle.h"
#include "sensors/demo/past.h"
#include "store/history.h"

namespace merlon::server {
namespace {

using sensors::DemoStory;

constexpr std::string_view who = "demo";

// The same in every fleet of this seed.
std::string id_of(std::string_view kind, DemoStory::Wish const& wish) {
    return uuid_of(sha256_hex("demo " + std::string(kind) + wish.recommendation + std::to_string(wish.days)), '4');
}

// A small fleet may lack what the story's people ask for.
Status unless_there_is_none(Status const& done) {
    if (!done && done.error().code != "advise.no_such_recommendation" && done.error().code != "advise.nothing_to_remedy" && done.error().code != "advise.bad_exception")
        return std::unexpected(done.error());
    return {};
}

Status ask_for_remediation(store::Connection& connection, DemoStory::Wish const& wish, Ticks now, Ticks due) {
    advise::NewRemediation wanted;
    wanted.id = id_of("remediation", wish);
    wanted.by = {std::string(who), "Merlon demo"};
    wanted.recommendation = wish.recommendation;
    wanted.type = wish.type;
    wanted.groups = wish.groups;
    wanted.priority = wish.priority;
    wanted.due = due;
    wanted.notes = wish.notes;
    return connection.transaction([&]() -> Status {
        TRY(advise::add_remediation(connection, wanted, now));
        return {};
    });
}

Status ask_for_exception(store::Connection& connection, DemoStory::Wish const& wish, Ticks now, Ticks due) {
    advise::NewException wanted;
    wanted.id = id_of("exception", wish);
    wanted.who = who;
    wanted.subject = wish.recommendation;
    wanted.justification = wish.justification;
    wanted.notes = wish.notes;
    wanted.ends = due;
    wanted.groups = wish.groups;
    return connection.transaction([&]() -> Status {
        TRY(advise::add_exception(connection, wanted, {}, now));
        return {};
    });
}

// Whether the end of some support, or the window before it, lies between two moments: nothing else of matching goes by the clock.
Result<bool> support_turns(store::Connection& connection, Ticks from, Ticks to) {
    auto const window = TRY(match::window_days_of(connection)) * ticks_per_day;
    std::array const values{store::Value{from - ticks_per_day}, store::Value{to}, store::Value{window}};
    return TRY(connection.count("SELECT count(*) FROM main.identity WHERE support_date BETWEEN $1 AND $2 OR support_date BETWEEN $1 + $3 AND $2 + $3", values)) > 0;
}

// Reports of the devices that have something else to tell than on the day before.
class Telling {
public:
    Result<std::vector<DeviceReport>> news(sensors::DemoOptions const& options) {
        std::vector<DeviceReport> out;
        TRY(sensors::generate_fleet(options, {[&](DeviceReport report) -> Status {
                                                  auto& before = told_[report.device_id];
                                                  auto same = before;
                                                  same.collected_at = report.collected_at;
                                                  if (same != report) out.push_back(report);
                                                  before = std::move(report);
                                                  return {};
                                              },
                                              [](Alert) -> Status { return {}; }}));
        return out;
    }

private:
    std::map<std::string, DeviceReport> told_;
};

}  // namespace

Result<bool> may_have_a_past(store::Connection& connection) {
    return TRY(store::published_before(connection, now_ticks())) == 0 && TRY(connection.count("SELECT count(*) FROM main.device")) == 0;
}

Status live_through(store::Connection& connection, sensors::DemoOptions options, Say const& say) {
    auto const story = TRY(sensors::read_demo_story());
    Telling telling;
    Ticks before = 0;
    for (auto const days : story.days) {
        options.days_ago = days;
        auto const now = options.then();
        if (say) say(fmt::format("the demo fleet's past: {} days ago", days));
        for (auto const& wish : story.remediations)
            if (wish.days == days) TRY(unless_there_is_none(ask_for_remediation(connection, wish, now, options.now + wish.due * ticks_per_day)));
        for (auto const& wish : story.exceptions)
            if (wish.days == days) TRY(unless_there_is_none(ask_for_exception(connection, wish, now, options.now + wish.due * ticks_per_day)));
        bool const learned = before == 0 || std::ranges::find(story.learned, days, &DemoStory::Learned::days) != story.learned.end();
        auto const unknown = [&](KnowledgeRecord const& record) { return story.unknown_yet(record, days); };
        if (learned) TRY(load_starter_knowledge(connection, {}, unknown, now));
        auto const reports = TRY(telling.news(options));
        auto const written = TRY(write_reports(connection, reports, now));
        if (learned) TRY(knowledge_changed(connection, true, {}, now));
        else if (TRY(support_turns(connection, before, now))) TRY(match_everything(connection, {}, now));
        else TRY(inventory_changed(connection, written.new_software, {}, now));
        before = now;
    }
    return {};
}

}  // namespace merlon::server
