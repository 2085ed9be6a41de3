// The API behind the HTTP door: finds the route, checks the request, answers in the shapes of the specification.
#pragma once
#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <condition_variable>
#include <thread>
#include <string>
#include <vector>

#include "advise/exceptions.h"
#include "advise/notifications.h"
#include "api/agents.h"
#include "api/audit/audit.h"
#include "api/auth/gate.h"
#include "api/http/server.h"
#include "api/kept.h"
#include "api/limits.h"
#include "api/live.h"
#include "api/resource.h"
#include "feeds/update.h"
#include "fleet/index.h"
#include "hunt/external.h"
#include "store/inventory.h"
#include "store/store.h"
#include "store/writer.h"

namespace merlon::api {

// What the log and the metrics say of a request.
struct Answered {
    std::string id, method, path, route, who, remote;
    int status = 0;
    std::size_t bytes = 0;    // of the body; of a streamed one, what was made before it was sent
    bool streamed = false;
    double milliseconds = 0;  // until the answer began
    std::string fault;        // why it could not be answered, where that is our fault
};

struct ServiceOptions {
    std::int64_t query_seconds = 30;
    std::int64_t query_rows = 100'000;
    std::int64_t list_seconds = 60;      // one page of a list
    std::int64_t export_seconds = 3600;  // one export, from its first row to its last
    std::string public_url;              // "https://merlon.example"; empty: what the client wrote as Host
    Limits limits;
    std::function<void(Answered const&)> observe;  // told of each answer: the log, the metrics
    GateOptions gate;
    std::shared_ptr<hunt::ExternalData const> external;  // what externaldata may read; null: nothing
    advise::ExceptionRules exceptions;
    std::filesystem::path audit_file;  // empty: no ledger is kept
    // What the server keeps up to date. `write_reports` is called by an operation of the writer, inside its transaction
    // (empty: store::write_reports); `everything_changed` after something else was committed that exposure depends on
    // (groups, values, exceptions).
    std::function<Result<std::vector<store::ReportChange>>(store::Connection&, std::span<DeviceReport const>, Ticks)> write_reports;
    std::function<void()> everything_changed;
    // Publishes what follows from everything that is committed and returns when lists show it, beside the writer; true: other
    // things than exceptions changed, the index is built anew. Empty: an operation of the writer does it.
    std::function<Status(bool)> publish;
    // Fetches feeds now (feeds/update.h: chosen_addresses), and which are at work. Empty: a server that fetches none.
    std::function<Status(std::span<std::string const>)> fetch_feeds;
    std::function<std::vector<feeds::FeedAtWork>()> feeds_at_work;
    // A round of notifications, now; returns when it is over. Empty: nothing sends them here.
    std::function<Result<advise::Delivered>()> send_notifications;
    // The index of the whole fleet as of the last commit. Empty: none is kept.
    std::function<std::shared_ptr<fleet::Index const>()> index;
    // Whether it says what the store says: not while it is built anew. Empty: always.
    std::function<bool()> index_is_current;
};

struct Route;

// What routes work with. Lives as long as the server.
class Service {
public:
    static Result<std::unique_ptr<Service>> create(store::Store const&, store::Writer&, ServiceOptions const&);

    // Answers one request; called on several threads at once. Adds the request id and never fails. A request that has a
    // caller already (the machine's own administrator, through the data folder) passes the gate.
    HttpResponse answer(HttpRequest const&);

    // A connection for the time of one request; returned to the pool when the handle goes. On the thread that answers a
    // request it is inside the scope of the caller (store/scope.h): whatever runs on it sees their devices only.
    using Lease = std::unique_ptr<store::Connection, std::function<void(store::Connection*)>>;
    // What runs on it is stopped after `seconds` (0: list_seconds).
    Result<Lease> lease(std::int64_t seconds = 0);
    // The same for work that nobody asks for, inside the scope of these groups; nothing: the whole fleet.
    Result<Lease> lease_for(DeviceGroups const& groups, std::int64_t seconds = 0);

    // The index of what the caller of this request sees, where one is at hand: of the whole fleet. Null: to be built.
    std::shared_ptr<fleet::Index const> index() const;
    // Whether hunting may take counts from it (hunt::Options::fleet_index).
    bool hunts_by_index() const;

    // Exposure, scores and recommendations made anew after a change that they depend on; several at once share one. What changed
    // may be part of the fleet index (devices, software, findings), which is then built anew, or not: alerts, baselines.
    enum class Changed : std::uint8_t { indexed, other };
    Status recompute(Changed = Changed::indexed);
    // Stops everything that runs on leased connections; for the end of the server.
    void cancel();
    ~Service();

    // Whether the caller of a request holds `permission` beside the one that the route asked for.
    static bool may(HttpRequest const&, std::string_view permission);
    std::filesystem::path temporary_folder() const;

