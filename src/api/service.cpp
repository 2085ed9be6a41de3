#include "api/service.h"

#include <random>

#include "advise/publish.h"
#include "api/portal/portal.h"
#include "api/routes/matching.h"
#include "base/json_text.h"
#include "base/text.h"
#include "hunt/hunt.h"
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
    auto const digits = hex(bytes);
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-4" + digits.substr(13, 3) + "-8" + digits.substr(17, 3) +
           "-" + digits.substr(20, 12);
}

// Segments without empty ones; the service root /api/v1.0 is /api.
std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    for (auto const part : split(path, '/'))
        if (!part.empty()) segments.emplace_back(part);
    if (segments.size() > 1 && equal_ignoring_ascii_case(segments[0], "api") &&
        equal_ignoring_ascii_case(segments[1], "v1.0"))
        segments.erase(segments.begin() + 1);
    return segments;
}

// The parts that "{}" stands for, when the pattern fits.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::vector<std::string> const& segments) {
    auto const wanted = split(pattern, '/');
    if (wanted.size() != segments.size()) return {};
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        std::string_view const segment = segments[i];
        if (wanted[i] == "{}") parts.push_back(segments[i]);
        else if (wanted[i].ends_with("({})")) {  // a function: findbyip(ip='10.0.0.1',...)
            auto const head = wanted[i].substr(0, wanted[i].size() - 3);
            if (segment.size() <= head.size() || !segment.ends_with(')') || !equal_ignoring_ascii_case(segment.substr(0, head.size()), head)) return {};
            parts.emplace_back(segment.substr(head.size(), segment.size() - head.size() - 1));
        } else if (!equal_ignoring_ascii_case(wanted[i], segments[i])) return {};
    }
    return parts;
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
    if (e.code == "advise.same_person") return {403, "DisallowedOperation"};
    if (e.code == "audit.unwritable") return {503, "ServiceUnavailable"};
    if (e.code == "api.bad_body") return {400, "InvalidRequestBody"};
    if (e.code == "api.too_many") return {400, "MaximumBatchSizeExceeded"};
    if (e.code == "api.missing_parameter") return {400, "MissingRequiredParameter"};
    if (e.code == "store.out_of_memory" || e.code == "store.interrupted") return {400, "BadRequest"};
    if (e.code == "store.fatal") return {503, "ServiceUnavailable"};
    if (fault_of(e) == Fault::user) return {400, "BadRequest"};
    return {500, "InternalServerError"};
}

}  // namespace

HttpResponse refusal(int status, std::string_view code, std::string_view message) {
    HttpResponse response;
    response.status = status;
    JsonWriter json(response.body);
    json.begin_object();
    json.key("error");
    json.begin_object();
    json.member("code", code);
    json.member("message", message);
    json.end_object();
    json.end_object();
    return response;
}

HttpResponse error_response(Error const& e, std::string_view text) {
    auto const [status, code] = status_of(e);
    // The words of our own faults may name what is nobody's business outside: paths, SQL.
    if (status >= 500) return refusal(status, code, status == 503 ? describe(e) : "The request could not be answered.");
    std::string message = describe(e);
    if (e.span && !text.empty()) {
        auto const at = line_column(text, e.span->begin);
        message += " (line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ")";
    }
    if (auto const hint = hint_of(e); !hint.empty()) message += " " + hint;
    return refusal(status, code, message);
}

std::string base_url(HttpRequest const& request) {
    auto const host = request.header("host");
    for (char const c : host)
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '.' && c != '-' &&
            c != ':' && c != '[' && c != ']')
            return "http://localhost";
    return "http://" + std::string(host.empty() ? "localhost" : host);
}

