#include "store/knowledge.h"

#include <gtest/gtest.h>

#include "store/knowledge_reach.h"
#include "store/store.h"

namespace merlon::store {
namespace {

// A batch of one record.
Status give(PackedSink const& sink, KnowledgeRecord record) {
    PackedBatch batch;
    batch.add(std::move(record));
    return sink(batch);
}

struct Knowledge : ::testing::Test {
    Connection connection = Database::open({})->connect().value();
    void SetUp() override {
        auto const made = migrate(connection);
        ASSERT_TRUE(made) << describe(made.error());
    }

    WriteOutcome write(FeedFile const& file, std::vector<KnowledgeRecord> const& records) {
        auto outcome = write_knowledge(connection, file, [&](PackedSink const& sink) -> Result<FeedCounts> {
            for (auto const& record : records) TRY(give(sink, record));
            auto const count = static_cast<std::int64_t>(records.size());
            return FeedCounts{count, count, 0, 0};
        });
        EXPECT_TRUE(outcome) << describe(outcome.error());
        return outcome ? *outcome : WriteOutcome{};
    }
    std::string text(std::string_view sql) {
        auto const value = connection.scalar(sql);
        EXPECT_TRUE(value) << describe(value.error());
        if (!value) return {};
        auto const* found = std::get_if<std::string>(&*value);
        return found ? *found : "(no text)";
    }
};

Affected everything_said() {
    Affected affected;
    Cpe cpe{.part = "a", .vendor = "per:l", .product = "archive::tar"};
    cpe.target_sw = "wordpress";
    affected.subject = cpe;
    affected.ranges = {{"cpe", "1.0", true, "2.0 update b\"1", false}, {"cpe", "3", false, "4", true}, {"cpe", "", true, "", false}};
    affected.versions = {"5.0", "5.1 update -"};
    affected.state = FixState::fixed;
    affected.fixed_version = "2.0";
    affected.urgency = "low";
    affected.conditions = {{Cpe{.part = "o", .vendor = "linux", .product = "linux_kernel"}}, {}};
    affected.modules = {"container-tools:rhel8"};
    affected.architecture = "x86_64";
    affected.hotfix = "KB5040427";
    affected.note = "näive";
    return affected;
}

Advisory advisory_of(std::string id, Ticks modified, std::string package) {
    Advisory advisory{.id = id, .source = "osv", .cves = {id}};
    advisory.modified = modified;
    advisory.affected.push_back({.subject = PackageName{"Debian:12", std::move(package)}});
    return advisory;
}

// Beyond a few years all that is stored of the source is learnt at once, in the middle of the file.
TEST_F(Knowledge, AFileOfManyYearsFindsWhatIsStored) {
    std::vector<KnowledgeRecord> records;
    for (int year = 2000; year < 2012; ++year)
        for (auto const* number : {"-1001", "-1002"})
            records.push_back(advisory_of("CVE-" + std::to_string(year) + number, 5, "p" + std::to_string(year)));
    EXPECT_EQ(write({.feed = "osv", .file = "f", .digest = "1"}, records).added, 24);
    // The first one comes again with other words before the others are learnt, and once more behind them.
    auto other = advisory_of("CVE-2000-1001", 6, "other");
    records.insert(records.begin(), other);
    records.push_back(other);
    records.push_back(advisory_of("CVE-2011-1002", 4, "older"));
    auto const again = write({.feed = "osv", .file = "f", .digest = "2"}, records);
    EXPECT_EQ(again.added, 0);
    EXPECT_EQ(again.replaced, 1);
    EXPECT_EQ(again.unchanged, 24);
    EXPECT_EQ(again.older, 2);
    EXPECT_EQ(text("SELECT string_agg(s.name, ' ') FROM statement f JOIN subject s ON s.number = f.subject JOIN advisory a "
                   "ON a.number = f.advisory WHERE a.id = 'CVE-2000-1001'"),
              "pkg:Debian:12/other");
}

TEST_F(Knowledge, StatementsComeBackAsTheyWere) {
    Advisory advisory{.id = "CVE-2024-1", .source = "nvd", .cves = {"CVE-2024-1"}, .aliases = {"GHSA-1"}};
    advisory.affected.push_back(everything_said());
    advisory.affected.push_back({.subject = PackageName{"Red Hat:enterprise_linux:9::baseos", "a/b"}});
    auto const outcome = write({.feed = "nvd", .file = "f", .digest = "d"}, {advisory});
    EXPECT_EQ(outcome.added, 1);
    auto const keys = std::vector{subject_key(advisory.affected[0].subject), subject_key(advisory.affected[1].subject)};
    EXPECT_EQ(outcome.changed_subjects, keys);
    auto const found = statements_for(connection, keys);
    ASSERT_TRUE(found) << describe(found.error());
    EXPECT_EQ(found->count(), 2U);
    EXPECT_TRUE(found->of("a:never:asked")->empty());
    auto const first = found->of(keys[0]), second = found->of(keys[1]);
    ASSERT_TRUE(first && second);
    ASSERT_EQ(first->size(), 1U);
    ASSERT_EQ(second->size(), 1U);
    auto const& read = first->front().affected;
    auto const wanted = everything_said();
    EXPECT_EQ(read.subject, wanted.subject);
    EXPECT_EQ(read.ranges, wanted.ranges);
    EXPECT_EQ(read.versions, wanted.versions);
    EXPECT_EQ(read.state, wanted.state);
    EXPECT_EQ(read.fixed_version, wanted.fixed_version);
    EXPECT_EQ(read.urgency, wanted.urgency);
    EXPECT_EQ(read.conditions, wanted.conditions);
    EXPECT_EQ(read.modules, wanted.modules);
    EXPECT_EQ(read.architecture, wanted.architecture);
    EXPECT_EQ(read.hotfix, wanted.hotfix);
    EXPECT_EQ(read.note, wanted.note);
    EXPECT_EQ(second->front().affected.subject, advisory.affected[1].subject);
    EXPECT_EQ(first->front().advisory->aliases, advisory.aliases);
    EXPECT_EQ(known_subjects(connection, std::vector<std::string>{"pkg:no/such", keys[1]}).value(),
              std::vector<std::string>{keys[1]});
}

// Most statements end their range before the version that has the fix: it is stored once.
TEST_F(Knowledge, TheFixedVersionIsStoredOnceWhereTheRangeEnds) {
    auto const statement = [](std::string to, bool inclusive, FixState state, std::string fixed) {
        return Affected{.subject = PackageName{"Debian:12", "x"}, .ranges = {{.scheme = "dpkg", .to = std::move(to), .to_inclusive = inclusive}},
                        .state = state, .fixed_version = std::move(fixed), .urgency = "low"};
    };
    auto advisory = advisory_of("CVE-2024-1", 10, "x");
    advisory.affected = {statement("1.2-3", false, FixState::fixed, "1.2-3"), statement("1.2-3", true, FixState::fixed, "1.2-3"),
                         statement("1.2-3", false, FixState::affected, "1.2-3"), statement("1.2\"3", false, FixState::fixed, "1.2\"3"),
                         statement("1.2-3", false, FixState::fixed, "1.2-4"), statement("1.2-3", false, FixState::fixed, "")};
    write({.feed = "osv", .file = "f", .digest = "1"}, {advisory});
    EXPECT_EQ(text("SELECT string_agg(body, ' ' ORDER BY rowid) FROM statement"),
              R"({"ranges":[["dpkg","","<1.2-3"]],"fixed":true,"urgency":"low"} )"
              R"({"ranges":[["dpkg","","<=1.2-3"]],"state":"fixed","fixed":"1.2-3","urgency":"low"} )"
              R"({"ranges":[["dpkg","","<1.2-3"]],"state":"affected","fixed":"1.2-3","urgency":"low"} )"
              R"({"ranges":[["dpkg","","<1.2\"3"]],"fixed":true,"urgency":"low"} )"
              R"({"ranges":[["dpkg","","<1.2-3"]],"state":"fixed","fixed":"1.2-4","urgency":"low"} )"
              R"({"ranges":[["dpkg","","<1.2-3"]],"state":"fixed","urgency":"low"})");
    std::vector<std::string> const keys{"pkg:Debian:12/x"};
    auto const read = statements_for(connection, keys)->of(keys[0]);
    ASSERT_TRUE(read) << describe(read.error());
    ASSERT_EQ(read->size(), advisory.affected.size());
    for (std::size_t i = 0; i < read->size(); ++i) {
        EXPECT_EQ((*read)[i].affected.ranges, advisory.affected[i].ranges) << i;
        EXPECT_EQ((*read)[i].affected.state, advisory.affected[i].state) << i;
        EXPECT_EQ((*read)[i].affected.fixed_version, advisory.affected[i].fixed_version) << i;
        EXPECT_EQ((*read)[i].affected.urgency, advisory.affected[i].urgency) << i;
    }
    // A store that was filled before there was a short form is read as it is, and its records count as unchanged.
    ASSERT_TRUE(connection.execute(R"(UPDATE statement SET body = replace(body, '"fixed":true', '"state":"fixed","fixed":"1.2-3"') WHERE NOT contains(body, '\"'))"));
    EXPECT_EQ(statements_for(connection, keys)->of(keys[0])->front().affected.fixed_version, "1.2-3");
    EXPECT_EQ(write({.feed = "osv", .file = "f", .digest = "2"}, {advisory}).unchanged, 1);
}

