#include "feeds/load.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "base/test_places.h"
#include "feeds/reading_for_tests.h"
#include "store/store.h"

namespace merlon::feeds {
namespace {

namespace fs = std::filesystem;

struct Load : ::testing::Test {
    store::Connection connection = store::Database::open({})->connect().value();
    fs::path folder = fs::path(::testing::TempDir()) / ("merlon_load_" + std::to_string(::getpid()));
    void SetUp() override {
        fs::create_directories(folder);
        ASSERT_TRUE(store::migrate(connection));
    }
    void TearDown() override { fs::remove_all(folder); }

    fs::path file(std::string const& name, std::string const& bytes) {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name, std::ios::binary) << bytes;
        return folder / name;
    }
    std::string refused(fs::path const& path) {
        auto const loaded = load_file(connection, path);
        return loaded ? "loaded" : loaded.error().code;
    }
    std::int64_t advisories() { return connection.count("SELECT count(*) FROM advisory").value(); }
};

std::string osv(std::string const& id) {
    return R"({"id":")" + id + R"(","modified":"2099-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"p"},"versions":["1"]}]})";
}

TEST_F(Load, FileFolderAndTheSameAgain) {
    auto const path = file("a.jsonl", osv("PYSEC-1") + "\n" + osv("PYSEC-2") + "\n");
    int beats = 0;
    auto const report = load_file(connection, path, {.progress = [&](LoadProgress const& progress) {
        ++beats;
        EXPECT_EQ(progress.bytes_done, progress.bytes_total);
    }});
    ASSERT_TRUE(report) << describe(report.error());
    EXPECT_EQ(report->feed, "osv");
    EXPECT_EQ(report->counts.kept, 2);
    EXPECT_GE(beats, 1);
    EXPECT_TRUE(load_file(connection, path)->already_loaded);
    file("many/1.json", osv("PYSEC-3"));
    file("many/2.json", osv("PYSEC-4"));
    file("many/LICENSE", "words");
    auto const folder_report = load_file(connection, folder / "many");
    ASSERT_TRUE(folder_report) << describe(folder_report.error());
    EXPECT_EQ(folder_report->documents, 2);
    EXPECT_EQ(folder_report->counts.unused, 1);
    EXPECT_EQ(advisories(), 4);
}

// Storing does not wait for the digest that tells that a file is loaded already.
TEST_F(Load, WhatIsLoadedAlreadyLeavesNothingBehind) {
    std::string lines;
    for (int i = 0; i < 5000; ++i) lines += osv("PYSEC-" + std::to_string(i)) + "\n";
    auto const path = file("many.jsonl", lines);
    ASSERT_TRUE(load_file(connection, path));
    ASSERT_TRUE(connection.execute("DELETE FROM statement; DELETE FROM advisory_cve; DELETE FROM advisory"));
    auto const same = load_file(connection, path);
    ASSERT_TRUE(same) << describe(same.error());
    EXPECT_TRUE(same->already_loaded);
    EXPECT_EQ(same->feed, "osv");
    EXPECT_EQ(advisories(), 0);
    std::vector<fs::path> const files{path, file("more.jsonl", osv("PYSEC-9999") + "\n"), path};
    std::string seen;
    ASSERT_TRUE(load_files(connection, files, {}, [&](Result<LoadReport> loaded) -> Status {
        seen += !loaded ? loaded.error().code : loaded->already_loaded ? "same " : "new ";
        return {};
    }));
    EXPECT_EQ(seen, "same new same ");
    EXPECT_EQ(advisories(), 1);
    EXPECT_EQ(load_file(connection, path, {.again = true})->outcome.added, 5000);
}

TEST_F(Load, DamageLeavesWhatWasThere) {
    ASSERT_TRUE(load_file(connection, file("good.jsonl", osv("PYSEC-1"))));
    std::string lines;
    for (int i = 0; i < 2000; ++i) lines += osv("PYSEC-" + std::to_string(i + 10)) + "\n";
    EXPECT_EQ(refused(file("cut.jsonl", lines.substr(0, lines.size() - 10))), "feeds.damaged_line");
    EXPECT_EQ(refused(file("empty.json", "")), "feeds.empty");
    EXPECT_EQ(refused(file("noise", std::string(1000, '\x7f'))), "feeds.unknown_format");
    EXPECT_EQ(refused(folder / "missing"), "file.missing");
    EXPECT_EQ(advisories(), 1);
    auto const stopped = load_file(connection, file("more.jsonl", lines), {.stopped = [] { return true; }});
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, "feeds.stopped");
    EXPECT_EQ(advisories(), 1);
}

