#include "api/service.h"

#include <random>

#include "advise/notifications.h"
#include "advise/publish.h"
#include "api/envelope.h"
#include "api/portal/portal.h"
#include "api/routes/baselines.h"
#include "api/routes/matching.h"
#include "api/auth/permissions.h"
#include "api/routes/list.h"
#include "base/digest.h"
#include "base/json_text.h"
#include "base/text.h"
#include "fleet/functions.h"
#include "hunt/hunt.h"
#include "match/evidence.h"
#include "match/newest.h"
#include "store/scope.h"

namespace merlon::api {
namespace {

// The device groups of whoever is being answered on this thread; nothing: all.
thread_local DeviceGroups const* answering_for = nullptr;

std::string request_id() {
    static std::atomic<std::uint64_t> counter{std::random_device{}()};
    static std::uint64_t const process = (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
    auto const number = ++counter;
    std::string bytes(16, '\0');
    std::memcpy(bytes.data(), &process, 8);
    std::memcpy(bytes.data() + 8, &number, 8);
    return uuid_of(hex(bytes), '4');
}

// The service root /api/v1.0 is /api. A key in brackets, as OData writes it, is a segment: machines('x') is machines/x;
// findbyip(ip='x',timestamp=y) stays as it is.
std::vector<std::string> segments_of(HttpRequest const& request) {
    std::vector<std::string> segments;
    auto const sent = request.segments();
    for (std::string_view const part : sent) {
        auto const bracket = part.find('(');
        auto const inside = part.ends_with(')') && bracket != std::string_view::npos ? part.substr(bracket + 1, part.size() - bracket - 2)
                                                                                    : std::string_view{};
        bool const quoted = inside.size() >= 2 && inside.front() == '\'' && inside.back() == '\'';
        if (bracket == 0 || inside.empty() || (!quoted && inside.find('=') != std::string_view::npos)) {
            segments.emplace_back(part);
            continue;
        }
        segments.emplace_back(part.substr(0, bracket));
        segments.push_back(quoted ? replace_all(std::string(inside.substr(1, inside.size() - 2)), "''", "'") : std::string(inside));
    }
    if (segments.size() > 1 && equal_ignoring_ascii_case(segments[0], "api") &&
        equal_ignoring_ascii_case(segments[1], "v1.0"))
        segments.erase(segments.begin() + 1);
    return segments;
}

// The parts that "{}" and "name({})" stand for, when the pattern fits.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::vector<std::string> const& segments) {
    auto const wanted = split(pattern, '/');
    if (wanted.size() != segments.size()) return {};
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto const& segment = segments[i];
        if (wanted[i] == "{}") {
            parts.push_back(segment);
        } else if (wanted[i].ends_with("({})")) {
            auto const name = wanted[i].substr(0, wanted[i].size() - 3);  // with its bracket
            if (segment.size() <= name.size() || !segment.ends_with(')') ||
                !equal_ignoring_ascii_case(name, std::string_view(segment).substr(0, name.size())))
                return {};
            parts.push_back(segment.substr(name.size(), segment.size() - name.size() - 1));
        } else if (!equal_ignoring_ascii_case(wanted[i], segment)) {
            return {};
        }
    }
    return parts;
}

// How deep the brackets of a JSON text go; what its strings hold does not count.
std::size_t depth_of(std::string_view json) {
    std::size_t depth = 0, deepest = 0;
    bool text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        char const c = json[i];
        if (text) {
            if (c == '\\') ++i;
            else if (c == '"') text = false;
        } else if (c == '"') {
            text = true;
        } else if (c == '[' || c == '{') {
            deepest = std::max(deepest, ++depth);
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return deepest;
}

constexpr std::size_t most_depth = 64;
// Scopes that are kept; beyond these only for people who are bound to their groups.
constexpr std::size_t most_scopes = 64;

// The groups that a request is about: ?deviceGroups=A&deviceGroups=B leaves the others out of what is read for it. Never
// more than the caller's own. Errors: groups.no_such.
Result<DeviceGroups> looked_at(Service& service, HttpRequest const& request, DeviceGroups const& own) {
    std::vector<std::string> names;
    for (auto const& [key, value] : request.options())
        if (equal_ignoring_ascii_case(key, "deviceGroups")) names.push_back(value);
    if (names.empty()) return own;
    auto const connection = TRY(service.lease_for({}));
    return common(own, TRY(check_groups(*connection, std::move(names))));
}

// A body longer than this is sent while it is made.
constexpr std::size_t most_settled_bytes = std::size_t{1} << 20;

// The tag is a digest of the answer: the same bytes, the same tag.
void tag(HttpRequest const& request, HttpResponse& response) {
    if ((request.method != "GET" && request.method != "HEAD") || response.status != 200 || response.rest) return;
    response.headers.emplace_back("ETag", "W/\"" + sha256_hex(response.body).substr(0, 32) + "\"");
}

// "Not changed" for who has the answer already.
void leave_out_what_is_known(HttpRequest const& request, HttpResponse& response) {
    auto const known = request.header("if-none-match");
    auto const tagged = std::ranges::find(response.headers, "ETag", &std::pair<std::string, std::string>::first);
    if (known.empty() || tagged == response.headers.end()) return;
    auto const& made = tagged->second;
    bool same = trim(known) == "*";
    for (auto const one : split(known, ',')) same = same || trim(one) == made || "W/" + std::string(trim(one)) == made;
    if (!same) return;
    response.status = 304;
    response.body.clear();
}

// What the gate judges a request by, kept for as long as its answer is sent.
std::optional<HttpRequest> about_the_caller(HttpRequest const& asked, bool passed_the_gate) {
    if (!passed_the_gate) return {};
    auto kept = asked;
    kept.body.clear();
    kept.left = {};  // may not be asked after the handler
    return kept;
}

struct StatusAndCode {
    int status;
    std::string_view code;
};

StatusAndCode status_of(Error const& e) {
    if (e.code.starts_with("odata.")) return {400, "ODataError"};
    if (e.code.ends_with(".no_such") || e.code == "hunt.no_such_saved") return {404, "ResourceNotFound"};
    if (e.code.ends_with(".exists") || e.code == "hunt.saved_exists") return {409, "Conflict"};
    if (e.code.starts_with("advise.no_such_") && e.code != "advise.no_such_group") return {404, "ResourceNotFound"};
    if (e.code == "advise.exception_exists" || e.code.ends_with("_state")) return {409, "Conflict"};
    if (e.code == "advise.same_person" || e.code == "api.takes_no_action") return {403, "DisallowedOperation"};
    if (e.code == "audit.unwritable") return {503, "ServiceUnavailable"};
    if (e.code == "api.bad_body") return {400, "InvalidRequestBody"};
    if (e.code == "api.too_many") return {400, "MaximumBatchSizeExceeded"};
    if (e.code == "api.missing_parameter") return {400, "MissingRequiredParameter"};
    if (e.code == "api.bad_type") return {415, "UnsupportedMediaType"};
    if (e.code == "api.not_acceptable") return {406, "NotAcceptable"};
    if (e.code == "api.expand_denied") return {403, "Forbidden"};
    if (e.code == "api.needs_since") return {400, "MissingRequiredParameter"};
    if (e.code == "api.since_too_old" || e.code == "api.bad_parameter") return {400, "InvalidInput"};
    if (e.code == "store.out_of_memory" || e.code == "store.interrupted") return {400, "BadRequest"};
    if (e.code == "store.fatal" || e.code == "store.no_room") return {503, "ServiceUnavailable"};
    if (e.code == "devices.bad_address") return {400, "InvalidIpAddress"};
    if (e.code == "devices.bad_time" || e.code == "devices.bad_value" || e.code == "alerts.bad_word") return {400, "InvalidInput"};
    if (fault_of(e) == Fault::user) return {400, "BadRequest"};
    return {500, "InternalServerError"};
}

}  // namespace

HttpResponse refusal(int status, std::string_view code, std::string_view message) {
    HttpResponse response;
    response.status = status;
    response.body = error_envelope(code, message);
    return response;
}

HttpResponse error_response(Error const& e, std::string_view text) {
    auto const [status, code] = status_of(e);
    // The words of our own faults may name what is nobody's business outside: paths, SQL.
    if (status >= 500) {
        auto response = refusal(status, code, status == 503 ? describe(e) : "The request could not be answered.");
        response.fault = describe(e);
        return response;
    }
    std::string message = describe(e);
    if (e.span && !text.empty()) {
        auto const at = line_column(text, e.span->begin);
        message += " (line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ")";
    }
    if (auto const hint = hint_of(e); !hint.empty()) message += " " + hint;
    return refusal(status, code, message);
}