    std::vector<Resource> const& resources() const { return resources_; }
    Resource const* resource(std::string_view path) const;
    ServiceOptions const& options() const { return options_; }
    bool writer_healthy() const { return writer_.healthy(); }
    store::Writer& writer() { return writer_; }
    Gate& gate() { return *gate_; }
    Agents& agents() { return *agents_; }
    int running_queries() const { return limiter_.running(); }
    Limiter& limiter() { return limiter_; }
    // What changed lately; looks first, unless nothing was committed or it has just been looked.
    Result<Live const*> look_for_changes();

private:
    bool sees_the_index() const;
    Service(store::Store const& store, store::Writer& writer, ServiceOptions const& options)
        : store_(store), writer_(writer), options_(options), limiter_(options.limits) {}
    store::Store const& store_;
    store::Writer& writer_;
    ServiceOptions options_;
    Limiter limiter_;
    HttpResponse answer_at(Route const&, HttpRequest const&, std::vector<std::string> const& parts, Answered&);
    HttpResponse find_and_answer(HttpRequest const&, Answered&);
    Result<HttpResponse> kept_answer(HttpRequest const&, DeviceGroups const&, std::function<Result<HttpResponse>()> const& make);

    std::unique_ptr<Gate> gate_;
    std::unique_ptr<Agents> agents_;
    std::unique_ptr<Audit> audit_;
    std::unique_ptr<Live> live_;
    Kept kept_;
    std::vector<Resource> resources_;
    Result<std::string> scope_of(std::vector<std::string> const& groups);

    std::mutex guard_;
    std::vector<std::unique_ptr<store::Connection>> idle_;
    std::set<std::string> scopes_;              // schemas that are made
    std::shared_future<Status> recomputation_;  // the newest; one that has not begun is shared
    bool recomputation_begun_ = true;

    void watch();
    std::map<store::Connection*, std::chrono::steady_clock::time_point> leased_;  // until when
    std::condition_variable wake_;
    bool ending_ = false;
    std::thread watcher_;
};

// ---- What routes share --------------------------------------------------------------------------------------

// The error envelope of the specification: {"error": {"code", "message", "target"}}. Status and code follow from the
// error's own code; `text` is what its span points into.
HttpResponse error_response(Error const&, std::string_view text = {});
// The same for refusals that have no error of the catalogue.
HttpResponse refusal(int status, std::string_view code, std::string_view message);
// One entity as its resource declares it: what a call that made or changed it answers.
Result<HttpResponse> entity_response(Service&, HttpRequest const&, std::string_view resource, std::string const& key, int status);
// "https://HOST" as the client reaches us, for @odata.context and links.
std::string base_url(HttpRequest const&);

// ---- Routes -------------------------------------------------------------------------------------------------

struct Route {
    std::string method;
    std::string pattern;     // segments; "{}" matches one: "api/machines/{}"
    std::string permission;  // "": everybody; `signed_in`: everybody with an account; else a name of the specification
    std::function<Result<HttpResponse>(Service&, HttpRequest const&, std::vector<std::string> const&)> handle;
    bool gives_access = false;  // gives somebody a right, or what outlives the session: asked for a fresh password (gate.h)
    bool by_agents = false;  // asked by agents with keys of their own, again and again: neither counted by address nor audited
    bool kept = false;       // its answer follows from the address, the body, the caller's groups and what is stored (kept.h)
    bool only_asks = false;  // a POST that changes nothing and reads no rows, sent at every keystroke or tick: not audited
};
// Answers as GET of the pattern would: what a write says of the entity it changed.
Result<HttpResponse> answer_as(Service&, HttpRequest const&, std::string_view pattern, std::vector<std::string> const& parts, std::string query = {});
// Every route of the server; one list, so that none is without a permission entry.
std::vector<Route> const& routes();

void add_health_routes(std::vector<Route>&);
void add_list_routes(std::vector<Route>&);
void add_export_routes(std::vector<Route>&);
void add_metadata_routes(std::vector<Route>&);
void add_openapi_routes(std::vector<Route>&);
void add_docs_routes(std::vector<Route>&);
void add_score_routes(std::vector<Route>&);
void add_what_if_routes(std::vector<Route>&);
void add_change_routes(std::vector<Route>&);
void add_hunting_routes(std::vector<Route>&);
void add_hunting_editor_routes(std::vector<Route>&);
void add_saved_query_routes(std::vector<Route>&);
void add_kusto_routes(std::vector<Route>&);
void add_report_routes(std::vector<Route>&);
void add_osquery_routes(std::vector<Route>&);
void add_agent_routes(std::vector<Route>&);
void add_sign_in_routes(std::vector<Route>&);
void add_access_routes(std::vector<Route>&);
void add_exception_routes(std::vector<Route>&);
void add_remediation_routes(std::vector<Route>&);
void add_service_target_routes(std::vector<Route>&);
void add_notification_routes(std::vector<Route>&);
void add_machine_routes(std::vector<Route>&);
void add_device_action_routes(std::vector<Route>&);
void add_device_group_routes(std::vector<Route>&);
void add_alert_routes(std::vector<Route>&);
void add_scan_routes(std::vector<Route>&);
void add_detection_routes(std::vector<Route>&);

}  // namespace merlon::api
