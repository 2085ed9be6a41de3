// GET /api/feeds: what is loaded of each feed, how old it is, how the last try to fetch it went.
#include <algorithm>

#include "api/routes/body.h"
#include "api/routes/list.h"
#include "api/routes/matching.h"
#include "base/json_time.h"
#include "feeds/health.h"

namespace merlon::api {
namespace {

Result<HttpResponse> list(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto connection = TRY(service.lease());
    auto const now = now_ticks();
    std::vector<feeds::FeedAtWork> at_work;
    if (service.options().feeds_at_work) at_work = service.options().feeds_at_work();
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#Feeds");
    json.key("value");
    json.begin_array();
    for (auto const& feed : TRY(feeds::feed_health(*connection, now))) {
        json.begin_object();
        json.member("name", feed.name);
        json.member("url", feed.url);
        json.member("state", feeds::freshness_name(feed.freshness));
        json.member("everyHours", feed.every_hours);
        json.member("files", feed.files);
        json.member("records", feed.records);
        json.member("kept", feed.kept);
        json.member("rejected", feed.rejected);
        time_or_null(json, "loadedAt", feed.loaded_at);
        time_or_null(json, "dataTime", feed.data_time);
        time_or_null(json, "triedAt", feed.tried_at);
        json.member("lastResult", feed.outcome);
        json.member("lastError", feed.detail);
        auto const now_at = std::ranges::find(at_work, feed.name, &feeds::FeedAtWork::name);
        json.member("atWork", now_at == at_work.end() ? "" : now_at->step);
        json.member("bytesFetched", now_at == at_work.end() ? 0 : now_at->bytes);
        json.member("bytesTotal", now_at == at_work.end() ? 0 : now_at->total);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

// POST /api/feeds/update {"feeds": [names]}: fetched as soon as the server can; GET /api/feeds tells how far it is.
Result<HttpResponse> update(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"feeds"}));
    auto const names = TRY(body.texts("feeds"));
    if (!service.options().fetch_feeds) return fail("feeds.no_schedule");
    TRY(service.options().fetch_feeds(names));
    auto connection = TRY(service.lease());
    HttpResponse response;
    response.status = 202;
    JsonWriter json(response.body);
    json.begin_object();
    json.key("feeds");
    json.begin_array();
    for (auto const& feed : TRY(feeds::chosen_addresses(*connection, names))) json.string(feed.name);
    json.end_array();
    json.end_object();
    return response;
}

}  // namespace

void add_feed_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api/feeds", "Merlon.Feeds.Read", list});
    all.push_back({"POST", "api/feeds/update", "Merlon.Feeds.Update", update});
}

}  // namespace merlon::api