std::string base_url(HttpRequest const& request) {
    if (!request.base.empty()) return request.base;
    auto const host = request.header("host");
    for (char const c : host)
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '.' && c != '-' &&
            c != ':' && c != '[' && c != ']')
            return request.secure ? "https://localhost" : "http://localhost";
    return (request.secure ? "https://" : "http://") + std::string(host.empty() ? "localhost" : host);
}

std::vector<Route> const& routes() {
    static std::vector<Route> const all = [] {
        std::vector<Route> made;
        add_health_routes(made);
        add_list_routes(made);
        add_export_routes(made);
        add_metadata_routes(made);
        add_openapi_routes(made);
        add_docs_routes(made);
        add_score_routes(made);
        add_what_if_routes(made);
        add_change_routes(made);
        add_hunting_routes(made);
        add_report_routes(made);
        add_osquery_routes(made);
        add_agent_routes(made);
        add_sign_in_routes(made);
        add_access_routes(made);
        add_exception_routes(made);
        add_baseline_routes(made);
        add_remediation_routes(made);
        add_service_target_routes(made);
        add_notification_routes(made);
        add_machine_routes(made);
        add_device_action_routes(made);
        add_device_group_routes(made);
        add_alert_routes(made);
        add_scan_routes(made);
        add_detection_routes(made);
        add_assessment_routes(made);
        add_evidence_routes(made);
        add_correction_routes(made);
        add_feed_routes(made);
        add_end_of_support_routes(made);
        // A literal segment wins over "{}": machines/findbytag and machines/findbyip({}) over machines/{id}.
        std::ranges::stable_sort(made, {}, [](Route const& route) {
            auto const segments = split(route.pattern, '/');
            return std::ranges::count(segments, std::string_view("{}"));
        });
        return made;
    }();
    return all;
}

