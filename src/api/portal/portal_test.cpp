#include "api/portal/portal.h"

#include <gtest/gtest.h>

namespace merlon::api {
namespace {

HttpRequest asking(std::string path, std::vector<std::pair<std::string, std::string>> headers) {
    HttpRequest request;
    request.method = "GET";
    request.path = std::move(path);
    request.headers = std::move(headers);
    return request;
}

TEST(Portal, ReadsAPackAndRefusesOneThatPointsOutside) {
    auto const pack = read_pack(R"([{"path":"/a.js","type":"text/javascript","offset":1,"length":2,"size":9,"hash":"h","fixed":true}])"
                                "\nxyz");
    ASSERT_TRUE(pack);
    ASSERT_EQ(pack->size(), 1u);
    EXPECT_EQ((*pack)[0].zipped, "yz");
    EXPECT_TRUE((*pack)[0].fixed);
    EXPECT_FALSE(read_pack("[{\"path\":\"/a.js\",\"type\":\"t\",\"offset\":1,\"length\":9,\"size\":9,\"hash\":\"h\"}]\nxyz"));
    EXPECT_FALSE(read_pack("[{\"path\":\"/a.js\",\"type\":\"t\",\"offset\":4,\"length\":0,\"size\":9,\"hash\":\"h\"}]\nxyz"));
    EXPECT_FALSE(read_pack("no line"));
    EXPECT_TRUE(read_pack("")->empty());
}

// People who type an address get a page, or the words that this binary has none; programs get the API's own refusal.
TEST(Portal, AnswersNavigationsOnly) {
    std::pair<std::string, std::string> const html{"accept", "text/html,*/*;q=0.8"};
    EXPECT_TRUE(portal_answer(asking("/", {html})));
    EXPECT_TRUE(portal_answer(asking("/devices/abc", {html, {"sec-fetch-mode", "navigate"}})));
    EXPECT_FALSE(portal_answer(asking("/devices/abc", {html, {"sec-fetch-mode", "cors"}})));
    EXPECT_FALSE(portal_answer(asking("/devices/abc", {{"accept", "*/*"}})));
    EXPECT_FALSE(portal_answer(asking("/api/nothing", {html})));
    EXPECT_FALSE(portal_answer(asking("/assets/../index.html", {html})));
    auto post = asking("/", {html});
    post.method = "POST";
    EXPECT_FALSE(portal_answer(post));
}

TEST(Portal, EachPageHasItsOwnNonceAndAStrictPolicy) {
    auto const one = portal_answer(asking("/", {{"accept", "text/html"}})), two = portal_answer(asking("/", {{"accept", "text/html"}}));
    if (one->status == 404) GTEST_SKIP() << "this binary was built without the portal (./dev build makes it)";
    auto const policy_of = [](HttpResponse const& response) {
        for (auto const& [name, value] : response.headers)
            if (name == "Content-Security-Policy") return value;
        return std::string{};
    };
    EXPECT_EQ(one->body.find("{{nonce}}"), std::string::npos);
    EXPECT_NE(policy_of(*one), policy_of(*two));
    EXPECT_EQ(policy_of(*one).find("unsafe"), std::string::npos);
    auto const at = policy_of(*one).find("'nonce-") + 7;
    EXPECT_NE(one->body.find(policy_of(*one).substr(at, 43)), std::string::npos);
}

}  // namespace
}  // namespace merlon::api
