// The same inventory and the same feeds give the same findings, to the byte: on any number of threads, and in whatever order the
// files of the feeds were loaded. Newer and older states of one record or set are among them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "base/repeats_for_tests.h"
#include "feeds/load.h"
#include "match/run.h"
#include "store/inventory.h"
#include "store/store.h"

namespace merlon::server {
namespace {

namespace fs = std::filesystem;

constexpr Ticks now = unix_epoch_ticks + 20'000 * ticks_per_day;

std::string nvd(std::string const& day, std::string const& end, std::string const& tag) {
    return R"({"resultsPerPage":2,"startIndex":0,"totalResults":2,"format":"NVD_CVE","version":"2.0","timestamp":")" + day + R"(T00:00:00.000","vulnerabilities":[
{"cve":{"id":"CVE-2020-1001","sourceIdentifier":"a@b.example","published":"2020-01-01T00:00:00.000","lastModified":")" + day + R"(T00:00:00.000","vulnStatus":"Analyzed","descriptions":[{"lang":"en","value":"As of )" + day + R"("}],"metrics":{},
"references":[{"url":"https://example.org/)" + day + R"(","source":"a@b.example","tags":[")" + tag + R"("]}],
"configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:7-zip:7-zip:*:*:*:*:*:*:*:*","versionEndExcluding":")" + end + R"(","matchCriteriaId":"1"}]}]}]}},
{"cve":{"id":"CVE-2020-1002","sourceIdentifier":"a@b.example","published":"2020-01-01T00:00:00.000","lastModified":"2020-02-01T00:00:00.000","vulnStatus":"Awaiting Analysis","descriptions":[{"lang":"en","value":"Not analysed"}],"metrics":{},"references":[]}}]})";
}

std::string cve5(std::string const& day, std::string const& end, std::string const& exploitation) {
    return R"({"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2020-1002","assignerShortName":"x","state":"PUBLISHED","datePublished":"2020-01-01T00:00:00Z","dateUpdated":")" + day +
           R"(T00:00:00Z"},"containers":{"cna":{"descriptions":[{"lang":"en","value":"As of )" + day + R"("}],"affected":[{"vendor":"Igor Pavlov","product":"7-Zip","cpes":["cpe:2.3:a:7-zip:7-zip:*:*:*:*:*:*:*:*"],"defaultStatus":"unaffected",
"versions":[{"version":"0","lessThan":")" + end + R"(","status":"affected","versionType":"custom"}]}]},
"adp":[{"title":"CISA ADP Vulnrichment","metrics":[{"other":{"type":"ssvc","content":{"id":"CVE-2020-1002","role":"CISA Coordinator","version":"2.0.3","timestamp":")" + day + R"(T00:00:00Z","options":[{"Exploitation":")" + exploitation + R"("},{"Automatable":"no"},{"Technical Impact":"total"}]}}}]}]}}
)";
}

std::string osv(std::string const& id, std::string const& ecosystem, std::string const& package, std::string const& day, std::string const& fixed) {
    return R"({"id":")" + id + R"(","modified":")" + day + R"(T00:00:00Z","aliases":["CVE-2020-1003"],"summary":"As of )" + day + R"(","affected":[{"package":{"ecosystem":")" + ecosystem + R"(","name":")" + package +
           R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":")" + fixed + R"("}]}]}]})" + "\n";
}

std::string kev(std::string const& day, std::vector<std::string> const& cves) {
    std::string entries;
    for (auto const& cve : cves) entries += (entries.empty() ? "" : ",") + (R"({"cveID":")" + cve + R"(","dateAdded":"2020-01-01","dueDate":"2020-02-01","requiredAction":"As of )" + day + R"(","knownRansomwareCampaignUse":"Unknown"})");
    return R"({"title":"t","catalogVersion":"1","dateReleased":")" + day + R"(T00:00:00Z","count":1,"vulnerabilities":[)" + entries + "]}";
}

std::string epss(std::string const& day, std::string const& rows) {
    return "#model_version:v2025.03.14,score_date:" + day + "T00:00:00+0000\ncve,epss,percentile\n" + rows;
}

std::string ends(std::string const& day, std::string const& end) {
    return R"({"schema_version":"1.2.0","generated_at":")" + day + R"(T00:00:00Z","result":[{"name":"7-zip","label":"7-Zip","category":"app","identifiers":[{"type":"cpe","id":"cpe:/a:7-zip:7-zip"}],"releases":[{"name":"22","isEol":true,"eolFrom":")" + end +
           R"(","latest":{"name":"22.01","date":"2022-01-01"}}]}]})";
}

