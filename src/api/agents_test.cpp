// osquery's remote API as an agent speaks it, and as somebody speaks it who is none (trust, S13).
#include <gtest/gtest.h>

#include "api/service.h"
#include "base/json_read.h"
#include "model/device.h"

namespace merlon::api {
namespace {

class Osquery : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    std::unique_ptr<Service> service = Service::create(store, writer, {}).value();
    std::string secret = service->agents().make_secret("test", "user:anna").value().second;

    HttpResponse post(std::string path, std::string body, std::string address = "10.0.0.7") {
        return service->answer({"POST", "/api/osquery/" + path, "", std::move(body), std::move(address), {{"host", "merlon.test"}}, {}});
    }
    std::string enrol(std::string const& host, std::string const& name, std::string const& with) {
        auto const answer = post("enroll", R"({"enroll_secret":")" + with + R"(","host_identifier":")" + host +
                                               R"(","platform_type":"9","host_details":{"osquery_info":{"version":"5.20.0"},"system_info":{"hostname":")" + name + R"(","cpu_brand":"X\u0000\u0000"}}})");
        auto const document = json::Document::parse(answer.body, "answer");
        EXPECT_EQ(answer.status == 200, document && json::boolean(document->root(), "node_invalid") == false) << answer.body;
        return document ? std::string(json::text(document->root(), "node_key")) : std::string{};
    }
    static std::string packages(std::string const& key, std::string const& host, std::string const& query, std::string const& version) {
        return R"({"data":[{"snapshot":[{"name":"bash","version":")" + version + R"(","arch":"amd64","source":"","status":"install ok installed"}],"action":"snapshot","name":")" +
               query + R"(","hostIdentifier":")" + host + R"(","unixTime":1795488348,"decorations":{"hostname":"web01"}}],"log_type":"result","node_key":")" + key + R"("})";
    }
    bool invalid(HttpResponse const& answer) {
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.body.find("\"node_invalid\":true") != std::string::npos;
    }
    std::string first(std::string const& sql) {
        auto connection = store.connect().value();
        auto const value = connection.scalar(sql).value();
        auto const* text = std::get_if<std::string>(&value);
        return text ? *text : std::string{};
    }
    std::int64_t count(std::string const& sql) { return store.connect().value().count(sql).value(); }
};

TEST_F(Osquery, EnrolsIsConfiguredAndReports) {
    EXPECT_EQ(enrol("uuid-1", "web01", "mes_nothing"), "");
    auto const key = enrol("uuid-1", "web01", secret);
    ASSERT_FALSE(key.empty());
    auto const config = post("config", R"({"node_key":")" + key + R"("})").body;
    EXPECT_NE(config.find("deb_packages"), std::string::npos);
    EXPECT_EQ(config.find("windows_security_products"), std::string::npos) << "what is for Linux only";
    EXPECT_FALSE(invalid(post("log", packages(key, "uuid-1", "pack_merlon_deb_packages", "5.2.15-2"))));
    EXPECT_EQ(first("SELECT d.name || ' ' || s.name || ' ' || s.version FROM device d JOIN installation i ON i.device = d.id JOIN software s ON s.id = i.software"), "web01 bash 5.2.15-2");
    EXPECT_EQ(count("SELECT count(*) FROM agent a JOIN device d ON d.id = a.device"), 1);
    EXPECT_EQ(post("log", R"({"node_key":")" + key + R"(","log_type":"status","data":[{"severity":"2","message":"x"}]})").status, 200);
    EXPECT_EQ(post("log", "nonsense").status, 400);
}

// An agent writes about its own device, in answer to what it was asked.
TEST_F(Osquery, NobodyWritesAnothersRows) {
    auto const one = enrol("uuid-1", "web01", secret), two = enrol("uuid-2", "web02", secret);
    EXPECT_FALSE(invalid(post("log", packages(one, "uuid-1", "pack_merlon_deb_packages", "1"))));
    EXPECT_TRUE(invalid(post("log", packages(two, "uuid-1", "pack_merlon_deb_packages", "2"))));
    EXPECT_TRUE(invalid(post("log", packages("guess", "uuid-1", "pack_merlon_deb_packages", "3"))));
    EXPECT_FALSE(invalid(post("log", packages(one, "uuid-1", "pack_other_deb_packages", "4"))));
    EXPECT_EQ(first("SELECT string_agg(s.version, ' ') FROM installation i JOIN software s ON s.id = i.software"), "1");
    EXPECT_TRUE(invalid(post("config", R"({"node_key":"guess"})")));
    EXPECT_TRUE(invalid(post("config", "{}")));
}

