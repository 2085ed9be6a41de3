#include "server/demo_past.h"

#include <gtest/gtest.h>

#include "advise/exceptions.h"
#include "advise/remediation.h"
#include "sensors/demo/past.h"
#include "store/store.h"

namespace merlon::server {
namespace {

// What demo does, with a past and without.
struct Fleet {
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();

    explicit Fleet(bool past) {
        sensors::DemoOptions options{.devices = 60, .now = now_ticks()};
        EXPECT_TRUE(may_have_a_past(connection).value());
        if (past) {
            auto const lived = live_through(connection, options, {});
            EXPECT_TRUE(lived) << describe(lived.error());
        }
        std::vector<DeviceReport> reports;
        auto const made = sensors::generate_fleet(options, {[&](DeviceReport report) -> Status {
                                                                reports.push_back(std::move(report));
                                                                return {};
                                                            },
                                                            [](Alert) -> Status { return {}; }});
        EXPECT_TRUE(made && load_starter_knowledge(connection, {}) && write_reports(connection, reports));
        auto const published = knowledge_changed(connection, true, {});
        EXPECT_TRUE(published) << describe(published.error());
    }
    std::int64_t count(std::string_view sql) {
        auto const answer = connection.count(sql);
        EXPECT_TRUE(answer) << describe(answer.error());
        return answer.value_or(-1);
    }
};

TEST(DemoPast, EndsInThePresentThatThereWouldBeWithoutIt) {
    Fleet with(true), without(false);
    for (auto const* what : {"SELECT hash(string_agg(d.id || i.software || i.path, ',' ORDER BY d.id, i.software, i.path)) >> 1 FROM main.installation i JOIN main.device d ON d.id = i.device",
                             "SELECT hash(string_agg(software || cve || state, ',' ORDER BY software, cve, state)) >> 1 FROM (SELECT DISTINCT f.software, f.cve, f.state FROM main.finding f JOIN main.installation i USING (software))",
                             "SELECT hash(string_agg(device || scid || applicable || compliant, ',' ORDER BY device, scid)) >> 1 FROM main.configuration_result",
                             "SELECT count(*) FROM main.device", "SELECT sum(kept)::BIGINT FROM main.feed"})
        EXPECT_EQ(with.count(what), without.count(what)) << what;
    EXPECT_FALSE(may_have_a_past(with.connection).value());

    auto const story = sensors::read_demo_story().value();
    auto const month = static_cast<std::int64_t>(story.days.size());
    EXPECT_EQ(without.count("SELECT count(DISTINCT day) FROM main.recommendation_day"), 1);
    EXPECT_EQ(with.count("SELECT count(DISTINCT day) FROM main.recommendation_day"), month + 1);
    EXPECT_EQ(with.count("SELECT count(*) FROM main.event WHERE type = 'Baseline'"), 1);
    for (auto const* type : {"NewVulnerability", "KnownExploited", "EndOfSupportResolved"})
        EXPECT_GT(with.count("SELECT count(*) FROM main.event WHERE type = '" + std::string(type) + "'"), 0) << type;
    // What people of the story ask for is there when they ask, and what was asked for gets done.
    EXPECT_EQ(advise::read_exceptions(with.connection).value().size(), story.exceptions.size());
    auto const remediations = advise::read_remediations(with.connection).value();
    EXPECT_EQ(remediations.size(), story.remediations.size());
    EXPECT_TRUE(std::ranges::any_of(remediations, [](auto const& one) { return one.state == "Completed" && one.method == "Automatic"; }));
    EXPECT_TRUE(std::ranges::any_of(remediations, [](auto const& one) { return one.state == "Active" && one.fixed_devices > 0; }));
}

TEST(DemoPast, TellsOnDaysOfItsPublications) {
    auto const story = sensors::read_demo_story().value();
    auto const there = [&](int days) { return std::ranges::find(story.days, days) != story.days.end() && days != story.days.front(); };
    EXPECT_TRUE(std::ranges::is_sorted(story.days, std::greater<>()));
    for (auto const& one : story.learned) EXPECT_TRUE(there(one.days)) << one.days;
    for (auto const* wishes : {&story.remediations, &story.exceptions})
        for (auto const& one : *wishes) EXPECT_TRUE(there(one.days)) << one.recommendation;
}

}  // namespace
}  // namespace merlon::server
