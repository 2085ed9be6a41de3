// The file form of the export assessments (specification, section 10.1): the answer names files, each gzip of one JSON object
// a line with names in Pascal case, which signed links fetch without any other credential. A file is made while it is sent,
// so that nothing lies about and memory does not depend on its size (docs/decisions/012).
#include "api/auth/permissions.h"
#include "api/routes/list.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

constexpr std::int64_t devices_a_file = 2'000;
constexpr std::int64_t most_files = 256;  // as many as the first two digits of device ids tell apart
constexpr std::int64_t most_hours = 24;   // older clients ask for as many

std::string two_digits(std::int64_t value) { return hex(std::string_view(std::array{static_cast<char>(value)}.data(), 1)); }

// The devices of file `part` of `parts`: ids are hex digits of a digest, so that their beginnings are spread evenly.
std::string in_part(Resource const& resource, std::int64_t part, std::int64_t parts) {
    auto const from = part * 256 / parts, to = (part + 1) * 256 / parts;
    std::string condition = from > 0 ? resource.device + " >= '" + two_digits(from) + "'" : "true";
    if (to < 256) condition += " AND " + resource.device + " < '" + two_digits(to) + "'";
    return condition;
}

Result<std::int64_t> hours_of(HttpRequest const& request) {
    std::string text = "1";
    for (auto const& [name, value] : request.options()) {
        // The documentation's examples write it with a "$" and without.
        if (equal_ignoring_ascii_case(name, "sasValidHours") || equal_ignoring_ascii_case(name, "$sasValidHours")) text = trim(value);
        else if (!equal_ignoring_ascii_case(name, "deviceGroups"))
            return std::unexpected(error("odata.unknown_option", clean_text(name, 50)).with_hint("Files take sasValidHours; $filter and the like go with the form by pages."));
    }
    auto const hours = to_int(text);
    if (!hours || *hours < 1 || *hours > most_hours)
        return fail("api.bad_parameter", "sasValidHours", clean_text(text, 20), "Give 1 to " + std::to_string(most_hours) + " hours.");
    return *hours;
}

std::string file_of(Resource const& resource) { return resource.file.substr(resource.file.rfind('/') + 1); }

Result<HttpResponse> name_files(Service& service, HttpRequest const& request, Resource const& resource) {
    auto const hours = TRY(hours_of(request));
    auto connection = TRY(service.lease());
    auto const devices = TRY(connection->count("SELECT count(*) FROM main.device"));
    auto const parts = std::clamp<std::int64_t>((devices + devices_a_file - 1) / devices_a_file, 1, most_files);
    auto const now = now_ticks();
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#microsoft.windowsDefenderATP.api.ExportFilesResponse");
    json.key("exportFiles");
    json.begin_array();
    for (std::int64_t part = 0; part < parts; ++part) {
        auto const path = "/api/exports/" + file_of(resource) + "/" + std::to_string(part + 1) + "-of-" + std::to_string(parts) + ".json.gz";
        json.string(base_url(request) + path + "?token=" + service.gate().sign_link(*request.caller, path, now + hours * ticks_per_hour));
    }
    json.end_array();
    json.member("generatedTime", iso_time(now));
    json.end_object();
    return response;
}

// "3-of-12.json.gz"
std::optional<std::pair<std::int64_t, std::int64_t>> part_of(std::string_view name) {
    constexpr std::string_view ending = ".json.gz", middle = "-of-";
    auto const at = name.find(middle);
    if (at == std::string_view::npos || !name.ends_with(ending)) return {};
    auto const part = to_int(name.substr(0, at));
    auto const parts = to_int(name.substr(at + middle.size(), name.size() - ending.size() - at - middle.size()));
    if (!part || !parts || *part < 1 || *parts < *part || *parts > most_files) return {};
    return std::pair{*part - 1, *parts};
}

Result<HttpResponse> send_file(Service& service, HttpRequest const& request, Parts const& parts) {
    auto const part = part_of(parts[1]);
    Resource const* resource = nullptr;
    for (auto const& one : service.resources())
        if (!one.file.empty() && equal_ignoring_ascii_case(file_of(one), parts[0])) resource = &one;
    if (!part || !resource) return fail("api.no_such", "Export", clean_text(parts[0] + "/" + parts[1], 100));
    if (!Service::may(request, resource->permission))
        return refusal(403, "Forbidden", "This needs the permission " + resource->permission + ".");
    odata::ListOptions options;
    options.format = odata::Format::ndjson;
    for (auto const& field : resource->fields)
        if (!field.on_demand) options.fields.push_back(&field);
    auto selection = TRY(select_rows(*resource, options, {resource, {}, {}, {}}, now_ticks()));
    if (!resource->device.empty()) selection.sql.text += " AND " + in_part(*resource, part->first, part->second);
    else if (part->first > 0) selection.sql.text += " AND false";
    HttpResponse response;
    response.content_type = "application/gzip";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + file_of(*resource) + "-" + parts[1] + "\"");
    response.rest = gzip(TRY(stream_rows(service, selection.sql, odata::Format::ndjson, options.fields, true)));
    return response;
}

}  // namespace

void add_export_routes(std::vector<Route>& all) {
    auto const resources = read_resources();
    if (!resources) return;  // Service::create() reports it
    for (auto const& resource : *resources) {
        if (resource.file.empty()) continue;
        all.push_back({"GET", "api/" + resource.file, resource.permission,
                       [path = resource.path](Service& service, HttpRequest const& request, Parts const&) {
                           return name_files(service, request, *service.resource(path));
                       }});
    }
    all.push_back({"GET", "api/exports/{}/{}", std::string(signed_in), send_file});
}

}  // namespace merlon::api
