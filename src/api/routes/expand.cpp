// $expand: the lists below an entity inside of it, each asked for by the caller's own rights.
#include "api/routes/list.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::int64_t most_expanded_rows = 1000;

}  // namespace

Result<Expander> Expander::create(Service& service, HttpRequest const& request, Resource const& resource, std::vector<odata::Expansion> const& wanted) {
    Expander made{service, request, resource, {}};
    std::vector<std::string> names;
    auto const prefix = resource.path + "/{}/";
    for (auto const& expansion : wanted) {
        bool found = false;
        for (auto const& below : service.resources()) {
            if (below.path.size() <= prefix.size() || !equal_ignoring_ascii_case(below.path.substr(0, prefix.size()), prefix)) continue;
            auto const name = below.path.substr(prefix.size());
            if (name.find('/') != std::string::npos) continue;
            names.push_back(name);
            if (expansion.name != "*" && !equal_ignoring_ascii_case(expansion.name, name)) continue;
            found = true;
            if (!service.may(request, below.permission)) return fail("api.expand_denied", name, below.permission);
            made.lists.emplace_back(&below, odata::Expansion{name, expansion.query, expansion.span});
        }
        if (!found) {
            auto const list = names.empty() ? std::string("Nothing can be expanded here.") : "Lists: " + join(names, ", ") + ".";
            return std::unexpected(error("odata.unknown_property", expansion.name, resource.set).with_hint(list));
        }
    }
    return made;
}

Status Expander::append(std::string& out, std::string_view key) const {
    for (auto const& [below, expansion] : lists) {
        auto inner = request;
        inner.query = expansion.query;
        inner.sent_path = "/api/" + replace_all(below->path, "{}", percent_encode(key));
        inner.path = percent_decode(inner.sent_path, false).value_or("");
        std::erase_if(inner.headers, [](auto const& header) { return header.first == "prefer" || header.first == "accept"; });
        ListCall call{below, {std::string(key)}, {}, {}, most_expanded_rows};
        if (below->single) {
            auto const answer = answer_entity(service, inner, call, {});
            out += "," + json_string(expansion.name) + ":";
            if (answer) out += answer->body;
            else if (answer.error().code == "api.no_such") out += "null";
            else return std::unexpected(answer.error());
            continue;
        }
        auto answer = TRY(answer_list(service, inner, call));
        TRY(settle(answer, std::size_t{1} << 30));
        auto const document = TRY(json::Document::parse(answer.body, "expansion"));
        if (auto const count = json::integer(document.root(), "@odata.count"))
            out += "," + json_string(expansion.name + "@odata.count") + ":" + std::to_string(*count);
        out += "," + json_string(expansion.name) + ":";
        out += json::dump(*json::member(document.root(), "value"));
        if (auto const next = json::text(document.root(), "@odata.nextLink"); !next.empty())
            out += "," + json_string(expansion.name + "@odata.nextLink") + ":" + json_string(next);
    }
    return {};
}

}  // namespace merlon::api
