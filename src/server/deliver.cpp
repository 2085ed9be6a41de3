#include "server/deliver.h"

#include <set>

#include "advise/notifications.h"
#include "api/auth/secrets.h"
#include "api/notification_channel.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::server {
namespace {

struct Outcome {
    bool sent = false;
    std::string words, ticket;
    bool out_of_reach = false;  // it is not this message that is wrong
};

Outcome failure(Error const& e) { return {false, describe(e), {}, e.code == "send.failed"}; }

// The number that a ticket system gives in its answer: Jira says "key", others "number" or "id".
std::string ticket_number(std::string const& answer) {
    auto const document = json::Document::parse(answer, "answer");
    if (!document) return {};
    for (auto const name : {"key", "number", "id"})
        if (auto const text = json::text(document->root(), name); !text.empty()) return std::string(text);
    if (auto const number = json::integer(document->root(), "number")) return std::to_string(*number);
    return {};
}

Outcome send_http(advise::Delivery const& delivery, api::ChannelSecret const& secret, DeliverySettings const& settings,
                  Ticks now) {
    bool const ticket = delivery.channel.kind == "Ticket";
    auto headers = std::vector<std::string>{"Content-Type: application/json"};
    if (ticket && !secret.secret.empty()) headers.push_back("Authorization: " + secret.secret);
    if (delivery.channel.kind == "Webhook")
        headers = webhook_headers(delivery.id, delivery.event, secret.secret, delivery.body,
                                  (now - unix_epoch_ticks) / ticks_per_second);
    auto const answer = feeds::post(secret.address, headers, delivery.body, settings.send);
    if (!answer) return failure(answer.error());
    auto const status = answer->status;
    Outcome outcome{status >= 200 && status < 300, "HTTP status " + std::to_string(status), {}, status == 408 || status == 429 || status >= 500};
    if (outcome.sent && ticket) outcome.ticket = ticket_number(answer->body);
    return outcome;
}

Outcome send_by_mail(advise::Delivery const& delivery, DeliverySettings const& settings) {
    if (settings.mail.url.empty()) return failure(error("notify.no_mail_server"));
    feeds::Mail mail;
    mail.id = delivery.id;
    mail.from = settings.mail_from;
    for (auto const one : split(delivery.channel.address, ','))
        if (!trim(one).empty()) mail.to.emplace_back(trim(one));
    auto const line = delivery.body.find('\n');
    mail.subject = delivery.body.substr(0, line);
    mail.text = line == std::string::npos ? "" : std::string(trim(std::string_view(delivery.body).substr(line))) + "\n";
    if (auto const sent = feeds::send_mail(settings.mail, mail, settings.send); !sent) return failure(sent.error());
    return {true, "accepted by the mail server", {}, false};
}

Outcome send(advise::Delivery const& delivery, api::Sealer const& sealer, DeliverySettings const& settings, Ticks now) {
    if (delivery.channel.kind == "Mail") return send_by_mail(delivery, settings);
    auto const secret = api::channel_secret(delivery.channel, sealer);
    if (!secret) return failure(secret.error());
    if (delivery.channel.kind == "Syslog") {
        if (auto const sent = feeds::send_syslog(secret->address, delivery.body, settings.send); !sent) return failure(sent.error());
        return {true, "taken by the connection", {}, false};
    }
    return send_http(delivery, *secret, settings, now);
}

}  // namespace

Result<DeliverySettings> delivery_settings(Settings const& settings) {
    DeliverySettings out;
    out.send.private_ranges = TRY(feeds::parse_ranges(settings.text("notify.private_ranges")));
    out.send.authorities = settings.text("notify.authorities");
    if (!out.send.authorities.empty()) TRY(read_file(out.send.authorities, 16 << 20));
    out.mail.url = settings.text("notify.mail_server");
    if (!out.mail.url.empty() && !out.mail.url.starts_with("smtp://") && !out.mail.url.starts_with("smtps://"))
        return fail("settings.malformed", "notify.mail_server", "smtp://HOST:PORT or smtps://HOST:PORT", out.mail.url,
                    "a setting");
    out.mail.user = settings.text("notify.mail_user");
    if (auto const& file = settings.text("notify.mail_password_file"); !file.empty())
        out.mail.password = trim(TRY(read_file(file, 4096)));
    auto const& tls = settings.text("notify.mail_tls");
    if (tls != "required" && tls != "none")
        return fail("settings.malformed", "notify.mail_tls", "required or none", tls, "a setting");
    out.mail.encrypted = tls == "required";
    out.mail_from = settings.text("notify.mail_from");
    if (!out.mail.url.empty()) TRY(feeds::check_mail_address(out.mail_from));
    out.link = settings.text("notify.link");
    while (out.link.ends_with('/')) out.link.pop_back();
    return out;
}

std::filesystem::path sealing_key(store::Store const& store) {
    return store.folder().empty() ? store.folder() : store.folder() / "sealing.key";
}

std::vector<std::string> webhook_headers(std::string_view delivery, std::string_view event, std::string_view secret,
                                         std::string_view body, std::int64_t unix_time) {
    auto const stamp = std::to_string(unix_time);
    std::vector<std::string> headers{"Content-Type: application/json", "X-Merlon-Delivery: " + std::string(delivery),
                                     "X-Merlon-Event: " + std::string(event), "X-Merlon-Timestamp: " + stamp};
    if (!secret.empty())
        headers.push_back("X-Merlon-Signature: v1=" + api::hmac_sha256_hex(secret, stamp + "." + std::string(body)));
    return headers;
}

Result<advise::Delivered> deliver(store::Store const& store, store::Writer& writer, api::Sealer const& sealer,
                          DeliverySettings const& settings, Ticks now) {
    advise::Delivered out;
    TRY(writer.run([&](store::Connection& connection) -> Status {
        out.made = TRY(advise::collect_notifications(connection, settings.link, api::new_id, now));
        return advise::forget_old_deliveries(connection, now);
    }));
    auto connection = TRY(store.connect());
    std::set<std::string, std::less<>> out_of_reach;
    for (auto const& delivery : TRY(advise::due_deliveries(connection, now))) {
        // Who hangs is asked once a round and not by each message, for which the others would wait.
        if (out_of_reach.contains(delivery.channel.id)) continue;
        auto const outcome = send(delivery, sealer, settings, now);
        TRY(writer.run([&](store::Connection& c) {
            return advise::record_delivery(c, delivery, outcome.sent, outcome.words, outcome.ticket, now);
        }));
        if (outcome.out_of_reach) out_of_reach.insert(delivery.channel.id);
        ++(outcome.sent ? out.sent : delivery.attempts >= 5 ? out.failed : out.again);
    }
    return out;
}

}  // namespace merlon::server