TEST_F(Knowledge, ReplacesByIdAndKeepsTheNewerState) {
    FeedFile const file{.feed = "osv", .file = "f", .digest = "1"};
    write(file, {advisory_of("CVE-2024-1", 10, "old"), advisory_of("CVE-2024-2", 10, "same")});
    auto const second = write({.feed = "osv", .file = "g", .digest = "2"},
                              {advisory_of("CVE-2024-1", 20, "new"), advisory_of("CVE-2024-2", 10, "same"),
                               advisory_of("CVE-2024-3", 20, "first"), advisory_of("CVE-2024-3", 21, "second")});
    EXPECT_EQ(second.added, 2 - 1);
    EXPECT_EQ(second.replaced, 2);
    EXPECT_EQ(second.unchanged, 1);
    EXPECT_EQ(second.changed_subjects, (std::vector<std::string>{"pkg:Debian:12/first", "pkg:Debian:12/new",
                                                                 "pkg:Debian:12/old", "pkg:Debian:12/second"}));
    EXPECT_EQ(second.changed_names, (std::vector<std::string>{"pkg:Debian:12/first", "pkg:Debian:12/new", "pkg:Debian:12/old",
                                                              "pkg:Debian:12/second"}));
    EXPECT_EQ(write(file, {advisory_of("CVE-2024-1", 15, "older")}).older, 1);
    EXPECT_EQ(connection.count("SELECT count(*) FROM statement").value(), 3);
    EXPECT_EQ(text("SELECT string_agg(name, ' ' ORDER BY name) FROM subject"),
              "pkg:Debian:12/new pkg:Debian:12/same pkg:Debian:12/second");
    EXPECT_TRUE(already_loaded(connection, "osv", "2").value());
    EXPECT_FALSE(already_loaded(connection, "osv", "3").value());
}

