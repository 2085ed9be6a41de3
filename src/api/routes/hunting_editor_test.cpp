#include <gtest/gtest.h>

#include "api/service.h"
#include "base/json_read.h"
#include "hunt/saved.h"

namespace merlon::api {
namespace {

class HuntingEditor : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    std::unique_ptr<Service> service = Service::create(store, writer, {}).value();

    HttpResponse ask(std::string method, std::string path, std::string body = {}, std::string query = {}) {
        return service->answer({std::move(method), std::move(path), std::move(query), std::move(body), "127.0.0.1", {{"host", "x"}}});
    }
    std::string saved(std::string const& body) {
        auto const response = ask("POST", "/api/savedQueries", body);
        EXPECT_EQ(response.status, 201) << response.body;
        return std::string(json::text(json::Document::parse(response.body, "answer").value().root(), "id"));
    }
};

TEST_F(HuntingEditor, ValidatesWithoutRunning) {
    auto const good = ask("POST", "/api/advancedqueries/validate", R"({"Query": "DeviceInfo | project DeviceName, n = 1"})");
    EXPECT_EQ(good.status, 200) << good.body;
    EXPECT_EQ(good.body, R"({"valid":true,"errors":[],"columns":[{"name":"DeviceName","type":"string"},{"name":"n","type":"long"}],)"
                         R"("tablesWithoutSource":[]})");
    auto const bad = ask("POST", "/api/advancedqueries/validate", R"({"Query": "let a = DeviceInfo | where Nope == 'ü';\nDeviceInf | take 1"})");
    EXPECT_NE(bad.body.find(R"("valid":false)"), std::string::npos);
    EXPECT_NE(bad.body.find(R"("line":2,"column":1,"length":9,"endLine":2,"endColumn":10)"), std::string::npos) << bad.body;
    EXPECT_NE(bad.body.find("DeviceInfo"), std::string::npos) << bad.body;
}

TEST_F(HuntingEditor, ReportsSeveralIndependentFaults) {
    auto const bad = ask("POST", "/api/advancedqueries/validate", R"({"Query": "DeviceInfo | where | projct x | take 1"})");
    auto const document = json::Document::parse(bad.body, "answer").value();
    EXPECT_EQ(json::array(document.root(), "errors").size(), 2U) << bad.body;
}

TEST_F(HuntingEditor, ColumnsOutOfDataAreLeftOpen) {
    auto const good = ask("POST", "/api/advancedqueries/validate",
                          R"({"Query": "DeviceEvents | evaluate bag_unpack(AdditionalFields) | where Anything == 'x' | project Anything"})");
    EXPECT_NE(good.body.find(R"("valid":true)"), std::string::npos) << good.body;
}

TEST_F(HuntingEditor, TellsTheSchema) {
    auto const schema = ask("GET", "/api/advancedqueries/schema");
    EXPECT_NE(schema.body.find(R"({"name":"DeviceId","type":"string")"), std::string::npos);
    EXPECT_NE(schema.body.find(R"("name":"substring","kind":"scalar")"), std::string::npos);
    EXPECT_NE(schema.body.find(R"("name":"dcount","kind":"aggregate")"), std::string::npos);
}

TEST_F(HuntingEditor, SavesChangesAndRemovesQueries) {
    auto const id = saved(R"({"name": "Old devices", "query": "DeviceInfo | take 1", "description": "some"})");
    EXPECT_EQ(ask("POST", "/api/savedQueries", R"({"name": "old DEVICES", "query": "x"})").status, 409);
    EXPECT_EQ(ask("POST", "/api/savedQueries", R"({"name": "", "query": "x"})").status, 400);
    EXPECT_EQ(ask("POST", "/api/savedQueries", R"({"name": "n", "query": "x", "owner": "me"})").status, 400);
    auto const changed = ask("PATCH", "/api/savedQueries/" + id, R"({"shared": true, "query": "DeviceInfo | take 2"})");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_NE(changed.body.find(R"("query":"DeviceInfo | take 2","kind":"own","shared":true)"), std::string::npos) << changed.body;
    auto const found = ask("GET", "/api/savedQueries", {}, "$search=take%202&$filter=kind%20eq%20'own'");
    EXPECT_NE(found.body.find(R"("@odata.count":1)"), std::string::npos) << found.body;
    EXPECT_EQ(ask("DELETE", "/api/savedQueries/" + id).status, 204);
    EXPECT_EQ(ask("GET", "/api/savedQueries/" + id).status, 404);
}

TEST_F(HuntingEditor, BuiltInQueriesHaveNotesAndStay) {
    auto const one = ask("GET", "/api/savedQueries/builtin-exposed-devices-with-alerts");
    EXPECT_NE(one.body.find(R"("description":"Search for machines)"), std::string::npos) << one.body;
    EXPECT_NE(one.body.find(R"("name":"Devices with alerts and exploitable CVEs)"), std::string::npos) << one.body;
    for (auto const& query : hunt::built_in_queries()) EXPECT_FALSE(query.name.empty() || query.note.empty()) << query.id;
    EXPECT_EQ(ask("DELETE", "/api/savedQueries/builtin-exposed-devices-with-alerts").status, 400);
    EXPECT_EQ(ask("PATCH", "/api/savedQueries/builtin-exposed-devices-with-alerts", R"({"name": "x"})").status, 400);
}

}  // namespace
}  // namespace merlon::api
