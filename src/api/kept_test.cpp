#include "api/kept.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "api/service.h"

namespace merlon::api {
namespace {

HttpResponse said(std::string body) {
    HttpResponse response;
    response.body = std::move(body);
    return response;
}

TEST(Kept, AnswersAgainUntilSomethingIsCommitted) {
    Kept kept;
    std::uint64_t number = 1;
    int made = 0;
    auto const ask = [&](std::string const& key) {
        return kept.answer(key, [&] { return number; }, [&]() -> Result<HttpResponse> { return said(key + std::to_string(++made)); }).value().body;
    };
    EXPECT_EQ(ask("a"), "a1");
    EXPECT_EQ(ask("a"), "a1");
    EXPECT_EQ(ask("b"), "b2");
    EXPECT_EQ(ask("a"), "a1");
    ++number;
    EXPECT_EQ(ask("a"), "a3");
    EXPECT_EQ(ask("b"), "b4");
}

TEST(Kept, NothingThatWasMadeWhileSomethingWasCommitted) {
    Kept kept;
    std::uint64_t number = 1;
    int made = 0;
    auto const ask = [&](bool commits) {
        return kept.answer("a", [&] { return number; }, [&]() -> Result<HttpResponse> {
            if (commits) ++number;
            return said(std::to_string(++made));
        }).value().body;
    };
    EXPECT_EQ(ask(true), "1");
    EXPECT_EQ(ask(false), "2");
    EXPECT_EQ(ask(false), "2");
}

TEST(Kept, NeitherErrorsNorStreamsNorWhatIsTooOldOrTooLarge) {
    Kept kept({.most_bytes = 2000, .most_age = std::chrono::seconds(0)});
    int made = 0;
    auto const ask = [&](Kept& from, auto make) {
        ++made;
        return from.answer("a", [] { return std::uint64_t{1}; }, make);
    };
    EXPECT_FALSE(ask(kept, []() -> Result<HttpResponse> { return fail("api.no_caller"); }));
    EXPECT_EQ(kept.bytes(), 0U);
    EXPECT_TRUE(ask(kept, []() -> Result<HttpResponse> { return said(std::string(3000, 'x')); }));
    EXPECT_EQ(kept.bytes(), 0U);
    EXPECT_TRUE(ask(kept, []() -> Result<HttpResponse> {
        auto response = said("begun");
        response.rest = [](std::string&) -> Result<bool> { return false; };
        return response;
    }));
    EXPECT_EQ(kept.bytes(), 0U);
    for (int i = 0; i < 3; ++i) {
        auto const body = ask(kept, [&]() -> Result<HttpResponse> { return said(std::to_string(made)); }).value().body;
        EXPECT_EQ(body, std::to_string(made));
    }
    EXPECT_GT(kept.bytes(), 0U);
    EXPECT_LE(kept.bytes(), 2000U);
}

TEST(Kept, ManyWhoAskAtOnceWaitForOne) {
    Kept kept;
    std::atomic<int> made = 0, right = 0;
    std::vector<std::thread> people;
    for (int i = 0; i < 8; ++i)
        people.emplace_back([&] {
            auto const answer = kept.answer("a", [] { return std::uint64_t{1}; }, [&]() -> Result<HttpResponse> {
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
                return said(std::to_string(++made));
            });
            if (answer && answer->body == "1") ++right;
        });
    for (auto& one : people) one.join();
    EXPECT_EQ(made, 1);
    EXPECT_EQ(right, 8);
}

TEST(Kept, AnAnswerBelongsToWhatItDependsOn) {
    HttpRequest request{"GET", "/api/machines", "$top=1", "", "", {}};
    std::vector<std::string> keys;
    auto const add = [&](std::optional<std::vector<std::string>> const& groups, std::string_view base = "http://h") {
        keys.push_back(kept_key(request, groups, base).value());
    };
    add(std::nullopt);
    add(std::vector<std::string>{});
    add(std::vector<std::string>{"a", "b"});
    add(std::vector<std::string>{"a\n1 b"});
    add(std::nullopt, "http://other");
    request.headers = {{"accept", "text/csv"}};
    add(std::nullopt);
    request.query = "$top=2";
    add(std::nullopt);
    request.body = R"({"recommendations": []})";
    add(std::nullopt);
    EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), keys.size());
    request.query = "%24expand=software";
    EXPECT_FALSE(kept_key(request, {}, ""));
    request.query = "";
    request.headers = {{"cache-control", "no-cache"}};
    EXPECT_FALSE(kept_key(request, {}, ""));
}

TEST(Kept, AListShowsWhatWasWrittenBeforeIt) {
    auto const store = store::Store::in_memory().value();
    auto writer = store::Writer::start(store).value();
    auto const service = Service::create(store, writer, {}).value();
    auto const ask = [&](std::string path) { return service->answer({"GET", std::move(path), "", "", "127.0.0.1", {{"host", "h"}}}).body; };
    EXPECT_EQ(ask("/api/deviceGroups/$count"), "0");
    for (int i = 1; i < 4; ++i) {
        auto const sql = "INSERT INTO main.device_group VALUES ('g" + std::to_string(i) + "', 1, '', '[]', 0, '')";
        ASSERT_TRUE(writer.run([&](store::Connection& connection) { return connection.execute(sql); }));
        EXPECT_EQ(ask("/api/deviceGroups/$count"), std::to_string(i));
        EXPECT_NE(ask("/api/deviceGroups").find("\"g" + std::to_string(i)), std::string::npos);
    }
}

}  // namespace
}  // namespace merlon::api
