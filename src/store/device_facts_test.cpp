// What people set on devices survives reports; rules put devices into groups; duplicates are seen and merged.
#include "store/device_facts.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "store/store.h"

namespace merlon::store {
namespace {

constexpr Ticks t0 = unix_epoch_ticks + 20'000 * ticks_per_day;

class Facts : public testing::Test {
protected:
    Store store = Store::in_memory().value();
    Connection connection = store.connect().value();

    std::string report(std::string name, std::vector<std::string> tags = {}, std::string group = {}, std::string value = {}) {
        DeviceReport made;
        made.identifier = made.name = std::move(name);
        made.os = {.platform = "Linux", .distribution = "debian", .version = "12.11"};
        made.tags = std::move(tags);
        made.group = std::move(group);
        made.value = std::move(value);
        made.source = "test";
        auto const done = connection.transaction([&]() -> Status {
            TRY(write_report(connection, made, t0));
            return {};
        });
        EXPECT_TRUE(done) << describe(done.error());
        return device_id_of(made.identifier);
    }
    void change(std::string const& id, ChoiceChange wanted) {
        auto const checked = check_change(wanted);
        ASSERT_TRUE(checked) << describe(checked.error());
        auto const done = connection.transaction([&]() -> Status {
            EXPECT_EQ(TRY(change_devices(connection, std::span(&id, 1), wanted, "anna", t0)), 1U);
            return {};
        });
        ASSERT_TRUE(done) << describe(done.error());
    }
    // "group value tags excluded"
    std::string facts(std::string const& id) {
        auto const row = read_device(connection, id).value().value();
        return row.group + " " + row.value + " " + join(row.tags, ",") + (row.excluded ? " excluded" : "");
    }
    void group(std::string name, std::int64_t rank, std::vector<GroupCondition> conditions, std::string_view instead_of = {}) {
        auto const done = connection.transaction([&]() -> Status {
            TRY(write_group(connection, {std::move(name), rank, "", std::move(conditions)}, instead_of, "anna", t0));
            TRY(regroup(connection));
            return {};
        });
        ASSERT_TRUE(done) << describe(done.error());
    }
};

TEST_F(Facts, ADeviceIsNamedByItsIdElseByItsNameTheNewest) {
    auto const old = report("old"), fresh = report("fresh"), other = report("other");
    ASSERT_TRUE(connection.execute("UPDATE main.device SET name = 'twin' WHERE id IN ('" + old + "', '" + fresh + "'); "
                                   "UPDATE main.device SET last_seen = last_seen + 10 WHERE id = '" + fresh + "'; "
                                   "UPDATE main.device SET name = '" + old + "', last_seen = last_seen + 20 WHERE id = '" + other + "'"));
    EXPECT_EQ(device_named(connection, "TWIN").value(), fresh);
    EXPECT_EQ(device_named(connection, old).value(), old);  // though another is called so and newer
    EXPECT_EQ(device_named(connection, "twi").value(), std::nullopt);
    EXPECT_EQ(device_named(connection, "").value(), std::nullopt);
}

TEST_F(Facts, WhatPeopleSetSurvivesReports) {
    auto const id = report("a.example.test", {"blue", "old"}, "HQ", "Low");
    EXPECT_EQ(facts(id), "HQ Low blue,old");
    ChoiceChange wanted;
    wanted.value = "high";
    wanted.add_tags = {"vip"};
    wanted.remove_tags = {"old"};
    wanted.exclusion = {true, "outofscope", "lent out", ""};
    change(id, wanted);
    EXPECT_EQ(facts(id), "HQ High blue,vip excluded");
    report("a.example.test", {"old", "new"}, "Branch", "Normal");
    EXPECT_EQ(facts(id), "Branch High blue,new,vip excluded");
    // Taken back: what was reported shows again.
    ChoiceChange back;
    back.value = "";
    back.add_tags = {"old"};
    back.exclusion = ChoiceChange::Exclusion{};
    change(id, back);
    EXPECT_EQ(facts(id), "Branch Normal blue,old,new,vip");
}

TEST_F(Facts, ExactTagsReplaceAll) {
    auto const id = report("a", {"one", "two"});
    ChoiceChange wanted;
    wanted.tags = std::vector<std::string>{"two", "three"};
    change(id, wanted);
    EXPECT_EQ(facts(id), " Normal two,three");
    report("a", {"one"});
    EXPECT_EQ(facts(id), " Normal two,three");
    wanted.tags = std::vector<std::string>{};
    change(id, wanted);
    EXPECT_EQ(facts(id), " Normal ");
}

TEST_F(Facts, BadInputIsRefused) {
    auto const refused = [](auto fill) {
        ChoiceChange wanted;
        fill(wanted);
        auto const checked = check_change(wanted);
        return checked ? std::string() : checked.error().code;
    };
    EXPECT_EQ(refused([](auto& w) { w.value = "Highest"; }), "devices.bad_value");
    EXPECT_EQ(refused([](auto& w) { w.add_tags = {""}; }), "devices.bad_tag");
    EXPECT_EQ(refused([](auto& w) { w.add_tags = {std::string(201, 'x')}; }), "devices.bad_tag");
    EXPECT_EQ(refused([](auto& w) { w.add_tags = {"a\nb"}; }), "devices.bad_tag");
    EXPECT_EQ(refused([](auto& w) { w.exclusion = {true, "Because", "", ""}; }), "devices.bad_justification");
    EXPECT_EQ(check_group({"*", 0, "", {}}).error().code, "groups.bad_name");
    EXPECT_EQ(check_group({"unassigned", 0, "", {}}).error().code, "groups.bad_name");
    EXPECT_EQ(check_group({"x", 0, "", {{"nam", "equals", {"a"}}}}).error().code, "groups.bad_rule");
    EXPECT_EQ(check_group({"x", 0, "", {{"name", "equals", {}}}}).error().code, "groups.bad_rule");
    EXPECT_EQ(check_group({"x", 0, "", {{"name", "like", {"a"}}}}).error().code, "groups.bad_rule");
    EXPECT_EQ(check_group({"x", 0, "", {{"name", "equals", std::vector<std::string>(11, "a")}}}).error().code, "groups.bad_rule");
}

TEST_F(Facts, TheFirstRuleThatHoldsTakesTheDevice) {
    auto const web = report("web1.dmz.example.test", {"web"}, "Reported");
    auto const database = report("db1.dmz.example.test", {"database"}, "Reported");
    auto const other = report("pc1.example.test");
    group("DMZ", 0, {{"domain", "equals", {"dmz.example.test"}}});
    group("Web", 1, {{"name", "startsWith", {"WEB", "www"}}, {"osPlatform", "equals", {"linux"}}});
    EXPECT_EQ(facts(web), "Web Normal web");
    EXPECT_EQ(facts(database), "DMZ Normal database");
    EXPECT_EQ(facts(other), " Normal ");
    EXPECT_EQ(read_groups(connection).value()[0].name, "Web");
    // Also for devices that report from now on, and by tags that people set.
    EXPECT_EQ(facts(report("www9.example.test")), "Web Normal ");
    group("Tagged", 1, {{"tag", "contains", {"fin"}}});
    ChoiceChange wanted;
    wanted.add_tags = {"Finance"};
    change(other, wanted);
    EXPECT_EQ(facts(other), "Tagged Normal Finance");
    // A rule that is gone gives the devices back.
    group("Web", 3, {{"name", "equals", {"nobody"}}}, "Web");
    EXPECT_EQ(facts(web), "DMZ Normal web");
    ASSERT_TRUE(remove_group(connection, "dmz"));
    ASSERT_TRUE(regroup(connection));
    EXPECT_EQ(facts(web), "Reported Normal web");
    EXPECT_EQ(remove_group(connection, "dmz").error().code, "groups.no_such");
    EXPECT_EQ(write_group(connection, {"tagged", 0, "", {}}, {}, "anna", t0).error().code, "groups.exists");
}

TEST_F(Facts, RankIsAPlaceAmongTheOthers) {
    for (auto const* name : {"a", "b", "c"}) group(name, 0, {});
    group("c", 1, {}, "c");
    std::string order;
    auto const groups = read_groups(connection).value();
    for (auto const& one : groups) order += one.name + std::to_string(one.rank) + " ";
    EXPECT_EQ(order, "c1 a2 b3 ");
}

TEST_F(Facts, ANewNameIsFollowedWhereTheGroupIsNamed) {
    for (auto const* name : {"Old", "Other"}) group(name, 0, {});
    for (auto const* sql : {R"(INSERT INTO main.access_groups VALUES ('user:anna', '["Other","Old",""]'), ('user:otto', '["Other"]'))",
                            R"(INSERT INTO main.baseline_profile VALUES ('p', 'P', '', 'linux', 1, '[]', '["Old"]', '[]', true, false, 0, '', 0, ''))"})
        ASSERT_TRUE(connection.query(sql));
    group("New", 0, {}, "Old");
    auto const text = [&](std::string_view sql) {
        auto rows = connection.query(sql).value();
        return std::string(rows.next().value()->columns[0].text(0));
    };
    EXPECT_EQ(text("SELECT groups FROM main.access_groups WHERE holder = 'user:anna'"), R"(["Other","New",""])");
    EXPECT_EQ(text("SELECT groups FROM main.access_groups WHERE holder = 'user:otto'"), R"(["Other"])");
    EXPECT_EQ(text("SELECT device_groups FROM main.baseline_profile WHERE id = 'p'"), R"(["New"])");
}

TEST_F(Facts, DuplicatesAreSeenAndMerged) {
    auto const older = report("pc1.example.test");
    DeviceReport again;
    again.identifier = "another-uuid";
    again.name = "PC1.example.test";
    again.os = {.platform = "Linux", .distribution = "debian", .version = "12.11"};
    again.source = "test";
    ASSERT_TRUE(connection.transaction([&]() -> Status {
        TRY(write_report(connection, again, t0 + ticks_per_day));
        return {};
    }));
    auto const newer = device_id_of("another-uuid");
    auto const pairs = find_duplicates(connection).value();
    ASSERT_EQ(pairs.size(), 1U);
    EXPECT_EQ(pairs[0].id, older);
    EXPECT_EQ(pairs[0].other_id, newer);
    EXPECT_EQ(pairs[0].reason, "same name pc1.example.test");
    ChoiceChange wanted;
    wanted.add_tags = {"vip"};
    wanted.value = "High";
    change(older, wanted);
    ASSERT_TRUE(connection.transaction([&] { return merge_devices(connection, older, newer, "anna", t0); }));
    EXPECT_EQ(facts(older), " High vip excluded");
    EXPECT_EQ(facts(newer), " High vip");
    EXPECT_TRUE(find_duplicates(connection).value().empty());
    ChoiceChange back;
    back.exclusion = ChoiceChange::Exclusion{};
    change(older, back);
    EXPECT_EQ(find_duplicates(connection).value().size(), 1U);
}

}  // namespace
}  // namespace merlon::store