TEST_F(Osquery, AFreshInventoryIsAskedForAndTakenOnce) {
    auto const key = enrol("uuid-1", "web01", secret);
    auto const read = [&] { return post("distributed/read", R"({"node_key":")" + key + R"("})").body; };
    auto const write = [&](std::string const& version, std::string const& table = "deb_packages", std::string const& status = "0") {
        return post("distributed/write", R"({"node_key":")" + key + R"(","queries":{")" + table + R"(":[{"name":"bash","version":")" + version +
                                             R"(","status":"install ok installed"}],"system_info":[{"hostname":"web01","uuid":"uuid-1"}]},"statuses":{")" + table + "\":" + status + R"(,"system_info":0}})");
    };
    EXPECT_NE(read().find("SELECT * FROM deb_packages"), std::string::npos) << "at once after enrolment";
    EXPECT_FALSE(invalid(write("9", "shadow")));
    EXPECT_EQ(count("SELECT count(*) FROM installation"), 0) << "never asked for";
    EXPECT_FALSE(invalid(write("1")));
    EXPECT_EQ(read().find("deb_packages"), std::string::npos) << "it has come";
    EXPECT_FALSE(invalid(write("2")));
    EXPECT_EQ(first("SELECT string_agg(s.version, ' ') FROM installation i JOIN software s ON s.id = i.software"), "1") << "nobody asked";
    ASSERT_TRUE(service->agents().rescan(device_id_of("uuid-1")));
    EXPECT_NE(read().find("deb_packages"), std::string::npos);
    EXPECT_FALSE(invalid(write("3", "deb_packages", "1"))) << "a query that failed is no empty list";
    EXPECT_EQ(first("SELECT string_agg(s.version, ' ') FROM installation i JOIN software s ON s.id = i.software"), "1");
    EXPECT_EQ(service->answer({"POST", "/api/machines/nobody/rescan", "", "", "127.0.0.1", {{"host", "localhost"}}, {}}).status, 404);
    EXPECT_EQ(service->answer({"POST", "/api/machines/web01/rescan", "", "", "127.0.0.1", {{"host", "localhost"}}, {}}).status, 202);
}

TEST_F(Osquery, KeysEndAndClonesAreToldApart) {
    auto const first_key = enrol("uuid-1", "web01", secret), again = enrol("uuid-1", "web01", secret);
    auto const config = [&](std::string const& key) { return invalid(post("config", R"({"node_key":")" + key + R"("})")); };
    EXPECT_TRUE(config(first_key)) << "another has its place";
    EXPECT_FALSE(config(again));
    auto const clone = enrol("uuid-1", "web02", secret);
    EXPECT_FALSE(config(again));
    EXPECT_FALSE(config(clone));
    EXPECT_EQ(count("SELECT count(DISTINCT device) FROM agent"), 2);
    EXPECT_FALSE(invalid(post("log", packages(clone, "uuid-1", "pack_merlon_deb_packages", "7"))));
    EXPECT_EQ(first("SELECT string_agg(identifier) FROM device"), "uuid-1@web02");
    auto const id = first("SELECT id FROM agent WHERE name = 'web01'");
    ASSERT_TRUE(service->agents().block(id, true));
    EXPECT_TRUE(config(again));
    EXPECT_EQ(enrol("uuid-1", "web01", secret), "") << "blocked agents do not come back";
    ASSERT_TRUE(service->agents().forget(id));
    EXPECT_NE(enrol("uuid-1", "web01", secret), "");
    // What was written is there after a restart.
    service = Service::create(store, writer, {}).value();
    EXPECT_FALSE(config(clone));
    ASSERT_TRUE(service->agents().drop_secret(service->agents().secrets().at(0).id));
    EXPECT_EQ(enrol("uuid-3", "web03", secret), "");
}

}  // namespace
}  // namespace merlon::api
