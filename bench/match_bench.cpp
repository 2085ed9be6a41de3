// Knowledge at its real size: loading from disk as a ratio to simdjson merely parsing the same bytes, matching many distinct
// versions against all of it, evaluating anew after a day's change, peak memory (docs/performance-matching.md).
// usage: match_bench [RECORDS [SOFTWARE [DATA]]]   default 300000 NVD records, 50000 kinds of software; 0: loading alone
//   DATA   a folder of genuine feeds (nvd/, osv/ below it) that is loaded and timed too (default ../shared/data; left out where absent)
// Made in a temporary folder: NVD's yearly files in the form of its API 2.0, about 3.5 KB a record (60,000 products of 12,000
// vendors, some with many flaws and most with few, on average three ranges or exact versions each, two descriptions, five references), and Debian's records as OSV publishes them, a fifth
// as many (12,000 source packages in three releases). Installed are ten versions of each of the 5,000 products with most flaws. TMPDIR says where; it takes about 1.4 GB.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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

[[noreturn]] void give_up(std::string const& why) {
    fmt::print(stderr, "{}\n", why);
    std::exit(2);
}
template <typename T>
T must(Result<T> result) {
    if (!result) give_up(describe(result.error()));
    return std::move(*result);
}
void must(Status const& status) {
    if (!status) give_up(describe(status.error()));
}

double peak_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1000;
}

// Seconds of processor of all threads: what a busy machine does not blur.
double processor() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval const& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// ---- Feeds from templates ------------------------------------------------------------------------------------------------

constexpr int products = 60'000, vendors = 12'000, installed_products = 5'000, debian_packages = 12'000, years = 26;

int pick(std::mt19937& random, int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }

// Some products have many flaws, most have few: a tenth of all rows speak of the first hundredth.
int pick_product(std::mt19937& random) {
    double const u = static_cast<double>(random()) / 4294967296.0;
    return static_cast<int>(u * u * products);
}

std::string cpe_match(std::mt19937& random, int number, int at) {
    auto const product = pick_product(random), major = 1 + pick(random, 9), minor = 1 + pick(random, 40);
    bool const exact = at % 3 == 2;
    return fmt::format(R"({{"vulnerable":true,"criteria":"cpe:2.3:a:vendor{}:product{}:{}:*:*:*:*:*:*:*"{},"matchCriteriaId":"{:08X}-AAAA-BBBB-CCCC-{:012X}"}})", product % vendors, product,
                       exact ? fmt::format("{}.{}", major, minor) : "*", exact ? "" : fmt::format(R"(,"versionStartIncluding":"{0}.0","versionEndExcluding":"{0}.{1}")", major, minor), number, at);
}

std::string nvd_record(std::mt19937& random, int number) {
    std::string rows, references;
    for (int i = 0, wanted = 1 + pick(random, 5); i < wanted; ++i) rows += (i == 0 ? "" : ",") + cpe_match(random, number, i);
    for (int i = 0; i < 5; ++i)
        references += fmt::format(R"({}{{"url":"https://example.org/advisory/{}/{}","source":"cna@example.org","tags":["Vendor Advisory","Patch"]}})", i == 0 ? "" : ",", number, i);
    return fmt::format(
        R"({{"cve":{{"id":"CVE-{}-{}","sourceIdentifier":"cna@example.org","published":"2024-01-02T03:04:05.000","lastModified":"2024-02-03T04:05:06.000","vulnStatus":"Analyzed","cveTags":[],)"
        R"("descriptions":[{{"lang":"en","value":"{}"}},{{"lang":"es","value":"{}"}}],"metrics":{{"cvssMetricV31":[{{"source":"nvd@nist.gov","type":"Primary","cvssData":{{"version":"3.1",)"
        R"("vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.8,"baseSeverity":"CRITICAL"}},"exploitabilityScore":3.9,"impactScore":5.9}}]}},)"
        R"("weaknesses":[{{"source":"nvd@nist.gov","type":"Primary","description":[{{"lang":"en","value":"CWE-787"}}]}}],"configurations":[{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{}]}}]}}],"references":[{}]}}}})",
        2000 + number % years, 1000 + number, std::string(300, 'd'), std::string(300, 'e'), rows, references);
}

