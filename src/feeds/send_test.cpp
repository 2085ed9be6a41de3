#include "feeds/send.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "base/time.h"

namespace merlon::feeds {
namespace {

sockaddr_storage address_of(std::string const& text) {
    sockaddr_storage out{};
    auto* four = reinterpret_cast<sockaddr_in*>(&out);
    if (::inet_pton(AF_INET, text.c_str(), &four->sin_addr) == 1) {
        out.ss_family = AF_INET;
        return out;
    }
    auto* six = reinterpret_cast<sockaddr_in6*>(&out);
    EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &six->sin6_addr), 1) << text;
    out.ss_family = AF_INET6;
    return out;
}
bool is_public(std::string const& text) {
    auto const address = address_of(text);
    return feeds::is_public(reinterpret_cast<sockaddr const&>(address));
}

TEST(Addresses, OfOtherNetworksAreNotPublic) {
    for (auto const* text : {"127.0.0.1",
                             "127.255.0.9",
                             "10.1.2.3",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "169.254.169.254",
                             "100.100.100.200",
                             "0.0.0.0",
                             "224.0.0.1",
                             "255.255.255.255",
                             "198.18.0.1",
                             "::1",
                             "::",
                             "::ffff:10.0.0.1",
                             "::ffff:169.254.169.254",
                             "::7f00:1",
                             "fe80::1",
                             "fd00::1",
                             "fec0::1",
                             "ff02::1",
                             "64:ff9b::a00:1",
                             "2002:a00:1::",
                             "2001:db8::1",
                             "2001:0:1::1"})
        EXPECT_FALSE(is_public(text)) << text;
    for (auto const* text : {"8.8.8.8", "172.15.255.255", "172.32.0.1", "192.167.255.255", "100.63.255.255",
                             "2606:4700::1111", "2a00:1450::1"})
        EXPECT_TRUE(is_public(text)) << text;
}

TEST(Addresses, AreInRangesOrNot) {
    auto const ranges = parse_ranges(" 10.0.0.0/8, fd00::/8 ,192.0.2.7");
    ASSERT_TRUE(ranges) << describe(ranges.error());
    auto const inside = [&](std::string const& text) {
        auto const address = address_of(text);
        return std::ranges::any_of(
            *ranges, [&](auto const& range) { return range.contains(reinterpret_cast<sockaddr const&>(address)); });
    };
    EXPECT_TRUE(inside("10.255.0.1") && inside("fd12::1") && inside("192.0.2.7"));
    EXPECT_FALSE(inside("11.0.0.1") || inside("fe00::1") || inside("192.0.2.8"));
    for (auto const* bad : {"10.0.0.0/33", "ten", "10.0.0/8", "::/129", "1.2.3.4/-1"})
        EXPECT_FALSE(AddressRange::parse(bad)) << bad;
}

TEST(Addresses, AreCheckedAsText) {
    EXPECT_TRUE(check_address("https://hooks.example.org/x?y=1"));
    EXPECT_TRUE(check_address("https://hooks.example.org:8443/"));
    for (auto const* bad : {"file:///etc/passwd", "gopher://x/", "ftp://x/", "https://me:secret@x/", "https://x:22/",
                            "http://x:25/", "", "nothing", "https://"})
        EXPECT_EQ(check_address(bad).error().code, "send.bad_address") << bad;
    // Nothing of what may be a secret stands in the message.
    EXPECT_EQ(describe(check_address("https://me:secret@x/token").error()).find("secret"), std::string::npos);
}

// Answers one connection and keeps what was asked.
struct OneAnswer {
    std::string answer, asked;
    int socket = ::socket(AF_INET, SOCK_STREAM, 0), port = 0;
    int connections = 0;
    std::jthread thread;
    explicit OneAnswer(std::string text) : answer(std::move(text)) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&place), sizeof place), 0);
        socklen_t size = sizeof place;
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&place), &size);
        port = ntohs(place.sin_port);
        ::listen(socket, 2);
        thread = std::jthread([this] {
            int const client = ::accept(socket, nullptr, nullptr);
            if (client < 0) return;
            ++connections;
            char piece[4096];
            while (asked.find("\r\n\r\n") == std::string::npos || !asked.ends_with("}")) {
                auto const got = ::read(client, piece, sizeof piece);
                if (got <= 0) break;
                asked.append(piece, static_cast<std::size_t>(got));
            }
            (void)!::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
            ::close(client);
        });
    }
    ~OneAnswer() {
        close();
        ::close(socket);
    }
    // Takes nothing any more; what came is seen afterwards.
    void close() {
        ::shutdown(socket, SHUT_RDWR);
        if (thread.joinable()) thread.join();
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port) + "/hook"; }
};

