// GET /api/merlon/live, for pages that are open: a stream of events (text/event-stream) that name the kinds of things that
// changed, never what.
#include "api/auth/gate.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds heartbeat{15};

void time_member(JsonWriter& json, Ticks time) {
    json.key("changedAt");
    if (time == 0) json.null();
    else json.string(iso_time(time));
}

// One open stream.
struct Listener {
    Service& service;
    HttpRequest request;
    std::shared_ptr<void> place;
    bool greeted = false;
    std::uint64_t told = 0;  // the number of the change that was told last
    Clock::time_point last_sent = Clock::now();

    Result<bool> more(std::string& out);

private:
    std::string names(Live const& live, std::vector<std::size_t> const& kinds) const;
    void greet(Live const& live, std::string& out);
};

// The names of those kinds that the caller may read, as a JSON array; empty for none.
std::string Listener::names(Live const& live, std::vector<std::size_t> const& kinds) const {
    std::string list;
    for (auto const kind : kinds)
        if (Gate::allows(*request.caller, live.kinds()[kind].permission)) list += (list.empty() ? "\"" : ",\"") + live.kinds()[kind].name + "\"";
    return list.empty() ? list : "[" + list + "]";
}

// What is told first: of which kinds news will come, and whether some of it was missed.
void Listener::greet(Live const& live, std::string& out) {
    auto const asked = request.header("last-event-id");
    auto const known = live.number_of(asked);
    auto const now = live.after(0);
    told = known.value_or(now.number);
    std::vector<std::size_t> all(live.kinds().size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    out += "retry: 3000\nid: " + live.event_id(told) + "\nevent: hello\ndata: ";
    JsonWriter json(out);
    json.begin_object();
    time_member(json, now.published);
    json.key("kinds");
    if (auto const list = names(live, all); list.empty()) json.raw("[]");
    else json.raw(list);
    json.member("missed", !asked.empty() && !known);
    json.end_object();
    out += "\n\n";
}

Result<bool> Listener::more(std::string& out) {
    if (!service.gate().still_stands(request)) {
        out += "event: end\ndata: {\"reason\":\"The credential no longer holds, or its rights are others.\"}\n\n";
        return false;
    }
    auto const* live = TRY(service.look_for_changes());
    if (!std::exchange(greeted, true)) greet(*live, out);
    if (auto const seen = live->after(told); seen.number != told) {
        told = seen.number;
        if (auto const list = names(*live, seen.changed); !list.empty()) {
            out += "id: " + live->event_id(told) + "\nevent: changed\ndata: ";
            JsonWriter json(out);
            json.begin_object();
            time_member(json, seen.published);
            json.key("changed");
            json.raw(list);
            json.end_object();
            out += "\n\n";
        }
    }
    auto const now = Clock::now();
    if (out.empty() && now - last_sent > heartbeat) out += ":\n\n";  // a comment: the way is still open
    if (!out.empty()) last_sent = now;
    return true;
}

Result<HttpResponse> listen(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto place = service.limiter().begin_stream(request.caller->who);
    if (!place) {
        auto response = refusal(429, "TooManyRequests", "Too many streams are open; close one, or read again from time to time.");
        response.headers.emplace_back("Retry-After", "30");
        return response;
    }
    auto kept = request;
    kept.left = {};  // it may not be asked any more when the handler has returned
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("X-Accel-Buffering", "no");  // proxies must not collect it
    response.waits = true;
    response.rest = [listener = std::make_shared<Listener>(Listener{service, std::move(kept), std::move(place)})](std::string& out) { return listener->more(out); };
    return response;
}

}  // namespace

void add_change_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api/merlon/live", std::string(signed_in), listen});
}

}  // namespace merlon::api