Result<HttpResponse> answer_as(Service& service, HttpRequest const& request, std::string_view pattern, std::vector<std::string> const& parts, std::string query) {
    for (auto const& route : routes()) {
        if (route.method != "GET" || route.pattern != pattern) continue;
        auto asked = request;
        asked.method = "GET";
        asked.sent_path = "/" + std::string(pattern);
        for (auto const& part : parts)
            if (auto const gap = asked.sent_path.find("{}"); gap != std::string::npos) asked.sent_path.replace(gap, 2, percent_encode(part));
        asked.path = percent_decode(asked.sent_path, false).value_or("");
        asked.query = std::move(query);
        asked.body.clear();
        return route.handle(service, asked, parts);
    }
    return fail("api.bad_schema", std::string(pattern), "no such route");
}

Result<std::unique_ptr<Service>> Service::create(store::Store const& store, store::Writer& writer,
                                                 ServiceOptions const& options) {
    std::unique_ptr<Service> service(new Service(store, writer, options));
    service->resources_ = TRY(read_resources());
    service->gate_ = TRY(Gate::create(store, writer, options.gate));
    service->agents_ = TRY(Agents::open(store, writer));
    service->live_ = TRY(Live::create());
    service->audit_ = TRY(Audit::open(options.audit_file, store, writer));
    // Scopes that nobody has any more; the others are made anew at their first use when rules have changed since.
    auto const bound = service->gate_->directory()->scopes();
    TRY(writer.run([&](store::Connection& c) -> Status {
        auto wanted = TRY(advise::notified_groups(c));
        wanted.insert(wanted.end(), bound.begin(), bound.end());
        return store::drop_scopes_but(c, wanted);
    }));
    // Functions live in the database, not in a connection: once is enough.
    auto connection = TRY(store.connect());
    TRY(hunt::prepare(connection));
    TRY(match::add_evidence_function(connection));
    TRY(match::add_newest_function(connection));
    TRY(fleet::add_hazard_functions(connection));
    if (options.index) TRY(fleet::add_index_functions(connection, options.index));
    service->watcher_ = std::thread([raw = service.get()] { raw->watch(); });
    return service;
}

