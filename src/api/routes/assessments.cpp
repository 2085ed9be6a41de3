// POST /api/merlon/scan: findings of inventories that are not kept. POST /api/merlon/identify: what software is taken to be.
#include "api/routes/matching.h"
#include "base/text.h"
#include "base/time.h"
#include "match/identifications.h"
#include "match/scan.h"
#include "sensors/import.h"

namespace merlon::api {
namespace {

constexpr std::size_t most_reports = 10'000, most_items = 10'000;

// What is known of software and its flaws is about no device, so that everybody is answered alike.
Result<Service::Lease> knowledge(Service& service) { return service.lease_for({}, service.options().export_seconds); }

Result<HttpResponse> scan(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const asked = request.option("output");
    auto const form = asked.empty() ? std::string("json") : asked;
    if (form != "json" && form != "cyclonedx" && form != "sarif")
        return fail("odata.bad_option", "output", clean_text(form, 50), "Forms: json, cyclonedx, sarif.");
    auto const named = request.option("file");
    auto const file = named.empty() ? std::string("the body") : named;
    std::vector<DeviceReport> reports;
    auto const counts = TRY(sensors::import_text(request.body, file, {request.option("device")}, [&](DeviceReport report) -> Status {
        if (reports.size() == most_reports) return fail("sensors.too_many", file, std::to_string(most_reports), "reports");
        reports.push_back(std::move(report));
        return {};
    }));
    // "No findings" would read as clean.
    if (reports.empty()) return fail("sensors.no_inventory", file, counts.skipped.empty() ? std::string("nothing at all") : counts.skipped.begin()->first);
    auto connection = TRY(knowledge(service));
    match::ScanOptions const options{file, equal_ignoring_ascii_case(request.option("hidden"), "true"), now_ticks()};
    HttpResponse response;
    response.body = match::scan_text(TRY(match::scan(*connection, reports, options)), form);
    return response;
}

Result<HttpResponse> identify(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    std::vector<std::string> lines;
    for (auto const line : split(request.body, '\n')) lines.emplace_back(line);
    if (lines.size() > most_items + 1) return fail("sensors.too_many", "the body", std::to_string(most_items), "lines");
    auto const named = request.option("name");
    auto const first = std::max<std::int64_t>(to_int(request.option("first")).value_or(1), 1);
    auto const keys = TRY(match::keys_of_lines(lines, named.empty() ? "the body" : named, static_cast<std::size_t>(first)));
    auto connection = TRY(knowledge(service));
    bool const in_words = request.option("output") == "text";
    HttpResponse response;
    response.content_type = in_words ? "text/plain; charset=utf-8" : "application/x-ndjson";
    response.body = TRY(match::identifications(*connection, keys, in_words, now_ticks()));
    return response;
}

}  // namespace

void add_assessment_routes(std::vector<Route>& all) {
    Route scanning{"POST", "api/merlon/scan", "Vulnerability.Read.All", scan};
    Route identifying{"POST", "api/merlon/identify", "Software.Read.All", identify};
    for (auto* route : {&scanning, &identifying}) {
        route->only_asks = true;
        all.push_back(std::move(*route));
    }
}

}  // namespace merlon::api