TEST(EcosystemReach, YearOfTheLastCve) {
    EXPECT_EQ(year_of_last_cve(R"(["CVE-2021-1","CVE-2019-22"])"), 2019);
    EXPECT_EQ(year_of_last_cve(R"(["CVE-2021-1","CVE-20x9-22","CVE-19"])"), 2021);
    EXPECT_EQ(year_of_last_cve(R"(["GHSA-1"])"), 0);
    EXPECT_EQ(year_of_last_cve("CVE-"), 0);
}

// What is added load by load is what all statements together say.
TEST_F(Knowledge, EcosystemsReachAsFarAsTheirStatements) {
    auto const in = [](std::string id, Ticks modified, std::string ecosystem) {
        auto advisory = advisory_of(std::move(id), modified, "x");
        advisory.affected[0].subject = PackageName{std::move(ecosystem), "x"};
        return advisory;
    };
    auto const said = [&] {
        std::string all;
        auto const stored = ecosystems(connection);
        EXPECT_TRUE(stored) << describe(stored.error());
        for (auto const& one : *stored) all += one.name + " " + std::to_string(one.newest) + " " + std::to_string(one.year) + "; ";
        return all;
    };
    auto published = in("CVE-2023-1", 5, "Debian:12");
    published.published = 9;
    EXPECT_EQ(write({"osv", "a", "1"}, {in("CVE-2019-7", 7, "Debian:12"), published, in("CVE-2021-2", 0, "Alpine:v3")}).changed_names,
              (std::vector<std::string>{"pkg:Alpine:v3", "pkg:Alpine:v3/x", "pkg:Debian:12", "pkg:Debian:12/x"}));
    EXPECT_EQ(said(), "pkg:Alpine:v3 0 2021; pkg:Debian:12 9 2019; ");
    EXPECT_TRUE(write({"osv", "b", "2"}, {in("CVE-2018-3", 8, "Debian:12"), in("CVE-2020-4", 3, "Alpine:v3")}).changed_names.empty());
    EXPECT_EQ(said(), "pkg:Alpine:v3 3 2021; pkg:Debian:12 9 2019; ");
    // Where a record goes, what it said no longer counts: the newest of Debian now says another ecosystem.
    published.affected[0].subject = PackageName{"Wolfi", "x"};
    published.modified = 6;
    EXPECT_EQ(write({"osv", "c", "3"}, {published}).changed_names, (std::vector<std::string>{"pkg:Wolfi", "pkg:Wolfi/x"}));
    EXPECT_EQ(said(), "pkg:Alpine:v3 3 2021; pkg:Debian:12 8 2019; pkg:Wolfi 9 0; ");
}