Resource const* Service::resource(std::string_view path) const {
    for (auto const& one : resources_)
        if (equal_ignoring_ascii_case(one.path, path)) return &one;
    return nullptr;
}

Result<Service::Lease> Service::lease(std::int64_t seconds) {
    // Whoever forgets for whom the work is gets nothing rather than everything.
    if (!answering_for) return fail("api.no_caller");
    return lease_for(*answering_for, seconds);
}

// Who sees the whole fleet sees its index, where one is kept.
bool Service::sees_the_index() const { return answering_for && !*answering_for && options_.index; }

std::shared_ptr<fleet::Index const> Service::index() const {
    return sees_the_index() ? options_.index() : nullptr;
}

bool Service::hunts_by_index() const {
    return sees_the_index() && (!options_.index_is_current || options_.index_is_current());
}

// The schema of a scope; made by the writer when somebody needs it first.
Result<std::string> Service::scope_of(std::vector<std::string> const& groups) {
    auto schema = store::scope_schema(groups);
    {
        std::lock_guard lock(guard_);
        if (scopes_.contains(schema)) return schema;
        auto const bound = gate_->directory()->scopes();
        if (scopes_.size() >= most_scopes && std::ranges::find(bound, groups) == bound.end())
            return fail("groups.too_many_views", std::to_string(most_scopes));
    }
    TRY(writer_.run([&](store::Connection& connection) -> Status {
        if (!TRY(store::make_scope(connection, groups))) return {};
        return advise::publish_scope(connection, groups, now_ticks());
    }));
    std::lock_guard lock(guard_);
    scopes_.insert(schema);
    return schema;
}

Result<Service::Lease> Service::lease_for(DeviceGroups const& groups, std::int64_t seconds) {
    auto const schema = groups ? TRY(scope_of(*groups)) : std::string{};
    std::unique_ptr<store::Connection> connection;
    {
        std::lock_guard lock(guard_);
        if (ending_) return fail("store.interrupted");
        if (!idle_.empty()) {
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (!connection) connection = std::make_unique<store::Connection>(TRY(store_.connect()));
    TRY(store::enter_scope(*connection, schema));
    std::lock_guard lock(guard_);
    leased_[connection.get()] = std::chrono::steady_clock::now() + std::chrono::seconds(seconds > 0 ? seconds : options_.list_seconds);
    return Lease(connection.release(), [this](store::Connection* back) {
        std::unique_ptr<store::Connection> returned(back);
        std::lock_guard inner(guard_);
        leased_.erase(back);
        if (!ending_) idle_.push_back(std::move(returned));
    });
}

Result<Live const*> Service::look_for_changes() {
    TRY(live_->look(store_.database().changes(), [this] { return lease_for({}); }));
    return live_.get();
}

Status Service::recompute(Changed changed) {
    if (options_.publish) return options_.publish(changed == Changed::indexed);
    std::shared_future<Status> done;
    {
        std::lock_guard lock(guard_);
        if (recomputation_begun_) {
            recomputation_begun_ = false;
            recomputation_ = writer_.submit([this](store::Connection& connection) -> Status {
                {
                    std::lock_guard begun(guard_);
                    recomputation_begun_ = true;
                }
                TRY(advise::publish_all(connection, now_ticks()));
                return {};
            }).share();
        }
        done = recomputation_;
    }
    return done.get();
}

// Stops what takes too long. Looks once a second: limits are in seconds.
void Service::watch() {
    std::unique_lock lock(guard_);
    while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return ending_; })) {
        auto const now = std::chrono::steady_clock::now();
        for (auto const& [connection, until] : leased_)
            if (now > until) connection->interrupt();
    }
}

