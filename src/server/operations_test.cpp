// What is kept step by step is what is made anew: 10,000 reports (3,400 without --all), and between them everything else
// that changes a score.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "advise/exception_effects.h"
#include "base/repeats_for_tests.h"
#include "fleet/words_for_tests.h"
#include "server/publisher.h"
#include "store/device_facts.h"

namespace merlon::server {
namespace {

class Operations : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();
    std::string said;
    std::unique_ptr<Publisher> publisher;
    std::optional<store::Writer> writer;
    std::mt19937 random{10'000}, reporting{7};
    int done = 0;

    void SetUp() override {
        ASSERT_TRUE(connection.execute(
            "INSERT INTO cve SELECT 'CVE-2030-' || (1000 + i), 'published', '', '', 'High', 4.0 + i % 7, '', '', '', "
            "0, 0, i % 5 = 0, "
            "false, false, i % 9 = 0, false, 0, '[]', '[]', 0.01 * i, NULL, '[]', '[]', '[]' FROM range(30) t(i)"));
        PublisherOptions options;
        options.least_pause_s = 1e9;  // passes when they are asked for
        publisher = Publisher::create(store, options, [&](std::string_view line) { said += line; }).value();
        writer = store::Writer::start(
                     store, [&] { publisher->committed(); }, [&] { publisher->taken_back(); })
                     .value();
        publisher->start(*writer);
    }
    void TearDown() override { publisher->stop(); }

    std::size_t pick(std::size_t below) { return random() % below; }
    std::string one_of(std::string const& select) {
        auto const value =
            connection.scalar(select + " ORDER BY hash(1 + " + std::to_string(random() % 1000) + " || '' || 1) LIMIT 1")
                .value();
        auto const* text = std::get_if<std::string>(&value);
        return text ? *text : std::string{};
    }

    DeviceReport report() {
        auto const below = [&](std::size_t many) { return reporting() % many; };
        DeviceReport one;
        auto const host = below(300);
        one.name = "host-" + std::to_string(host);
        one.source = "test";
        one.group = std::array{"", "HQ", "Branch"}[below(20) == 0 ? below(3) : host % 3];
        if (below(20) == 0) one.value = std::array{"Low", "Normal", "High"}[below(3)];
        if (below(20) == 0) one.internet_facing = below(2) == 0;
        one.collected_at = below(25) == 0 ? now_ticks() - 60 * ticks_per_day : now_ticks();
        if (below(8) == 0) return one;
        auto& software = one.software.emplace();
        for (auto many = below(9); many > 0; --many)
            software.push_back({.source = below(2) == 0 ? "deb" : "programs",
                                .name = "p" + std::to_string(below(8)),
                                .version = std::to_string(below(3))});
        if (below(4) == 0) one.software_sources = {"deb"};
        return one;
    }
    // Some fail after they were written, and are taken back.
    void report_many(int transactions, int reports) {
        for (int i = 0; i < transactions; ++i) {
            std::vector<DeviceReport> some;
            while (static_cast<int>(some.size()) < reports) some.push_back(report());
            bool const fails = reporting() % 15 == 0;
            auto const written = writer->run([&](store::Connection& c) -> Status {
                TRY(publisher->write_reports(c, some, now_ticks()));
                return fails ? Status(fail("inventory.no_device", "test")) : Status{};
            });
            EXPECT_EQ(written.has_value(), !fails);
            done += reports;
        }
    }

    void change(std::function<Status(store::Connection&)> const& work) {
        auto const changed = writer->run(work);
        EXPECT_TRUE(changed) << describe(changed.error());
        ++done;
    }
    void change_knowledge() {
        auto const some = [&](std::string const& of, int in) {
            return "hash(" + of + " || '" + std::to_string(random()) + "') % " + std::to_string(in) + " = 0";
        };
        auto const sql =
            "INSERT INTO finding SELECT s.id, c.id, '[]', 'affected', CASE WHEN hash(c.id) % 2 = 0 THEN '9' ELSE '' "
            "END, '', '', 100, false, '[]', 0 "
            "FROM software s JOIN identity y ON y.software = s.id, cve c WHERE " +
            some("s.id || c.id", 12) +
            " AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.software = s.id AND f.cve = c.id);"
            "UPDATE finding SET hidden = NOT hidden WHERE " +
            some("software || cve", 15) +
            ";"
            "UPDATE cve SET known_exploited = NOT known_exploited, cvss = 11 - cvss WHERE " +
            some("id", 10) +
            ";"
            "DELETE FROM finding_cleared WHERE " +
            some("device || cve", 3) +
            ";"
            "INSERT INTO finding_cleared SELECT DISTINCT i.device, f.software, f.cve, 'test' FROM installation i JOIN "
            "finding f ON f.software = i.software "
            "WHERE " +
            some("i.device || f.cve", 20);
        change([&](store::Connection& c) { return c.execute(sql); });
    }
    void change_exceptions() {
        auto const ended = one_of("SELECT id FROM main.exception WHERE state = 'InEffect'");
        if (!ended.empty() && pick(2) == 0)
            return change(
                [&](store::Connection& c) { return advise::cancel_exception(c, ended, "", "test", now_ticks()); });
        advise::NewException wanted;
        wanted.id = "x" + std::to_string(done);
        wanted.who = "test";
        bool const single = pick(2) == 0;
        wanted.subject = one_of(single ? "SELECT DISTINCT cve FROM main.finding WHERE cve NOT IN (SELECT subject FROM "
                                         "main.exception WHERE state = 'InEffect')"
                                       : "SELECT id FROM main.recommendation WHERE kind = 'software' AND id NOT IN "
                                         "(SELECT subject FROM main.exception WHERE state = 'InEffect')");
        if (wanted.subject.empty()) return;
        wanted.justification = single ? "RiskAccepted" : "AlternateMitigation";
        wanted.ends = now_ticks() + 30 * ticks_per_day;
        if (pick(2) == 0) wanted.groups = {pick(2) == 0 ? "HQ" : "Branch"};
        change([&](store::Connection& c) -> Status {
            TRY(advise::add_exception(c, wanted, {}, now_ticks()));
            return {};
        });
    }
    void change_devices() {
        std::vector<std::string> ids;
        for (int i = 0; i < 5; ++i)
            if (auto id = one_of("SELECT id FROM main.device"); !id.empty()) ids.push_back(std::move(id));
        store::ChoiceChange wanted;
        if (pick(2) == 0) wanted.exclusion = store::ChoiceChange::Exclusion{pick(3) > 0, "Other", "", ""};
        else wanted.value = std::array{"", "Low", "High"}[pick(3)];
        change([&](store::Connection& c) -> Status {
            TRY(store::check_change(wanted));
            TRY(store::change_devices(c, ids, wanted, "test", now_ticks()));
            return {};
        });
    }
    void change_groups() {
        store::DeviceGroup group{"Sevens", 1, "", {{"name", "contains", {std::to_string(pick(10))}}}};
        bool const there = connection.count("SELECT count(*) FROM main.device_group WHERE name = 'Sevens'").value() > 0;
        bool const goes = there && pick(3) == 0;
        change([&](store::Connection& c) -> Status {
            if (goes) TRY(store::remove_group(c, "Sevens"));
            else TRY(store::write_group(c, group, there ? "Sevens" : "", "test", now_ticks()));
            TRY(store::regroup(c));
            return {};
        });
    }

    void expect_as_made_anew() {
        fleet::IndexOptions options;
        options.now = now_ticks();
        auto const anew = fleet::Index::build(connection, options).value();
        auto const index = publisher->index();
        auto kept_words = words_of(*index), anew_words = words_of(*anew);
        // Versions that no device has any more stay in the one, and need not be in the other.
        EXPECT_EQ(kept_words, anew_words);
        EXPECT_EQ(publisher->score(), fleet::compute_exposure(*anew).score);
        auto const kept_mask = advise::effects_of(connection, *index, options.now).value().mask;
        auto const anew_mask = advise::effects_of(connection, *anew, options.now).value().mask;
        auto const kept = fleet::compute_exposure(*index, kept_mask), made = fleet::compute_exposure(*anew, anew_mask);
        EXPECT_EQ(kept.score, made.score);
        EXPECT_EQ(kept.score_before, made.score_before);
        for (auto const& group : made.groups) {
            auto const& name = anew->groups[group.group];
            auto const same =
                std::ranges::find(kept.groups, name, [&](auto const& g) { return index->groups[g.group]; });
            ASSERT_NE(same, kept.groups.end()) << name;
            EXPECT_EQ(same->score, group.score) << name;
            EXPECT_EQ(same->devices, group.devices) << name;
        }
        for (std::uint32_t number = 0; number < anew->devices.size(); ++number) {
            auto const other = index->device_number(anew->devices[number].id);
            ASSERT_TRUE(other);
            EXPECT_EQ(kept.device_hazard[*other], made.device_hazard[number]);
        }
    }
};

TEST_F(Operations, LeaveWhatMakingAnewGives) {
    report_many(1, 100);
    ASSERT_TRUE(publisher->publish_now(true));
    auto const rounds = repeats(1, 3);
    for (int round = 0; round < rounds; ++round) {
        // Reports go on while the index is built anew and everything is published.
        std::jthread more([&] { report_many(33, 100); });
        change_knowledge();
        change_exceptions();
        change_devices();
        change_groups();
        ASSERT_TRUE(publisher->publish_now(true));
        more.join();
        expect_as_made_anew();
    }
    EXPECT_GE(done, rounds * 3'300);
    EXPECT_EQ(said, "");
    // What was published sums up: by CVE, by product, by device, by group.
    ASSERT_TRUE(publisher->publish_now(false));
    auto const number = [&](std::string const& sql) { return std::get<double>(connection.scalar(sql).value()); };
    auto const score = number("SELECT arg_max(score, time) FROM main.exposure_score WHERE device_group = '*'");
    EXPECT_GT(score, 0);
    for (auto const* points : {"SELECT sum(part) FROM main.cve_exposure", "SELECT sum(part) FROM main.product_exposure",
                               "SELECT 100 * sum(weighed) / (SELECT arg_max(weight, time) FROM main.exposure_score "
                               "WHERE device_group = '*') FROM main.device_exposure",
                               "SELECT sum(score * weight) / sum(weight) FROM main.exposure_score "
                               "WHERE device_group <> '*' AND time = (SELECT max(time) FROM main.exposure_score)"})
        EXPECT_NEAR(number(points), score, 1e-9) << points;
}

}  // namespace
}  // namespace merlon::server
