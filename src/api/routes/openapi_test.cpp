#include "api/routes/openapi.h"

#include <gtest/gtest.h>

namespace merlon::api {
namespace {

// Described ahead of their routes.
std::vector<std::string> const coming{
    "GET api/machines/findbytag",
    "GET api/machines/findbyip({})",
    "PATCH api/machines/{}",
    "POST api/machines/{}/tags",
    "POST api/machines/AddOrRemoveTagForMultipleMachines",
    "POST api/machines/{}/setDeviceValue",
    "POST api/machines/{}/exclude",
    "POST api/machines/{}/include",
    "POST api/machines/{}/merge",
    "POST api/machines/excludeMultiple",
    "POST api/machines/includeMultiple",
    "GET api/machines/duplicates",
    "POST api/deviceGroups",
    "PATCH api/deviceGroups/{}",
    "DELETE api/deviceGroups/{}",
    "POST api/deviceGroups/preview",
    "POST api/merlon/reports",
    "PATCH api/alerts/{}",
    "GET api/alerts/{}/machine",
    "POST api/alerts/batchUpdate",
    "POST api/alerts/CreateAlertByReference",
    "POST api/alerts/ingest",
    "POST api/customDetections",
    "POST api/customDetections/dryRun",
    "PATCH api/customDetections/{}",
    "DELETE api/customDetections/{}",
    "POST api/customDetections/{}/run",
    "GET api/merlon/signIn",
    "GET api/merlon/oidc/start",
    "GET api/merlon/oidc/callback",
    "GET api/merlon/sessions",
    "DELETE api/merlon/sessions/{}",
    "POST api/exceptions",
    "POST api/exceptions/preview",
    "PATCH api/exceptions/{}",
    "POST api/exceptions/{}/cancel",
    "POST api/remediationTasks",
    "PATCH api/remediationTasks/{}",
    "POST api/remediationTasks/{}/cancel",
    "GET api/remediationTasks/{}/actions",
    "GET api/remediationTasks/{}/export",
    "GET api/serviceTargets",
    "PUT api/serviceTargets",
    "GET api/serviceTargets/figures",
    "POST api/notifications/channels",
    "PATCH api/notifications/channels/{}",
    "DELETE api/notifications/channels/{}",
    "POST api/notifications/channels/{}/test",
    "POST api/notifications/rules",
    "PATCH api/notifications/rules/{}",
    "DELETE api/notifications/rules/{}",
    "GET api/corrections",
    "POST api/corrections",
    "POST api/corrections/preview",
    "GET api/corrections/export",
    "POST api/corrections/import",
    "GET api/corrections/{}",
    "PATCH api/corrections/{}",
    "DELETE api/corrections/{}",
    "GET api/machines/{}/vulnerabilities/{}/evidence",
    "GET api/feeds"};

// A new route is described in schema/operations, unless schema/api makes it (CONTRIBUTING.md).
TEST(OpenApi, DescribesEveryRouteAndNothingElse) {
    auto const resources = read_resources().value();
    auto const document = openapi_document(routes(), resources);
    ASSERT_TRUE(document) << describe(document.error()) << " " << hint_of(document.error());
    auto const parsed = json::Document::parse(*document, "openapi.json");
    ASSERT_TRUE(parsed) << describe(parsed.error());
    EXPECT_EQ(json::text(parsed->root(), "openapi"), "3.1.0");
    auto const all_lost = operations_without_route(routes()).value();
    for (auto const& lost : all_lost)
        EXPECT_TRUE(std::find(coming.begin(), coming.end(), lost) != coming.end()) << lost << " is described in schema/operations, but there is no such route";
    std::vector<Route> const odd{{"GET", "api/nobody/described/this", "Machine.Read.All", {}}};
    EXPECT_EQ(openapi_document(odd, resources).error().code, "api.undescribed");
}

}  // namespace
}  // namespace merlon::api
