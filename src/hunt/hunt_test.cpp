#include "hunt/hunt.h"

#include <chrono>

#include <gtest/gtest.h>

#include "base/text.h"

namespace merlon::hunt {
namespace {

store::Connection connection() {
    // Never closed: its threads outlive the tests' own statics.
    static auto const& database = *new store::Database(store::Database::open({}).value());
    static bool const prepared = [] {
        auto first = database.connect().value();
        auto const done = prepare(first);
        EXPECT_TRUE(done) << (done ? "" : describe(done.error()));
        return true;
    }();
    (void)prepared;
    return database.connect().value();
}

Options options() {
    Options made;
    made.catalog = &Catalog::empty();
    return made;
}

TEST(Catalog, TableFilesReadWithoutFault) {
    EXPECT_EQ(Catalog::hunting().faults(), std::vector<std::string>{});
    EXPECT_NE(Catalog::hunting().find("DeviceTvmSoftwareInventory"), nullptr);
    EXPECT_EQ(Catalog::hunting().find("MachineInfo"), Catalog::hunting().find("DeviceInfo"));
}

TEST(Hunt, RunsTheQueryThatAnalystsShare) {
    auto door = connection();
    auto const answer = run(door, R"(
// Search for machines with High active alerts or Critical CVE public exploit
DeviceTvmSoftwareInventoryVulnerabilities
| join kind=inner(DeviceTvmSoftwareVulnerabilitiesKB) on CveId
| where IsExploitAvailable == 1 and CvssScore >= 7
| summarize NumOfVulnerabilities=dcount(CveId),
DeviceName=any(DeviceName) by DeviceId
| join kind =inner(DeviceAlertEvents) on DeviceId
| summarize NumOfVulnerabilities=any(NumOfVulnerabilities),
DeviceName=any(DeviceName) by DeviceId, AlertId
| project DeviceName, NumOfVulnerabilities, AlertId
| order by NumOfVulnerabilities desc)", options());
    ASSERT_TRUE(answer) << render(answer.error());
    ASSERT_EQ(answer->columns.size(), 3U);
    EXPECT_EQ(answer->columns[1].name, "NumOfVulnerabilities");
    EXPECT_EQ(answer->columns[1].type, Type::long_);
    EXPECT_TRUE(answer->rows.empty());
    EXPECT_EQ(answer->tables_without_source.size(), 3U);
}

TEST(Hunt, CountsTheEdgesOfAPath) {
    auto door = connection();
    auto const answer = run(door, "datatable(a:long, b:long)[1, 2, 2, 3] | make-graph a --> b with_node_id=n | graph-match (s)-[e*1..5]->(t) "
                                  "where array_length(e) > 1 project hops = array_length(e)", options());
    ASSERT_TRUE(answer) << render(answer.error());
    ASSERT_EQ(answer->rows.size(), 1U);
    EXPECT_EQ(std::get<std::int64_t>(answer->rows[0][0]), 2);
}

TEST(Hunt, RefusesWhatTheLanguageServiceTakesAndIsNotKnownHere) {
    for (auto const* query : {"set query_datetimescope_to = datetime(2024-03-01); DeviceInfo | count",
                              "datatable(a:long, b:long, k:string)[] | make-graph a --> b with_node_id=n partitioned-by k "
                              "(graph-match (s)-->(t) project s = s.n | count)"}) {
        auto const made = compile(query, options());
        ASSERT_FALSE(made) << query;
        EXPECT_EQ(made.error().code, "hunt.not_supported") << query;
    }
}

TEST(Hunt, WhatIsMaterializedHasTheColumnsThatSomebodyReads) {
    auto const sql = compile("let d = materialize(DeviceInfo | extend Long = strcat(DeviceName, OSVersion)); "
                             "d | summarize n = count() by DeviceId | join kind=inner (d | project DeviceId, OSPlatform) on DeviceId",
                             Options{}).value().sql;
    EXPECT_NE(sql.find("OSPlatform"), sql.npos) << sql;
    EXPECT_EQ(sql.find("DeviceName"), sql.npos) << sql;
    EXPECT_EQ(sql.find("OSVersion"), sql.npos) << sql;
}

// fork and facet: a statement for each table.
TEST(Hunt, SearchTakesInViewsAndLeavesOutTablesWithoutTheColumn) {
    auto door = connection();
    std::string const views = "let Small = view() { range Shelf from 1 to 10 step 1 };\nlet Large = view() { range Shelf from 1 to 20 step 1 };\n";
    for (auto const* text : {"search Shelf > 19", "search in (*ar*) Shelf > 19"}) {
        auto const answer = run(door, views + text, options());
        ASSERT_TRUE(answer) << text << ": " << describe(answer.error());
        ASSERT_EQ(answer->columns.size(), 2u) << text;
        EXPECT_EQ(answer->columns[1].name, "Shelf");
        EXPECT_EQ(answer->rows.size(), 1u) << text;
    }
    EXPECT_FALSE(run(door, "search in (Nowhere*) 'x'", options()));
    // A series of several columns, which the language service takes and the documentation does not know.
    auto const several = run(door, "datatable(t:long, size:real, label:string)[1, 2.5, 'a'] | make-series arg_max(size, label) on t from 1 to 3 step 1", options());
    ASSERT_FALSE(several);
    EXPECT_EQ(several.error().code, "hunt.not_supported");
}

TEST(Hunt, ForkGivesSeveralTables) {
    auto door = connection();
    auto const answer = run(door, "range n from 1 to 5 step 1 | fork big = (where n > 3) (count) (summarize s = sum(n) | as Total)", options());
    ASSERT_TRUE(answer) << render(answer.error());
    EXPECT_EQ(answer->name, "big");
    EXPECT_EQ(answer->rows.size(), 2U);
    ASSERT_EQ(answer->further.size(), 2U);
    EXPECT_EQ(answer->further[0].name, "");
    EXPECT_EQ(answer->further[0].columns[0].name, "Count");
    EXPECT_EQ(std::get<std::int64_t>(answer->further[0].rows[0][0]), 5);
    EXPECT_EQ(answer->further[1].name, "Total");
    EXPECT_EQ(std::get<std::int64_t>(answer->further[1].rows[0][0]), 15);
    // Several query statements: the last one answers.
    auto const last = run(door, "print 1 | fork (count) (take 1); print x = 2", options());
    ASSERT_TRUE(last) << render(last.error());
    EXPECT_TRUE(last->further.empty());
}

TEST(Hunt, FaultsPointAtTheirPlaceAndNameTheNearest) {
    auto door = connection();
    std::string const text = "DeviceInfo\n| where DeviceNam == 'x'";
    auto const answer = run(door, text, options());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "KS142");
    ASSERT_TRUE(answer.error().span);
    EXPECT_EQ(line_column(text, answer.error().span->begin).line, 2U);
    EXPECT_NE(hint_of(answer.error()).find("DeviceName"), std::string::npos);
}

TEST(Hunt, LargeAndDeepTextsAreRefusedBeforeTheyCost) {
    auto const refused = [](std::string const& text) {
        auto const made = compile(text, options());
        return made ? std::string("compiled") : made.error().code;
    };
    EXPECT_EQ(refused("print " + std::string(100'000, '(') + "1"), "hunt.text_too_long");
    EXPECT_EQ(refused("print " + std::string(20'000, '(') + "1"), "hunt.too_deep");
    EXPECT_EQ(refused("print " + std::string(20'000, '-') + "1"), "hunt.too_deep");
    EXPECT_EQ(refused("print dynamic(" + std::string(20'000, '[') + ")"), "hunt.too_deep");
    std::string sum = "print 1";
    for (int i = 0; i < 5000; ++i) sum += "+1";
    EXPECT_EQ(refused(sum), "hunt.too_deep");
    std::string pipes = "print a=1";
    for (int i = 0; i < 5000; ++i) pipes += "|take 1";
    EXPECT_EQ(refused(pipes), "hunt.too_many_pipes");
    std::string lets = "let a0 = print 1;";
    for (int i = 1; i < 40; ++i)
        lets += "let a" + std::to_string(i) + " = union a" + std::to_string(i - 1) + ", a" + std::to_string(i - 1) + ";";
    EXPECT_EQ(refused(lets + "a39"), "hunt.too_large");
}

TEST(Hunt, TheLargestTextsAreRefusedWithin50Milliseconds) {
    std::string list = "print x = 'q' | where x in (", numbers = "print x = 5 | where x in (0";
    for (int i = 0; i < 100'000; ++i) {
        list += (i ? ", 'value " : "'value ") + std::to_string(i) + "'";
        numbers += "," + std::to_string(i);
    }
    std::string const million = std::string(1'000'000, '(');
    for (auto const& text : {"print x = '" + std::string(10'000'000, 'a') + "'", std::string(10'000'000, '|'), list + ")", numbers + ")",
                             "print " + million + "1", "print dynamic(" + std::string(1'000'000, '[') + ")", million + "DeviceInfo"}) {
        auto best = std::chrono::nanoseconds::max();  // of three: the machine may be busy with something else
        for (int round = 0; round < 3; ++round) {
            auto const begin = std::chrono::steady_clock::now();
            auto const made = compile(text, options());
            best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begin);
            ASSERT_FALSE(made);
            EXPECT_EQ(made.error().code, "hunt.text_too_long");
        }
        EXPECT_LT(best, std::chrono::milliseconds(50)) << text.substr(0, 30);
    }
    // What is just short enough is read, and no stack runs over.
    for (auto const& text : {"print " + std::string(60'000, '('), "print " + std::string(60'000, '-') + "1",
                             "print dynamic(" + std::string(60'000, '[') + ")", "print d = dynamic({}) | extend e = d" + replace_all(std::string(30'000, '.'), ".", ".a")})
        EXPECT_EQ(compile(text, options()).error().code, "hunt.too_deep") << text.substr(0, 30);
}

// Versions have more digits than other decimals: what cannot hold both is refused, not the engine's failure.
TEST(Hunt, ValuesThatDoNotFitAreTheQuerysFault) {
    auto door = connection();
    auto const answer = run(door, "datatable(v:string)['1.2'] | extend a = parse_version(v) + decimal(0.5)", options());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "hunt.value_range");
    EXPECT_EQ(fault_of(answer.error()), Fault::user);
}

}  // namespace
}  // namespace merlon::hunt
