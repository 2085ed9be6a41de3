// What was loaded counts, also where the program that loaded it was killed before it had matched, and what an older release made of
// it is made anew: without loading anything again.
#include "server/journey.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "feeds/load.h"
#include "store/inventory.h"
#include "store/store.h"
#include "store/unmatched.h"

namespace merlon::server {
namespace {

namespace fs = std::filesystem;

class Journey : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();
    Ticks now = now_ticks();

    void SetUp() override {
        DeviceReport device{.name = "host", .source = "test"};
        auto& software = device.software.emplace();
        software.push_back({.source = "pypi", .name = "requests", .version = "2.0"});
        software.push_back({.source = "pypi", .name = "flask", .version = "1.0"});
        ASSERT_TRUE(store::write_reports(connection, {&device, 1}, now));
        load("pip");  // both are of an ecosystem that is known
        ASSERT_TRUE(knowledge_changed(connection, change_, true, {}, now));
        ASSERT_FALSE(evaluation_due(connection, now).value());
        change_ = {};
    }
    // A file in which one package is vulnerable.
    void load(std::string const& package) {
        auto const file = fs::path(::testing::TempDir()) / ("merlon_journey_" + std::to_string(::getpid()) + ".jsonl");
        std::ofstream(file) << R"({"id":"PYSEC-2030-)" << package << R"(","modified":"2030-01-01T00:00:00Z","aliases":["CVE-2030-1)" << package.size()
                            << R"("],"summary":"s","affected":[{"package":{"ecosystem":"PyPI","name":")" << package
                            << R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"9"}]}]}]})" << "\n";
        auto const files = {file};
        ASSERT_TRUE(feeds::load_files(connection, files, {}, [&](Result<feeds::LoadReport> report) -> Status {
            if (!report) return std::unexpected(report.error());
            change_.add(report->outcome);
            return {};
        }));
        fs::remove(file);
    }
    std::int64_t findings() { return connection.count("SELECT count(*) FROM main.finding").value(); }

    KnowledgeChange change_;
};

TEST_F(Journey, MatchesWhatALoadChanged) {
    load("requests");
    ASSERT_TRUE(knowledge_changed(connection, change_, true, {}, now));
    EXPECT_EQ(findings(), 1);
    EXPECT_EQ(store::unmatched_loads(connection).value(), 0);
}

TEST_F(Journey, MatchesWhatAKilledLoadLeft) {
    load("requests");  // and nothing afterwards
    change_ = {};
    EXPECT_EQ(findings(), 0);
    EXPECT_TRUE(evaluation_due(connection, now).value()) << "a server would not notice before tomorrow";
    load("flask");
    ASSERT_TRUE(knowledge_changed(connection, change_, true, {}, now));
    EXPECT_EQ(findings(), 2) << "the second load knows of what it changed itself";
    EXPECT_FALSE(evaluation_due(connection, now).value());
}

TEST_F(Journey, KeepsInMindWhatWasNotToBeMatched) {
    load("requests");
    ASSERT_TRUE(knowledge_changed(connection, change_, false, {}, now));
    EXPECT_TRUE(evaluation_due(connection, now).value());
    ASSERT_TRUE(match_everything(connection, {}, now));
    EXPECT_EQ(findings(), 1);
    EXPECT_FALSE(evaluation_due(connection, now).value());
}

TEST_F(Journey, EvaluatesAnewWhatAnotherReleaseEvaluated) {
    ASSERT_TRUE(store::set_state_value(connection, "evaluated.rules", "of a release before"));
    EXPECT_TRUE(evaluation_due(connection, now).value());
    ASSERT_TRUE(match_everything(connection, {}, now));
    EXPECT_FALSE(evaluation_due(connection, now).value());
}

}  // namespace
}  // namespace merlon::server
