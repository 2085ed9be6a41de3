#include "api/http/server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace merlon::api {
namespace {

// Sends raw bytes and returns everything up to the close of the connection.
std::string talk(std::uint16_t port, std::string_view bytes) {
    int const handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(handle, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    timeval const patience{5, 0};
    ::setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    std::string got;
    std::array<char, 4096> piece{};
    for (ssize_t n = 0; (n = ::recv(handle, piece.data(), piece.size(), 0)) > 0;)
        got.append(piece.data(), static_cast<std::size_t>(n));
    ::close(handle);
    return got;
}

class HttpDoor : public testing::Test {
protected:
    HttpServer server = HttpServer::start({.most_body_bytes = 1000}, [](HttpRequest const& request) {
                            HttpResponse response;
                            response.content_type = "text/plain";
                            response.body = request.method + " " + request.path + " top=" + request.option("$top") +
                                            " body=" + request.body;
                            return response;
                        }).value();
};

TEST_F(HttpDoor, AnswersGetAndPost) {
    auto const got = talk(server.port(), "GET /a%20b?%24top=5 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(got.find("200 OK"), std::string::npos) << got;
    EXPECT_NE(got.find("GET /a b top=5 body="), std::string::npos) << got;
    auto const posted = talk(server.port(), "POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_NE(posted.find("body=abc"), std::string::npos) << posted;
}

TEST_F(HttpDoor, RefusesWhatIsAmbiguousOrTooLarge) {
    auto status = [&](std::string_view bytes) { return talk(server.port(), bytes).substr(9, 3); };
    EXPECT_EQ(status("nonsense\r\n\r\n"), "400");
    EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"), "400");
    EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"), "413");
    EXPECT_EQ(status("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"), "400");
    EXPECT_EQ(status("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), "414");
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20000, 'a') + "\r\n\r\n"), "431");
}

// What a long query asks a few times a second.
TEST(HttpCaller, WhoHangsUpIsNoticedWhileTheAnswerIsMade) {
    std::atomic<int> noticed = 0, asked_early = 0;
    auto server = HttpServer::start({}, [&](HttpRequest const& request) {
                      if (request.left()) ++asked_early;
                      for (int i = 0; i < 500 && !request.left(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
                      if (request.left()) ++noticed;
                      return HttpResponse{};
                  }).value();
    int const handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(server.port());
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(handle, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    std::string_view const bytes = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n";
    ASSERT_EQ(::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ::close(handle);
    for (int i = 0; i < 300 && noticed == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(noticed, 1);
    EXPECT_EQ(asked_early, 0);
}

TEST_F(HttpDoor, UnpacksBodiesWithinBounds) {
    auto const send = [&](std::string const& body, std::string const& coding) {
        return talk(server.port(), "POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Encoding: " + coding +
                                       "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    };
    EXPECT_NE(send(gzip("a body"), "gzip").find("body=a body"), std::string::npos);
    EXPECT_EQ(send(gzip(std::string(1001, 'a')), "gzip").substr(9, 3), "413");       // more than bodies may have
    EXPECT_EQ(send(gzip(std::string(100'000'000, '\0')).substr(0, 900), "gzip").substr(9, 3), "413");
    EXPECT_EQ(send(gzip("a body").substr(0, 20), "gzip").substr(9, 3), "400");        // cut off
    EXPECT_EQ(send(gzip("a body") + "and more", "gzip").substr(9, 3), "400");
    EXPECT_EQ(send("a body", "gzip").substr(9, 3), "400");
    EXPECT_EQ(send("a body", "br").substr(9, 3), "415");
    EXPECT_NE(send(gzip(gzip("a body")), "gzip").find("200 OK"), std::string::npos);  // one layer is taken off, no more
}

TEST(Gunzip, TakesNoMoreThanAHundredTimesWhatCame) {
    std::string out;
    EXPECT_EQ(gunzip(gzip(std::string(1'000'000, 'a')), 100'000'000, out), Unpacked::too_large);
    out.clear();
    EXPECT_EQ(gunzip(gzip("abcabcabc"), 100, out), Unpacked::whole);
    EXPECT_EQ(out, "abcabcabc");
}

TEST(HttpProxies, AreBelievedWhenTheyAreNamed) {
    auto const seen = [](std::vector<std::string> proxies, std::string const& headers) {
        HttpOptions options;
        options.proxies = std::move(proxies);
        auto server = HttpServer::start(options, [](HttpRequest const& request) {
                          HttpResponse response;
                          response.body = "from " + request.remote + (request.secure ? " secure" : " plain");
                          return response;
                      }).value();
        auto const got = talk(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
        return got.substr(got.find("\r\n\r\n") + 4);
    };
    EXPECT_EQ(seen({}, "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"), "from 127.0.0.1 plain");
    EXPECT_EQ(seen({"10.0.0.0/8"}, "X-Forwarded-For: 192.0.2.1\r\n"), "from 127.0.0.1 plain");
    EXPECT_EQ(seen({"127.0.0.0/8"}, "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"), "from 192.0.2.1 secure");
    // What the client itself wrote before its own address counts for nothing.
    EXPECT_EQ(seen({"127.0.0.1", "10.0.0.0/8"}, "X-Forwarded-For: 1.1.1.1, 192.0.2.1, 10.1.2.3\r\n"), "from 192.0.2.1 plain");
    EXPECT_EQ(seen({"127.0.0.1"}, "X-Forwarded-For: nonsense\r\n"), "from 127.0.0.1 plain");
    EXPECT_EQ(HttpServer::start({.proxies = {"10.0.0.0/99"}}, {}).error().code, "http.bad_proxy");
}

TEST_F(HttpDoor, StopsInTime) {
    auto const before = std::chrono::steady_clock::now();
    server.stop(1);
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
}

}  // namespace
}  // namespace merlon::api
