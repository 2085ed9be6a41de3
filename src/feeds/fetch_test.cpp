#include "feeds/fetch.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "base/files.h"
#include "feeds/update.h"

namespace merlon::feeds {
namespace {

// Answers each connection with the next of the given answers and keeps what was asked.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&place), sizeof place), 0);
        socklen_t size = sizeof place;
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&place), &size);
        port = ntohs(place.sin_port);
        ::listen(socket_, 8);
        thread_ = std::jthread([this] { serve(); });
    }
    ~ScriptedServer() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        ::close(socket_);
    }
    std::string request(std::size_t n) {
        std::lock_guard const lock(mutex_);
        return n < requests_.size() ? requests_[n] : "";
    }
    int port = 0;

private:
    void serve() {
        for (auto const& answer : answers_) {
            int const client = ::accept(socket_, nullptr, nullptr);
            if (client < 0) return;
            std::string asked;
            char piece[4096];
            while (asked.find("\r\n\r\n") == std::string::npos) {
                auto const got = ::read(client, piece, sizeof piece);
                if (got <= 0) break;
                asked.append(piece, static_cast<std::size_t>(got));
            }
            {
                std::lock_guard const lock(mutex_);
                requests_.push_back(asked);
            }
            EXPECT_EQ(::send(client, answer.data(), answer.size(), MSG_NOSIGNAL), static_cast<ssize_t>(answer.size()));
            ::close(client);
        }
    }
    std::vector<std::string> answers_, requests_;
    std::mutex mutex_;
    int socket_ = -1;
    std::jthread thread_;
};

struct Fetch : ::testing::Test {
    std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / ("merlon_fetch_" + std::to_string(::getpid()));
    FetchSettings settings{.attempts = 3, .first_pause_seconds = 0.01};
    void SetUp() override { std::filesystem::create_directories(folder); }
    void TearDown() override { std::filesystem::remove_all(folder); }
    static std::string url(ScriptedServer const& server) { return "http://127.0.0.1:" + std::to_string(server.port) + "/feed"; }
};

TEST_F(Fetch, RemembersWhatItHasOnlyAfterItWasAccepted) {
    ScriptedServer server({"HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 5\r\n\r\nhello",
                           "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 304 Not Modified\r\n\r\n"});
    auto const to = folder / "feed";
    auto const first = fetch(url(server), to, settings);
    ASSERT_TRUE(first) << describe(first.error());
    EXPECT_EQ(read_file(first->file).value(), "hello");
    EXPECT_FALSE(std::filesystem::exists(to));
    auto const again = fetch(url(server), to, settings);
    ASSERT_TRUE(again);
    EXPECT_EQ(server.request(1).find("If-None-Match"), std::string::npos);
    ASSERT_TRUE(accept_download(*again));
    EXPECT_EQ(read_file(to).value(), "hello");
    auto const third = fetch(url(server), to, settings);
    ASSERT_TRUE(third) << describe(third.error());
    EXPECT_TRUE(third->unchanged);
    EXPECT_NE(server.request(2).find("If-None-Match: \"one\""), std::string::npos);
}

TEST_F(Fetch, TriesAgainAndGoesOnWhereItStopped) {
    ScriptedServer server({"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
                           "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 10\r\n\r\nhello",
                           "HTTP/1.1 206 Partial\r\nETag: \"one\"\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nworld"});
    auto const got = fetch(url(server), folder / "feed", settings);
    ASSERT_TRUE(got) << describe(got.error());
    EXPECT_EQ(got->attempts, 3);
    EXPECT_EQ(read_file(got->file).value(), "helloworld");
    EXPECT_NE(server.request(2).find("Range: bytes=5-"), std::string::npos);
    EXPECT_NE(server.request(2).find("If-Range: \"one\""), std::string::npos);
}

TEST_F(Fetch, FailureLeavesTheOldFile) {
    std::ofstream(folder / "feed") << "old";
    ScriptedServer server({"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"});
    auto const refused = fetch(url(server), folder / "feed", settings);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "feeds.download_refused");
    EXPECT_EQ(read_file(folder / "feed").value(), "old");
    EXPECT_EQ(fetch("http://feeds.example/feed", folder / "feed", {.attempts = 1}).error().code, "feeds.address");
    EXPECT_EQ(fetch("http://127.0.0.1:1/feed", folder / "feed", {.attempts = 1}).error().code, "feeds.download");
}

TEST_F(Fetch, EmptyOrOfAnotherPartIsNoFeed) {
    ScriptedServer empty({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
    auto const refused = fetch(url(empty), folder / "feed", settings);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "feeds.download_empty");
    // The part that comes does not begin where the one at hand ends: all of it is fetched anew.
    ScriptedServer server({"HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 10\r\n\r\nhello",
                           "HTTP/1.1 206 Partial\r\nETag: \"one\"\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\n\r\noworld",
                           "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 10\r\n\r\nhelloworld"});
    auto const got = fetch(url(server), folder / "feed", settings);
    ASSERT_TRUE(got) << describe(got.error());
    EXPECT_EQ(read_file(got->file).value(), "helloworld");
    EXPECT_EQ(server.request(2).find("Range:"), std::string::npos);
}

TEST_F(Fetch, APauseCanBeStopped) {
    ScriptedServer server({"HTTP/1.1 503 Busy\r\nRetry-After: 500\r\nContent-Length: 4\r\n\r\nbusy"});
    int asked = 0;
    auto const stopped = fetch(url(server), folder / "feed", settings, [&](std::uint64_t, std::uint64_t) { return ++asked < 12; });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, "feeds.stopped");
}

TEST(FeedAddresses, AreUniqueAndEncrypted) {
    auto const feeds = feed_addresses();
    ASSERT_TRUE(feeds) << describe(feeds.error());
    std::set<std::string> names;
    for (auto const& feed : *feeds) {
        EXPECT_TRUE(names.insert(feed.name).second) << feed.name;
        EXPECT_TRUE(feed.url.starts_with("https://")) << feed.url;
        EXPECT_EQ(feed.url.find('{'), std::string::npos) << feed.url;
    }
    EXPECT_TRUE(names.contains("nvd-2002"));
}

}  // namespace
}  // namespace merlon::feeds
