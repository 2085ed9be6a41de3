// osquery agents as people manage them: who is there, and what lets new ones in (docs/agents.md). The
// list is a resource of schema/api; what agents themselves ask is osquery.cpp.
#include "api/auth/permissions.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

HttpResponse nothing() {
    HttpResponse response;
    response.status = 204;
    return response;
}

// The agent's id when the caller sees its device; the same error for one that is not theirs.
Result<std::string> agent_id(Service& service, std::string const& named) {
    auto connection = TRY(service.lease());
    std::array const id{store::Value{named}};
    if (TRY(connection->count("SELECT count(*) FROM main.agent WHERE id = $1", id)) > 0) return named;
    return fail("api.no_such", "Agents", clean_text(named, 100));
}

Result<HttpResponse> edit(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const body = TRY(Body::read(request, {"blocked"}));
    auto const id = TRY(agent_id(service, parts[0]));
    if (auto const blocked = TRY(body.optional_flag("blocked"))) TRY(service.agents().block(id, *blocked));
    return entity_response(service, request, "merlon/agents", id, 200);
}

Result<HttpResponse> forget(Service& service, HttpRequest const&, Parts const& parts) {
    TRY(service.agents().forget(TRY(agent_id(service, parts[0]))));
    return nothing();
}

Result<HttpResponse> list_secrets(Service& service, HttpRequest const&, Parts const&) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.key("value");
    json.begin_array();
    for (auto const& one : service.agents().secrets()) {
        json.begin_object();
        json.member("id", one.id);
        json.member("name", one.name);
        json.member("created", iso_seconds(one.created));
        json.member("createdBy", one.created_by);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

Result<HttpResponse> make_secret(Service& service, HttpRequest const& request, Parts const&) {
    auto const body = TRY(Body::read(request, {"name"}));
    auto const [id, secret] = TRY(service.agents().make_secret(TRY(body.text("name")), request.caller->who));
    HttpResponse response;
    response.status = 201;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("id", id);
    json.member("secret", secret);
    json.end_object();
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Result<HttpResponse> drop_secret(Service& service, HttpRequest const&, Parts const& parts) {
    TRY(service.agents().drop_secret(parts[0]));
    return nothing();
}

// The flags that make osquery an agent of this server, as a flagfile.
Result<HttpResponse> flags(Service&, HttpRequest const& request, Parts const&) {
    auto host = base_url(request);
    host = host.substr(host.find("://") + 3);
    if (host.find(':') == std::string::npos) host += ":443";
    HttpResponse response;
    response.content_type = "text/plain; charset=utf-8";
    response.body = "--tls_hostname=" + host + R"(
--enroll_secret_path=/etc/osquery/merlon.secret
--enroll_tls_endpoint=/api/osquery/enroll
--config_plugin=tls
--config_tls_endpoint=/api/osquery/config
--config_refresh=300
--logger_plugin=tls
--logger_tls_endpoint=/api/osquery/log
--logger_tls_compress=true
--logger_tls_max_linesize=16777216
--logger_min_status=1
--disable_distributed=false
--distributed_plugin=tls
--distributed_tls_read_endpoint=/api/osquery/distributed/read
--distributed_tls_write_endpoint=/api/osquery/distributed/write
--distributed_interval=60
--host_identifier=uuid
)";
    return response;
}

}  // namespace

void add_agent_routes(std::vector<Route>& all) {
    std::string const managing("Merlon.Access.Manage"), write("Machine.ReadWrite.All");
    all.push_back({"PATCH", "api/merlon/agents/{}", write, edit});
    all.push_back({"DELETE", "api/merlon/agents/{}", write, forget});
    all.push_back({"GET", "api/merlon/agents/flags", "Machine.Read.All", flags});
    all.push_back({"GET", "api/merlon/enrolmentSecrets", managing, list_secrets});
    all.push_back({"POST", "api/merlon/enrolmentSecrets", managing, make_secret, true});
    all.push_back({"DELETE", "api/merlon/enrolmentSecrets/{}", managing, drop_secret, true});
}

}  // namespace merlon::api
