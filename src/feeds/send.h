// The one place that sends something to an address that people gave: webhooks, tickets, mail.
//
// A server that calls addresses on request must not become a way into its own network. So: HTTPS (HTTP only into
// allowed private ranges), no redirects, no proxy, no user names in addresses, no ports of other services; and the
// address that a connection really goes to is checked when it is made, after the name was resolved: only public ones,
// and those of the operator's private ranges.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace merlon::feeds {

// A range of addresses: "10.0.0.0/8", "fd00::/8", "192.0.2.7".
class AddressRange {
public:
    static Result<AddressRange> parse(std::string_view text);  // send.bad_range
    bool contains(sockaddr const&) const;

private:
    unsigned char address_[16] = {};  // IPv4 as ::ffff:a.b.c.d
    int bits_ = 128;
};
// "10.0.0.0/8, 127.0.0.1"
Result<std::vector<AddressRange>> parse_ranges(std::string_view text);

// Whether an address is of the public internet: in none of IANA's special-purpose registries (RFC 6890), nor multicast.
bool is_public(sockaddr const&);

struct SendOptions {
    std::vector<AddressRange> private_ranges;  // that may be reached as well
    std::string authorities;  // PEM file of certificates to trust instead of the system's
    int seconds = 10;
    std::size_t most_answer_bytes = 64 * 1024;
};

struct SendAnswer {
    long status = 0;  // of HTTP
    std::string body;
};
// The checks of an address that need no network: scheme, user name, port. Errors: send.bad_address.
Status check_address(std::string const& url);
// POST; `headers` are whole lines. Any HTTP status is an answer. Errors: send.bad_address, send.not_allowed,
// send.failed.
Result<SendAnswer> post(std::string const& url, std::vector<std::string> const& headers, std::string const& body,
                        SendOptions const&);

// An address of a syslog receiver: tls://siem.example:6514, tcp://10.0.0.5:514 (as http: into private ranges only). Errors:
// send.bad_address.
Status check_syslog_address(std::string const& url);
// Sends the lines of `text` as syslog messages, each with its length before it (RFC 5425, RFC 6587). A receiver answers nothing:
// success is that the connection took all of it. Errors as post().
Status send_syslog(std::string const& url, std::string_view text, SendOptions const&);

// The operator's own mail server: its address is not restricted.
struct MailServer {
    std::string url;  // smtp://mail.example:587, smtps://mail.example
    std::string user, password;
    bool encrypted = true;  // insist on STARTTLS
};
struct Mail {
    std::string from;
    std::vector<std::string> to;
    std::string subject, text, id;
};
// An address that can stand in a mail's head: one @, no blanks or line ends. Errors: send.bad_mail_address.
Status check_mail_address(std::string_view);
// The message as it is sent (RFC 5322, UTF-8).
std::string mail_text(Mail const&, std::int64_t now);
Status send_mail(MailServer const&, Mail const&, SendOptions const&);

}  // namespace merlon::feeds