TEST(Post, GoesIntoAllowedRangesOnly) {
    SendOptions options;
    {
        OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        EXPECT_EQ(post(server.url(), {}, "{}", options).error().code, "send.not_allowed");
        // The same address in other clothes: a number, octal, a name, IPv6.
        for (auto const* host : {"2130706433", "0177.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"}) {
            auto const sent = post("http://" + std::string(host) + ":" + std::to_string(server.port) + "/", {}, "{}",
                                   options);
            ASSERT_FALSE(sent) << host;
            EXPECT_TRUE(sent.error().code == "send.not_allowed" || sent.error().code == "send.failed") << host;
        }
        // A range that is allowed opens no other one, the host's own as little as the metadata address.
        options.private_ranges = parse_ranges("10.0.0.0/8").value();
        for (auto const* host : {"127.0.0.1", "169.254.169.254", "[::1]", "0.0.0.0"})
            EXPECT_EQ(post("http://" + std::string(host) + ":" + std::to_string(server.port) + "/", {}, "{}", options).error().code, "send.not_allowed") << host;
        server.close();
        EXPECT_EQ(server.connections, 0) << "it was refused before the first packet: " << server.asked;
    }
    options.private_ranges = parse_ranges("127.0.0.0/8").value();
    OneAnswer server("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok");
    auto const sent = post(server.url(), {"X-One: 1"}, R"({"a": 1})", options);
    ASSERT_TRUE(sent) << describe(sent.error());
    EXPECT_EQ(sent->status, 202);
    EXPECT_EQ(sent->body, "ok");
    EXPECT_TRUE(server.asked.starts_with("POST /hook HTTP/1.1\r\n")) << server.asked;
    EXPECT_NE(server.asked.find("X-One: 1\r\n"), std::string::npos);
    EXPECT_TRUE(server.asked.ends_with("\r\n\r\n{\"a\": 1}"));
}

TEST(Syslog, AddressesAreHostsWithPorts) {
    for (auto const* good : {"tls://siem.example:6514", "tcp://10.0.0.5:514", "tls://[2001:db8::1]:6514"}) EXPECT_TRUE(check_syslog_address(good)) << good;
    for (auto const* bad : {"https://siem.example:6514", "tls://siem.example", "tls://siem.example:22", "tls://me@siem.example:6514", "tcp://siem.example:6514/x", "tls://:6514", "tls://siem.example:99999"})
        EXPECT_EQ(check_syslog_address(bad).error().code, "send.bad_address") << bad;
    // As http: nowhere but where it is allowed.
    EXPECT_EQ(send_syslog("tcp://127.0.0.1:6514", "x", {}).error().code, "send.not_allowed");
}

TEST(Post, FollowsNoRedirectAndReadsNoLongAnswer) {
    SendOptions options;
    options.private_ranges = parse_ranges("127.0.0.0/8").value();
    {
        OneAnswer server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
        auto const sent = post(server.url(), {}, "{}", options);
        ASSERT_TRUE(sent) << describe(sent.error());
        EXPECT_EQ(sent->status, 302);
    }
    options.most_answer_bytes = 100;
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + std::string(200, 'x'));
    EXPECT_EQ(post(server.url(), {}, "{}", options).error().code, "send.failed");
}

TEST(Mail, IsWrittenSoThatNothingCanBeAdded) {
    Mail const mail{"merlon@example.org",
                    {"anna@example.org", "bert@example.org"},
                    "New: ü\r\nBcc: x@example.org",
                    "Hello\nworld\n",
                    "1"};
    auto const text = mail_text(mail, ticks_of({2026, 11, 25}));
    EXPECT_TRUE(
        text.starts_with("Date: Wed, 25 Nov 2026 00:00:00 +0000\r\nFrom: <merlon@example.org>\r\nTo: "
                         "<anna@example.org>,\r\n <bert@example.org>\r\nSubject: =?UTF-8?B?"))
        << text;
    EXPECT_EQ(text.find("\nBcc"), std::string::npos);
    EXPECT_NE(text.find("\r\n\r\nSGVsbG8NCndvcmxkDQo=\r\n"), std::string::npos) << text;
    EXPECT_TRUE(check_mail_address("anna.b+x@example.org"));
    for (auto const* bad : {"anna", "@x", "a@", "a@b@c", "a b@c", "a@b\r\nX: y", "<a@b>", "a@b,c@d"})
        EXPECT_FALSE(check_mail_address(bad)) << bad;
}

}  // namespace
}  // namespace merlon::feeds
