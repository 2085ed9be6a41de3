#include "feeds/send.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

#include "base/text.h"
#include "base/time.h"

namespace merlon::feeds {
namespace {

struct CurlCloser {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListCloser {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct UrlCloser {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// All addresses as 16 bytes; false for families that are no internet.
bool bytes_of(sockaddr const& address, unsigned char (&out)[16]) {
    if (address.sa_family == AF_INET6) {
        std::memcpy(out, &reinterpret_cast<sockaddr_in6 const&>(address).sin6_addr, 16);
        return true;
    }
    if (address.sa_family != AF_INET) return false;
    constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::memcpy(out, mapped, 12);
    std::memcpy(out + 12, &reinterpret_cast<sockaddr_in const&>(address).sin_addr, 4);
    return true;
}

std::vector<AddressRange> const& special_ranges() {
    // IANA's IPv4 and IPv6 special-purpose address registries (RFC 6890), multicast (RFC 5771, RFC 4291), and what
    // carries an IPv4 address inside (NAT64, 6to4, Teredo in 2001::/23), which could lead to any of the others.
    // IPv4 inside IPv6 (::ffff:a.b.c.d) needs no entry: it is compared as IPv4.
    static constexpr std::string_view all[] = {
        "0.0.0.0/8",       "10.0.0.0/8",     "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",  "172.16.0.0/12",
        "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",   "198.51.100.0/24",
        "203.0.113.0/24",  "224.0.0.0/4",    "240.0.0.0/4",    "::/96",          "64:ff9b::/96",    "64:ff9b:1::/48",
        "100::/64",        "2001::/23",      "2001:db8::/32",  "2002::/16",      "3fff::/20",       "5f00::/16",
        "fc00::/7",        "fe80::/10",      "fec0::/10",      "ff00::/8"};
    static std::vector<AddressRange> const ranges = [] {
        std::vector<AddressRange> made;
        for (auto const text : all) made.push_back(AddressRange::parse(text).value());
        return made;
    }();
    return ranges;
}

struct Guard {
    SendOptions const& options;
    bool plain = false;      // http: into private ranges only
    bool restricted = true;  // false: the operator's own server
    bool refused = false;
};

bool allowed(Guard const& guard, sockaddr const& address) {
    if (!guard.restricted) return true;
    bool const named = std::ranges::any_of(guard.options.private_ranges,
                                           [&](auto const& range) { return range.contains(address); });
    return named || (!guard.plain && is_public(address));
}

// Called with the resolved address right before the connection is made.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
    auto& guard = *static_cast<Guard*>(user);
    if (!allowed(guard, address->addr)) {
        guard.refused = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct Received {
    std::string bytes;
    std::size_t most = 0;
    bool too_long = false;
};
std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
    auto& received = *static_cast<Received*>(user);
    if (received.bytes.size() + size > received.most) {
        received.too_long = true;
        return 0;
    }
    received.bytes.append(data, size);
    return size;
}

struct Upload {
    std::string_view rest;
};
std::size_t on_read(char* buffer, std::size_t, std::size_t size, void* user) {
    auto& upload = *static_cast<Upload*>(user);
    auto const take = std::min(size, upload.rest.size());
    std::memcpy(buffer, upload.rest.data(), take);
    upload.rest.remove_prefix(take);
    return take;
}

struct Request {
    std::unique_ptr<CURL, CurlCloser> handle;
    char words[CURL_ERROR_SIZE] = {};
};

void set_common(CURL* curl, Request& request, Guard& guard, SendOptions const& options) {
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(options.seconds));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.seconds));
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, request.words);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &guard);
    if (!options.authorities.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.authorities.c_str());
}

bool started() {
    static auto const code = curl_global_init(CURL_GLOBAL_DEFAULT);
    return code == CURLE_OK;
}

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
    std::string out(text);
    curl_free(text);
    return out;
}

