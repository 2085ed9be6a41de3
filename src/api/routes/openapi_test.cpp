#include "api/routes/openapi.h"

#include <gtest/gtest.h>

namespace merlon::api {
namespace {

// A new route is described in schema/operations, unless schema/api makes it (CONTRIBUTING.md).
TEST(OpenApi, DescribesEveryRouteAndNothingElse) {
    auto const resources = read_resources().value();
    auto const document = openapi_document(routes(), resources);
    ASSERT_TRUE(document) << describe(document.error()) << " " << hint_of(document.error());
    auto const parsed = json::Document::parse(*document, "openapi.json");
    ASSERT_TRUE(parsed) << describe(parsed.error());
    EXPECT_EQ(json::text(parsed->root(), "openapi"), "3.1.0");
    auto const all_lost = operations_without_route(routes()).value();
    for (auto const& lost : all_lost) ADD_FAILURE() << lost << " is described in schema/operations, but there is no such route";
    // A call that takes a body says which, and shows one.
    for (auto const& [path, item] : simdjson::dom::object(json::member(parsed->root(), "paths")->get_object().value()))
        for (auto const [method, operation] : simdjson::dom::object(item.get_object().value()))
            if (auto const body = json::member(operation, "requestBody")) {
                auto const text = json::dump(*body);
                EXPECT_NE(text.find("\"example\":"), std::string::npos) << method << " " << path << ": an example in schema/operations";
            }
    std::vector<Route> const odd{{"GET", "api/nobody/described/this", "Machine.Read.All", {}}};
    EXPECT_EQ(openapi_document(odd, resources).error().code, "api.undescribed");
}

}  // namespace
}  // namespace merlon::api
