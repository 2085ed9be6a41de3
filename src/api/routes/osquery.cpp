// osquery's remote API (docs/agents.md): enrolment, configuration, results, distributed queries. Agents have no accounts: each
// call carries the node key that its agent got when it enrolled, and an agent writes about its own device only. A key that is
// none makes the agent enrol anew ("node_invalid"), so that is answered with 200, as osquery wants it.
#include "advise/checks.h"
#include "advise/osquery_pack.h"
#include "api/routes/reports.h"
#include "base/json_text.h"
#include "base/text.h"
#include "sensors/osquery/results.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

constexpr std::string_view pack_name = "merlon";
constexpr std::string_view pack_prefix = "pack_merlon_";
constexpr std::int64_t accelerated_s = 60;  // calls every five seconds for so long while a fresh inventory is awaited
constexpr std::int64_t most_line_bytes = 16 << 20;

// What each platform is asked for, by table; made once.
using Queries = std::map<std::string, std::string>;
Result<Queries const*> queries_of(std::string const& platform) {
    static auto const all = []() -> Result<std::map<std::string, Queries>> {
        std::map<std::string, Queries> made;
        auto const checks = TRY(advise::read_checks());
        for (auto const* one : {"windows", "macos", "linux"}) made[one] = advise::osquery_queries(checks, one);
        return made;
    }();
    if (!all) return std::unexpected(all.error());
    return &all->at(platform);
}

Result<json::Document> read_body(HttpRequest const& request) {
    auto document = json::Document::parse(request.body, "the body");
    if (!document || !json::is_object(document->root()))
        return fail("api.bad_body", "it is no JSON object", "This address is for osquery: docs/agents.md.");
    return std::move(*document);
}

HttpResponse node_invalid(int status = 200) {
    HttpResponse response;
    response.status = status;
    response.body = R"({"node_invalid":true})";
    return response;
}

HttpResponse node_valid(std::function<void(JsonWriter&)> const& members = {}) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    if (members) members(json);
    json.member("node_invalid", false);
    json.end_object();
    return response;
}

// The agent whose key the body or the header has.
std::optional<store::Agent> agent_of(Service& service, HttpRequest const& request, json::Value root) {
    auto key = json::text(root, "node_key");
    auto const header = request.header("authorization");
    if (key.empty() && header.size() > 8 && equal_ignoring_ascii_case(header.substr(0, 8), "NodeKey ")) key = trim(header.substr(8));
    return key.empty() ? std::nullopt : service.agents().by_key(key, request.remote);
}

// Whether this is what the agent's osquery calls its host; that of a clone has the host's name behind it (api/agents.h).
bool is_of(store::Agent const& agent, std::string_view host) {
    return agent.identifier == host || (!host.empty() && agent.identifier.starts_with(std::string(host) + "@"));
}

// Bits of osquery's platform_type: 2 windows, 8 linux, 16 macOS.
std::string platform_of(json::Value root) {
    int bits = 0;
    if (auto const number = json::integer(root, "platform_type")) bits = static_cast<int>(*number & 0xff);
    else for (char const c : json::text(root, "platform_type").substr(0, 5)) bits = c >= '0' && c <= '9' ? bits * 10 + (c - '0') : bits;
    return (bits & 2) != 0 ? "windows" : (bits & 16) != 0 ? "macos" : "linux";
}

// What was gathered, as a report about the agent's device.
Result<std::size_t> take_in(Service& service, store::Agent const& agent, sensors::OsqueryLog& log, bool whole) {
    sensors::ImportCounts counts;
    std::vector<DeviceReport> reports;
    TRY(log.finish("the body", agent.device, counts, [&](DeviceReport report) -> Status {
        report.identifier = agent.identifier;
        if (report.name.empty()) report.name = agent.name;
        report.source = "osquery";
        reports.push_back(std::move(report));
        return {};
    }));
    if (reports.empty()) return std::size_t{0};
    TRY(write_reports(service, std::move(reports)));
    service.agents().reported(agent.id, whole);
    return counts.kept;
}