// The one place of a host in messages: nothing of path or query, which may hold secrets.
std::string shown_host(std::string const& url) {
    std::unique_ptr<CURLU, UrlCloser> const parsed(curl_url());
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return clean_text(url, 60);
    return part_of(parsed.get(), CURLUPART_HOST);
}

}  // namespace

Result<AddressRange> AddressRange::parse(std::string_view whole) {
    auto const text = trim(whole);
    auto const slash = text.find('/');
    std::string const address(text.substr(0, slash));
    AddressRange range;
    in_addr four{};
    bool const is_four = ::inet_pton(AF_INET, address.c_str(), &four) == 1;
    if (is_four) {
        range.address_[10] = range.address_[11] = 0xff;
        std::memcpy(range.address_ + 12, &four, 4);
    } else if (::inet_pton(AF_INET6, address.c_str(), range.address_) != 1) {
        return fail("send.bad_range", clean_text(text, 60));
    }
    if (slash == std::string_view::npos) return range;
    auto const bits = to_int(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > (is_four ? 32 : 128)) return fail("send.bad_range", clean_text(text, 60));
    range.bits_ = static_cast<int>(*bits) + (is_four ? 96 : 0);
    return range;
}

bool AddressRange::contains(sockaddr const& address) const {
    unsigned char bytes[16];
    if (!bytes_of(address, bytes)) return false;
    for (int bit = 0; bit < bits_; ++bit) {
        auto const mask = static_cast<unsigned char>(0x80 >> (bit % 8));
        if ((bytes[bit / 8] & mask) != (address_[bit / 8] & mask)) return false;
    }
    return true;
}

Result<std::vector<AddressRange>> parse_ranges(std::string_view text) {
    std::vector<AddressRange> all;
    for (auto const part : split(text, ','))
        if (!trim(part).empty()) all.push_back(TRY(AddressRange::parse(part)));
    return all;
}

bool is_public(sockaddr const& address) {
    unsigned char bytes[16];
    if (!bytes_of(address, bytes)) return false;
    return std::ranges::none_of(special_ranges(), [&](auto const& range) { return range.contains(address); });
}

Status check_address(std::string const& url) {
    std::unique_ptr<CURLU, UrlCloser> const parsed(curl_url());
    if (!parsed) return fail("send.failed", "libcurl", "out of memory");
    auto const code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_DISALLOW_USER);
    if (code == CURLUE_USER_NOT_ALLOWED) return fail("send.bad_address", shown_host(url), "it holds a user name");
    if (code != CURLUE_OK || url.size() > 2000)
        return fail("send.bad_address", clean_text(url, 60), "it is no address");
    auto const scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    if (scheme != "https" && scheme != "http") return fail("send.bad_address", shown_host(url), "it is not https");
    auto const port = to_int(part_of(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)).value_or(0);
    if (port != 443 && port != 80 && port < 1024)
        return fail("send.bad_address", shown_host(url),
                    "port " + std::to_string(port) + " belongs to another service");
    return {};
}

Result<SendAnswer> post(std::string const& url, std::vector<std::string> const& headers, std::string const& body,
                        SendOptions const& options) {
    TRY(check_address(url));
    Request request{std::unique_ptr<CURL, CurlCloser>(started() ? curl_easy_init() : nullptr)};
    auto* curl = request.handle.get();
    if (!curl) return fail("send.failed", shown_host(url), "libcurl does not start");
    Guard guard{options, ascii_lower(url).starts_with("http://")};
    Received received{{}, options.most_answer_bytes};
    curl_slist* raw = nullptr;
    for (auto const& header : headers) raw = curl_slist_append(raw, header.c_str());
    raw = curl_slist_append(raw, "Expect:");
    std::unique_ptr<curl_slist, ListCloser> const list(raw);
    set_common(curl, request, guard, options);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "merlon");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
    auto const code = curl_easy_perform(curl);
    if (guard.refused) return fail("send.not_allowed", shown_host(url));
    if (received.too_long)
        return fail("send.failed", shown_host(url),
                    "its answer is longer than " + std::to_string(options.most_answer_bytes) + " bytes");
    if (code != CURLE_OK)
        return fail("send.failed", shown_host(url), request.words[0] ? request.words : curl_easy_strerror(code));
    SendAnswer answer;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    answer.body = std::move(received.bytes);
    return answer;
}