TEST_F(Knowledge, AFailedLoadLeavesWhatWasThere) {
    write({.feed = "osv", .file = "f", .digest = "1"}, {advisory_of("CVE-2024-1", 10, "kept")});
    auto const failed = write_knowledge(connection, {.feed = "osv", .file = "g", .digest = "2"},
                                        [&](PackedSink const& sink) -> Result<FeedCounts> {
                                            TRY(give(sink, advisory_of("CVE-2024-1", 20, "lost")));
                                            return fail("file.damaged", "g", "cut off", "7");
                                        });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "file.damaged");
    EXPECT_EQ(text("SELECT string_agg(name, ' ') FROM subject"), "pkg:Debian:12/kept");
    EXPECT_EQ(connection.count("SELECT count(*) FROM feed").value(), 1);
}

TEST_F(Knowledge, WholeSetsReplaceTheirs) {
    FeedFile const kev{.feed = "kev", .file = "kev.json", .digest = "1", .whole_exploit_sets = {"kev"}};
    write({.feed = "nvd", .file = "n", .digest = "0"}, {ExploitFact{.cve = "CVE-1", .source = "nvd", .kind = "public"}});
    write(kev, {ExploitFact{.cve = "CVE-1", .source = "kev", .kind = "exploited"},
                ExploitFact{.cve = "CVE-2", .source = "kev", .kind = "exploited"}});
    write(kev, {ExploitFact{.cve = "CVE-2", .source = "kev", .kind = "exploited"}});
    EXPECT_EQ(text("SELECT string_agg(source || cve, ' ' ORDER BY source, cve) FROM exploit"), "kevCVE-2 nvdCVE-1");

    FeedFile const epss{.feed = "epss", .file = "e", .digest = "1", .whole_epss = true};
    write(epss, {EpssScore{"CVE-1", 0.1, 0.2, 10, "m"}, EpssScore{"CVE-2", 0.1, 0.2, 10, "m"}});
    write(epss, {EpssScore{"CVE-1", 0.3, 0.4, 20, "m"}});
    EXPECT_EQ(text("SELECT string_agg(cve || '=' || score, ' ' ORDER BY cve) FROM epss"), "CVE-1=0.3");
}

