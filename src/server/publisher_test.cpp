#include "server/publisher.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "base/repeats_for_tests.h"
#include "match/local_corrections.h"
#include "store/device_facts.h"

namespace merlon::server {
namespace {

DeviceReport report_of(std::mt19937& random) {
    DeviceReport one;
    one.name = "host-" + std::to_string(random() % 60);
    one.source = "test";
    one.group = random() % 2 == 0 ? "HQ" : "Branch";
    auto& software = one.software.emplace();
    for (auto many = random() % 8; many > 0; --many)
        software.push_back({.source = "programs", .name = "p" + std::to_string(random() % 10), .version = std::to_string(random() % 3)});
    return one;
}

// A server's publisher and its writer, over a store in memory.
struct Published {
    store::Store store = store::Store::in_memory().value();
    std::string said;  // of failures
    std::unique_ptr<Publisher> publisher;
    store::Writer writer;

    explicit Published(double least_pause_s)
        : publisher(Publisher::create(store, options_of(least_pause_s), [this](std::string_view line) { said += line; }).value()),
          writer(store::Writer::start(store, [this] { publisher->committed(); }, [this] { publisher->taken_back(); }).value()) {
        publisher->start(writer);
    }

private:
    static PublisherOptions options_of(double least_pause_s) {
        PublisherOptions options;
        options.least_pause_s = least_pause_s;
        return options;
    }
};

// Reports are taken while passes run, the index is built anew again and again, and people change devices: in the end the index,
// the score and the published tables are what they are when everything is made from the store.
TEST(Publisher, KeepsUpWhileReportsComeIn) {
    Published server(0.01);
    auto& [store, said, publisher, writer] = server;
    std::jthread reporting([&] {
        std::mt19937 random(7);
        for (int i = 0, many = repeats(60, 150); i < many; ++i) {
            std::vector<DeviceReport> some;
            for (auto n = 1 + random() % 3; n > 0; --n) some.push_back(report_of(random));
            bool const fails = random() % 10 == 0;
            auto const done = writer.run([&](store::Connection& connection) -> Status {
                TRY(publisher->write_reports(connection, some, now_ticks()));
                return fails ? Status(fail("inventory.no_device", "test")) : Status{};
            });
            EXPECT_EQ(done.has_value(), !fails);
        }
    });
    auto connection = store.connect().value();
    for (int i = 0; i < 4; ++i) {
        std::vector<std::string> ids;
        auto rows = connection.query("SELECT id FROM main.device ORDER BY id LIMIT 3").value();
        while (auto const chunk = rows.next().value())
            for (std::size_t row = 0; row < chunk->rows; ++row) ids.emplace_back(chunk->columns[0].text(row));
        store::ChoiceChange change;
        change.value = i % 2 == 0 ? "High" : "Low";
        ASSERT_TRUE(writer.run([&](store::Connection& c) -> Status {
            TRY(store::change_devices(c, ids, change, "test", now_ticks()));
            return {};
        }));
        ASSERT_TRUE(publisher->publish_now(true));
    }
    reporting.join();
    ASSERT_TRUE(publisher->publish_now(false));
    publisher->stop();
    EXPECT_EQ(said, "");
    fleet::IndexOptions now;
    now.now = now_ticks();
    auto const anew = fleet::Index::build(connection, now).value();
    auto const exposure = fleet::compute_exposure(*anew);
    auto const index = publisher->index();
    EXPECT_EQ(publisher->score(), exposure.score);
    EXPECT_EQ(index->devices.size(), anew->devices.size());
    EXPECT_EQ(fleet::compute_exposure(*index).score, exposure.score);
    for (std::uint32_t number = 0; number < anew->devices.size(); ++number) {
        auto const& one = anew->devices[number];
        auto const other = index->device_number(one.id);
        ASSERT_TRUE(other);
        EXPECT_EQ(index->devices[*other].weight, one.weight);
        EXPECT_EQ(index->groups[index->devices[*other].group], anew->groups[one.group]);
    }
    std::map<std::string, std::uint64_t> has, has_anew;
    for (auto const& one : index->software)
        if (!one.devices.isEmpty()) has[one.product + " " + one.version] = one.devices.cardinality();
    for (auto const& one : anew->software)
        if (!one.devices.isEmpty()) has_anew[one.product + " " + one.version] = one.devices.cardinality();
    EXPECT_EQ(has, has_anew);
    EXPECT_FALSE(has.empty());
    EXPECT_EQ(connection.count("SELECT count(*) FROM main.device_exposure").value(), connection.count("SELECT count(*) FROM main.device").value());
    EXPECT_EQ(connection.count("SELECT count(*) FROM main.device_exposure e JOIN hunting.\"DeviceInfo\" h "
                               "ON h.\"DeviceId\" = e.device AND h.\"ExposureLevel\" = e.level").value(),
              connection.count("SELECT count(*) FROM main.device").value());
}

// A device that brings what is matched already, or only an update, is not told of by matching: what a correction or the update
// clears there follows with the next pass, in tables and index alike.
TEST(Publisher, ClearsOnDevicesThatReport) {
    Published server(1e9);
    auto& [store, said, publisher, writer] = server;
    auto const report = [&](std::string name, std::string program, std::vector<std::string> updates) {
        DeviceReport one{.name = std::move(name), .source = "test"};
        one.software.emplace().push_back({.source = "programs", .name = std::move(program), .version = "1"});
        one.hotfixes = std::move(updates);
        return writer.run([&](store::Connection& connection) -> Status {
            TRY(publisher->write_reports(connection, {&one, 1}, now_ticks()));
            return {};
        });
    };
    ASSERT_TRUE(report("first", "p", {}));
    ASSERT_TRUE(report("other", "q", {}));
    ASSERT_TRUE(publisher->publish_now(false));  // both programs are matched
    ASSERT_TRUE(writer.run([&](store::Connection& c) -> Status {
        TRY(c.execute("INSERT INTO cve SELECT id, 'published', '', '', 'High', 8.0, '', '', '', 0, 0, false, false, false, false, false, 0, '[]', '[]', NULL, NULL, "
                      "'[]', '[]', '[]' FROM (VALUES ('CVE-2030-1001'), ('CVE-2030-1002')) t(id);"
                      "INSERT INTO finding SELECT id, CASE name WHEN 'p' THEN 'CVE-2030-1001' ELSE 'CVE-2030-1002' END, '[]', 'fixed', '2', "
                      "CASE name WHEN 'q' THEN 'KB5000001' ELSE '' END, '', 100, false, '[]', 0 FROM software"));
        TRY(match::add_correction(c, {.cve = "CVE-2030-1001", .reason = "known"}, now_ticks()));
        return {};
    }));
    ASSERT_TRUE(publisher->publish_now(true));
    auto connection = store.connect().value();
    auto const cleared = [&] {
        std::string out;
        auto rows = connection.query("SELECT d.name || ' ' || x.cve FROM finding_cleared x JOIN device d ON d.id = x.device ORDER BY ALL").value();
        while (auto const chunk = rows.next().value())
            for (std::size_t row = 0; row < chunk->rows; ++row) out += std::string(chunk->columns[0].text(row)) + "\n";
        return out;
    };
    auto const as_made_anew = [&] {
        fleet::IndexOptions now;
        now.now = now_ticks();
        return fleet::compute_exposure(*fleet::Index::build(connection, now).value()).score;
    };
    EXPECT_EQ(cleared(), "first CVE-2030-1001\n");
    ASSERT_TRUE(report("second", "p", {}));
    ASSERT_TRUE(report("other", "q", {"KB5000001"}));
    ASSERT_TRUE(publisher->publish_now(false));
    EXPECT_EQ(cleared(), "first CVE-2030-1001\nother CVE-2030-1002\nsecond CVE-2030-1001\n");
    EXPECT_EQ(publisher->score(), 0);
    EXPECT_EQ(publisher->score(), as_made_anew());
    ASSERT_TRUE(report("other", "q", {}));
    ASSERT_TRUE(publisher->publish_now(false));
    EXPECT_EQ(cleared(), "first CVE-2030-1001\nsecond CVE-2030-1001\n");
    EXPECT_GT(publisher->score(), 0);
    EXPECT_EQ(publisher->score(), as_made_anew());
    publisher->stop();
    EXPECT_EQ(said, "");
}

// An operation that changes what an open transaction has changed waits for it.
TEST(Writer, TriesAgainWhatMeetsAnotherTransaction) {
    auto store = store::Store::in_memory().value();
    auto writer = store::Writer::start(store).value();
    auto connection = store.connect().value();
    ASSERT_TRUE(store::set_state_value(connection, "met", "before"));
    std::future<Status> waiting;
    ASSERT_TRUE(connection.transaction([&]() -> Status {
        TRY(connection.execute("UPDATE state SET value = 'beside' WHERE key = 'met'"));
        waiting = writer.submit([](store::Connection& c) { return c.execute("UPDATE state SET value = value || ' writer' WHERE key = 'met'"); });
        EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
        return {};
    }));
    auto const done = waiting.get();
    ASSERT_TRUE(done) << describe(done.error());
    EXPECT_EQ(store::state_value(connection, "met").value(), "beside writer");
}

}  // namespace
}  // namespace merlon::server
