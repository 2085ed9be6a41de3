#include "api/auth/permissions.h"

#include "api/service.h"
#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::api {

std::vector<Role> const& roles() {
    static std::vector<Role> const all = [] {
        std::vector<Role> made;
        auto const document = json::Document::parse(embedded("schema/roles.json"), "schema/roles.json");
        if (!document) return made;
        for (auto const entry : json::array(document->root())) {
            Role role{std::string(json::text(entry, "name")), std::string(json::text(entry, "doc")), {}};
            for (auto const permission : json::array(entry, "permissions")) role.permissions.emplace_back(json::text(permission));
            made.push_back(std::move(role));
        }
        return made;
    }();
    return all;
}

Role const* find_role(std::string_view name) {
    for (auto const& role : roles())
        if (equal_ignoring_ascii_case(role.name, name)) return &role;
    return nullptr;
}

std::vector<std::string> const& permissions() {
    static std::vector<std::string> const all = [] {
        std::set<std::string> names;
        for (auto const& route : routes())
            if (!route.permission.empty() && route.permission != signed_in) names.insert(route.permission);
        for (auto const& role : roles())
            for (auto const& permission : role.permissions)
                if (permission != "*") names.insert(permission);
        return std::vector<std::string>(names.begin(), names.end());
    }();
    return all;
}

Status check_permissions(std::vector<std::string> const& wanted) {
    for (auto const& permission : wanted)
        if (std::find(permissions().begin(), permissions().end(), permission) == permissions().end())
            return fail("auth.unknown_permission", permission, join(permissions(), ", "));
    return {};
}

Result<Role const*> require_role(std::string_view name) {
    if (auto const* role = find_role(name)) return role;
    std::vector<std::string> names;
    for (auto const& role : roles()) names.push_back(role.name);
    return fail("auth.unknown_role", std::string(name), join(names, ", "));
}

bool holds(std::set<std::string> const& held, std::string_view wanted) {
    if (held.contains("*") || held.contains(std::string(wanted))) return true;
    constexpr std::string_view read = ".Read.All";
    return wanted.ends_with(read) && held.contains(std::string(wanted.substr(0, wanted.size() - read.size())) + ".ReadWrite.All");
}

}  // namespace merlon::api