void Service::cancel() {
    std::lock_guard lock(guard_);
    ending_ = true;
    wake_.notify_all();
    for (auto const& [connection, until] : leased_) connection->interrupt();
}

Service::~Service() {
    cancel();
    if (watcher_.joinable()) watcher_.join();
}

bool Service::may(HttpRequest const& request, std::string_view permission) {
    return !request.caller || holds(request.caller->permissions, permission);
}

std::filesystem::path Service::temporary_folder() const {
    return store_.folder().empty() ? std::filesystem::temp_directory_path() : store_.folder() / "temporary";
}

// One that was kept, or one that is made for all who ask for the same now, also where the client wants none that was kept
// (Cache-Control: no-cache).
Result<HttpResponse> Service::kept_answer(HttpRequest const& asked, DeviceGroups const& groups, std::function<Result<HttpResponse>()> const& make) {
    auto const changes = [this] { return store_.database().changes(); };
    if (auto const key = kept_key(asked, groups, base_url(asked)))
        return kept_.answer(*key, changes, make);
    auto plain = asked;
    std::erase_if(plain.headers, [](auto const& header) { return header.first == "cache-control"; });
    auto const anew = kept_key(plain, groups, base_url(asked));
    return anew ? kept_.anew(*anew, make) : make();
}

// Lets the caller in, writes down what must be, and runs the handler. What changes something or asks a query is in the
// ledger before it happens; without the ledger it does not happen.
HttpResponse Service::answer_at(Route const& route, HttpRequest const& request, std::vector<std::string> const& parts, Answered& about) {
    auto const action = request.method + " " + route.pattern;
    auto asked = request;
    asked.base = options_.public_url;
    if (!asked.caller) {
        auto caller = gate_->admit(request, route.permission);
        if (!caller) {
            if (auto const noted = audit_->note(request, {}, action, "denied"); !noted) return error_response(noted.error());
            return std::move(caller.error());
        }
        asked.caller = std::make_shared<Caller const>(std::move(*caller));
    }
    about.who = asked.caller->who;
    auto const kind = kind_of(route.pattern);
    std::shared_ptr<void> place;
    if (about.who != "local" && !route.by_agents) {
        auto const key = about.who == "nobody" ? request.remote : about.who;
        auto refused = limiter_.count(key, kind, now_ticks() / ticks_per_second);
        if (!refused && kind == CallKind::query && !(place = limiter_.begin_query(key)))
            refused = Limiter::Refused{std::to_string(options_.limits.running_queries) + " queries at once", 1};
        if (refused) {
            auto response = refusal(429, "TooManyRequests", "The limit is " + refused->limit + "; try again in " + std::to_string(refused->retry_after_s) + " seconds.");
            response.headers.emplace_back("Retry-After", std::to_string(refused->retry_after_s));
            return response;
        }
    }
    bool const audited = request.method != "GET" && request.method != "HEAD" && !route.only_asks && !route.by_agents;
    if (audited) {
        // Only a query's text is kept: other bodies may hold secrets.
        auto const detail = route.permission.ends_with("Hunting.Read.All") || route.permission.ends_with("Query.Read.All")
                                ? std::string_view(request.body)
                                : std::string_view{};
        if (auto const noted = audit_->note(request, *asked.caller, action, "admitted", detail); !noted)
            return error_response(noted.error());
    }
    if (depth_of(request.body) > most_depth) return refusal(400, "InvalidRequestBody", "The body is nested more than 64 deep.");
    if (route.gives_access && !request.caller)
        if (auto refused = gate_->unconfirmed(request)) {
            if (auto const noted = audit_->note(request, *asked.caller, action, "not confirmed"); !noted) return error_response(noted.error());
            return std::move(*refused);
        }
    auto const groups = looked_at(*this, request, asked.caller->groups);
    if (!groups) return error_response(groups.error());
    // A query ends when its caller leaves, and with the right to ask it.
    std::atomic<bool> stands = true;
    if (kind == CallKind::query && !request.caller)
        asked.left = [&] { return (request.left && request.left()) || !(stands = gate_->still_stands(asked)); };
    auto const make = [&]() -> Result<HttpResponse> {
        auto made = TRY(route.handle(*this, asked, parts));
        // What is small is finished here, so that its errors have their status.
        if (!made.waits) TRY(settle(made, most_settled_bytes));
        tag(request, made);
        return made;
    };
    answering_for = &*groups;
    auto answered = route.kept ? kept_answer(asked, *groups, make) : make();
    answering_for = nullptr;
    if (!stands && (!answered || answered->status >= 400)) return refusal(401, "Unauthorized", "The right to ask this ended while it was answered.");
    auto response = answered ? std::move(*answered) : error_response(answered.error(), {});
    // What is sent piece by piece keeps its place among the queries, and ends with the right to it.
    if (response.rest && !response.waits)
        response.rest = [this, place, standing = about_the_caller(asked, !request.caller), rest = std::move(response.rest)](std::string& out) -> Result<bool> {
            if (standing && !gate_->still_stands(*standing)) return fail("api.right_ended");
            return rest(out);
        };
    leave_out_what_is_known(request, response);
    if (audited && response.status >= 400)
        if (auto const noted = audit_->note(request, *asked.caller, action, "failed " + std::to_string(response.status)); !noted)
            return error_response(noted.error());
    return response;
}

