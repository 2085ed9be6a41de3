// Hunting against SQL that a person would write for the same question over the stored tables, on one engine in one run; and
// the time that compiling takes. usage: hunt_bench [DEVICES [PRODUCTS_A_DEVICE [FOLDER [WORD]]]]  (100000 150)
// A FOLDER is kept and used again; with a WORD only the questions are asked whose name has it.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/text.h"
#include "base/time.h"
#include "fleet/functions.h"
#include "hunt/hunt.h"
#include "store/store.h"

namespace {

using namespace merlon;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) { return std::chrono::duration<double, std::milli>(Clock::now() - begin).count(); }
double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

void must(Status const& status) {
    if (status) return;
    std::cerr << render(status.error()) << "\n";
    std::exit(2);
}

// ---- The fleet ------------------------------------------------------------------------------------------------------------

void make_fleet(store::Connection& connection, std::int64_t devices, std::int64_t each) {
    auto const say = [&](std::string const& sql) {
        auto const begin = Clock::now();
        must(connection.execute(sql));
        if (ms_since(begin) > 5000) std::cerr << fmt::format("{:.0f} s: {}\n", ms_since(begin) / 1000, sql.substr(0, 60));
    };
    // 400 products, about ten versions each; popular ones are on most devices. A version has up to 40 CVEs.
    say("CREATE TABLE main.bench_device AS SELECT i, md5(i::VARCHAR) || substr(md5('x' || i), 1, 8) AS id FROM range(" + std::to_string(devices) + ") t(i)");
    say(R"sql(INSERT INTO main.device SELECT id, 'hw' || i, 'host-' || i || '.example.test',
        ['Windows11', 'Windows10', 'WindowsServer2022', 'Linux', 'macOS'][1 + (hash(i) % 5)::INTEGER], '', '', '10.0', '', '', '22631.1', 'x64', '',
        'group ' || (hash(i * 3) % 20), ['Low', 'Normal', 'High'][1 + (hash(i * 7) % 3)::INTEGER], hash(i * 11) % 50 = 0, '', '[]', '[]', false, 'bench',
        638000000000000000, 638400000000000000 + (hash(i * 13) % 864000000000)::BIGINT, 638400000000000000 FROM main.bench_device)sql");
    say(R"sql(INSERT INTO main.software SELECT i, 'bench', 'product ' || i // 10, 'vendor ' || (i // 10) % 80, (i % 10) || '.' || (i // 10) % 7, 'x64', '', '', '',
        '', '', '', 'cpe:2.3:a:v:p' || i, '', 0 FROM range(4000) t(i))sql");
    say(R"sql(INSERT INTO main.identity SELECT i, 'vendor ' || (i // 10) % 80, 'product_' || i // 10, (i % 10) || '.' || (i // 10) % 7, 'semver', '[]', true,
        CASE WHEN i % 23 = 0 THEN 'EOS Version' ELSE '' END, true, NULL, '', '', '', '' FROM range(4000) t(i))sql");
    say("INSERT INTO main.installation SELECT d.id, (hash(d.i * 31 + p) % 400 * 10 + hash(d.i + p * 17) % 10)::BIGINT, 'C:\\Program Files\\p' || p, '', "
        "638400000000000000 FROM main.bench_device d, range(" + std::to_string(each) + ") t(p)");
    say(R"sql(INSERT INTO main.cve SELECT 'CVE-20' || (10 + c % 15) || '-' || (1000 + c), 'published', 'title', 'A flaw in something that lets somebody do something.',
        ['Low', 'Medium', 'High', 'Critical'][1 + (hash(c) % 4)::INTEGER], (hash(c * 5) % 100) / 10.0, '', '3.1', 'nvd', 637000000000000000, 637500000000000000,
        hash(c * 3) % 10 = 0, false, false, hash(c * 9) % 50 = 0, false, 0, '[]', '[]', (hash(c) % 1000) / 1000.0, 0.5, '[]', '[]', '[]' FROM range(60000) t(c))sql");
    say(R"sql(INSERT INTO main.finding SELECT DISTINCT ON (software, cve) s AS software, 'CVE-20' || (10 + c % 15) || '-' || (1000 + c) AS cve, '[]', 'fixed', '9.9', '', '', 90, false, '[]', 0
        FROM (SELECT s, (hash(s // 10 * 100 + k) % 60000)::BIGINT AS c FROM range(4000) a(s), range(40) b(k) WHERE k < hash(s) % 12))sql");
    say(R"sql(INSERT INTO main.finding_cleared SELECT i.device, i.software, f.cve, 'hotfix' FROM main.installation i JOIN main.finding f ON f.software = i.software
        WHERE hash(i.device || f.cve) % 500 = 0)sql");
    say(R"sql(INSERT INTO main.alert SELECT 'a' || t.i, b.id, 638400000000000000 + t.i * 10000000,
        ['Informational', 'Low', 'Medium', 'High'][1 + (hash(t.i) % 4)::INTEGER], 'Malware', 'Alert ' || t.i % 300, 'New', 'Merlon', '{}'
        FROM range(200000) t(i) JOIN main.bench_device b ON b.i = (hash(t.i * 19) % )sql" + std::to_string(devices) + ")::BIGINT");
    say("DROP TABLE main.bench_device; CHECKPOINT");
}

// ---- The questions --------------------------------------------------------------------------------------------------------

struct Question {
    char const* name;
    char const* kql;
    char const* sql;
};

#define ROWS_OF_FINDINGS                                                                                                        \
    "(SELECT DISTINCT device, software FROM main.installation) i JOIN main.finding f ON f.software = i.software AND NOT f.hidden " \
    "AND NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = i.device AND x.software = i.software AND x.cve = f.cve)"

constexpr Question questions[] = {
    {"findings by CVE", "DeviceTvmSoftwareVulnerabilities | summarize n = count() by CveId",
     "SELECT f.cve, count(*) FROM " ROWS_OF_FINDINGS " GROUP BY f.cve"},
    {"findings by severity", "DeviceTvmSoftwareVulnerabilities | summarize n = count() by VulnerabilitySeverityLevel",
     "SELECT c.severity, count(*) FROM " ROWS_OF_FINDINGS " LEFT JOIN main.cve c ON c.id = f.cve GROUP BY ALL"},
    {"CVEs by product", "DeviceTvmSoftwareVulnerabilities | summarize cves = dcount(CveId) by SoftwareVendor, SoftwareName",
     "SELECT y.vendor, y.product, count(DISTINCT f.cve) FROM " ROWS_OF_FINDINGS " JOIN main.identity y ON y.software = i.software GROUP BY ALL"},
    {"critical CVEs in use", "DeviceTvmSoftwareVulnerabilities | where VulnerabilitySeverityLevel == 'Critical' | distinct CveId",
     "SELECT DISTINCT f.cve FROM " ROWS_OF_FINDINGS " JOIN main.cve c ON c.id = f.cve WHERE c.severity = 'Critical'"},
    {"all findings counted", "DeviceTvmSoftwareVulnerabilities | count", "SELECT count(*) FROM " ROWS_OF_FINDINGS},
    {"versions by product", "DeviceTvmSoftwareInventory | summarize versions = dcount(SoftwareVersion) by SoftwareVendor, SoftwareName",
     "SELECT y.vendor, y.product, count(DISTINCT y.version) FROM main.installation i JOIN main.identity y ON y.software = i.software GROUP BY ALL"},
    {"devices by product", "DeviceTvmSoftwareInventory | summarize devices = dcount(DeviceId) by SoftwareName",
     "SELECT y.product, count(DISTINCT i.device) FROM main.installation i JOIN main.identity y ON y.software = i.software GROUP BY ALL"},
    {"devices by product and version", "DeviceTvmSoftwareInventory | where SoftwareName == 'product_7' | summarize devices = dcount(DeviceId) by SoftwareVersion",
     "SELECT y.version, count(DISTINCT i.device) FROM main.installation i JOIN main.identity y ON y.software = i.software WHERE y.product = 'product_7' GROUP BY ALL"},
    {"one CVE's devices", "DeviceTvmSoftwareVulnerabilities | where CveId == 'CVE-2012-1002' | project DeviceName, SoftwareName, SoftwareVersion",
     "SELECT d.name, y.product, y.version FROM " ROWS_OF_FINDINGS " JOIN main.device d ON d.id = i.device JOIN main.identity y ON y.software = i.software WHERE f.cve = 'CVE-2012-1002'"},
    {"one product's devices", "DeviceTvmSoftwareInventory | where SoftwareName == 'product_12' and SoftwareVersion startswith '3.' | distinct DeviceName",
     "SELECT DISTINCT d.name FROM main.installation i JOIN main.identity y ON y.software = i.software JOIN main.device d ON d.id = i.device WHERE y.product = 'product_12' AND starts_with(y.version, '3.')"},
    {"out of support", "DeviceTvmSoftwareInventory | where EndOfSupportStatus == 'EOS Version' | summarize devices = dcount(DeviceId) by SoftwareName, SoftwareVersion | order by devices desc",
     "SELECT y.product, y.version, count(DISTINCT i.device) n FROM main.installation i JOIN main.identity y ON y.software = i.software WHERE y.support_status = 'EOS Version' GROUP BY ALL ORDER BY n DESC"},
    {"exploitable CVEs by device, top 20",
     "DeviceTvmSoftwareVulnerabilities | join kind=inner (DeviceTvmSoftwareVulnerabilitiesKB | where IsExploitAvailable and CvssScore >= 9) on CveId | summarize n = dcount(CveId) by DeviceId | top 20 by n",
     "SELECT i.device, count(DISTINCT f.cve) n FROM " ROWS_OF_FINDINGS " JOIN main.cve c ON c.id = f.cve WHERE (c.exploit_public OR c.known_exploited) AND c.cvss >= 9 GROUP BY ALL ORDER BY n DESC LIMIT 20"},
    {"high alerts on devices with critical CVEs",
     "let a = AlertEvidence | where Severity == 'High' | summarize Alerts = dcount(AlertId) by DeviceId; DeviceTvmSoftwareVulnerabilities | where VulnerabilitySeverityLevel == 'Critical' and SoftwareName == 'product_30' | summarize n = dcount(CveId) by DeviceId | join kind=inner a on DeviceId | project DeviceId, n, Alerts",
     "SELECT v.device, n, alerts FROM (SELECT i.device, count(DISTINCT f.cve) n FROM " ROWS_OF_FINDINGS " JOIN main.cve c ON c.id = f.cve JOIN main.identity y ON y.software = i.software WHERE c.severity = 'Critical' AND y.product = 'product_30' GROUP BY ALL) v JOIN (SELECT device, count(DISTINCT id) alerts FROM main.alert WHERE severity = 'High' GROUP BY ALL) a ON a.device = v.device"},
    {"exposed platforms of one product", "DeviceTvmSoftwareVulnerabilities | where SoftwareName in ('product_1', 'product_2') | summarize devices = dcount(DeviceId) by OSPlatform",
     "SELECT d.os_platform, count(DISTINCT i.device) FROM " ROWS_OF_FINDINGS " JOIN main.device d ON d.id = i.device JOIN main.identity y ON y.software = i.software WHERE y.product IN ('product_1', 'product_2') GROUP BY ALL"},
    {"devices without a product", "DeviceInfo | join kind=leftanti (DeviceTvmSoftwareInventory | where SoftwareName == 'product_5') on DeviceId | count",
     "SELECT count(*) FROM main.device d WHERE NOT EXISTS (SELECT 1 FROM main.installation i JOIN main.identity y ON y.software = i.software WHERE i.device = d.id AND y.product = 'product_5')"},
    {"devices by platform", "DeviceInfo | summarize n = count() by OSPlatform, MachineGroup | order by n desc",
     "SELECT os_platform, device_group, count(*) n FROM main.device GROUP BY ALL ORDER BY n DESC"},
    {"newest report of each device", "DeviceInfo | summarize arg_max(Timestamp, *) by DeviceId | where IsInternetFacing | project DeviceName, OSPlatform, Timestamp",
     "SELECT name, os_platform, last_seen FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY last_seen DESC) r FROM main.device) WHERE r = 1 AND internet_facing"},
    {"names with a term", "DeviceInfo | where DeviceName has 'example' and DeviceName contains '77' | project DeviceName",
     "SELECT name FROM main.device WHERE regexp_matches(name, '(?i)(^|[^a-z0-9])example($|[^a-z0-9])') AND contains(lower(name), '77')"},
    {"alerts by hour", "AlertInfo | summarize n = count(), high = countif(Severity == 'High') by bin(Timestamp, 1h) | order by Timestamp asc",
     "SELECT time // 36000000000 * 36000000000 h, count(*), count(*) FILTER (WHERE severity = 'High') FROM main.alert GROUP BY h ORDER BY h"},
    {"alerts with their devices", "AlertInfo | where Severity in ('High', 'Medium') | join kind=inner AlertEvidence on AlertId | summarize n = dcount(AlertId), titles = make_set(Title, 5) by DeviceName | top 50 by n",
     "SELECT d.name, count(DISTINCT a.id) n, list(DISTINCT a.title)[1:5] FROM main.alert a JOIN main.alert e ON e.id = a.id LEFT JOIN main.device d ON d.id = e.device WHERE a.severity IN ('High', 'Medium') GROUP BY ALL ORDER BY n DESC LIMIT 50"},
    {"alert titles", "AlertInfo | where Title startswith 'Alert 1' | summarize n = count() by Title | top 100 by n",
     "SELECT title, count(*) n FROM main.alert WHERE starts_with(lower(title), 'alert 1') GROUP BY ALL ORDER BY n DESC LIMIT 100"},
    {"alerts by day and severity", "AlertInfo | extend Day = startofday(Timestamp) | summarize n = count() by Day, Severity | order by Day asc",
     "SELECT time // 864000000000 * 864000000000 d, severity, count(*) FROM main.alert GROUP BY ALL ORDER BY d"},
    {"alerts on servers", "DeviceAlertEvents | where DeviceId in ((DeviceInfo | where OSPlatform == 'WindowsServer2022' | project DeviceId)) | summarize n = count() by Severity",
     "SELECT severity, count(*) FROM main.alert WHERE device IN (SELECT id FROM main.device WHERE os_platform = 'WindowsServer2022') GROUP BY ALL"},
    {"known CVEs by year", "DeviceTvmSoftwareVulnerabilitiesKB | extend Year = toint(extract('CVE-([0-9]+)-', 1, CveId)) | summarize n = count(), worst = max(CvssScore) by Year | order by Year asc",
     "SELECT TRY_CAST(regexp_extract(id, 'CVE-([0-9]+)-', 1) AS INTEGER) y, count(*), max(cvss) FROM main.cve WHERE state <> 'rejected' GROUP BY ALL ORDER BY y"},
    {"CVEs in use, with their scores", "DeviceTvmSoftwareVulnerabilitiesKB | where EpssScore > 0.9 | join kind=inner (DeviceTvmSoftwareVulnerabilities | distinct CveId) on CveId | project CveId, CvssScore, EpssScore | top 100 by EpssScore",
     "SELECT c.id, c.cvss, c.epss FROM main.cve c WHERE c.epss > 0.9 AND c.id IN (SELECT f.cve FROM " ROWS_OF_FINDINGS ") ORDER BY c.epss DESC LIMIT 100"},
    {"software by CVE", "DeviceTvmSoftwareVulnerabilities | summarize make_set(SoftwareName) by CveId",
     "SELECT f.cve, list(DISTINCT y.product) FROM (SELECT DISTINCT software FROM main.installation) i JOIN main.finding f ON f.software = i.software AND NOT f.hidden "
     "JOIN main.identity y ON y.software = f.software GROUP BY f.cve"},
    {"software and findings of a device", "union DeviceTvmSoftwareInventory, DeviceTvmSoftwareVulnerabilities | where DeviceName == 'host-77.example.test' | summarize n = count() by SoftwareName",
     "WITH d AS (SELECT id FROM main.device WHERE name = 'host-77.example.test'), i AS (SELECT DISTINCT device, software FROM main.installation WHERE device IN (FROM d)) "
     "SELECT product, count(*) FROM (SELECT y.product FROM i JOIN main.identity y ON y.software = i.software UNION ALL SELECT y.product FROM i JOIN main.finding f ON f.software = i.software AND NOT f.hidden "
     "JOIN main.identity y ON y.software = i.software WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = i.device AND x.software = i.software AND x.cve = f.cve)) GROUP BY ALL"},
    {"old versions of a product", "DeviceTvmSoftwareInventory | where SoftwareName == 'product_31' and parse_version(SoftwareVersion) < parse_version('5.0') | project DeviceName, SoftwareVersion",
     "SELECT d.name, y.version FROM (SELECT DISTINCT device, software FROM main.installation) i JOIN main.identity y ON y.software = i.software JOIN main.device d ON d.id = i.device "
     "WHERE y.product = 'product_31' AND split_part(y.version, '.', 1)::INT < 5"},
    {"devices without critical findings", "DeviceInfo | join kind=leftanti (DeviceTvmSoftwareVulnerabilities | where VulnerabilitySeverityLevel == 'Critical') on DeviceId | project DeviceName",
     "SELECT d.name FROM main.device d WHERE NOT EXISTS (SELECT 1 FROM main.installation i JOIN main.finding f ON f.software = i.software AND NOT f.hidden JOIN main.cve c ON c.id = f.cve "
     "WHERE i.device = d.id AND c.severity = 'Critical' AND NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = i.device AND x.software = i.software AND x.cve = f.cve))"},
};

// A statement written by hand that takes longer is stopped: the ratio is then at most what is printed.
constexpr auto longest = std::chrono::seconds(45);

// Nothing: it was stopped.
std::optional<std::int64_t> rows_of(store::Connection& connection, std::string const& sql) {
    std::mutex mutex;
    std::condition_variable done;
    bool finished = false;
    std::jthread const watch([&] {
        std::unique_lock lock(mutex);
        if (!done.wait_for(lock, longest, [&] { return finished; })) connection.interrupt();
    });
    auto const counted = [&]() -> Result<std::int64_t> {
        auto rows = TRY(connection.query(sql));
        std::int64_t count = 0;
        while (auto chunk = TRY(rows.next())) count += static_cast<std::int64_t>(chunk->rows);
        return count;
    }();
    {
        std::lock_guard const lock(mutex);
        finished = true;
    }
    done.notify_all();
    if (!counted && counted.error().code == "store.interrupted") return {};
    if (!counted) must(std::unexpected(counted.error()));
    return *counted;
}

int compare(store::Connection& connection, std::string_view word) {
    hunt::Options options;
    options.rows = 10'000'000;
    options.time_ms = 600'000;
    // As a server answers, which has the fleet index in memory.
    auto in_server = options;
    in_server.fleet_index = true;
    std::vector<double> ratios, server_ratios;
    int helped = 0, wrong = 0;
    std::cout << fmt::format("{:44} {:>10} {:>10} {:>7} {:>10} {:>7}\n", "question", "ours ms", "SQL ms", "ratio", "server ms", "ratio");
    for (auto const& q : questions) {
        if (!std::string_view(q.name).contains(word)) continue;
        std::vector<double> ours, theirs, servers;
        std::int64_t our_rows = 0, server_rows = 0;
        std::optional<std::int64_t> their_rows;
        // Three rounds, one of what takes long: the whole stays within minutes.
        auto const started = Clock::now();
        for (int round = 0; round < 3 && (round == 0 || ms_since(started) < 3000); ++round) {
            auto begin = Clock::now();
            auto const answer = hunt::run(connection, q.kql, options);
            if (!answer) must(std::unexpected(answer.error()));
            ours.push_back(ms_since(begin));
            our_rows = static_cast<std::int64_t>(answer->rows.size());
            begin = Clock::now();
            auto const server = hunt::run(connection, q.kql, in_server);
            if (!server) must(std::unexpected(server.error()));
            servers.push_back(ms_since(begin));
            server_rows = static_cast<std::int64_t>(server->rows.size());
            begin = Clock::now();
            their_rows = rows_of(connection, q.sql);
            theirs.push_back(ms_since(begin));
        }
        auto const ratio = median(ours) / median(theirs);
        ratios.push_back(ratio);
        server_ratios.push_back(median(servers) / median(theirs));
        helped += server_ratios.back() < 0.2;
        bool const same = server_rows == our_rows && (!their_rows || our_rows == *their_rows);
        wrong += !same;
        std::cout << fmt::format("{:44} {:10.1f} {:10.1f} {:7.2f} {:10.1f} {:7.2f}{}\n", q.name, median(ours), median(theirs), ratio, median(servers), server_ratios.back(),
                                 !their_rows ? "  at most: the SQL was stopped"
                                 : same      ? ""
                                             : fmt::format("  rows differ: {}, in a server {}, SQL {}", our_rows, server_rows, *their_rows))
                  << std::flush;
    }
    std::cout << fmt::format("{} questions, median ratio {:.2f}; in a server {:.2f}, {} below 0.2\n", ratios.size(), median(ratios), median(server_ratios), helped);
    return wrong ? 1 : 0;
}

// ---- Compiling ------------------------------------------------------------------------------------------------------------

std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (auto const& file : embedded_under("schema/queries/")) all.emplace_back(file.bytes);
    for (auto const& q : questions) all.emplace_back(q.kql);
    std::error_code failed;
    for (auto const& entry : std::filesystem::directory_iterator("test/hunt/cases", failed)) {
        std::ifstream file(entry.path());
        std::string text;
        bool in_query = false;
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with("## ")) in_query = true, text.clear();
            else if (line.starts_with("---") && in_query) in_query = false, all.push_back(text);
            else if (in_query) text += line + "\n";
        }
    }
    return all;
}

void time_compiling() {
    std::vector<double> times;
    hunt::Options options;
    for (auto const& text : texts()) {
        if (std::count(text.begin(), text.end(), '\n') > 60) continue;
        (void)hunt::compile(text, options);
        auto const begin = Clock::now();
        (void)hunt::compile(text, options);
        times.push_back(ms_since(begin));
    }
    std::sort(times.begin(), times.end());
    std::cout << fmt::format("compiling {} queries: p50 {:.3f} ms, p99 {:.3f} ms, longest {:.3f} ms\n", times.size(), times[times.size() / 2],
                             times[times.size() * 99 / 100], times.back());
}

}  // namespace

