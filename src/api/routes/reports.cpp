// POST /api/merlon/reports: inventories from collectors (docs/inventory-format.md). Answered when they are on disk; matching
// and scores follow (server/publisher.h).
#include "api/routes/reports.h"

#include <list>

#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "sensors/import.h"
#include "store/store.h"

namespace merlon::api {
namespace {

constexpr std::size_t most_reports = 10'000;

// Reports that are written in one go, because they waited together: one call for many devices costs little more than for
// one. Which transaction a batch was written in, and whether that was committed, is known when the next operation runs.
struct Batch {
    std::int64_t id = 0, transaction = 0;
    bool decided = false, committed = false;
};
struct Waiting {
    store::Writer const* writer = nullptr;
    std::vector<DeviceReport> reports;
    std::shared_ptr<Batch> batch;  // null: not written yet
    std::size_t changed = 0, fresh = 0;
};

// The requests that wait for the writer. Holds nothing while no request is under way.
class Queue {
public:
    void add(Waiting& one) {
        std::lock_guard lock(guard_);
        waiting_.push_back(&one);
    }
    void remove(Waiting& one) {
        std::lock_guard lock(guard_);
        waiting_.remove(&one);
    }
    // Writes what `mine` brings, and with it all that waits for the same writer. On the writer's thread, in a transaction.
    Status write(store::Connection& connection, Waiting& mine, Service const& service) {
        auto const transaction = TRY(connection.count("SELECT txid_current()::BIGINT"));
        std::lock_guard lock(guard_);
        TRY(decide(connection, mine.writer, transaction));
        if (mine.batch && (mine.batch->transaction == transaction || mine.batch->committed)) return {};
        std::vector<Waiting*> together;
        if (mine.batch) {
            together.push_back(&mine);  // taken back with another operation of its group: alone now
        } else {
            for (auto* one : waiting_)
                if (one->writer == mine.writer && !one->batch) together.push_back(one);
        }
        auto batch = std::make_shared<Batch>(Batch{next_++, transaction, false, false});
        std::vector<DeviceReport> reports;
        for (auto* one : together) reports.insert(reports.end(), one->reports.begin(), one->reports.end());
        last_[mine.writer] = batch;
        for (auto* one : together) one->batch = batch;
        TRY(store::set_state_value(connection, mark, std::to_string(batch->id)));
        auto const& own = service.options().write_reports;
        auto const changes = TRY(own ? own(connection, reports, now_ticks()) : store::write_reports(connection, reports, now_ticks()));
        std::size_t at = 0;
        for (auto* one : together) {
            one->changed = one->fresh = 0;
            for (std::size_t i = 0; i < one->reports.size(); ++i, ++at) {
                one->changed += changes[at].changed ? 1 : 0;
                one->fresh += changes[at].new_software.size();
            }
        }
        return {};
    }

private:
    static constexpr std::string_view mark = "report_batch";

    // The last batch of another transaction stands when its mark is in the database.
    Status decide(store::Connection& connection, store::Writer const* writer, std::int64_t transaction) {
        auto const last = last_.find(writer);
        if (last == last_.end() || last->second->decided || last->second->transaction == transaction) return {};
        last->second->committed = TRY(store::state_value(connection, mark)) == std::to_string(last->second->id);
        last->second->decided = true;
        return {};
    }

    std::mutex guard_;
    std::list<Waiting*> waiting_;
    std::map<store::Writer const*, std::shared_ptr<Batch>> last_;
    std::int64_t next_ = now_ticks();
};

Queue& queue() {
    static Queue one;
    return one;
}

}  // namespace

Result<WrittenReports> write_reports(Service& service, std::vector<DeviceReport> reports) {
    Waiting mine;
    mine.writer = &service.writer();
    mine.reports = std::move(reports);
    queue().add(mine);
    auto const written = service.writer().run([&](store::Connection& connection) { return queue().write(connection, mine, service); });
    queue().remove(mine);
    TRY(written);
    return WrittenReports{mine.changed, mine.fresh};
}

namespace {

Result<HttpResponse> take_reports(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    if (trim(request.body).empty())
        return fail("api.bad_body", "it is empty", "Send lines of Merlon's own form, or another inventory that merlon import reads.");
    std::vector<DeviceReport> reports;
    auto const counts = TRY(sensors::import_text(request.body, "the body", {request.option("device")}, [&](DeviceReport report) -> Status {
        if (reports.size() == most_reports) return fail("sensors.too_many", "the body", std::to_string(most_reports), "reports");
        reports.push_back(std::move(report));
        return {};
    }));
    auto const brought = reports.size();
    auto const written = TRY(write_reports(service, std::move(reports)));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("format", counts.format);
    json.member("reports", brought);
    json.member("changed", written.changed);
    json.member("newSoftware", written.new_software);
    json.member("kept", counts.kept);
    json.key("skipped");
    json.begin_object();
    for (auto const& [reason, count] : counts.skipped) json.member(reason, count);
    json.end_object();
    json.end_object();
    return response;
}

}  // namespace

void add_report_routes(std::vector<Route>& all) {
    all.push_back({"POST", "api/merlon/reports", "Machine.ReadWrite.All", take_reports});
}

}  // namespace merlon::api
