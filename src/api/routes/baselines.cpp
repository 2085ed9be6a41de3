// POST /api/baselineProfiles, PATCH and DELETE /api/baselineProfiles/{id} (docs/baselines.md). Lists are
// schema/api/baseline_*.
#include "api/routes/baselines.h"

#include "advise/baselines.h"
#include "api/auth/secrets.h"
#include "api/routes/body.h"
#include "base/text.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

constexpr std::string_view one_profile = "api/baselineProfiles/{}";

Result<Body> read_body(HttpRequest const& request) {
    return Body::read(
        request, {"name", "description", "benchmark", "level", "configurations", "deviceGroups", "tags", "status"});
}

// Profiles are for everybody: who sees the devices of some groups only does not make them.
bool bound(HttpRequest const& request) { return request.caller && request.caller->groups; }
HttpResponse not_theirs() {
    return refusal(403, "Forbidden", "Baseline profiles are of the whole fleet; you see some device groups only.");
}

// What the body names replaces what `into` has.
Status take(Body const& body, advise::BaselineProfile& into) {
    for (auto const& [name, place] : {std::pair{"name", &into.name}, std::pair{"description", &into.description},
                                      std::pair{"benchmark", &into.benchmark}})
        if (auto text = TRY(body.optional_text(name))) *place = std::move(*text);
    for (auto const& [name, place] : {std::pair{"configurations", &into.settings},
                                      std::pair{"deviceGroups", &into.groups}, std::pair{"tags", &into.tags}})
        if (auto texts = TRY(body.optional_texts(name))) *place = std::move(*texts);
    if (auto const level = TRY(body.optional_integer("level")))
        into.level = *level == 1 || *level == 2 ? static_cast<int>(*level) : 0;
    if (auto const active = TRY(body.optional_flag("status"))) into.active = *active;
    return {};
}

Status write(Service& service, HttpRequest const& request, advise::BaselineProfile const& profile) {
    TRY(service.writer().run(
        [&](store::Connection& c) { return advise::write_profile(c, profile, request.caller->who, now_ticks()); }));
    return service.recompute(Service::Changed::other);
}

Result<HttpResponse> create(Service& service, HttpRequest const& request, Parts const&) {
    if (bound(request)) return not_theirs();
    auto const body = TRY(read_body(request));
    advise::BaselineProfile made;
    TRY(body.text("name"));
    TRY(body.text("benchmark"));
    TRY(take(body, made));
    made.id = new_id();
    TRY(write(service, request, made));
    return entity_response(service, request, "baselineProfiles", made.id, 201);
}

Result<HttpResponse> edit(Service& service, HttpRequest const& request, Parts const& parts) {
    if (bound(request)) return not_theirs();
    auto const body = TRY(read_body(request));
    advise::BaselineProfile profile;
    {
        auto connection = TRY(service.lease());
        profile = TRY(advise::find_profile(*connection, parts[0]));
    }
    TRY(take(body, profile));
    TRY(write(service, request, profile));
    return entity_response(service, request, "baselineProfiles", profile.id, 200);
}

Result<HttpResponse> remove(Service& service, HttpRequest const& request, Parts const& parts) {
    if (bound(request)) return not_theirs();
    TRY(service.writer().run([&](store::Connection& c) { return advise::remove_profile(c, parts[0]); }));
    TRY(service.recompute(Service::Changed::other));
    return nothing();
}

}  // namespace

void add_baseline_routes(std::vector<Route>& all) {
    std::string const writing = "SecurityBaselinesAssessment.ReadWrite.All", one(one_profile);
    all.push_back({"POST", "api/baselineProfiles", writing, create});
    all.push_back({"PATCH", one, writing, edit});
    all.push_back({"DELETE", one, writing, remove});
}

}  // namespace merlon::api