TEST_F(Knowledge, AnEarlierDayTakesNoPlace) {
    FeedFile kev{.feed = "kev", .file = "k", .digest = "1", .whole_exploit_sets = {"kev"}};
    auto const load = [&](FeedFile const& file, KnowledgeRecord const& record, Ticks day) {
        auto const outcome = write_knowledge(connection, file, [&](PackedSink const& sink) -> Result<FeedCounts> {
            TRY(give(sink, record));
            return FeedCounts{.data_time = day * ticks_per_day};
        });
        return outcome ? std::string("kept") : describe(outcome.error());
    };
    EXPECT_EQ(load(kev, ExploitFact{.cve = "CVE-2", .source = "kev", .kind = "exploited"}, 2), "kept");
    EXPECT_EQ(load(kev, ExploitFact{.cve = "CVE-1", .source = "kev", .kind = "exploited"}, 1),
              "k is of 0001-01-02, and what is known is of 0001-01-03. Nothing of it was kept.");
    EXPECT_EQ(text("SELECT string_agg(cve, ' ') FROM exploit"), "CVE-2");
    kev.may_shrink = true;
    EXPECT_EQ(load(kev, ExploitFact{.cve = "CVE-1", .source = "kev", .kind = "exploited"}, 1), "kept");
    EXPECT_EQ(text("SELECT string_agg(cve, ' ') FROM exploit"), "CVE-1");
    FeedFile const epss{.feed = "epss", .file = "e", .digest = "1", .whole_epss = true}, ends{.feed = "endoflife", .file = "x", .digest = "1"};
    EXPECT_EQ(load(epss, EpssScore{"CVE-1", 0.1, 0.2, 0, ""}, 0), "kept");
    EXPECT_EQ(load(epss, EpssScore{"CVE-1", 0.3, 0.4, 2 * ticks_per_day, "m"}, 2), "kept");
    EXPECT_EQ(load(epss, EpssScore{"CVE-1", 0.1, 0.2, 0, ""}, 0), "e is of a day that it does not say, and what is known is of 0001-01-03. Nothing of it was kept.");
    EXPECT_EQ(load(ends, LifecycleProduct{.slug = "x", .source = "endoflife.date"}, 2), "kept");
    EXPECT_NE(load(ends, LifecycleProduct{.slug = "x", .source = "endoflife.date"}, 1), "kept");
    // A form that never says its day is taken as it comes.
    EXPECT_EQ(load(ends, LifecycleProduct{.slug = "x", .source = "endoflife.date"}, 0), "kept");
}

// What a record's newer state said of exploits is not taken back by an older state of it, in whatever order they come.
TEST_F(Knowledge, FactsGoWithTheNewestStateOfTheirRecord) {
    FeedFile const file{.feed = "cve5", .file = "f", .digest = "1", .facts_of_advisories = {"ssvc"}};
    auto const state = [](Ticks modified) { return Advisory{.id = "CVE-2024-1", .source = "cve5", .cves = {"CVE-2024-1"}, .title = std::to_string(modified), .modified = modified}; };
    auto const fact = [](std::string kind) { return ExploitFact{.cve = "CVE-2024-1", .source = "ssvc", .kind = std::move(kind)}; };
    auto const known = [&] { return text("SELECT string_agg(kind, ' ' ORDER BY kind) FROM exploit"); };
    write(file, {state(5), fact("poc")});
    write(file, {state(9), fact("active")});
    EXPECT_EQ(known(), "active");
    write(file, {state(5), fact("poc")});
    EXPECT_EQ(known(), "active");
    write(file, {state(9), fact("active")});
    EXPECT_EQ(known(), "active");
}

TEST_F(Knowledge, MergesWhatSourcesSayOfACve) {
    Advisory nvd{.id = "CVE-2024-1", .source = "nvd", .cves = {"CVE-2024-1"}};
    nvd.description = "words of NVD";
    nvd.published = 5;
    nvd.severities = {{.scheme = "CVSS_V2", .score = 10.0, .source = "nvd@nist.gov", .primary = true},
                      {.scheme = "CVSS_V31", .vector = "cna", .score = 5.0, .source = "cna@example.org"},
                      {.scheme = "CVSS_V31", .vector = "nist", .score = 9.8, .source = "nvd@nist.gov", .primary = true}};
    Advisory osv{.id = "GHSA-1", .source = "osv", .cves = {"CVE-2024-1", "CVE-2024-2"}, .title = "the title"};
    osv.description = "words of OSV";
    osv.severities = {{.scheme = "WORD", .word = "MODERATE"}};
    osv.cwes = {"CWE-79"};
    write({.feed = "nvd", .file = "f", .digest = "d"},
          {nvd, osv, ExploitFact{.cve = "CVE-2024-1", .source = "kev", .kind = "exploited", .due = 77},
           ExploitFact{.cve = "CVE-2024-1", .source = "nvd", .kind = "public", .type = "remote", .url = "https://e/\"q"},
           ExploitFact{.cve = "CVE-2024-1", .source = "kev", .kind = "ransomware"},
           ExploitFact{.cve = "CVE-2024-3", .source = "kev", .kind = "exploited"},
           EpssScore{"CVE-2024-1", 0.5, 0.9, 1, "m"}});
    auto const built = rebuild_cve_table(connection);
    ASSERT_TRUE(built) << describe(built.error());
    EXPECT_TRUE(rebuild_cve_table(connection));
    EXPECT_EQ(connection.count("SELECT count(*) FROM cve").value(), 3);
    EXPECT_EQ(text("SELECT concat_ws('|', state, title, description, severity, cvss, cvss_vector, cvss_version, "
                   "cvss_source, published, exploit_public, exploit_verified, exploit_in_kit, known_exploited, "
                   "ransomware, kev_due, exploit_types, exploit_urls, epss, cwes, sources) FROM cve WHERE "
                   "id = 'CVE-2024-1'"),
              "published|the title|words of NVD|Critical|9.8|nist|3.1|nvd@nist.gov|5|true|true|false|true|true|77|"
              "[\"remote\"]|[\"https://e/\\\"q\"]|0.5|[\"CWE-79\"]|[\"nvd\",\"osv\"]");
    EXPECT_EQ(text("SELECT concat_ws('|', severity, cvss_source, cvss IS NULL, description) FROM cve WHERE "
                   "id = 'CVE-2024-2'"),
              "Medium|osv|true|words of OSV");
    EXPECT_EQ(text("SELECT concat_ws('|', severity, known_exploited) FROM cve WHERE id = 'CVE-2024-3'"), "|true");
}

