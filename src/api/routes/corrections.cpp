// "This is wrong": GET/POST /api/corrections, POST /api/corrections/preview, GET/PATCH/DELETE /api/corrections/{id},
// GET /api/corrections/export?format=openvex|cyclonedx, POST /api/corrections/import (a VEX document).
#include <algorithm>

#include "advise/publish.h"
#include "api/auth/gate.h"
#include "api/routes/body.h"
#include "api/routes/list.h"
#include "api/routes/matching.h"
#include "base/json_time.h"
#include "base/text.h"
#include "match/corrections.h"
#include "match/vex.h"
#include "store/device_facts.h"

namespace merlon::api {
namespace {

constexpr std::string_view may_read = "Merlon.Corrections.Read.All", may_write = "Merlon.Corrections.ReadWrite.All";

// Makes the change, and everything that follows from it before it is answered: a correction counts at once.
Status change_and_publish(Service& service, std::function<Status(store::Connection&, Ticks)> const& change) {
    auto const now = now_ticks();
    TRY(service.writer().run([&, now](store::Connection& connection) -> Status {
        TRY(change(connection, now));
        if (!service.options().publish) TRY(advise::publish_all(connection, now));
        return {};
    }));
    if (service.options().publish) return service.options().publish(true);
    if (service.options().everything_changed) service.options().everything_changed();
    return {};
}

// On how many devices of the caller each correction clears something, by its id.
using Devices = std::map<std::string, std::int64_t, std::less<>>;
Result<Devices> devices_of(Service& service) {
    auto connection = TRY(service.lease());
    auto rows = TRY(connection->query("SELECT split_part(substr(reason, length('correction ') + 1), ':', 1), count(DISTINCT device) FROM main.finding_cleared "
                                      "WHERE starts_with(reason, 'correction ') GROUP BY ALL"));
    Devices devices;
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) devices.emplace(chunk->columns[0].text(row), chunk->columns[1].int64(row));
    return devices;
}
std::int64_t count_of(Devices const& devices, std::string_view id) {
    auto const found = devices.find(id);
    return found == devices.end() ? 0 : found->second;
}

void write_correction(JsonWriter& json, match::LocalCorrection const& c, Ticks now, Devices const& devices) {
    json.begin_object();
    json.member("id", c.id);
    json.member("origin", "local");
    for (auto const& [name, text] : {std::pair{"cveId", &c.cve}, {"scope", &c.scope}, {"scopeValue", &c.scope_value}, {"vendor", &c.vendor},
                                     {"product", &c.product}, {"version", &c.version}, {"path", &c.path}, {"status", &c.status},
                                     {"justification", &c.justification}, {"reason", &c.reason}, {"link", &c.link}, {"createdBy", &c.created_by}})
        json.member(name, std::string_view(*text));
    json.member("created", iso_seconds(c.created));
    json.member("changed", iso_seconds(c.changed));
    time_or_null(json, "expires", c.expires);
    json.member("disabled", c.disabled);
    json.member("inForce", c.in_force(now));
    json.member("state", c.disabled ? "disabled" : c.in_force(now) ? "in force" : "expired");
    json.member("machines", count_of(devices, c.id));
    json.end_object();
}

// Those that travel with the program, in the same shape; they cannot be changed.
void write_shipped(JsonWriter& json, match::Correction const& c, Devices const& devices) {
    for (auto const& cve : c.cves) {
        json.begin_object();
        json.member("id", c.id + (c.cves.size() > 1 ? ":" + cve : std::string{}));
        json.member("origin", "shipped");
        json.member("cveId", cve);
        json.member("scope", "everywhere");
        json.member("scopeValue", join(c.platforms, ", "));
        json.member("vendor", "");
        json.member("product", join(c.subjects, ", "));
        json.member("status", c.not_affected ? "not_affected" : "other_versions");
        json.member("reason", c.reason);
        json.member("link", c.link);
        json.member("inForce", true);
        json.member("state", "in force");
        json.member("machines", count_of(devices, c.id));
        json.end_object();
    }
}

// Who sees the devices of some groups only corrects within these.
Result<bool> within_groups(Service& service, HttpRequest const& request, match::LocalCorrection const& c) {
    if (!request.caller || !request.caller->groups) return true;
    auto const& groups = *request.caller->groups;
    if (c.scope == "group") return std::ranges::any_of(groups, [&](auto const& group) { return equal_ignoring_ascii_case(group, c.scope_value); });
    if (c.scope != "device") return false;
    auto connection = TRY(service.lease());  // inside the caller's scope
    return TRY(store::device_named(*connection, c.scope_value)).has_value();
}

// The corrections that the caller may see: all, or those of their groups and devices and those that count everywhere.
Result<std::vector<match::LocalCorrection>> visible(Service& service, HttpRequest const& request) {
    auto all = TRY(match::local_corrections(*TRY(service.lease_for({}))));
    std::vector<match::LocalCorrection> seen;
    for (auto& one : all)
        if (one.scope == "everywhere" || TRY(within_groups(service, request, one))) seen.push_back(std::move(one));
    return seen;
}

Result<HttpResponse> list(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const origin = request.option("origin");
    if (!origin.empty() && origin != "local" && origin != "shipped")
        return fail("odata.bad_option", "origin", clean_text(origin, 50), "Origins are local and shipped.");
    auto const now = now_ticks();
    auto const all = TRY(visible(service, request));
    auto const shipped = TRY(match::Corrections::embedded());
    auto const devices = TRY(devices_of(service));
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#Corrections");
    json.key("value");
    json.begin_array();
    if (origin != "shipped")
        for (auto const& one : all) write_correction(json, one, now, devices);
    if (origin != "local")
        for (auto const& one : shipped.all()) write_shipped(json, one, devices);
    json.end_array();
    json.end_object();
    return response;
}

Result<HttpResponse> get(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    for (auto const& one : TRY(visible(service, request)))
        if (one.id == parts[0]) {
            HttpResponse response;
            JsonWriter json(response.body);
            write_correction(json, one, now_ticks(), TRY(devices_of(service)));
            return response;
        }
    return fail("api.no_such", "Correction", parts[0]);
}

Result<Ticks> time_or_never(std::optional<std::string> const& text) {
    if (!text || text->empty()) return 0;
    auto time = parse_iso_time(*text);
    if (time && text->size() == std::string_view("2027-01-31").size()) *time += ticks_per_day - ticks_per_second;  // the whole day
    if (!time) return fail("api.bad_body", "\"expires\" is no time", "Write it as 2027-01-31 or 2027-01-31T12:00:00Z, or leave it out: it never expires.");
    if (*time <= now_ticks()) return fail("api.bad_body", "\"expires\" lies in the past", "Give a day to come, or leave it out: it never expires.");
    return *time;
}

Result<match::LocalCorrection> correction_of(HttpRequest const& request) {
    auto const body = TRY(Body::read(request, {"cveId", "scope", "scopeValue", "vendor", "product", "version", "path", "status", "justification",
                                               "reason", "link", "expires"}));
    match::LocalCorrection c;
    for (auto const& [name, place] : {std::pair{"cveId", &c.cve}, {"scope", &c.scope}, {"scopeValue", &c.scope_value}, {"vendor", &c.vendor},
                                      {"product", &c.product}, {"version", &c.version}, {"path", &c.path}, {"status", &c.status},
                                      {"justification", &c.justification}, {"reason", &c.reason}, {"link", &c.link}})
        if (auto text = TRY(body.optional_text(name))) *place = clean_text(*text, 2000);
    c.expires = TRY(time_or_never(TRY(body.optional_text("expires"))));
    if (request.caller) c.created_by = request.caller->who;
    return c;
}

void write_effect(JsonWriter& json, match::CorrectionEffect const& effect) {
    json.begin_object();
    json.member("findings", effect.findings);
    json.member("devices", effect.devices);
    json.member("cves", effect.cves);
    json.member("alreadyCleared", effect.already_cleared);
    json.key("examples");
    json.begin_array();
    for (auto const& example : effect.examples) {
        json.begin_object();
        json.member("deviceName", example.device);
        json.member("softwareName", example.software);
        json.member("softwareVersion", example.version);
        json.member("cveId", example.cve);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

Result<HttpResponse> preview(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto correction = TRY(correction_of(request));
    // What it would do can be asked before there is a reason.
    if (correction.reason.empty()) correction.reason = "-";
    auto connection = TRY(service.lease());
    HttpResponse response;
    JsonWriter json(response.body);
    write_effect(json, TRY(match::preview_correction(*connection, std::move(correction))));
    return response;
}

HttpResponse not_theirs() {
    return refusal(403, "Forbidden", "Who sees some device groups only may correct for these groups and their devices; give \"scope\" and \"scopeValue\".");
}

// The correction, when there is one and the caller may change it.
Result<std::optional<match::LocalCorrection>> theirs(Service& service, HttpRequest const& request, std::string const& id) {
    for (auto& one : TRY(match::local_corrections(*TRY(service.lease_for({})))))
        if (one.id == id) return TRY(within_groups(service, request, one)) ? std::optional(std::move(one)) : std::nullopt;
    return fail("api.no_such", "Correction", id);
}

Result<HttpResponse> add(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const correction = TRY(correction_of(request));
    if (!TRY(within_groups(service, request, correction))) return not_theirs();
    std::string id;
    TRY(change_and_publish(service, [&](store::Connection& connection, Ticks now) -> Status {
        id = TRY(match::add_correction(connection, correction, now));
        return {};
    }));
    HttpResponse response;
    response.status = 201;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("id", id);
    json.end_object();
    return response;
}

Result<HttpResponse> edit(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const body = TRY(Body::read(request, {"reason", "link", "expires", "disabled"}));
    match::CorrectionChange change;
    change.reason = TRY(body.optional_text("reason"));
    change.link = TRY(body.optional_text("link"));
    change.disabled = TRY(body.optional_flag("disabled"));
    if (auto const expires = TRY(body.optional_text("expires"))) change.expires = TRY(time_or_never(expires));
    if (!TRY(theirs(service, request, parts[0]))) return not_theirs();
    bool there = false;
    TRY(change_and_publish(service, [&](store::Connection& connection, Ticks now) -> Status {
        there = TRY(match::change_correction(connection, parts[0], change, now));
        return {};
    }));
    if (!there) return fail("api.no_such", "Correction", parts[0]);
    return get(service, request, parts);
}

Result<HttpResponse> remove(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    if (!TRY(theirs(service, request, parts[0]))) return not_theirs();
    bool there = false;
    TRY(change_and_publish(service, [&](store::Connection& connection, Ticks now) -> Status {
        there = TRY(match::remove_correction(connection, parts[0], now));
        return {};
    }));
    if (!there) return fail("api.no_such", "Correction", parts[0]);
    return nothing();
}

Result<HttpResponse> download(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const format = request.option("format");
    if (!format.empty() && format != "openvex" && format != "cyclonedx")
        return fail("api.bad_body", "the format is " + clean_text(format, 40), "Formats are openvex and cyclonedx.");
    auto const all = TRY(visible(service, request));
    std::size_t left_out = 0;
    HttpResponse response;
    bool const cyclonedx = format == "cyclonedx";
    if (cyclonedx) response.body = match::cyclonedx_vex_of(all, now_ticks(), left_out);
    else response.body = TRY(match::openvex_of(all, now_ticks(), base_url(request), left_out));
    response.headers.emplace_back("Content-Disposition", cyclonedx ? "attachment; filename=\"corrections.cdx.json\"" : "attachment; filename=\"corrections.openvex.json\"");
    if (left_out > 0) response.headers.emplace_back("X-Left-Out", std::to_string(left_out));
    return response;
}

Result<HttpResponse> upload(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    if (request.caller && request.caller->groups) return not_theirs();  // its statements count everywhere
    auto read = TRY(match::read_vex(request.body, "the document"));
    for (auto& correction : read.corrections) correction.created_by = request.caller ? request.caller->who : std::string{};
    match::CorrectionsAdded added;
    TRY(change_and_publish(service, [&](store::Connection& connection, Ticks now) -> Status {
        added = TRY(match::add_corrections(connection, read.corrections, now));
        return {};
    }));
    HttpResponse response;
    response.status = 201;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("kept", added.ids.size());
    json.member("known", added.known);
    json.member("skipped", read.skipped);
    for (auto const& [name, texts] : {std::pair{"refused", &added.refused}, {"ids", &added.ids}}) {
        json.key(name);
        json.begin_array();
        for (auto const& text : *texts) json.string(text);
        json.end_array();
    }
    json.end_object();
    return response;
}

}  // namespace

void add_correction_routes(std::vector<Route>& all) {
    all.push_back({"GET", "api/corrections", std::string(may_read), list});
    all.push_back({"POST", "api/corrections", std::string(may_write), add});
    all.push_back({"POST", "api/corrections/preview", std::string(may_read), preview});
    all.push_back({"GET", "api/corrections/export", std::string(may_read), download});
    all.push_back({"POST", "api/corrections/import", std::string(may_write), upload});
    all.push_back({"GET", "api/corrections/{}", std::string(may_read), get});
    all.push_back({"PATCH", "api/corrections/{}", std::string(may_write), edit});
    all.push_back({"DELETE", "api/corrections/{}", std::string(may_write), remove});
}

}  // namespace merlon::api