namespace {

// libcurl opens the connection and speaks TLS; its own schemes stand for ours.
Result<std::string> syslog_url(std::string const& url) {
    bool const tls = url.starts_with("tls://");
    if (!tls && !url.starts_with("tcp://")) return fail("send.bad_address", shown_host(url), "it is neither tls://HOST:PORT nor tcp://HOST:PORT");
    auto const place = url.substr(6);
    auto const colon = place.rfind(':');
    auto const port = colon == std::string::npos ? std::nullopt : to_int(place.substr(colon + 1));
    bool const named = colon != std::string::npos && colon > 0 && place.find_first_of("@/?#", 0) == std::string::npos && port;
    if (!named) return fail("send.bad_address", clean_text(place, 60), "it is no HOST:PORT");
    if (*port != 514 && *port != 601 && (*port < 1024 || *port > 65535))
        return fail("send.bad_address", clean_text(place, 60), "port " + std::to_string(*port) + " belongs to another service");
    return (tls ? "https://" : "http://") + place;
}

curl_socket_t socket_of(CURL* curl) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    return curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK ? socket : CURL_SOCKET_BAD;
}

// Waits until the connection takes more, at most `seconds`.
bool wait_until_writable(CURL* curl, int seconds) {
    pollfd one{socket_of(curl), POLLOUT, 0};
    return ::poll(&one, 1, seconds * 1000) == 1;
}

// Waits until the other machine has all that was sent, and takes what it says meanwhile (tickets of TLS): a connection that is closed
// over unread bytes is reset, and what was on its way is lost.
CURLcode wait_until_taken(CURL* curl, int seconds) {
    auto const socket = socket_of(curl);
    auto const until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (std::chrono::steady_clock::now() < until) {
        char said[1024];
        std::size_t got = 0;
        while (curl_easy_recv(curl, said, sizeof said, &got) == CURLE_OK && got > 0) {}
        int waiting = 0, wrong = 0;
        socklen_t size = sizeof wrong;
        if (::ioctl(socket, SIOCOUTQ, &waiting) != 0 || ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &wrong, &size) != 0 || wrong != 0) return CURLE_SEND_ERROR;
        if (waiting == 0) return CURLE_OK;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return CURLE_OPERATION_TIMEDOUT;
}

}  // namespace

Status check_syslog_address(std::string const& url) {
    TRY(syslog_url(url));
    return {};
}

Status send_syslog(std::string const& url, std::string_view text, SendOptions const& options) {
    auto const address = TRY(syslog_url(url));
    Request request{std::unique_ptr<CURL, CurlCloser>(started() ? curl_easy_init() : nullptr)};
    auto* curl = request.handle.get();
    if (!curl) return fail("send.failed", shown_host(address), "libcurl does not start");
    Guard guard{options, address.starts_with("http://")};
    set_common(curl, request, guard, options);
    curl_easy_setopt(curl, CURLOPT_URL, address.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 0L);  // it would be closed before anything is sent; it ends with the handle
    auto code = curl_easy_perform(curl);
    if (guard.refused) return fail("send.not_allowed", shown_host(address));
    std::string frames;
    for (auto const line : split(text, '\n'))
        if (!line.empty()) frames += std::to_string(line.size()) + " " + std::string(line);
    for (std::size_t at = 0; code == CURLE_OK && at < frames.size();) {
        std::size_t sent = 0;
        code = curl_easy_send(curl, frames.data() + at, frames.size() - at, &sent);
        at += sent;
        if (code == CURLE_AGAIN) code = wait_until_writable(curl, options.seconds) ? CURLE_OK : CURLE_OPERATION_TIMEDOUT;
    }
    if (code == CURLE_OK) code = wait_until_taken(curl, options.seconds);
    if (code != CURLE_OK) return fail("send.failed", shown_host(address), request.words[0] ? request.words : curl_easy_strerror(code));
    return {};
}

