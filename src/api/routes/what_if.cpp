// POST /api/merlon/whatIf {"recommendations": [ids]}: the scores when these were done everywhere. Changes nothing.
#include "advise/what_if.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/time.h"

namespace merlon::api {
namespace {

constexpr std::size_t most_recommendations = 500;

Result<HttpResponse> ask(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"recommendations"}));
    auto const ids = TRY(body.texts("recommendations"));
    if (ids.size() > most_recommendations)
        return fail("api.bad_body", "there are more than " + std::to_string(most_recommendations) + " recommendations", "Ask for fewer.");
    auto connection = TRY(service.lease());
    auto const answer = TRY(advise::what_if(*connection, ids, now_ticks()));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("exposureScore", answer.exposure_now);
    json.member("exposureScoreThen", answer.exposure_then);
    json.member("configurationScore", answer.secure_now);
    json.member("configurationScoreThen", answer.secure_then);
    json.key("parts");
    json.begin_array();
    for (auto const& part : answer.parts) {
        json.begin_object();
        json.member("id", part.id);
        json.member("name", part.name);
        json.member("exposureImpact", part.exposure_alone);
        json.member("configScoreImpact", part.secure_alone);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

}  // namespace

void add_what_if_routes(std::vector<Route>& all) {
    all.push_back({"POST", "api/merlon/whatIf", "SecurityRecommendation.Read.All", ask});
}

}  // namespace merlon::api