TEST_F(Knowledge, TheOrderOfReadingDoesNotDecideARating) {
    auto const saying = [](std::string id, Ticks modified, std::string word) {
        Advisory made{.id = id, .source = "osv", .cves = {"CVE-2024-1"}, .modified = modified};
        made.description = id;
        made.severities = {{.scheme = "WORD", .word = std::move(word)}};
        return made;
    };
    write({.feed = "osv", .file = "f", .digest = "1"}, {saying("NEWER", 9, "HIGH"), saying("OLDER", 3, "LOW")});
    ASSERT_TRUE(rebuild_cve_table(connection));
    EXPECT_EQ(text("SELECT severity || ' ' || description FROM cve"), "High NEWER");
}

TEST_F(Knowledge, AFlawWithoutACveHasItsRatingUnderItsName) {
    auto advisory = advisory_of("PYSEC-1", 1, "a");
    advisory.cves = {};
    advisory.aliases = {"SNYK-1", "GHSA-7"};
    advisory.severities = {{.scheme = "WORD", .word = "MODERATE"}};
    Advisory update{.id = "KB1", .source = "msrc-kb", .aliases = {"KB2"}};
    write({.feed = "osv", .file = "f", .digest = "1"}, {advisory, update});
    ASSERT_TRUE(rebuild_cve_table(connection));
    EXPECT_EQ(text("SELECT string_agg(id || ' ' || severity, ' ') FROM cve"), "GHSA-7 Medium");
    advisory.modified = 2;
    advisory.severities[0].word = "HIGH";
    write({.feed = "osv", .file = "g", .digest = "2"}, {advisory});
    ASSERT_TRUE(rebuild_cve_table(connection));
    EXPECT_EQ(text("SELECT string_agg(id || ' ' || severity, ' ') FROM cve"), "GHSA-7 High");
}