// Numbers first, first + step ... below `end`.
void write_nvd(fs::path const& path, int first, int step, int end) {
    std::mt19937 random(static_cast<unsigned>(first));
    std::ofstream out(path, std::ios::binary);
    auto const count = (end - first + step - 1) / step;
    out << fmt::format(R"({{"resultsPerPage":{0},"startIndex":0,"totalResults":{0},"format":"NVD_CVE","version":"2.0","timestamp":"2024-03-04T05:06:07.000","vulnerabilities":[)", count);
    for (int number = first; number < end; number += step) out << (number == first ? "" : ",") << nvd_record(random, number);
    out << "]}";
}

void write_debian(fs::path const& path, int count) {
    std::mt19937 random(7);
    std::ofstream out(path, std::ios::binary);
    for (int i = 0; i < count; ++i) {
        std::string affected;
        auto const package = pick(random, debian_packages);
        for (int release = 11; release <= 13; ++release)
            affected += fmt::format(R"({}{{"package":{{"ecosystem":"Debian:{}","name":"package{}","purl":"pkg:deb/debian/package{}?arch=source"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},)"
                                    R"({{"fixed":"{}.{}-{}"}}]}}],"ecosystem_specific":{{"urgency":"not yet assigned"}},"database_specific":{{"source":"https://example.org/cve-osv-conversion/CVE-{}.json"}}}})",
                                    release == 11 ? "" : ",", release, package, package, 1 + pick(random, 9), pick(random, 40), 1 + pick(random, 5), i);
        out << fmt::format(R"({{"schema_version":"1.6.0","id":"DEBIAN-CVE-{0}-{1}","modified":"2025-01-16T18:15:18Z","published":"2024-08-12T04:00:00Z","upstream":["CVE-{0}-{1}"],"details":"{2}",)"
                           R"("affected":[{3}],"references":[{{"type":"ADVISORY","url":"https://example.org/tracker/CVE-{0}-{1}"}}]}})" "\n",
                           2000 + i % years, 1000 + i, std::string(300, 'd'), affected);
    }
}

// ---- Measures ------------------------------------------------------------------------------------------------------------

// What no reader can be faster than: the parser alone over the same bytes, read from the disk. In a process of its own, so that its
// memory does not count.
double parse_alone(std::vector<fs::path> const& files) {
    int ends[2];
    if (::pipe(ends) != 0) give_up("no pipe");
    auto const child = ::fork();
    if (child == 0) {
        double spent = 0;
        for (auto const& file : files) {
            auto const begin = Clock::now();
            auto const bytes = simdjson::padded_string::load(file.string());
            simdjson::dom::parser parser;
            simdjson::dom::document_stream documents;
            if (bytes.error() || parser.parse_many(bytes.value_unsafe(), bytes.value_unsafe().size() + 1).get(documents) != simdjson::SUCCESS) ::_exit(1);
            std::size_t seen = 0;
            for (auto document : documents) seen += document.error() == simdjson::SUCCESS;
            if (seen == 0) ::_exit(1);
            spent += seconds_since(begin);
        }
        bool const written = ::write(ends[1], &spent, sizeof spent) == sizeof spent;
        ::_exit(written ? 0 : 1);
    }
    double spent = 0;
    if (::read(ends[0], &spent, sizeof spent) != sizeof spent) give_up("the parser alone could not read the files");
    ::close(ends[0]);
    ::close(ends[1]);
    ::waitpid(child, nullptr, 0);
    return spent;
}

void load_all(store::Connection& connection, std::string_view what, std::vector<fs::path> const& files, bool plain) {
    double megabytes = 0, parse = plain ? parse_alone(files) : 0;
    std::int64_t records = 0;
    auto const begin = Clock::now();
    auto const used = processor();
    must(feeds::load_files(connection, files, {}, [&](Result<feeds::LoadReport> loaded) -> Status {
        auto const report = must(std::move(loaded));
        megabytes += report.megabytes;
        records += report.outcome.added;
        return {};
    }));
    auto const seconds = seconds_since(begin);
    fmt::print("load {:<12} {:5.0f} MB, {:6} records in {:6.2f} s ({:.2f} s of processor), {:4.0f} MB/s", what, megabytes, records, seconds, processor() - used,
               megabytes / seconds);
    if (plain) fmt::print("; parsing alone {:5.2f} s: {:.1f} times that", parse, seconds / parse);
    fmt::print("\n");
    std::fflush(stdout);
}

