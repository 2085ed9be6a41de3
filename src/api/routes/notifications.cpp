// Changes of /api/notifications/channels and /rules (docs/notifications.md). Lists are schema/api/notification_*.json.
#include "advise/notifications.h"
#include "api/auth/secrets.h"
#include "api/notification_channel.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_text.h"

namespace merlon::api {
namespace {

constexpr std::string_view manage = "Merlon.Notifications.Manage";

// The key that secrets are sealed with lies beside the one that signs tokens.
Result<Sealer> sealer_of(Service& service) {
    auto const& signing = service.options().gate.key_file;
    return Sealer::open(signing.empty() ? signing : signing.parent_path() / "sealing.key");
}

Result<HttpResponse> make_channel(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"name", "kind", "address", "secret", "template", "active"}));
    advise::NotificationChannel one;
    one.id = new_id();
    one.name = TRY(body.text("name"));
    one.kind = TRY(body.text("kind"));
    one.ticket_body = TRY(body.optional_text("template")).value_or("");
    one.active = TRY(body.optional_flag("active")).value_or(true);
    auto address = TRY(body.text("address"));
    auto secret = TRY(body.optional_text("secret")).value_or("");
    TRY(set_channel_secret(one, {std::move(address), std::move(secret)}, TRY(sealer_of(service))));
    one.created = now_ticks();
    one.created_by = request.caller->who;
    TRY(service.writer().run([&](store::Connection& connection) { return advise::save_channel(connection, one); }));
    return entity_response(service, request, "notifications/channels", one.id, 201);
}

Result<HttpResponse> edit_channel(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const body = TRY(Body::read(request, {"name", "address", "secret", "template", "active"}));
    auto const connection = TRY(service.lease());
    auto one = TRY(advise::find_channel(*connection, parts[0]));
    one.name = TRY(body.optional_text("name")).value_or(one.name);
    one.ticket_body = TRY(body.optional_text("template")).value_or(one.ticket_body);
    one.active = TRY(body.optional_flag("active")).value_or(one.active);
    auto const address = TRY(body.optional_text("address")), secret = TRY(body.optional_text("secret"));
    if (address || secret) {
        auto const sealer = TRY(sealer_of(service));
        // A new address does not inherit the secret of the old one: it would be sent to whoever is named now.
        auto const before = address ? ChannelSecret{} : TRY(channel_secret(one, sealer));
        TRY(set_channel_secret(one, {address.value_or(before.address), secret.value_or(before.secret)}, sealer));
    }
    TRY(service.writer().run([&](store::Connection& c) { return advise::save_channel(c, one); }));
    return entity_response(service, request, "notifications/channels", one.id, 200);
}

Result<HttpResponse> drop_channel(Service& service, HttpRequest const&, std::vector<std::string> const& parts) {
    TRY(service.writer().run(
        [&](store::Connection& connection) { return advise::remove_channel(connection, parts[0]); }));
    return nothing();
}

// Queues a delivery; the list of deliveries says what came of it.
Result<HttpResponse> test_channel(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const id = new_id();
    auto const now = now_ticks();
    TRY(service.writer().run([&](store::Connection& connection) -> Status {
        return advise::queue_test(connection, TRY(advise::find_channel(connection, parts[0])), id, now);
    }));
    return entity_response(service, request, "notifications/deliveries", id, 202);
}

// Sends now what waits; a server does it each minute by itself. Answered when the round is over.
Result<HttpResponse> send_now(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    if (!request.body.empty()) TRY(Body::read(request, {}));
    auto const& send = service.options().send_notifications;
    if (!send) return refusal(503, "ServiceUnavailable", "Nothing sends notifications here.");
    auto const round = TRY(send());
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("made", round.made);
    json.member("sent", round.sent);
    json.member("again", round.again);
    json.member("failed", round.failed);
    json.end_object();
    return response;
}

Result<HttpResponse> make_rule(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"name", "description", "active", "events", "severity", "channels", "deviceGroups"}));
    advise::NotificationRule one;
    one.id = new_id();
    one.name = TRY(body.text("name"));
    one.description = TRY(body.optional_text("description")).value_or("");
    one.active = TRY(body.optional_flag("active")).value_or(true);
    one.events = TRY(body.texts("events"));
    one.severity = TRY(body.optional_text("severity")).value_or("");
    one.channels = TRY(body.texts("channels"));
    one.device_groups = TRY(body.texts("deviceGroups"));
    one.created = now_ticks();
    one.created_by = request.caller->who;
    TRY(service.writer().run(
        [&](store::Connection& connection) { return advise::save_rule(connection, one, one.created); }));
    return entity_response(service, request, "notifications/rules", one.id, 201);
}

Result<HttpResponse> edit_rule(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const body = TRY(Body::read(request, {"name", "description", "active", "events", "severity", "channels", "deviceGroups"}));
    auto const connection = TRY(service.lease());
    auto one = TRY(advise::find_rule(*connection, parts[0]));
    one.name = TRY(body.optional_text("name")).value_or(one.name);
    one.description = TRY(body.optional_text("description")).value_or(one.description);
    one.active = TRY(body.optional_flag("active")).value_or(one.active);
    one.severity = TRY(body.optional_text("severity")).value_or(one.severity);
    if (auto const events = TRY(body.texts("events")); !events.empty()) one.events = events;
    if (auto const channels = TRY(body.texts("channels")); !channels.empty()) one.channels = channels;
    if (body.has("deviceGroups")) one.device_groups = TRY(body.texts("deviceGroups"));
    auto const now = now_ticks();
    TRY(service.writer().run([&](store::Connection& c) { return advise::save_rule(c, one, now); }));
    return entity_response(service, request, "notifications/rules", one.id, 200);
}

Result<HttpResponse> drop_rule(Service& service, HttpRequest const&, std::vector<std::string> const& parts) {
    TRY(service.writer().run([&](store::Connection& connection) { return advise::remove_rule(connection, parts[0]); }));
    return nothing();
}

}  // namespace

void add_notification_routes(std::vector<Route>& all) {
    std::string const managing(manage);
    all.push_back({"POST", "api/notifications/channels", managing, make_channel});
    all.push_back({"PATCH", "api/notifications/channels/{}", managing, edit_channel});
    all.push_back({"DELETE", "api/notifications/channels/{}", managing, drop_channel});
    all.push_back({"POST", "api/notifications/channels/{}/test", managing, test_channel});
    all.push_back({"POST", "api/notifications/send", managing, send_now});
    all.push_back({"POST", "api/notifications/rules", managing, make_rule});
    all.push_back({"PATCH", "api/notifications/rules/{}", managing, edit_rule});
    all.push_back({"DELETE", "api/notifications/rules/{}", managing, drop_rule});
}

}  // namespace merlon::api