TEST_F(Knowledge, RowsOfAFewCvesAreAsAllRowsWouldBe) {
    std::vector<KnowledgeRecord> many;
    for (int i = 0; i < 200; ++i) many.emplace_back(Advisory{.id = "CVE-2024-" + std::to_string(1000 + i), .source = "nvd", .cves = {"CVE-2024-" + std::to_string(1000 + i)}, .modified = 1});
    many.emplace_back(EpssScore{"CVE-2024-1003", 0.5, 0.9, 1, "m"});
    FeedFile const kev{.feed = "kev", .file = "k", .digest = "k", .whole_exploit_sets = {"kev"}};
    write({.feed = "nvd", .file = "f", .digest = "1"}, many);
    write(kev, {ExploitFact{.cve = "CVE-2024-1001", .source = "kev", .kind = "exploited"}, ExploitFact{.cve = "CVE-2024-1002", .source = "kev", .kind = "exploited"}});
    ASSERT_TRUE(rebuild_cve_table(connection));
    EXPECT_EQ(connection.count("SELECT count(*) FROM cve_pending").value(), 0);

    // One changed, one of another source, one that came; one that is no longer exploited, one that is now.
    Advisory changed{.id = "CVE-2024-1003", .source = "nvd", .cves = {"CVE-2024-1003"}, .title = "changed", .modified = 2};
    Advisory other{.id = "GHSA-1", .source = "osv", .cves = {"CVE-2024-1004", "CVE-2024-9999"}, .title = "more"};
    write({.feed = "nvd", .file = "g", .digest = "2"}, {changed, other});
    write(kev, {ExploitFact{.cve = "CVE-2024-1001", .source = "kev", .kind = "exploited"}, ExploitFact{.cve = "CVE-2024-1005", .source = "kev", .kind = "exploited"}});
    EXPECT_EQ(text("SELECT string_agg(cve, ' ' ORDER BY cve) FROM cve_pending"), "CVE-2024-1002 CVE-2024-1003 CVE-2024-1004 CVE-2024-1005 CVE-2024-9999");
    auto const built = rebuild_cve_table(connection);
    ASSERT_TRUE(built) << describe(built.error());
    ASSERT_TRUE(connection.execute("CREATE TEMP TABLE few AS SELECT * FROM cve"));
    ASSERT_TRUE(connection.execute("INSERT INTO cve_pending VALUES ('')"));
    ASSERT_TRUE(rebuild_cve_table(connection));
    EXPECT_EQ(connection.count("SELECT count(*) FROM cve").value(), 201);
    EXPECT_EQ(connection.count("SELECT count(*) FROM ((SELECT * FROM few EXCEPT SELECT * FROM cve) UNION ALL (SELECT * FROM cve EXCEPT SELECT * FROM few))").value(), 0);
    EXPECT_EQ(text("SELECT title FROM cve WHERE id = 'CVE-2024-1003' AND epss = 0.5"), "changed");
}

TEST_F(Knowledge, ASetThatLostHalfOfItselfIsRefused) {
    FeedFile kev{.feed = "kev", .file = "k", .digest = "1", .whole_exploit_sets = {"kev"}};
    std::vector<KnowledgeRecord> many;
    for (int i = 0; i < 300; ++i) many.emplace_back(ExploitFact{.cve = "CVE-2024-" + std::to_string(1000 + i), .source = "kev", .kind = "exploited"});
    write(kev, many);
    many.resize(100);
    auto const load = [&] {
        return write_knowledge(connection, kev, [&](PackedSink const& sink) -> Result<FeedCounts> {
            for (auto const& record : many) TRY(give(sink, record));
            return FeedCounts{};
        });
    };
    auto const refused = load();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "store.set_shrunk");
    EXPECT_EQ(connection.count("SELECT count(*) FROM exploit").value(), 300);
    kev.may_shrink = true;
    EXPECT_TRUE(load());
    EXPECT_EQ(connection.count("SELECT count(*) FROM exploit").value(), 100);
}

TEST_F(Knowledge, LifecycleKeepsIdentifiersOfTheFullerForm) {
    LifecycleProduct full{.slug = "debian", .label = "Debian", .category = "os", .source = "endoflife.date"};
    full.identifiers = {"cpe:/o:debian:debian_linux"};
    full.cycles = {{.name = "12"}};
    full.cycles[0].end_of_life.date = 638'000'000'000'000'000;
    full.cycles[0].active_support.reached = false;
    write({.feed = "endoflife", .file = "full", .digest = "1"}, {full});
    LifecycleProduct thin{.slug = "debian", .label = "debian", .source = "endoflife.date"};
    thin.cycles = full.cycles;
    thin.cycles.push_back({.name = "13"});
    write({.feed = "endoflife", .file = "thin", .digest = "2"}, {thin});
    auto const products = lifecycle_products(connection);
    ASSERT_TRUE(products) << describe(products.error());
    ASSERT_EQ(products->size(), 1U);
    auto const& read = products->front();
    EXPECT_EQ(read.label, "Debian");
    EXPECT_EQ(read.identifiers, full.identifiers);
    ASSERT_EQ(read.cycles.size(), 2U);
    EXPECT_EQ(read.cycles[0].end_of_life.date, full.cycles[0].end_of_life.date);
    EXPECT_EQ(read.cycles[0].active_support.reached, std::optional(false));
    EXPECT_FALSE(read.cycles[1].end_of_life.date);
}

}  // namespace
}  // namespace merlon::store