std::vector<Route> const& routes() {
    static std::vector<Route> const all = [] {
        std::vector<Route> made;
        add_health_routes(made);
        add_list_routes(made);
        add_score_routes(made);
        add_what_if_routes(made);
        add_change_routes(made);
        add_hunting_routes(made);
        add_report_routes(made);
        add_sign_in_routes(made);
        add_access_routes(made);
        add_exception_routes(made);
        add_remediation_routes(made);
        add_service_target_routes(made);
        add_notification_routes(made);
        add_machine_routes(made);
        add_device_group_routes(made);
        add_alert_routes(made);
        add_detection_routes(made);
        add_evidence_routes(made);
        add_correction_routes(made);
        add_feed_routes(made);
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
        asked.path = "/" + std::string(pattern);
        for (auto const& part : parts)
            if (auto const gap = asked.path.find("{}"); gap != std::string::npos) asked.path.replace(gap, 2, part);
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
    service->audit_ = TRY(Audit::open(options.audit_file, store, writer));
    // Scopes that nobody has any more; the others are made anew at their first use when rules have changed since.
    auto const wanted = service->gate_->directory()->scopes();
    TRY(writer.run([&](store::Connection& c) { return store::drop_scopes_but(c, wanted); }));
    // Functions live in the database, not in a connection: once is enough.
    auto connection = TRY(store.connect());
    TRY(hunt::prepare(connection));
    return service;
}

Resource const* Service::resource(std::string_view path) const {
    for (auto const& one : resources_)
        if (equal_ignoring_ascii_case(one.path, path)) return &one;
    return nullptr;
}

Result<Service::Lease> Service::lease() {
    // Whoever forgets for whom the work is gets nothing rather than everything.
    if (!answering_for) return fail("api.no_caller");
    return lease_for(*answering_for);
}

// The schema of a scope; made by the writer when somebody needs it first.
Result<std::string> Service::scope_of(std::vector<std::string> const& groups) {
    auto schema = store::scope_schema(groups);
    {
        std::lock_guard lock(guard_);
        if (scopes_.contains(schema)) return schema;
    }
    TRY(writer_.run([&](store::Connection& connection) -> Status {
        if (!TRY(store::make_scope(connection, groups))) return {};
        return advise::publish_scope(connection, groups, now_ticks());
    }));
    std::lock_guard lock(guard_);
    scopes_.insert(schema);
    return schema;
}

Result<Service::Lease> Service::lease_for(DeviceGroups const& groups) {
    auto const schema = groups ? TRY(scope_of(*groups)) : std::string{};
    std::unique_ptr<store::Connection> connection;
    {
        std::lock_guard lock(guard_);
        if (!idle_.empty()) {
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (!connection) connection = std::make_unique<store::Connection>(TRY(store_.connect()));
    TRY(store::enter_scope(*connection, schema));
    return Lease(connection.release(), [this](store::Connection* back) {
        std::lock_guard lock(guard_);
        idle_.emplace_back(back);
    });
}

Status Service::recompute() {
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

// Lets the caller in, writes down what must be, and runs the handler. What changes something or asks a query is in the
// ledger before it happens; without the ledger it does not happen.
HttpResponse Service::answer_at(Route const& route, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const action = request.method + " " + route.pattern;
    auto caller = gate_->admit(request, route.permission);
    if (!caller) {
        if (auto const noted = audit_->note(request, {}, action, "denied"); !noted) return error_response(noted.error());
        return std::move(caller.error());
    }
    auto asked = request;
    asked.caller = std::make_shared<Caller const>(std::move(*caller));
    bool const audited = request.method != "GET" && request.method != "HEAD" && !route.only_asks;
    if (audited) {
        // Only a query's text is kept: other bodies may hold secrets.
        auto const detail = route.permission.ends_with("Hunting.Read.All") || route.permission.ends_with("Query.Read.All")
                                ? std::string_view(request.body)
                                : std::string_view{};
        if (auto const noted = audit_->note(request, *asked.caller, action, "admitted", detail); !noted)
            return error_response(noted.error());
    }
    answering_for = &asked.caller->groups;
    auto answered = route.handle(*this, asked, parts);
    answering_for = nullptr;
    auto response = answered ? std::move(*answered) : error_response(answered.error(), {});
    if (audited && response.status >= 400)
        if (auto const noted = audit_->note(request, *asked.caller, action, "failed " + std::to_string(response.status)); !noted)
            return error_response(noted.error());
    return response;
}

HttpResponse Service::answer(HttpRequest const& request) {
    auto const segments = segments_of(request.path);
    auto const method = request.method == "HEAD" ? std::string("GET") : request.method;
    std::string allowed;
    bool taken = false;
    HttpResponse response;
    for (auto const& route : routes()) {
        auto const parts = match(route.pattern, segments);
        if (!parts) continue;
        taken = true;
        if (route.method != method) {
            allowed += (allowed.empty() ? "" : ", ") + route.method;
            continue;
        }
        response = answer_at(route, request, *parts);
        allowed.clear();
        break;
    }
    if (!allowed.empty()) {
        response = refusal(405, "MethodNotAllowed", "This address answers " + allowed + ".");
        response.headers.emplace_back("Allow", allowed);
    }
    if (!taken)
        response = portal_answer(request).value_or(
            refusal(404, "NotFound", "There is nothing at " + clean_text(request.path, 200) + "."));
    auto const id = request_id();
    response.headers.emplace_back("X-Request-Id", id);
    // The envelope's target is the request id, for people who report a problem.
    if (response.status >= 400 && response.body.ends_with("\"}}"))
        response.body.insert(response.body.size() - 2, ",\"target\":\"" + id + "\"");
    return response;
}

}  // namespace merlon::api
