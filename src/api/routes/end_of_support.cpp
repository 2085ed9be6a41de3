// End of support beside its lists: when versions turned, and who has paid for extended support (store/support_entitlements.h).
#include "api/routes/body.h"
#include "api/routes/list.h"
#include "api/routes/matching.h"
#include "api/routes/support.h"
#include "base/digest.h"
#include "base/json_time.h"
#include "base/text.h"
#include "match/run.h"
#include "store/device_facts.h"

namespace merlon::api {
namespace {

constexpr std::string_view entitlements = "api/endOfSupport/entitlements";
constexpr std::size_t most_note_bytes = 2000;

// GET /api/endOfSupport/changes: when versions turned, newest first, at most 1,000.
Result<HttpResponse> support_changes(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto connection = TRY(service.lease());
    auto rows = TRY(connection->query("SELECT time, vendor, product, version, old_status, new_status, end_date, devices FROM main.support_change "
                                      "ORDER BY time DESC, vendor, product, version LIMIT 1000"));
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#SupportChanges");
    json.key("value");
    json.begin_array();
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            json.begin_object();
            json.member("time", iso_seconds(c[0].int64(row)));
            json.member("softwareVendor", c[1].text(row));
            json.member("softwareName", c[2].text(row));
            json.member("softwareVersion", c[3].text(row));
            json.member("oldStatus", c[4].text(row));
            json.member("newStatus", c[5].text(row));
            time_or_null(json, "endOfSupportDate", c[6].is_null(row) ? 0 : c[6].int64(row));
            json.member("deviceCount", c[7].int64(row));
            json.end_object();
        }
    json.end_array();
    json.end_object();
    return response;
}

// The group or the device as the caller sees it: theirs, or none.
Result<store::SupportEntitlement> wanted_of(Service& service, HttpRequest const& request) {
    auto const body = TRY(Body::read(request, {"scope", "scopeValue", "note"}));
    store::SupportEntitlement made;
    made.scope = TRY(body.text("scope"));
    auto const named = TRY(body.text("scopeValue"));
    made.note = clean_text(TRY(body.optional_text("note")).value_or(""), most_note_bytes);
    made.created = now_ticks();
    if (request.caller) made.created_by = request.caller->who;
    auto connection = TRY(service.lease());
    if (made.scope == "device") {
        auto const id = TRY(store::device_named(*connection, named));
        if (!id) return fail("devices.no_such", clean_text(named, 100));
        made.scope_value = *id;
    } else if (made.scope == "group") {
        // Groups by rule, and those that reports name.
        std::array const name{store::Value{named}};
        auto const found = TRY(connection->scalar("SELECT name FROM (SELECT name FROM main.device_group UNION SELECT device_group FROM main.device) "
                                                  "WHERE name <> '' AND lower(name) = lower($1) ORDER BY name = $1 DESC LIMIT 1", name));
        auto const* group = std::get_if<std::string>(&found);
        if (!group) return fail("groups.no_such", clean_text(named, 100));
        made.scope_value = *group;
    } else {
        return fail("api.bad_body", "the scope is «" + clean_text(made.scope, 40) + "»", "Scopes are group and device.");
    }
    made.id = "sup-" + sha1_hex(made.scope + '\n' + made.scope_value).substr(0, 16);
    return made;
}

Result<HttpResponse> add(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const wanted = TRY(wanted_of(service, request));
    TRY(service.writer().run([&](store::Connection& connection) -> Status {
        TRY(store::add_entitlement(connection, wanted));
        return keep_entitlements(service, connection);
    }));
    TRY(service.recompute());
    auto response = TRY(answer_as(service, request, std::string(entitlements) + "/{}", {wanted.id}));
    response.status = 201;
    return response;
}

Result<HttpResponse> remove(Service& service, HttpRequest const&, std::vector<std::string> const& parts) {
    {
        auto connection = TRY(service.lease());
        std::array const id{store::Value{parts[0]}};
        if (TRY(connection->count("SELECT count(*) FROM main.support_entitlement WHERE id = $1", id)) == 0)
            return fail("api.no_such", "SupportEntitlements", clean_text(parts[0], 100));
    }
    TRY(service.writer().run([&](store::Connection& connection) -> Status {
        TRY(store::remove_entitlement(connection, parts[0]));
        return keep_entitlements(service, connection);
    }));
    TRY(service.recompute());
    HttpResponse response;
    response.status = 204;
    return response;
}

}  // namespace

Status keep_entitlements(Service& service, store::Connection& connection) {
    auto const reports = TRY(store::reports_out_of_step(connection));
    if (reports.empty()) return {};
    auto const now = now_ticks();
    if (auto const& own = service.options().write_reports) {
        TRY(own(connection, reports, now));  // who publishes matches what is new
        return {};
    }
    match::MatchOptions options;
    options.now = now;
    for (auto const& change : TRY(store::write_reports(connection, reports, now)))
        options.only.insert(options.only.end(), change.new_software.begin(), change.new_software.end());
    if (!options.only.empty()) TRY(match::run(connection, options));
    return {};
}

void add_end_of_support_routes(std::vector<Route>& all) {
    std::string const write = "Machine.ReadWrite.All", list(entitlements);
    all.push_back({"GET", "api/endOfSupport/changes", "Software.Read.All", support_changes});
    all.push_back({"POST", list, write, add});
    all.push_back({"DELETE", list + "/{}", write, remove});
}

}  // namespace merlon::api
