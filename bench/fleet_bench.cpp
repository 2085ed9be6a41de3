// The fleet index, its scores and the path of a report at size, each against SQL over the same data in the same run.
// usage: fleet_bench [DEVICES [PRODUCTS_A_DEVICE [NO_SQL_ABOVE [FOLDER]]]]
// default: 10000 and 100000 devices, 150 products, 100000; a FOLDER is kept and used again, for a large fleet takes
// long to make. The fleet is synthetic: 350 products with 140 versions each; devices draw products by popularity and
// mostly new versions; 12 CVEs a version on average. SQL is asked on fleets of up to NO_SQL_ABOVE devices. Where it would take
// a quarter of an hour it is asked for a tenth of the CVEs, and its line says so.
#include <malloc.h>
#include <sys/resource.h>

#include <cstdio>
#include <random>

#include <fmt/format.h>

#include "advise/what_if.h"
#include "base/parallel.h"
#include "base/text.h"
#include "fleet/counts.h"
#include "fleet/device_counts.h"
#include "fleet/live.h"
#include "fleet/publish.h"
#include "server/publisher.h"
#include "store/writer.h"

using namespace merlon;

namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// What the program itself has allocated, in MB; the engine has an allocator of its own.
double allocated_mb() {
    auto const all = ::mallinfo2();
    return static_cast<double>(all.uordblks + all.hblkhd) / 1e6;
}
double peak_mb() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return static_cast<double>(use.ru_maxrss) / 1024;
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

// Every version of every product, under the id that reports give it.
void generate_software(store::Connection& connection) {
    must(connection.execute("CREATE TEMP TABLE made (p INTEGER, v INTEGER, id BIGINT)"));
    auto made = must(connection.appender("made"));
    auto software = must(connection.appender("software"));
    OperatingSystem const os{.platform = "Linux", .distribution = "debian", .version = "12"};
    for (int p = 0; p < products; ++p)
        for (int v = 0; v < versions; ++v) {
            auto const key = software_key(
                {.source = "programs", .name = "product" + std::to_string(p), .version = "1." + std::to_string(v)}, os);
            must(made.int32(p).int32(v).int64(key.id()).end_row());
            auto const& item = key.item;
            software.int64(key.id());
            for (auto const* field : {&item.source, &item.name, &item.vendor, &item.version, &item.architecture,
                                      &item.source_name, &item.source_version, &item.distribution, &item.bundle_id,
                                      &item.edition, &item.purl, &item.cpe, &key.platform})
                software.text(*field);
            must(software.int64(0).end_row());
        }
    must(made.close());
    must(software.close());
}

void generate(store::Connection& connection, std::int64_t devices, std::int64_t a_device) {
    auto const begin = Clock::now();
    generate_software(connection);
    must(connection.execute(
        fmt::format("INSERT INTO identity SELECT id, 'vendor', 'product' || p, '1.' || v, 'intdot', '[]', true, CASE "
                    "WHEN v < 8 THEN 'EOS Version' ELSE '' END, true, NULL, '', '', '', '' FROM made;"
                    "INSERT INTO cve SELECT 'CVE-2024-' || i, 'published', '', '', 'High', 3 + (hash(i) % 70) / 10.0, "
                    "'', '', '', 0, 0, i % 50 = 0, i % 170 = 0, false, i % 400 = 0, false, 0, '[]', '[]', "
                    "pow((hash(i * 7) % 1000) / 1000.0, 60), NULL, '[]', '[]', '[]' FROM range({1}) t(i);"
                    // Older versions have more: a CVE of a product is in all versions below its fix.
                    "INSERT INTO finding SELECT id, 'CVE-2024-' || ((p * 171 + n) % {1}), '[]', 'fixed', '1.' || "
                    "(hash(p * 100 + n) % {0}), '', '', 100, false, '[]', 0 "
                    "FROM made, range(24) n(n) WHERE v < (hash(p * 100 + n) % {0});",
                    versions, cves)));
    must(connection.execute(
        fmt::format("INSERT INTO device SELECT sha1('host-' || i), 'host-' || i, 'host-' || i, 'Linux', 'debian', "
                    "'Debian', '12', '', '', '', 'x64', '', 'group ' || (i % 20), "
                    "CASE WHEN i % 20 = 0 THEN 'High' WHEN i % 7 = 0 THEN 'Low' ELSE 'Normal' END, i % 50 = 0, '', "
                    "'[]', '[]', false, 'bench', 0, 639040320000000000, 639040320000000000 FROM range({}) t(i);"
                    "INSERT INTO device_reported SELECT id, device_group, value, tags FROM device",
                    devices)));
    constexpr std::int64_t batch = 100'000;
    for (std::int64_t at = 0; at < devices; at += batch) {
        must(connection.execute(fmt::format(
            "INSERT INTO installation SELECT d.device, m.id, '', '', 0 FROM (SELECT sha1('host-' || i) AS device, p, "
            "({2} - 1 - least({2} - 1, floor(-ln(1 - (hash(i * 1000 + p) % 100000) / 100000.0) * 18)))::INTEGER AS v "
            "FROM (SELECT i, unnest(range({3})) AS p FROM range({0}, {1}) t(i)) WHERE hash(i * 100003 + p) % 1000 < "
            "least(1000, 1000 * {4} * 2.0 / {3} * (1 - p::DOUBLE / {3}) )) d "
            "JOIN made m ON m.p = d.p AND m.v = d.v",
            at, std::min(at + batch, devices), versions, products, a_device)));
        if (devices > batch) fmt::print(stderr, "  {} devices\n", std::min(at + batch, devices));
    }
    must(connection.execute("CHECKPOINT"));
    auto const rows = must(connection.count("SELECT count(*) FROM installation"));
    fmt::print("fleet      {} devices, {} installations, {} versions, {} version-CVE pairs ({:.0f} s to make)\n",
               with_thousands(devices), with_thousands(rows),
               with_thousands(must(connection.count("SELECT count(DISTINCT software) FROM installation"))),
               with_thousands(must(connection.count("SELECT count(*) FROM finding"))), seconds_since(begin));
}

