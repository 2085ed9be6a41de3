// Trust, S31: what a caller writes as a text stays a text, in KQL, in options of lists, in paths and in bodies. Each payload goes
// through every place that takes texts; then it must have been looked for literally, and the table that nobody may read is untouched.
#include <gtest/gtest.h>

#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/inventory.h"

namespace merlon::api {
namespace {

constexpr std::string_view secret = "canary-9f3a";

class Injection : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    std::unique_ptr<Service> service = Service::create(store, writer, {}).value();
    std::string device;

    void SetUp() override {
        DeviceReport report;
        report.identifier = report.name = "web1.example.test";
        report.os = {.platform = "Linux", .distribution = "debian", .version = "12.11"};
        report.source = "test";
        ASSERT_TRUE(writer.run([&](store::Connection& c) -> Status {
            TRY(store::write_report(c, report, now_ticks()));
            return c.execute("CREATE TABLE main.canary AS SELECT '" + std::string(secret) + "' AS secret");
        }));
        device = device_id_of(report.identifier);
    }
    void TearDown() override { EXPECT_EQ(store.connect().value().count("SELECT count(*) FROM main.canary").value(), 1); }
    HttpResponse ask(std::string method, std::string path, std::string query = {}, std::string body = {}) {
        return service->answer({std::move(method), std::move(path), std::move(query), std::move(body), "127.0.0.1", {{"host", "merlon.test"}}, {}});
    }
    // The body of the answer, whole; never a fault of ours and never the secret.
    std::string harmless(HttpResponse answer, std::string const& what) {
        while (answer.rest) {
            auto const more = answer.rest(answer.body);
            EXPECT_TRUE(more) << what;
            if (!more || !*more) break;
        }
        EXPECT_LT(answer.status, 500) << what << answer.body;
        EXPECT_EQ(answer.body.find(secret), std::string::npos) << what << answer.body;
        return answer.body;
    }
    std::string hunt(std::string const& query) {
        return harmless(ask("POST", "/api/advancedqueries/run", {}, "{\"Query\":" + json_string(query) + "}"), query);
    }
};

std::vector<std::string> const payloads{
    "'; DROP TABLE main.canary; --", "' UNION ALL SELECT secret FROM main.canary --", "') OR 1=1 --", "\"; ATTACH '/tmp/x' AS y; --", "x' || (SELECT secret FROM main.canary) || '",
    "$1", "$$", "%s {} {0}", "\\", "\\'", "\\\"", "''", "\"\"", "`", "]['", "/* ' */ --", "\xE2\x80\x99; SELECT 1", "\xCA\xBC OR 1=1", "a\tb", "read_text('/etc/passwd')", "main.canary"};

std::string kql_text(std::string_view text) {
    return "\"" + replace_all(replace_all(replace_all(std::string(text), "\\", "\\\\"), "\"", "\\\""), "\t", "\\t") + "\"";
}
std::string odata_text(std::string_view text) { return "'" + replace_all(std::string(text), "'", "''") + "'"; }

TEST_F(Injection, TextsOfQueriesStayTexts) {
    for (auto const& payload : payloads) {
        auto const text = kql_text(payload), name = "[" + text + "]";
        EXPECT_NE(hunt("print x = " + text).find("\"x\":" + json_string(payload)), std::string::npos) << payload;
        EXPECT_NE(hunt("print x = tostring(dynamic({\"k\": 1})[" + text + "])").find("\"x\":\"\""), std::string::npos) << payload;
        EXPECT_NE(hunt("datatable(x: string)[" + text + "] | where x == " + text + " | count").find("\"Count\":1"), std::string::npos) << payload;
        EXPECT_NE(hunt("print x = replace_string(" + text + ", " + text + ", 'gone')").find("\"x\":\"gone\""), std::string::npos) << payload;
        EXPECT_NE(hunt("DeviceInfo | extend t = " + text + " | where t in (" + text + ", 'no') | summarize n = count() by t").find("\"n\":1"), std::string::npos) << payload;
        for (auto const& query : {"DeviceInfo | where DeviceName has " + text, "DeviceInfo | where DeviceName matches regex " + text, "search in (DeviceInfo) " + text, "print " + name + " = 1", "DeviceInfo | project " + name,
                                  name + " | take 1", "let x = " + payload + "; print x", "DeviceInfo | where " + payload, payload, "print todatetime(" + text + "), totimespan(" + text + ")",
                                  "print parse_json(" + text + ")", "DeviceInfo | parse DeviceName with " + text + " rest", "externaldata(x: string)[" + text + "]"})
            hunt(query);
    }
}

TEST_F(Injection, TextsOfListsStayTexts) {
    for (auto const& payload : payloads) {
        auto const tagged = "{\"Value\":" + json_string(payload) + ",\"Action\":\"Add\"}";
        auto const encoded = percent_encode(payload), text = percent_encode(odata_text(payload));
        auto const taken = ask("POST", "/api/machines/" + device + "/tags", {}, tagged);
        bool const printable = payload.find('\t') == std::string::npos;  // a tag has no control characters
        EXPECT_EQ(taken.status, printable ? 200 : 400) << taken.body;
        auto const found = [&](std::string const& path, std::string const& query) {
            return harmless(ask("GET", path, query), query).find("\"id\":\"" + device) != std::string::npos;
        };
        if (printable) {  // found as it was written
            EXPECT_TRUE(found("/api/machines/findbytag", "tag=" + encoded)) << payload;
            EXPECT_TRUE(found("/api/machines", "$filter=machineTags/any(t:%20t%20eq%20" + text + ")")) << payload;
            EXPECT_TRUE(found("/api/machines", "$filter=machineTags/any(t:%20t%20eq%20@p)&@p=" + text)) << payload;
        }
        EXPECT_FALSE(found("/api/machines", "$filter=computerDnsName%20eq%20" + text)) << payload;
        EXPECT_FALSE(found("/api/machines", "$filter=startswith(computerDnsName," + text + ")")) << payload;
        EXPECT_EQ(ask("GET", "/api/machines/" + payload).status, 404) << payload;
        for (auto const& option : {"$search=" + encoded, "$search=%22" + encoded + "%22", "$orderby=" + encoded, "$select=" + encoded, "$expand=" + encoded, "$skiptoken=" + encoded, "$filter=" + encoded,
                                   "$filter=computerDnsName%20eq%20'" + encoded + "'", "$filter=matchesPattern(computerDnsName," + text + ")", "$top=" + encoded, "$format=" + encoded, "asOf=" + encoded})
            harmless(ask("GET", "/api/machines", option), option);
        auto const removed = ask("POST", "/api/machines/" + device + "/tags", {}, replace_all(tagged, "\"Add\"", "\"Remove\""));
        EXPECT_EQ(removed.status, taken.status) << payload;
    }
}

TEST_F(Injection, NoQueryNamesATableThatIsNotOfTheSchema) {
    for (auto const* query : {"canary", "union *, canary", "main.canary", "['main.canary']", "['main\"].[\"canary']", "DeviceInfo | join canary on $left.DeviceId == $right.secret", "find in (canary) where secret has 'c'", "table('canary')"})
        EXPECT_NE(hunt(query).find("\"error\""), std::string::npos) << query;
    EXPECT_EQ(hunt("search 'canary'").find("\"secret\""), std::string::npos);
}

}  // namespace
}  // namespace merlon::api