std::vector<fs::path> genuine(fs::path const& folder, std::string_view ending) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(folder, failed))
        if (entry.path().filename().string().ends_with(ending)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

int main(int argc, char** argv) {
    int const records = argc > 1 ? std::atoi(argv[1]) : 300'000, software = argc > 2 ? std::atoi(argv[2]) : 50'000;
    fs::path const data = argc > 3 ? argv[3] : "../shared/data";
    if (records < years || software < 0) give_up("usage: match_bench [RECORDS [SOFTWARE [DATA]]]");
    auto const folder = fs::temp_directory_path() / fmt::format("match_bench.{}", ::getpid());
    fs::create_directories(folder);
    std::vector<fs::path> nvd;
    for (int year = 0; year < years; ++year) {
        nvd.push_back(folder / fmt::format("nvdcve-2.0-{}.json", 2000 + year));
        write_nvd(nvd.back(), year, years, records);
    }
    auto const day = folder / "day.json", debian = folder / "debian-osv.jsonl";
    write_nvd(day, records, 1, records + 300);
    write_debian(debian, records / 5);

    auto store = must(store::Store::open(folder / "data", {}));
    auto connection = must(store.connect());
    load_all(connection, "NVD", nvd, true);
    load_all(connection, "OSV Debian", {debian}, true);
    if (software == 0) {
        std::error_code failed;
        fs::remove_all(folder, failed);
        return 0;
    }
    if (auto const files = genuine(data / "nvd", ".json.gz"); !files.empty()) load_all(connection, "genuine NVD", files, false);
    if (auto const files = genuine(data / "osv", ".jsonl.gz"); !files.empty()) load_all(connection, "genuine OSV", files, false);
    auto begin = Clock::now();
    must(store::rebuild_cve_table(connection));
    fmt::print("one row for each CVE: {:.2f} s\n", seconds_since(begin));

    // Two thirds programs of Windows, the others packages of Debian.
    must(connection.execute(fmt::format("INSERT INTO software SELECT i, 'programs', 'Product' || (i % {0}), 'Vendor' || ((i % {0}) % {1}) || ' Inc.', (1 + i % 9) || '.' || (i // {0} % 45), '', '', '', '', "
                                        "'', '', '', '', 'windows', 0 FROM range({2}) t(i)", installed_products, vendors, software * 2 / 3)));
    must(connection.execute(fmt::format("INSERT INTO software SELECT i, 'deb', 'package' || (i % {0}), '', (1 + i % 9) || '.' || (i // {0} % 45) || '-1', 'amd64', '', '', 'debian:12', "
                                        "'', '', '', '', 'linux', 0 FROM range({1}, {2}) t(i)", debian_packages, software * 2 / 3, software)));
    begin = Clock::now();
    std::string stages;
    auto used = processor();
    auto const stage = [&](std::string_view what) { stages += fmt::format("  {:6.2f} s ({:.2f} s of processor): {}\n", seconds_since(begin), processor() - used, what); };
    auto const full = must(match::run(connection, {.now = now_ticks(), .progress = stage}));
    stage("done");
    fmt::print("match {} kinds of software, {} of them known to some record: {} findings in {:.2f} s\n", full.software, full.assessed, full.findings, seconds_since(begin));
    fmt::print("{}", stages);

    auto const loaded = must(feeds::load_file(connection, day));
    begin = Clock::now();
    must(store::rebuild_cve_table(connection));
    fmt::print("one day: rows of its CVEs: {:.2f} s\n", seconds_since(begin));
    begin = Clock::now();
    used = processor();
    auto const touched = must(match::touched_by(connection, loaded.outcome.changed_subjects, loaded.outcome.changed_names));
    auto const looked = seconds_since(begin);
    stages.clear();
    auto const again = must(match::run(connection, {.now = now_ticks(), .only = touched.software, .progress = stage}));
    stage("done");
    fmt::print("one day: 300 records touch {} names ({} of them new) and {} kinds of software, {} findings: {:.2f} s, of it {:.2f} s to find these\n", loaded.outcome.changed_subjects.size(), loaded.outcome.changed_names.size(),
               touched.software.size(), again.findings, seconds_since(begin), looked);
    fmt::print("{}", stages);
    fmt::print("peak memory {:.0f} MB\n", peak_mb());
    std::error_code failed;
    fs::remove_all(folder, failed);
    return 0;
}