TEST_F(Load, BombsAndGiantsAreBounded) {
    auto const bomb = folder / "bomb.json.gz";
    auto* out = gzopen(bomb.c_str(), "wb9");
    std::string const begin = R"({"resultsPerPage":1,"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":")";
    gzwrite(out, begin.data(), static_cast<unsigned>(begin.size()));
    std::string const piece(std::size_t{1} << 20, 'A');
    for (int i = 0; i < 100; ++i) gzwrite(out, piece.data(), static_cast<unsigned>(piece.size()));
    gzclose(out);
    auto const code = refused(bomb);
    EXPECT_TRUE(code == "file.compression_bomb" || code == "feeds.record_too_large") << code;

    std::string ranges;
    for (int i = 0; i < 200'000; ++i) ranges += (i ? "," : "") + std::string(R"({"introduced":"1"},{"fixed":"2"})");
    std::string const record = R"({"id":"X-1","modified":"2099-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"p"},"ranges":[{"type":"ECOSYSTEM","events":[)" + ranges + R"(]}]}]})";
    std::string const wordy = R"({"id":"X-2","modified":"2099-01-01T00:00:00Z","details":")" + std::string(10'000'000, 'w') + R"(","affected":[{"package":{"ecosystem":"PyPI","name":"p"},"versions":["1"]}]})";
    auto const report = load_file(connection, file("giants.jsonl", record + "\n" + wordy + "\n"));
    ASSERT_TRUE(report) << describe(report.error());
    EXPECT_EQ(report->counts.rejected, 1);
    EXPECT_EQ(report->counts.rejections.at(0).reason, "it makes over 100,000 statements");
    EXPECT_LE(connection.count("SELECT max(length(description)) FROM advisory").value(), 70'000);
}

// Every genuine feed file at hand loads; what is rejected is known and named here.
TEST_F(Load, GenuineFeeds) {
    auto const shared = shared_data();
    if (!fs::exists(shared / "kev")) GTEST_SKIP() << "no shared data at " << shared;
    std::int64_t loaded = 0;
    for (auto const* name : {"nvd/nvdcve-2.0-2003.json.gz", "nvd/sample-2026-schema.json", "kev/known_exploited_vulnerabilities.json",
                             "samples/epss/epss_scores-2021-04-14.csv.gz", "epss/epss_scores-2026-08-22-kev-only.csv",
                             "osv/osv-crates.jsonl.gz", "endoflife/v1-products-full.json.gz",
                             "endoflife/v0", "cve5/cve5-2020.jsonl.gz", "exploits/modules_metadata_base.json.gz",
                             "msrc/cvrf-per-cve-2025.jsonl.gz", "msrc/msrc-2022-may.cvrf.xml.bz2", "oval/com.ubuntu.lunar.usn.oval.xml.bz2",
                             "samples/redhat/csaf/csaf_advisories_2024-08-11.tar.zst", "samples/redhat/vex/v2/2023/CVE-2023-6228.json",
                             "samples/debian/tracker/api/advisory.json", "samples/mitre/cve/v5/cvelistV5-main.tar.gz",
                             "samples/alpine/secdb/v3.16/main.json"}) {
        auto const report = load_file(connection, shared / name);
        ASSERT_TRUE(report) << name << ": " << describe(report.error());
        EXPECT_EQ(report->counts.rejected, 0) << name << ": " << report->counts.rejections.at(0).reason;
        EXPECT_GT(report->counts.kept, 0) << name;
        loaded += report->counts.kept;
    }
    EXPECT_GT(loaded, 4000);
    EXPECT_TRUE(store::rebuild_cve_table(connection));
}

}  // namespace
}  // namespace merlon::feeds
