// osquery agents as people manage them (docs/agents.md). The list is a resource of schema/api, the secrets that let new ones in
// are in access.cpp, what agents themselves ask is osquery.cpp.
#include "api/routes/body.h"
#include "api/service.h"
#include "base/text.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

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
    std::string const write("Machine.ReadWrite.All");
    all.push_back({"PATCH", "api/merlon/agents/{}", write, edit});
    all.push_back({"DELETE", "api/merlon/agents/{}", write, forget});
    all.push_back({"GET", "api/merlon/agents/flags", "Machine.Read.All", flags});
}

}  // namespace merlon::api