Result<HttpResponse> enroll(Service& service, HttpRequest const& request, Parts const&) {
    auto const document = TRY(read_body(request));
    auto const root = document.root();
    Agents::Enrolment asked{std::string(json::text(root, "enroll_secret")), sensors::field(json::text(root, "host_identifier")), {},
                            platform_of(root), {}, request.remote};
    auto const details = json::member(root, "host_details");
    auto const fact = [&](char const* table, char const* column) {
        auto const row = details ? json::member(*details, table) : std::nullopt;
        return row ? sensors::field(json::text(*row, column)) : std::string{};
    };
    asked.name = fact("system_info", "hostname");
    if (asked.name.empty()) asked.name = fact("system_info", "computer_name");
    if (asked.name.empty()) asked.name = asked.identifier;
    asked.version = fact("osquery_info", "version");
    auto const key = TRY(service.agents().enrol(asked));
    if (!key) return node_invalid(401);
    return node_valid([&](JsonWriter& json) { json.member("node_key", *key); });
}

Result<HttpResponse> config(Service& service, HttpRequest const& request, Parts const&) {
    auto const document = TRY(read_body(request));
    auto const agent = agent_of(service, request, document.root());
    if (!agent) return node_invalid();
    auto const& asked = *TRY(queries_of(agent->platform));
    return node_valid([&](JsonWriter& json) {
        json.key("options");
        json.begin_object();
        json.member("distributed_interval", agents_call_every_s);
        json.member("logger_tls_max_linesize", most_line_bytes);
        json.member("logger_min_status", 1);
        json.end_object();
        json.key("decorators");
        json.raw(R"({"load":["SELECT hostname FROM system_info;"]})");
        json.key("packs");
        json.begin_object();
        json.key(pack_name);
        json.raw(advise::osquery_pack(asked, agent->platform));
        json.end_object();
    });
}

// Results of the scheduled queries. Lines about another host, or of queries that were never asked for, are an agent that is
// not what its key says: nothing of theirs is taken.
Result<HttpResponse> log(Service& service, HttpRequest const& request, Parts const&) {
    auto const document = TRY(read_body(request));
    auto const root = document.root();
    auto const agent = agent_of(service, request, root);
    if (!agent) return node_invalid();
    if (json::text(root, "log_type") != "result") return node_valid();
    auto const& asked = *TRY(queries_of(agent->platform));
    sensors::OsqueryLog lines;
    sensors::ImportCounts counts;
    for (auto const line : json::array(root, "data")) {
        auto const host = sensors::field(json::text(line, "hostIdentifier"));
        if (!is_of(*agent, host)) return node_invalid();
        auto const name = json::text(line, "name");
        if (!name.starts_with(pack_prefix) || !asked.contains(std::string(name.substr(pack_prefix.size())))) continue;
        TRY(lines.take(line, counts));
    }
    TRY(take_in(service, *agent, lines, false));
    return node_valid();
}

Result<HttpResponse> distributed_read(Service& service, HttpRequest const& request, Parts const&) {
    auto const document = TRY(read_body(request));
    auto const agent = agent_of(service, request, document.root());
    if (!agent) return node_invalid();
    auto const& asked = *TRY(queries_of(agent->platform));
    return node_valid([&](JsonWriter& json) {
        json.key("queries");
        json.begin_object();
        if (agent->rescan != 0)
            for (auto const& [table, query] : asked) json.member(table, query);
        json.end_object();
        if (agent->rescan != 0) json.member("accelerate", accelerated_s);
    });
}

Result<HttpResponse> distributed_write(Service& service, HttpRequest const& request, Parts const&) {
    auto const document = TRY(read_body(request));
    auto const root = document.root();
    auto const agent = agent_of(service, request, root);
    if (!agent) return node_invalid();
    auto const queries = json::member(root, "queries");
    if (agent->rescan == 0 || !queries || !json::is_object(*queries)) return node_valid();  // nothing was asked
    auto const& asked = *TRY(queries_of(agent->platform));
    for (auto const [name, rows] : simdjson::dom::object(queries->get_object().value_unsafe())) {
        (void)rows;
        if (!asked.contains(std::string(name))) return node_valid();
    }
    sensors::OsqueryLog answer;
    sensors::ImportCounts counts;
    TRY(answer.take(root, counts));
    TRY(take_in(service, *agent, answer, true));
    return node_valid();
}

}  // namespace

void add_osquery_routes(std::vector<Route>& all) {
    all.push_back({"POST", "api/osquery/enroll", "", enroll});
    auto const add = [&](char const* pattern, auto handle) {
        Route route{"POST", pattern, "", handle};
        route.by_agents = true;
        all.push_back(std::move(route));
    };
    add("api/osquery/config", config);
    add("api/osquery/log", log);
    add("api/osquery/distributed/read", distributed_read);
    add("api/osquery/distributed/write", distributed_write);
}

}  // namespace merlon::api