struct Feed {
    std::string name, text;
};
std::vector<Feed> feeds() {
    return {
        {"nvd-old.json", nvd("2020-03-01", "23.00", "Exploit")},
        {"nvd-new.json", nvd("2020-04-01", "24.00", "Patch")},
        {"cve5-old.json", cve5("2020-03-01", "22.00", "active")},
        {"cve5-new.json", cve5("2020-04-01", "24.00", "poc")},
        {"osv-old.jsonl", osv("PYSEC-2020-1", "PyPI", "requests", "2020-03-01", "2.9") + osv("DEBIAN-CVE-2020-1003", "Debian:12", "openssl", "2020-03-01", "3.0.20-1")},
        {"osv-new.jsonl", osv("PYSEC-2020-1", "PyPI", "requests", "2020-04-01", "2.30")},
        {"ghsa.jsonl", osv("GHSA-1111-2222-3333", "PyPI", "requests", "2020-02-01", "2.31")},
        {"tracker.json", R"({"openssl":{"CVE-2020-1003":{"description":"d","releases":{"bookworm":{"status":"resolved","fixed_version":"3.0.19-1","urgency":"low"}}}}})"},
        {"kev-old.json", kev("2020-03-01", {"CVE-2020-1001", "CVE-2020-1003"})},
        {"kev-new.json", kev("2020-04-01", {"CVE-2020-1002"})},
        {"epss-old.csv", epss("2020-03-01", "CVE-2020-1001,0.1,0.2\nCVE-2020-1003,0.5,0.6\n")},
        {"epss-new.csv", epss("2020-04-01", "CVE-2020-1001,0.3,0.4\n")},
        {"epss-undated.csv", "cve,epss\nCVE-2020-1002,0.9\n"},
        {"ends-old.json", ends("2020-03-01", "2023-03-01")},
        {"ends-new.json", ends("2020-04-01", "2024-04-01")},
    };
}

// All that hunting, lists and scores are made of, without when it was loaded.
std::string everything(store::Connection& connection) {
    std::string out;
    for (auto const* what : {
             "(SELECT s.name, s.version, y.* EXCLUDE (software, version) FROM identity y JOIN software s ON s.id = y.software)",
             "(SELECT * EXCLUDE (first_seen) FROM finding)", "cve", "exploit", "epss", "lifecycle"}) {
        auto rows = connection.query(std::string("SELECT CAST(x AS VARCHAR) FROM ") + what + " x ORDER BY ALL");
        EXPECT_TRUE(rows) << describe(rows.error());
        if (!rows) return {};
        while (auto const chunk = rows->next().value())
            for (std::size_t row = 0; row < chunk->rows; ++row) out += std::string(chunk->columns[0].text(row)) + "\n";
    }
    return out;
}

std::string findings(std::vector<Feed> const& order, int threads) {
    auto store = store::Store::in_memory().value();
    auto connection = store.connect().value();
    auto const folder = fs::path(::testing::TempDir()) / ("merlon_order_" + std::to_string(::getpid()));
    fs::create_directories(folder);
    std::vector<fs::path> files;
    for (auto const& feed : order) {
        std::ofstream(folder / feed.name, std::ios::binary) << feed.text;
        files.push_back(folder / feed.name);
    }
    auto const loaded = feeds::load_files(connection, files, {}, [](Result<feeds::LoadReport> report) -> Status {
        if (report) EXPECT_EQ(report->counts.rejected, 0) << report->file;
        else EXPECT_EQ(report.error().code, "store.set_older") << describe(report.error());
        return {};
    });
    EXPECT_TRUE(loaded);
    fs::remove_all(folder);
    EXPECT_TRUE(store::rebuild_cve_table(connection));
    DeviceReport device{.name = "host", .source = "test"};
    device.os.distribution = "debian";
    device.os.version = "12";
    auto& software = device.software.emplace();
    for (auto const* version : {"21.00", "22.01", "23.01", "24.09"}) software.push_back({.source = "programs", .name = std::string("7-Zip ") + version + " (x64)", .vendor = "Igor Pavlov", .version = version});
    for (auto const* version : {"2.8", "2.29", "2.30", "2.31"}) software.push_back({.source = "pypi", .name = "requests", .version = version, .path = std::string("/opt/") + version});
    for (auto const* version : {"3.0.18-1", "3.0.19-1"}) software.push_back({.source = "deb", .name = "openssl", .version = version, .source_name = "openssl"});
    EXPECT_TRUE(store::write_reports(connection, {&device, 1}, now));
    match::MatchOptions options;
    options.now = now;
    options.threads = threads;
    auto const ran = match::run(connection, options);
    EXPECT_TRUE(ran) << describe(ran.error());
    return everything(connection);
}

TEST(Order, OfFeedsAndThreadsChangesNothing) {
    auto order = feeds();
    auto const first = findings(order, 1);
    // It is not the same because nothing is there.
    for (auto const* word : {"CVE-2020-1001", "CVE-2020-1002", "CVE-2020-1003", "EOS", "0.3", "As of 2020-04-01"}) EXPECT_NE(first.find(word), std::string::npos) << word << " in\n" << first;
    std::mt19937 random(8);
    for (int turn = 0; turn < repeats(3, 8); ++turn) {
        if (turn == 0) std::ranges::reverse(order);
        else std::ranges::shuffle(order, random);
        std::string said;
        for (auto const& feed : order) said += feed.name + " ";
        EXPECT_EQ(findings(order, 1 << (turn % 4)), first) << said;
    }
}

}  // namespace
}  // namespace merlon::server
