// GET /api/SET, /api/SET/$count and /api/SET/{key} for every resource of schema/api (specification, section 3).
#include <mutex>

#include "api/routes/list.h"
#include "base/text.h"
#include "store/history.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;

// The resource as it is read as of a time: fields that ask for what has no past say what their `past` says.
Resource const* at_its_time(HttpRequest const& request, Resource const* resource) {
    if (!resource->history || request.option("asOf").empty()) return resource;
    static std::mutex guard;
    static std::map<std::string, Resource> made;
    std::lock_guard lock(guard);
    auto const [place, fresh] = made.try_emplace(resource->path, *resource);
    if (fresh)
        for (auto& field : place->second.fields)
            if (!field.past.empty()) field.sql = field.past;
    return &place->second;
}

void add_resource(std::vector<Route>& all, Resource const& resource) {
    auto const path = "api/" + resource.path;
    // Looked up by its path: the service holds the resources, and they may be more than these at another time.
    auto const call = [path = resource.path](Service& service, HttpRequest const& request, Parts const& parts) {
        return ListCall{at_its_time(request, service.resource(path)), parts, {}, {}};
    };
    auto const add = [&](std::string pattern, auto handle) {
        Route route{"GET", std::move(pattern), resource.permission, std::move(handle)};
        route.kept = true;
        all.push_back(std::move(route));
    };
    if (resource.single) {
        add(path, [call](Service& service, HttpRequest const& request, Parts const& parts) {
            return answer_entity(service, request, call(service, request, parts), {});
        });
        return;
    }
    add(path, [call](Service& service, HttpRequest const& request, Parts const& parts) {
        return answer_list(service, request, call(service, request, parts));
    });
    add(path + "/$count", [call](Service& service, HttpRequest const& request, Parts const& parts) {
        return answer_count(service, request, call(service, request, parts));
    });
    // Rows of exports and lists below an entity are no entities of their own.
    if (resource.below || resource.page < resource.most || resource.since_days > 0) return;
    add(path + "/{}", [call](Service& service, HttpRequest const& request, Parts const& parts) {
        return answer_entity(service, request, call(service, request, {}), parts[0]);
    });
}

}  // namespace

Result<HttpResponse> entity_response(Service& service, HttpRequest const& request, std::string_view path, std::string const& key, int status) {
    auto response = TRY(answer_entity(service, without_wishes(request), {service.resource(path), {}, {}, {}}, key));
    response.status = status;
    return response;
}

void add_list_routes(std::vector<Route>& all) {
    auto const resources = read_resources();
    if (!resources) return;  // Service::create() reports it
    for (auto const& resource : *resources) add_resource(all, resource);
}

}  // namespace merlon::api
