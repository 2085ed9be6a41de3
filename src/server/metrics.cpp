#include "server/metrics.h"

#include <unistd.h>

#include <fstream>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/time.h"

namespace merlon::server {
namespace {

std::int64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t size = 0, resident = 0;
    file >> size >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

struct Metrics::State {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter().Name("merlon_http_requests_total").Help("Requests answered.").Register(registry);
    prometheus::Family<prometheus::Histogram>& seconds =
        prometheus::BuildHistogram().Name("merlon_http_request_seconds").Help("Time until an answer began.").Register(registry);
    prometheus::Gauge& build(std::string_view version) {
        return prometheus::BuildGauge().Name("merlon_build_info").Help("The version, as a label.").Register(registry).Add({{"version", std::string(version)}});
    }
    prometheus::Gauge& gauge(char const* name, char const* help) { return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({}); }
    prometheus::Gauge& started = gauge("process_start_time_seconds", "When the process started, in Unix seconds.");
    prometheus::Gauge& resident = gauge("process_resident_memory_bytes", "Resident memory.");
    prometheus::Gauge& connections = gauge("merlon_http_connections", "Open connections of the main door.");
    prometheus::Gauge& queries = gauge("merlon_running_queries", "Hunting queries that run now.");
    prometheus::Gauge& writable = gauge("merlon_store_writable", "1 while the store takes writes.");
    prometheus::Gauge& devices = gauge("merlon_devices", "Devices known.");
    prometheus::Gauge& database = gauge("merlon_database_bytes", "Size of the database file and its write-ahead log.");
    prometheus::Gauge& audit = gauge("merlon_audit_events", "Lines of the audit ledger.");
    prometheus::Gauge& exposure = gauge("merlon_exposure_score", "The organisation's exposure score.");
    prometheus::Family<prometheus::Gauge>& feeds = prometheus::BuildGauge().Name("merlon_feed_loaded_seconds").Help("When each feed was last loaded, in Unix seconds.").Register(registry);
};

Metrics::Metrics(std::string_view version) : state_(std::make_unique<State>()) {
    state_->build(version).Set(1);
    state_->started.Set(static_cast<double>(std::time(nullptr)));
}
Metrics::~Metrics() = default;

void Metrics::count(api::Answered const& one) {
    // Labels come from the table of routes only: what clients make up must not grow the set.
    auto const route = one.route.empty() ? std::string("none") : one.route;
    state_->requests.Add({{"route", route}, {"status", std::to_string(one.status)}}).Increment();
    state_->seconds.Add({{"route", route}}, prometheus::Histogram::BucketBoundaries{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30}).Observe(one.milliseconds / 1000);
}

std::string Metrics::text(api::Service& service, store::Store const& store, int connections) {
    state_->resident.Set(static_cast<double>(resident_bytes()));
    state_->connections.Set(connections);
    state_->queries.Set(service.running_queries());
    state_->writable.Set(service.writer_healthy() ? 1 : 0);
    double size = 0;
    std::error_code failed;
    for (auto const* name : {"merlon.duckdb", "merlon.duckdb.wal"}) {
        auto const bytes = std::filesystem::file_size(store.folder() / name, failed);
        if (!failed) size += static_cast<double>(bytes);
    }
    state_->database.Set(size);
    if (auto connection = store.connect()) {
        auto const number = [&](char const* sql) {
            auto const value = connection->count(sql);
            return value ? static_cast<double>(*value) : std::nan("");
        };
        state_->devices.Set(number("SELECT count(*) FROM main.device"));
        state_->audit.Set(number("SELECT coalesce(max(number), 0) FROM main.audit_event"));
        state_->exposure.Set(number("SELECT coalesce(max(score), 0)::DOUBLE * 1000 FROM main.exposure_score WHERE device_group = '*' AND time = (SELECT max(time) FROM main.exposure_score)") / 1000);
        if (auto rows = connection->query("SELECT name, max(loaded_at) FROM main.feed GROUP BY name"))
            while (auto const chunk = rows->next().value_or(std::nullopt))
                for (std::size_t row = 0; row < chunk->rows; ++row)
                    state_->feeds.Add({{"feed", std::string(chunk->columns[0].text(row))}}).Set(static_cast<double>(chunk->columns[1].int64(row) - 621'355'968'000'000'000) / 1e7);
    }
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace merlon::server