int main(int argc, char** argv) {
    auto const devices = argc > 1 ? to_int(argv[1]).value_or(100'000) : 100'000;
    auto const each = argc > 2 ? to_int(argv[2]).value_or(150) : 150;
    time_compiling();
    bool const kept = argc > 3;
    std::filesystem::path const folder = kept ? argv[3] : std::filesystem::temp_directory_path() / ("merlon-hunt-bench-" + std::to_string(getpid()));
    int result = 2;
    {
        auto store = store::Store::open(folder);
        if (!store) must(std::unexpected(store.error()));
        auto connection = store->connect().value();
        must(hunt::prepare(connection));
        auto const begin = Clock::now();
        if (connection.count("SELECT count(*) FROM main.device").value_or(0) == 0) make_fleet(connection, devices, each);
        std::cout << fmt::format("{} devices x {} products, {} findings of devices; made in {:.1f} s\n", with_thousands(devices), each,
                                 with_thousands(connection.count("SELECT count(*) FROM main.installation i JOIN main.finding f ON f.software = i.software").value_or(0)),
                                 ms_since(begin) / 1000)
                  << std::flush;
        fleet::IndexOptions wanted;
        wanted.now = now_ticks();
        auto const index = fleet::Index::build(connection, wanted);
        if (!index) must(std::unexpected(index.error()));
        must(fleet::add_index_functions(connection, [&] { return *index; }));
        result = compare(connection, argc > 4 ? argv[4] : "");
    }
    std::error_code failed;
    if (!kept) std::filesystem::remove_all(folder, failed);
    return result;
}
