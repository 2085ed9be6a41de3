// The fleet index and its scores at size, each against SQL over the same data.
// usage: fleet_bench [DEVICES [PRODUCTS_A_DEVICE [NO_SQL_ABOVE]]]   default 10000 150 100000
// The fleet is synthetic: 350 products with about 140 versions each; devices draw products by popularity and mostly new
// versions; 12 CVEs a version on average. SQL is asked on fleets of up to NO_SQL_ABOVE devices: above, it takes minutes.
#include <sys/resource.h>

#include <cstdio>
#include <random>

#include <fmt/format.h>

#include "advise/what_if.h"
#include "base/text.h"
#include "fleet/live.h"
#include "fleet/publish.h"
#include "server/publisher.h"
#include "store/writer.h"

using namespace merlon;

namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Resident memory now, in MB.
double resident_mb() {
    long pages = 0, resident = 0;
    if (auto* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return static_cast<double>(resident) * 4096 / 1e6;
}

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

constexpr int products = 350, versions = 140, cves = 60'000;

void generate(store::Connection& connection, std::int64_t devices, std::int64_t a_device) {
    auto const begin = Clock::now();
    must(connection.execute(fmt::format(
        "SELECT setseed(0.5);"
        "INSERT INTO software SELECT p * 1000 + v, 'programs', 'product' || p, '', '1.' || v, '', '', '', '', '', '', '', '', 'linux', 0 FROM range({0}) p(p), range({1}) v(v);"
        "INSERT INTO identity SELECT id, 'vendor', name, version, 'intdot', '[]', true, CASE WHEN id % 1000 < 8 THEN 'EOS Version' ELSE '' END, true, NULL, '', '', '', '' FROM software;"
        "INSERT INTO cve SELECT 'CVE-2024-' || i, 'published', '', '', 'High', 3 + (hash(i) % 70) / 10.0, '', '', '', 0, 0, i % 50 = 0, i % 170 = 0, false, i % 400 = 0, false, 0, '[]', '[]', "
        "pow((hash(i * 7) % 1000) / 1000.0, 60), NULL, '[]', '[]', '[]' FROM range({2}) t(i);"
        // Older versions have more: a CVE of a product is in all versions below its fix.
        "INSERT INTO finding SELECT p * 1000 + v, 'CVE-2024-' || ((p * 171 + n) % {2}), '[]', 'fixed', '1.' || fix, '', '', 100, false, '[]', 0 "
        "FROM range({0}) p(p), range(24) n(n), range({1}) v(v), (SELECT 1) o, LATERAL (SELECT (hash(p * 100 + n) % {1})::BIGINT AS fix) f WHERE v < fix;",
        products, versions, cves)));
    must(connection.execute(fmt::format(
        "INSERT INTO device SELECT sha1('host-' || i), 'host-' || i, 'host-' || i, 'Linux', 'debian', 'Debian', '12', '', '', '', 'x64', '', 'group ' || (i % 20), "
        "CASE WHEN i % 20 = 0 THEN 'High' WHEN i % 7 = 0 THEN 'Low' ELSE 'Normal' END, i % 50 = 0, '', '[]', '[]', false, 'bench', 0, 639040320000000000, 639040320000000000 FROM range({}) t(i)", devices)));
    constexpr std::int64_t batch = 100'000;
    for (std::int64_t at = 0; at < devices; at += batch) {
        must(connection.execute(fmt::format(
            "INSERT INTO installation SELECT sha1('host-' || i), p * 1000 + ({2} - 1 - least({2} - 1, floor(-ln(1 - (hash(i * 1000 + p) % 100000) / 100000.0) * 18)))::BIGINT, '', '', 0 "
            "FROM range({0}, {1}) t(i), range({3}) p(p) WHERE hash(i * 100003 + p) % 1000 < least(1000, 1000 * {4} * 2.0 / {3} * (1 - p::DOUBLE / {3}) )",
            at, std::min(at + batch, devices), versions, products, a_device)));
        if (devices > batch) fmt::print(stderr, "  {} devices\n", at + batch);
    }
    must(connection.execute("CHECKPOINT"));
    auto const rows = must(connection.count("SELECT count(*) FROM installation"));
    fmt::print("fleet      {} devices, {} installations, {} versions, {} version-CVE pairs ({:.0f} s to make)\n", with_thousands(devices), with_thousands(rows),
               with_thousands(must(connection.count("SELECT count(DISTINCT software) FROM installation"))), with_thousands(must(connection.count("SELECT count(*) FROM finding"))), seconds_since(begin));
}

void print_against(std::string_view what, double ours_s, double sql_s) {
    if (sql_s > 0) fmt::print("{:<34} {:>10.3f} s   SQL {:>9.3f} s   ratio {:.0f}\n", what, ours_s, sql_s, sql_s / ours_s);
    else fmt::print("{:<34} {:>10.3f} s\n", what, ours_s);
}
double time_sql(store::Connection& connection, bool ask, std::string const& sql) {
    if (!ask) return 0;
    auto const begin = Clock::now();
    must(connection.count(sql));
    return seconds_since(begin);
}

// A device's report with one program at another version than the last time.
DeviceReport report_of(store::Connection& connection, std::int64_t device, std::mt19937& random) {
    DeviceReport report;
    report.identifier = report.name = "host-" + std::to_string(device);
    report.device_id = std::get<std::string>(must(connection.scalar("SELECT sha1('host-' || " + std::to_string(device) + ")")));
    auto& software = report.software.emplace();
    report.software_sources = {"programs"};
    std::array const key{store::Value{report.device_id}};
    auto rows = must(connection.query("SELECT s.name, s.version FROM installation i JOIN software s ON s.id = i.software WHERE i.device = $1", key));
    while (auto const chunk = must(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            software.push_back({.source = "programs", .name = std::string(chunk->columns[0].text(row)), .version = std::string(chunk->columns[1].text(row))});
    if (!software.empty()) software[random() % software.size()].version = "1." + std::to_string(random() % versions);
    return report;
}

void bench_reports(store::Store const& store, std::int64_t devices) {
    server::PublisherOptions options;
    options.least_pause_s = 1e9;  // passes over the fleet are measured above
    auto const publisher = must(server::Publisher::create(store, options, {}));
    auto writer = must(store::Writer::start(store, [&] { publisher->committed(); }, [&] { publisher->taken_back(); }));
    auto connection = must(store.connect());
    std::mt19937 random(3);
    std::vector<DeviceReport> reports;
    auto const many = std::min<std::int64_t>(devices, 2'000);
    for (std::int64_t i = 0; i < many; ++i) reports.push_back(report_of(connection, static_cast<std::int64_t>(random()) % devices, random));
    auto const submit = [&](std::size_t at) {
        return writer.submit([&, at](store::Connection& c) -> Status {
            auto changes = TRY(store::write_reports(c, std::span(&reports[at], 1), now_ticks()));
            publisher->note(std::move(changes));
            return {};
        });
    };
    std::vector<double> took;
    std::size_t const single = std::min<std::size_t>(200, reports.size());
    for (std::size_t i = 0; i < single; ++i) {
        auto const begin = Clock::now();
        must(submit(i).get());
        took.push_back(seconds_since(begin));
    }
    std::ranges::sort(took);
    fmt::print("one report applied and durable     p50 {:.1f} ms, p99 {:.1f} ms\n", 1000 * took[took.size() / 2], 1000 * took[took.size() * 99 / 100]);
    // As they come over HTTP: what waits together is written together (api/routes/reports.cpp).
    auto const begin = Clock::now();
    constexpr std::size_t together = 500;
    std::size_t written = 0;
    for (std::size_t at = single; at < reports.size(); at += together) {
        auto const some = std::span(reports).subspan(at, std::min(together, reports.size() - at));
        must(writer.run([&](store::Connection& c) -> Status {
            publisher->note(TRY(store::write_reports(c, some, now_ticks())));
            return {};
        }));
        written += some.size();
    }
    fmt::print("sustained, durable, {} at a time  {:.0f} reports/s\n", together, static_cast<double>(written) / seconds_since(begin));
}

}  // namespace

int main(int count, char** arguments) {
    auto const argument = [&](int i, std::int64_t otherwise) { return count > i ? to_int(arguments[i]).value_or(otherwise) : otherwise; };
    auto const devices = argument(1, 10'000), a_device = argument(2, 150), no_sql_above = argument(3, 100'000);
    bool const ask = devices <= no_sql_above;
    auto const folder = std::filesystem::temp_directory_path() / fmt::format("merlon-fleet-bench-{}", ::getpid());
    {
        auto store = must(store::Store::open(folder));
        auto connection = must(store.connect());
        generate(connection, devices, a_device);
        fleet::IndexOptions options;
        options.now = 639'040'320'000'000'000;
        auto const before_mb = resident_mb();
        auto begin = Clock::now();
        auto const live = must(fleet::Live::build(connection, options));
        fmt::print("{:<34} {:>10.3f} s   {:.0f} MB more in use\n", "build", seconds_since(begin), resident_mb() - before_mb);
        auto const& index = live.index();
        begin = Clock::now();
        auto const exposure = fleet::compute_exposure(index);
        auto const pass = seconds_since(begin);
        print_against("full score pass", pass, time_sql(connection, ask,
            "SELECT count(*) FROM (SELECT i.device, 1 - exp(-sum(h.hazard)) AS chance FROM installation i JOIN (SELECT f.software, sum(0.5 * greatest(c.epss, 0.05) * c.cvss * c.cvss / 100) AS hazard "
            "FROM finding f JOIN cve c ON c.id = f.cve GROUP BY ALL) h ON h.software = i.software GROUP BY ALL)"));
        fmt::print("score                              {:.2f}\n", exposure.score);
        begin = Clock::now();
        fleet::WhatIf what_if(index, exposure);
        double least = 100;
        for (std::uint32_t product = 0; product < 100 && product < index.products.size(); ++product) {
            std::array const alone{fleet::Removal{product, false}};
            least = std::min(least, what_if.score_without(alone));
        }
        print_against("what-if of 100 recommendations", seconds_since(begin), 0);
        begin = Clock::now();
        std::uint64_t sum = 0;
        for (std::uint32_t cve = 0; cve < index.cves.size(); ++cve) sum += index.exposed_to(cve).cardinality();
        print_against("exposed devices of every CVE", seconds_since(begin), time_sql(connection, ask,
            "SELECT count(*) FROM (SELECT f.cve, count(DISTINCT i.device) FROM installation i JOIN finding f ON f.software = i.software GROUP BY f.cve)"));
        fmt::print("                                   {} device-CVE pairs\n", with_thousands(static_cast<std::int64_t>(sum)));
        std::array const groups{std::string("group 3"), std::string("group 7")};
        begin = Clock::now();
        auto const within = index.in_groups(groups);
        for (int i = 0; i < 1000; ++i) sum += index.exposed_to(static_cast<std::uint32_t>(i) % static_cast<std::uint32_t>(index.cves.size())).and_cardinality(within);
        fmt::print("{:<34} {:>10.1f} us\n", "exposed to one CVE in two groups", 1e6 * seconds_since(begin) / 1000);
        begin = Clock::now();
        auto const copy = live.snapshot();
        fmt::print("{:<34} {:>10.1f} us\n", "snapshot", 1e6 * seconds_since(begin));
        begin = Clock::now();
        auto const changes = fleet::explain_change(*copy, index);
        print_against("explanation of a change", seconds_since(begin), 0);
        begin = Clock::now();
        must(connection.transaction([&]() -> Status {
            TRY(fleet::publish_exposure(connection, index, exposure, options.now));
            return {};
        }));
        print_against("exposure tables written", seconds_since(begin), 0);
        fmt::print("peak memory                        {:.0f} MB, the engine's included\n", [] { rusage use{}; getrusage(RUSAGE_SELF, &use); return static_cast<double>(use.ru_maxrss) / 1024; }());
        (void)changes;
        (void)sum;
        bench_reports(store, devices);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