Status check_mail_address(std::string_view text) {
    auto const at = text.find('@');
    bool const plain = std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7f && std::string_view("<>\",;:\\()[]").find(c) == std::string_view::npos;
    });
    if (!plain || at == 0 || at == std::string_view::npos || at + 1 == text.size() ||
        text.find('@', at + 1) != std::string_view::npos || text.size() > 254)
        return fail("send.bad_mail_address", clean_text(text, 80));
    return {};
}

namespace {

std::string base64(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t word = 0;
        auto const count = std::min<std::size_t>(3, bytes.size() - at);
        for (std::size_t i = 0; i < 3; ++i)
            word = (word << 8) | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i) out += i <= count ? letters[(word >> (18 - 6 * i)) & 63] : '=';
    }
    return out;
}

// RFC 2047: pieces of at most 45 bytes that do not cut a character.
std::string encoded_subject(std::string_view text) {
    auto const clean = replace_all(clean_text(text, 500), "\n", " ");
    if (std::ranges::all_of(clean, [](char c) { return c >= ' ' && c < 0x7f; }) && clean.size() < 900 &&
        clean.find("=?") == std::string::npos)
        return clean;
    std::string out;
    for (std::size_t at = 0; at < clean.size();) {
        auto end = std::min(at + 45, clean.size());
        while (end < clean.size() && (static_cast<unsigned char>(clean[end]) & 0xC0) == 0x80) --end;
        out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(std::string_view(clean).substr(at, end - at)) +
               "?=";
        at = end;
    }
    return out;
}

// "Wed, 25 Nov 2026 15:04:05 +0000"
std::string mail_date(Ticks now) {
    constexpr std::string_view days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const date = civil_date(now);  // 0001-01-01 was a Monday
    return std::string(days[(now / ticks_per_day) % 7]) + ", " + std::to_string(date.day) + " " +
           std::string(months[date.month - 1]) + " " + std::to_string(date.year) + " " +
           iso_seconds(now).substr(11, 8) + " +0000";
}

}  // namespace

std::string mail_text(Mail const& mail, std::int64_t now) {
    std::string out = "Date: " + mail_date(now) + "\r\nFrom: <" + mail.from + ">\r\nTo: ";
    for (std::size_t i = 0; i < mail.to.size(); ++i) out += (i > 0 ? ",\r\n <" : "<") + mail.to[i] + ">";
    auto const host = mail.from.substr(mail.from.find('@') + 1);
    out += "\r\nSubject: " + encoded_subject(mail.subject) + "\r\nMessage-ID: <" + mail.id + "@" + host +
           ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
           "charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    auto const text = base64(replace_all(mail.text, "\n", "\r\n"));
    for (std::size_t at = 0; at < text.size(); at += 76) out += text.substr(at, 76) + "\r\n";
    return out;
}

Status send_mail(MailServer const& server, Mail const& mail, SendOptions const& options) {
    TRY(check_mail_address(mail.from));
    for (auto const& one : mail.to) TRY(check_mail_address(one));
    Request request{std::unique_ptr<CURL, CurlCloser>(started() ? curl_easy_init() : nullptr)};
    auto* curl = request.handle.get();
    if (!curl) return fail("send.failed", shown_host(server.url), "libcurl does not start");
    Guard guard{options, false, false};
    Received received{{}, options.most_answer_bytes};
    curl_slist* raw = nullptr;
    for (auto const& one : mail.to) raw = curl_slist_append(raw, ("<" + one + ">").c_str());
    std::unique_ptr<curl_slist, ListCloser> const to(raw);
    auto const text = mail_text(mail, now_ticks());
    Upload upload{text};
    set_common(curl, request, guard, options);
    curl_easy_setopt(curl, CURLOPT_URL, server.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    if (server.encrypted) curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (!server.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
    auto const code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        return fail("send.failed", shown_host(server.url), request.words[0] ? request.words : curl_easy_strerror(code));
    return {};
}

}  // namespace merlon::feeds