HttpResponse Service::find_and_answer(HttpRequest const& request, Answered& about) {
    auto const segments = segments_of(request);
    auto const method = request.method == "HEAD" ? std::string("GET") : request.method;
    std::string allowed;
    for (auto const& route : routes()) {
        auto const parts = match(route.pattern, segments);
        if (!parts) continue;
        if (route.method == method) {
            about.route = route.pattern;
            return answer_at(route, request, *parts, about);
        }
        allowed += (allowed.empty() ? "" : ", ") + route.method;
    }
    if (allowed.empty())
        if (auto page = portal_answer(request)) return std::move(*page);
    if (allowed.empty()) return refusal(404, "NotFound", "There is nothing at " + clean_text(request.path, 200) + ".");
    auto response = refusal(405, "MethodNotAllowed", "This address answers " + allowed + ".");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

HttpResponse Service::answer(HttpRequest const& request) {
    auto const began = std::chrono::steady_clock::now();
    Answered about;
    about.id = request_id();
    auto response = find_and_answer(request, about);
    response.headers.emplace_back("X-Request-Id", about.id);
    // The envelope's target is the request id, for people who report a problem.
    if (response.status >= 400 && !response.rest) add_to_envelope(response.body, "target", json_string(about.id));
    if (!options_.observe) return response;
    about.method = request.method;
    about.path = clean_text(request.path, 500);
    about.remote = request.remote;
    about.status = response.status;
    about.bytes = response.body.size();
    about.fault = response.fault;
    about.streamed = static_cast<bool>(response.rest);
    about.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
    options_.observe(about);
    return response;
}

}  // namespace merlon::api