// `ours_s` is measured before SQL is asked: arguments are evaluated in no order.
void print_against(std::string_view what, double ours_s, double sql_s = 0) {
    // The engine leaves out what a query does not use: each asks for a sum over what is compared.
    if (sql_s > 0)
        fmt::print("{:<34} {:>10.6f} s   SQL {:>9.3f} s   ratio {:.1f}\n", what, ours_s, sql_s, sql_s / ours_s);
    else fmt::print("{:<34} {:>10.3f} s\n", what, ours_s);
}
double time_sql(store::Connection& connection, bool ask, std::string const& sql) {
    if (!ask) return 0;
    auto const begin = Clock::now();
    must(connection.count(sql));
    return seconds_since(begin);
}

// Names of the versions by their ids.
using Made = std::unordered_map<std::int64_t, std::pair<std::string, std::string>>;
Made made_versions(store::Connection& connection) {
    Made all;
    auto rows = must(connection.query("SELECT id, name, version FROM software"));
    while (auto const chunk = must(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            all.emplace(chunk->columns[0].int64(row),
                        std::pair(std::string(chunk->columns[1].text(row)), std::string(chunk->columns[2].text(row))));
    return all;
}

// A device's report, with one program at another version than the last time.
DeviceReport report_of(store::Installed const& installed, Made const& made, std::size_t device, std::mt19937& random) {
    DeviceReport report;
    report.device_id = installed.devices[device].id;
    report.source = "bench";
    report.software_sources = {"programs"};
    auto& software = report.software.emplace();
    store::each_entry(installed.devices[device].entries, [&](store::Installed::Entry entry) {
        auto const& [name, version] = made.at(installed.places[entry.place].software);
        software.push_back({.source = "programs", .name = name, .version = version});
    });
    if (!software.empty()) software[random() % software.size()].version = "1." + std::to_string(random() % versions);
    return report;
}

// One after the other, then as they come over HTTP: what waits together is written together (api/routes/reports.cpp).
void bench_reports(store::Store const& store, store::Installed const& installed, Made const& made) {
    server::PublisherOptions options;
    options.least_pause_s = 1e9;  // passes over the fleet are measured above
    auto const publisher = must(server::Publisher::create(store, options, {}));
    auto writer = must(store::Writer::start(
        store, [&] { publisher->committed(); }, [&] { publisher->taken_back(); }));
    std::mt19937 random(3);
    constexpr std::size_t single = 500, together = 500, batches = 12;
    std::vector<DeviceReport> reports;
    for (std::size_t i = 0; i < single + together * batches; ++i)
        reports.push_back(report_of(installed, made, random() % installed.devices.size(), random));
    auto const write = [&](std::span<DeviceReport const> some) {
        must(writer.run([&](store::Connection& c) -> Status {
            TRY(publisher->write_reports(c, some, now_ticks()));
            return {};
        }));
    };
    std::vector<double> took;
    for (std::size_t i = 0; i < single; ++i) {
        auto const begin = Clock::now();
        write(std::span(&reports[i], 1));
        took.push_back(seconds_since(begin));
    }
    std::ranges::sort(took);
    fmt::print("one report applied and durable     p50 {:.1f} ms, p99 {:.1f} ms\n", 1000 * took[took.size() / 2],
               1000 * took[took.size() * 99 / 100]);
    auto const sustained = [&](std::string_view what) {
        auto const begin = Clock::now();
        for (std::size_t at = single; at < reports.size(); at += together)
            write(std::span(reports).subspan(at, together));
        fmt::print("{:<34} {:>10.0f} reports/s, durable, {} at a time\n", what,
                   static_cast<double>(together * batches) / seconds_since(begin), together);
    };
    sustained("sustained, one program changed");
    sustained("sustained, nothing changed");
}

// The same in plain SQL: what the device had is replaced by what it reports, in one durable transaction.
void bench_reports_in_sql(store::Store const& store, store::Installed const& installed) {
    auto connection = must(store.connect());
    std::mt19937 random(5);
    std::vector<double> took;
    for (int i = 0; i < 20; ++i) {
        auto const& device = installed.devices[random() % installed.devices.size()];
        std::vector<std::int64_t> software;
        store::each_entry(device.entries, [&](store::Installed::Entry entry) { software.push_back(installed.places[entry.place].software); });
        std::array const key{store::Value{std::string(device.id)}};
        auto const begin = Clock::now();
        must(connection.transaction([&]() -> Status {
            TRY(connection.query("DELETE FROM installation WHERE device = $1", key));
            auto rows = TRY(connection.appender("installation"));
            for (auto const id : software) TRY(rows.text(device.id).int64(id).text("").text("").int64(0).end_row());
            return rows.close();
        }));
        took.push_back(seconds_since(begin));
    }
    std::ranges::sort(took);
    fmt::print("the same by DELETE and INSERT        p50 {:.1f} ms, longest of 20 {:.1f} ms\n", 1000 * took[took.size() / 2], 1000 * took.back());
}

struct Asked {
    std::int64_t devices, a_device;
    bool sql;
    std::string folder;
};

void bench_index(store::Connection& connection, fleet::Live const& live, Asked const& asked, Ticks now) {
    auto const& index = live.index();
    auto begin = Clock::now();
    auto const exposure = fleet::compute_exposure(index);
    auto const pass = seconds_since(begin);
    print_against(
        "full score pass", pass,
        time_sql(
            connection, asked.sql,
            "SELECT sum(chance)::BIGINT FROM (SELECT i.device, 1 - exp(-sum(h.hazard)) AS chance FROM installation i "
            "JOIN (SELECT f.software, sum(0.5 * greatest(c.epss, 0.05) * c.cvss * c.cvss / 100) AS hazard "
            "FROM finding f JOIN cve c ON c.id = f.cve GROUP BY ALL) h ON h.software = i.software GROUP BY ALL)"));
    begin = Clock::now();
    fleet::WhatIf what_if(index, exposure);
    double least = 100;
    for (std::uint32_t product = 0; product < 100 && product < index.products.size(); ++product) {
        std::array const alone{fleet::Removal{product, false}};
        least = std::min(least, what_if.score_without(alone));
    }
    auto const asking = seconds_since(begin);
    // SQL answers one such question; 100 cost 100 times as much.
    auto const one = time_sql(
        connection, asked.sql,
        "SELECT sum(chance)::BIGINT FROM (SELECT i.device, 1 - exp(-sum(h.hazard)) AS chance FROM installation i JOIN "
        "(SELECT f.software, sum(0.5 * greatest(c.epss, 0.05) * c.cvss * c.cvss / 100) AS hazard "
        "FROM finding f JOIN cve c ON c.id = f.cve JOIN identity y ON y.software = f.software WHERE y.product <> "
        "'product7' GROUP BY ALL) h ON h.software = i.software GROUP BY ALL)");
    print_against("what-if of 100 recommendations", asking, 100 * one);
    begin = Clock::now();
    std::uint64_t sum = 0;
    for (auto const count : fleet::exposed_counts(index)) sum += count;
    auto const counting = seconds_since(begin);
    bool const a_tenth = asked.devices > 200'000;
    print_against(a_tenth ? "every CVE; SQL a tenth of them" : "exposed devices of every CVE", counting,
                  time_sql(connection, asked.sql,
                           fmt::format("SELECT sum(devices)::BIGINT FROM (SELECT f.cve, count(DISTINCT i.device) AS devices FROM installation i "
                                       "JOIN finding f ON f.software = i.software {} GROUP BY f.cve)",
                                       a_tenth ? "WHERE f.cve LIKE '%7'" : "")));
    std::array const groups{std::string("group 3"), std::string("group 7")};
    begin = Clock::now();
    auto const within = index.in_groups(groups);
    for (int i = 0; i < 1000; ++i)
        sum += index.exposed_to(static_cast<std::uint32_t>(i) % static_cast<std::uint32_t>(index.cves.size()))
                   .and_cardinality(within);
    auto const within_us = seconds_since(begin) / 1000;
    print_against(
        "exposed to one CVE in two groups", within_us,
        time_sql(
            connection, asked.sql,
            "SELECT count(DISTINCT i.device) FROM installation i JOIN finding f ON f.software = i.software JOIN device "
            "d ON d.id = i.device WHERE f.cve = 'CVE-2024-100' AND d.device_group IN ('group 3', 'group 7')"));
    begin = Clock::now();
    auto const copy = live.snapshot();
    fmt::print("{:<34} {:>10.6f} s\n", "snapshot", seconds_since(begin));
    begin = Clock::now();
    auto const changes = fleet::explain_change(*copy, index);
    print_against("explanation of a change", seconds_since(begin));
    begin = Clock::now();
    must(connection.execute("DELETE FROM installed_software; INSERT INTO installed_software SELECT DISTINCT software FROM installation"));
    auto const counts = must(fleet::count_on_devices(connection, index, {}));
    print_against("CVEs and recommendations by device", seconds_since(begin));
    begin = Clock::now();
    must(connection.transaction([&]() -> Status {
        TRY(fleet::publish_exposure(connection, index, exposure, counts, now));
        return {};
    }));
    print_against("exposure tables written", seconds_since(begin));
    fmt::print(
        "score                              {:.2f} (lowest of the what-ifs {:.2f}), {} device-CVE pairs, {} changes\n",
        exposure.score, least, with_thousands(static_cast<std::int64_t>(sum)), changes.size());
}

void bench(Asked const& asked) {
    auto const own = std::filesystem::temp_directory_path() / fmt::format("merlon-fleet-bench-{}", ::getpid());
    std::filesystem::path const folder = asked.folder.empty() ? own : std::filesystem::path(asked.folder);
    {
        store::OpenOptions opening;
        opening.engine.memory_limit = "2GB";
        auto store = must(store::Store::open(folder, opening));
        auto connection = must(store.connect());
        if (must(connection.count("SELECT count(*) FROM device")) == 0)
            generate(connection, asked.devices, asked.a_device);
        fleet::IndexOptions options;
        options.now = 639'040'320'000'000'000;
        store::Installed installed;
        {
            auto const before_mb = allocated_mb();
            auto begin = Clock::now();
            std::vector<store::Connection> helpers;
            while (helpers.size() + 1 < cores()) helpers.push_back(must(store.connect()));
            auto const standing = must(store::Standing::read(connection, helpers));
            auto const reading = seconds_since(begin);
            auto const standing_mb = allocated_mb() - before_mb;
            auto const live = must(fleet::Live::build(connection, options, &standing.installed()));
            print_against("build", seconds_since(begin));
            fmt::print("  of which installations read      {:>10.3f} s, {:.0f} MB; the index {:.0f} MB\n", reading,
                       standing_mb, allocated_mb() - before_mb - standing_mb);
            bench_index(connection, live, asked, options.now);
            installed = standing.installed();
        }
        bench_reports(store, installed, made_versions(connection));
        if (asked.sql) bench_reports_in_sql(store, installed);
        fmt::print(
            "peak memory                        {:.0f} MB, the engine's (up to 2 GB) and a second copy of "
            "installations included\n",
            peak_mb());
    }
    if (asked.folder.empty()) std::filesystem::remove_all(folder);
}

}  // namespace

int main(int count, char** arguments) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a long run is read while it goes on
    auto const argument = [&](int i, std::int64_t otherwise) {
        return count > i ? to_int(arguments[i]).value_or(otherwise) : otherwise;
    };
    auto const a_device = argument(2, 150), no_sql_above = argument(3, 100'000);
    std::vector<std::int64_t> sizes{10'000, 100'000};
    if (count > 1) sizes = {argument(1, 10'000)};
    for (auto const devices : sizes) bench({devices, a_device, devices <= no_sql_above, count > 4 ? arguments[4] : ""});
    return 0;
}
