#include "store/standing.h"

#include <gtest/gtest.h>

#include <random>

#include "base/repeats_for_tests.h"
#include "store/inventory.h"
#include "store/store.h"

namespace merlon::store {
namespace {

constexpr Ticks start = unix_epoch_ticks + 20'000 * ticks_per_day;

Connection empty_store() {
    auto connection = Database::open({})->connect().value();
    auto const made = migrate(connection);
    if (!made) throw std::runtime_error(describe(made.error()));
    return connection;
}

std::string dump(Connection& connection) {
    std::string out;
    for (auto const* sql : {"SELECT id||name||os_version||kernel||tags||interfaces||value||device_group||internet_facing||source||first_seen||' '||last_seen||' '||software_seen FROM device ORDER BY ALL",
                            "SELECT id||source||name||version||distribution FROM software ORDER BY ALL",
                            "SELECT device||' '||software||path||' '||installed_at FROM installation ORDER BY ALL",
                            "SELECT 'past '||device||' '||software||path||' '||installed_at FROM installation_past ORDER BY ALL",
                            "SELECT device||device_group||value||tags FROM device_reported ORDER BY ALL",
                            "SELECT device||' '||kb FROM hotfix ORDER BY ALL", "SELECT device||key||value FROM setting ORDER BY ALL"}) {
        auto rows = connection.query(sql).value();
        while (auto const chunk = rows.next().value())
            for (std::size_t i = 0; i < chunk->rows; ++i) out += std::string(chunk->columns[0].text(i)) + "\n";
    }
    return out;
}

std::mt19937 random{11};
int pick(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }

std::vector<SoftwareItem> some_software() {
    std::vector<SoftwareItem> all;
    for (int i = 0, many = pick(10); i < many; ++i) {
        SoftwareItem item{.source = pick(2) == 0 ? "deb" : "programs", .name = "p" + std::to_string(pick(12)), .version = std::to_string(pick(4))};
        if (pick(3) == 0) item.path = "/opt/" + std::to_string(pick(3));
        if (pick(3) == 0) item.installed_at = "2025-01-0" + std::to_string(1 + pick(3));
        all.push_back(std::move(item));
    }
    return all;
}
// Mostly what the device said before, with something else here or there.
DeviceReport changed(DeviceReport one, Ticks now) {
    one.collected_at = pick(3) == 0 ? now - pick(5) * ticks_per_day : 0;
    if (pick(3) == 0) one.software = some_software();
    else if (pick(6) == 0) one.software.reset();
    else if (one.software && !one.software->empty() && pick(2) == 0) one.software->front().version = std::to_string(pick(4));
    one.software_sources.clear();
    if (pick(4) == 0) one.software_sources = {"deb"};  // the rest is named and not listed in full
    if (pick(8) == 0) one.os = {.platform = "Linux", .distribution = "debian", .version = std::to_string(11 + pick(2))};
    if (pick(10) == 0) one.os = {};
    if (pick(10) == 0) one.group = std::array{"", "HQ", "Branch"}[static_cast<std::size_t>(pick(3))];
    if (pick(10) == 0) one.internet_facing = pick(2) == 0;
    if (pick(5) == 0) {
        one.hotfixes.emplace();
        for (int i = 0, many = pick(4); i < many; ++i) one.hotfixes->push_back("KB" + std::to_string(pick(6)));
    }
    if (pick(4) == 0) {
        one.settings.emplace();
        one.setting_families.clear();
        bool const one_family = pick(2) == 0;
        if (one_family) one.setting_families = {"sshd"};
        for (int i = 0, many = pick(5); i < many; ++i)
            one.settings->push_back({(one_family || pick(2) == 0 ? "sshd.k" : "kernel.k") + std::to_string(pick(4)), std::to_string(pick(3))});
    }
    return one;
}

// Reports that are compared in memory leave the tables as those that are compared in the engine do; also when transactions
// are taken back, when rows that go are only noted, and when the memory is read anew.
void compare_both_ways(std::int64_t at_once_rows) {
    random.seed(11);
    auto plain = empty_store(), kept = empty_store();
    auto standing = std::make_unique<Standing>(Standing::read(kept).value());
    standing->at_once_rows = at_once_rows;
    std::vector<DeviceReport> last(40);
    for (std::size_t i = 0; i < last.size(); ++i) last[i].name = "host-" + std::to_string(i);
    auto now = start;
    for (int round = 0; round < repeats(30, 60); ++round) {
        std::vector<DeviceReport> reports;
        auto before = last;
        for (int i = 0, many = 1 + pick(30); i < many; ++i) {
            auto& one = last[static_cast<std::size_t>(pick(static_cast<int>(last.size())))];
            reports.push_back(one = changed(one, now));
        }
        now += ticks_per_day / 24;
        bool const fails = pick(5) == 0;
        std::vector<ReportChange> changes;
        auto const done = kept.transaction([&]() -> Status {
            changes = TRY(write_reports(kept, reports, now, standing.get()));
            return fails ? Status(fail("inventory.no_device", "test")) : Status{};
        });
        ASSERT_EQ(done.has_value(), !fails) << describe(done.error());
        if (fails) {
            standing->taken_back();
            last = before;
            continue;
        }
        standing->committed();
        std::vector<ReportChange> expected;
        ASSERT_TRUE(plain.transaction([&]() -> Status {
            expected = TRY(write_reports(plain, reports, now));
            return {};
        }));
        ASSERT_EQ(changes.size(), expected.size());
        for (std::size_t i = 0; i < changes.size(); ++i) {
            EXPECT_EQ(changes[i].device_id, expected[i].device_id);
            EXPECT_EQ(changes[i].new_device, expected[i].new_device);
            EXPECT_EQ(changes[i].changed, expected[i].changed) << round << " " << i;
            EXPECT_EQ(changes[i].row_changed, expected[i].row_changed);
            EXPECT_EQ(changes[i].new_software, expected[i].new_software);
            EXPECT_EQ(changes[i].installed, expected[i].installed);
            EXPECT_EQ(changes[i].gone, expected[i].gone);
            EXPECT_EQ(changes[i].software, expected[i].software);
        }
        if (round % 10 != 9) continue;
        ASSERT_TRUE(kept.transaction([&] { return settle_installations(kept); }));
        ASSERT_TRUE(dump(kept) == dump(plain)) << "round " << round;
        if (round % 20 == 9) {
            auto anew = Standing::read(kept).value();
            EXPECT_EQ(anew.installed().rows, standing->installed().rows);
            standing = std::make_unique<Standing>(std::move(anew));
            standing->at_once_rows = at_once_rows;
        }
    }
    EXPECT_NE(dump(plain).find("past "), std::string::npos);
}

TEST(Standing, ComparesAsTheEngineDoes) { compare_both_ways(1'000'000); }
TEST(Standing, NotesWhatWentOnLargeFleets) { compare_both_ways(0); }

TEST(Standing, PacksEntries) {
    std::vector<Installed::Entry> const entries{{0, 0}, {1, 7}, {200, 0}, {70'000, 0xffffffff}, {4'000'000'000U, 1}};
    Installed::Device device;
    device.entries = packed(entries);
    auto const back = entries_of(device);
    ASSERT_EQ(back.size(), entries.size());
    for (std::size_t i = 0; i < back.size(); ++i) EXPECT_EQ(std::pair(back[i].place, back[i].time), std::pair(entries[i].place, entries[i].time));
}

}  // namespace
}  // namespace merlon::store
