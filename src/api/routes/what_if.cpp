// POST /api/merlon/whatIf {"recommendations": [ids]}: the scores when these were done everywhere. Changes nothing.
#include "advise/answers.h"
#include "api/routes/body.h"
#include "api/service.h"
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
    auto const answer = TRY(advise::what_if(*connection, ids, now_ticks(), service.index()));
    HttpResponse response;
    response.body = advise::answer_json(answer);
    return response;
}

}  // namespace

void add_what_if_routes(std::vector<Route>& all) {
    Route route{"POST", "api/merlon/whatIf", "SecurityRecommendation.Read.All", ask};
    route.only_asks = true;
    route.kept = true;
    all.push_back(std::move(route));
}

}  // namespace merlon::api
