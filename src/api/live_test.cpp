#include <thread>

#include <gtest/gtest.h>

#include "api/auth/secrets.h"
#include "api/service.h"

namespace merlon::api {
namespace {

class LiveStream : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    std::unique_ptr<Service> service = Service::create(store, writer, {.limits = {.streams = 2}}).value();

    HttpResponse open(std::vector<std::pair<std::string, std::string>> headers = {}) {
        return service->answer({"GET", "/api/merlon/live", "", "", "127.0.0.1", std::move(headers)});
    }
    // What the stream says within three seconds; "(end)" when it ends.
    static std::string hear(HttpResponse& stream) {
        std::string out;
        for (int i = 0; i < 30 && out.empty(); ++i) {
            if (auto const more = stream.rest(out); !more || !*more) return out + "(end)";
            if (out.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return out;
    }
    void change(std::string sql) {
        auto const done = writer.run([&](store::Connection& connection) { return connection.execute(sql); });
        ASSERT_TRUE(done) << describe(done.error());
    }
    // Somebody's session, as the header that brings it; their password is nobody's business here.
    std::vector<std::pair<std::string, std::string>> session_of(std::string const& role) {
        NewUser const user{new_id(), "anna", "", role};
        EXPECT_TRUE(service->gate().change([&](store::Connection& c) { return add_user(c, user); }));
        return {{"cookie", service->gate().start_session({}, user.id)}};
    }
};

std::string id_in(std::string const& said) {
    auto const at = said.find("id: ") + 4;
    return said.substr(at, said.find('\n', at) - at);
}

TEST_F(LiveStream, NamesTheKindsThatChangedAndResumes) {
    auto stream = open();
    ASSERT_EQ(stream.status, 200) << stream.body;
    EXPECT_EQ(stream.content_type, "text/event-stream");
    EXPECT_TRUE(stream.waits);
    auto const hello = hear(stream);
    EXPECT_NE(hello.find("event: hello\ndata: {\"changedAt\":null,\"kinds\":[\"machines\","), std::string::npos) << hello;
    EXPECT_NE(hello.find("\"missed\":false"), std::string::npos) << hello;
    change("INSERT INTO main.saved_query SELECT * FROM main.saved_query");  // nothing, in truth
    change("INSERT INTO main.device_group VALUES ('g', 1, '', '[]', 0, '')");
    change("INSERT INTO main.exposure_score VALUES (638000000000000000, '*', 1, 1, 1, 1)");
    auto const changed = hear(stream);
    EXPECT_NE(changed.find("event: changed\ndata: {\"changedAt\":\"2022-09-28T22:13:20.0000000Z\",\"changed\":[\"deviceGroups\",\"software\",\"vulnerabilities\",\"recommendations\",\"scores\",\"baselineProfiles\"]}\n\n"),
              std::string::npos) << changed;
    // Somebody who heard the greeting only is told what came after it.
    auto resumed = open({{"last-event-id", id_in(hello)}});
    auto const again = hear(resumed);
    EXPECT_NE(again.find("\"missed\":false"), std::string::npos) << again;
    EXPECT_NE(again.find("\"changed\":[\"deviceGroups\","), std::string::npos) << again;
    resumed = {};
    auto stranger = open({{"last-event-id", "00000000-7"}});
    EXPECT_NE(hear(stranger).find("\"missed\":true"), std::string::npos);
}

TEST_F(LiveStream, OpensSoManyAndNoMore) {
    auto const who = session_of("Reader");
    auto first = open(who), second = open(who), third = open(who);
    EXPECT_EQ(second.status, 200) << second.body;
    EXPECT_EQ(third.status, 429);
    first = {};
    third = open(who);
    EXPECT_EQ(third.status, 200);
}

TEST_F(LiveStream, SpeaksOfWhatTheCallerMayReadAndEndsWithTheSession) {
    auto const who = session_of("Reader");
    auto stream = open(who);
    ASSERT_EQ(stream.status, 200) << stream.body;
    auto const hello = hear(stream);
    EXPECT_NE(hello.find("\"machines\""), std::string::npos) << hello;
    EXPECT_EQ(hello.find("\"access\""), std::string::npos) << hello;
    EXPECT_EQ(hello.find("\"notifications\""), std::string::npos) << hello;
    ASSERT_TRUE(service->gate().change([](store::Connection& c) { return c.execute("UPDATE main.access_user SET disabled = true"); }));
    auto const said = hear(stream);
    EXPECT_NE(said.find("event: end\n"), std::string::npos) << said;
    EXPECT_TRUE(said.ends_with("(end)")) << said;
    EXPECT_EQ(open(who).status, 401);
}

TEST_F(LiveStream, EndsWhenSomebodyClaimsTheServer) {
    auto stream = open();
    EXPECT_NE(hear(stream).find("event: hello"), std::string::npos);
    (void)session_of("Administrator");
    EXPECT_TRUE(hear(stream).ends_with("(end)"));
}

}  // namespace
}  // namespace merlon::api
