// Loading NVD from disk as a ratio to simdjson merely parsing the same bytes, matching many distinct versions against it,
// and evaluating anew after a day's change.
// usage: match_bench [RECORDS [SOFTWARE [TIMES_FILE]]]   default 100000 records, 50000 kinds of software
// Records are synthetic in NVD's form (2.0): 4,000 products of 800 vendors, on average three ranges or exact versions each, a
// description of 300 bytes and five references, about 4 KB a record as in the real feed.
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/files.h"
#include "feeds/load.h"
#include "match/run.h"
#include "store/store.h"

using namespace merlon;

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

template <typename T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "{}\n", describe(result.error()));
        std::exit(2);
    }
    return std::move(*result);
}
void must(Status const& status) {
    if (!status) {
        fmt::print(stderr, "{}\n", describe(status.error()));
        std::exit(2);
    }
}

double peak_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1000;
}

constexpr int products = 4'000, vendors = 800;

std::string record(std::mt19937& random, int number) {
    auto const pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    std::string rows;
    for (int i = 0, rows_wanted = 1 + pick(5); i < rows_wanted; ++i) {
        auto const product = pick(products);
        rows += fmt::format(R"({}{{"vulnerable":true,"criteria":"cpe:2.3:a:vendor{}:product{}:{}:*:*:*:*:*:*:*"{},"matchCriteriaId":"{:08X}-AAAA-BBBB-CCCC-{:012X}"}})",
                            i == 0 ? "" : ",", product % vendors, product, i % 3 == 2 ? fmt::format("{}.{}", 1 + pick(9), pick(40)) : "*",
                            i % 3 == 2 ? "" : fmt::format(R"(,"versionStartIncluding":"{0}.0","versionEndExcluding":"{0}.{1}")", 1 + pick(9), 1 + pick(40)), number, i);
    }
    std::string references;
    for (int i = 0; i < 5; ++i)
        references += fmt::format(R"({}{{"url":"https://example.org/advisory/{}/{}","source":"cna@example.org","tags":["Vendor Advisory","Patch"]}})", i == 0 ? "" : ",", number, i);
    return fmt::format(
        R"({{"cve":{{"id":"CVE-{}-{}","sourceIdentifier":"cna@example.org","published":"2024-01-02T03:04:05.000","lastModified":"2024-02-03T04:05:06.000","vulnStatus":"Analyzed","cveTags":[],)"
        R"("descriptions":[{{"lang":"en","value":"{}"}},{{"lang":"es","value":"{}"}}],"metrics":{{"cvssMetricV31":[{{"source":"nvd@nist.gov","type":"Primary","cvssData":{{"version":"3.1",)"
        R"("vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.8,"baseSeverity":"CRITICAL"}},"exploitabilityScore":3.9,"impactScore":5.9}}]}},)"
        R"("weaknesses":[{{"source":"nvd@nist.gov","type":"Primary","description":[{{"lang":"en","value":"CWE-787"}}]}}],"configurations":[{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{}]}}]}}],"references":[{}]}}}})",
        1999 + number % 26, 1000 + number, std::string(300, 'd'), std::string(300, 'e'), rows, references);
}

void write_feed(fs::path const& path, int first, int count) {
    std::mt19937 random(static_cast<unsigned>(first));
    std::ofstream out(path, std::ios::binary);
    out << fmt::format(R"({{"resultsPerPage":{0},"startIndex":0,"totalResults":{0},"format":"NVD_CVE","version":"2.0","timestamp":"2024-03-04T05:06:07.000","vulnerabilities":[)", count);
    for (int i = 0; i < count; ++i) out << (i == 0 ? "" : ",") << record(random, first + i);
    out << "]}";
}

}  // namespace

int main(int argc, char** argv) {
    int const records = argc > 1 ? std::atoi(argv[1]) : 100'000, software = argc > 2 ? std::atoi(argv[2]) : 50'000;
    auto const folder = fs::temp_directory_path() / fmt::format("match_bench.{}", ::getpid());
    fs::create_directories(folder);
    write_feed(folder / "nvd.json", 0, records);
    write_feed(folder / "day.json", records, 300);
    auto const megabytes = static_cast<double>(fs::file_size(folder / "nvd.json")) / 1e6;

    // The same bytes, record by record, by simdjson's parser: what no reader can be faster than.
    auto begin = Clock::now();
    {
        auto const bytes = must(read_file(folder / "nvd.json"));
        begin = Clock::now();
        simdjson::dom::parser parser;
        simdjson::dom::element root;
        if (parser.parse(bytes.data(), bytes.size(), false).get(root) != simdjson::SUCCESS) return 2;
    }
    auto const parse = seconds_since(begin);

    auto store = must(store::Store::open(folder / "data", {}));
    auto connection = must(store.connect());
    begin = Clock::now();
    must(feeds::load_file(connection, folder / "nvd.json"));
    auto const load = seconds_since(begin);
    fmt::print("load      {:7.0f} MB of {} records in {:6.2f} s, {:4.0f} MB/s; parsing alone {:5.2f} s: {:.1f} times that\n", megabytes, records, load, megabytes / load, parse, load / parse);

    must(connection.execute(fmt::format("INSERT INTO software SELECT i, 'programs', 'Product' || (i % {0}), 'Vendor' || ((i % {0}) % {1}) || ' Inc.', (1 + i % 9) || '.' || (i // {0} % 45), '', '', '', '', "
                                        "'', '', '', '', 'windows', 0 FROM range({2}) t(i)", products, vendors, software)));
    begin = Clock::now();
    auto const full = must(match::run(connection, {.now = now_ticks()}));
    fmt::print("match     {} kinds of software, {} findings in {:6.2f} s\n", full.software, full.findings, seconds_since(begin));

    auto const day = must(feeds::load_file(connection, folder / "day.json"));
    begin = Clock::now();
    auto const touched = must(match::touched_by(connection, day.outcome.changed_subjects));
    auto const looked = seconds_since(begin);
    must(match::run(connection, {.now = now_ticks(), .only = touched.software}));
    fmt::print("one day   300 records touch {} names and {} kinds of software: {:5.2f} s, of it {:5.2f} s to find these\n", day.outcome.changed_subjects.size(), touched.software.size(),
               seconds_since(begin), looked);
    fmt::print("peak memory {:.0f} MB\n", peak_mb());
    std::error_code failed;
    fs::remove_all(folder, failed);
    return 0;
}
