// GET /api/machines/{id}/vulnerabilities/{cve}/evidence: why the machine has it, step by step.
#include "api/routes/list.h"
#include "api/routes/matching.h"
#include "base/json_text.h"
#include "base/time.h"
#include "match/evidence.h"
#include "match/proof.h"
#include "store/device_facts.h"

namespace merlon::api {
namespace {

void write_proof(JsonWriter& json, match::Proof const& proof) {
    json.begin_object();
    json.member("softwareId", proof.product_vendor + "-_-" + proof.product);
    json.member("softwareVendor", proof.product_vendor);
    json.member("softwareName", proof.product);
    json.member("installedName", proof.name);
    json.member("installedVendor", proof.vendor);
    json.member("installedVersion", proof.version);
    json.member("source", proof.source);
    json.member("path", proof.path);
    json.member("firstSeen", iso_seconds(proof.first_seen));
    json.member("state", proof.state);
    json.member("fixedVersion", proof.fixed_version);
    json.member("fixingKbId", proof.hotfix);
    json.member("urgency", proof.urgency);
    json.member("confidence", proof.confidence);
    json.member("hidden", proof.hidden);
    json.key("clearedBy");
    if (proof.cleared.empty()) json.null();
    else json.string(proof.cleared);
    json.key("advisories");
    json.raw(proof.advisories);
    json.key("candidates");
    json.raw(proof.candidates);
    json.key("steps");
    json.raw(match::steps_json(proof.steps));
    json.end_object();
}

Result<HttpResponse> evidence(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto connection = TRY(service.lease());
    auto const device = TRY(store::device_named(*connection, parts[0]));
    if (!device) return fail("api.no_such", "Machine", parts[0]);
    auto const all = TRY(match::proofs(*connection, *device, parts[1]));
    if (all.empty()) return fail("api.no_such", "Vulnerability of this machine", parts[1]);
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#Evidence");
    json.member("machineId", *device);
    json.member("cveId", parts[1]);
    json.key("value");
    json.begin_array();
    for (auto const& proof : all) write_proof(json, proof);
    json.end_array();
    json.end_object();
    return response;
}

}  // namespace

void add_evidence_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api/machines/{}/vulnerabilities/{}/evidence", "Vulnerability.Read.All", evidence});
}

}  // namespace merlon::api
