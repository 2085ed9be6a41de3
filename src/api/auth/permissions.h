// Permission names (specification, section 2.2, and Merlon's own) and the roles that bundle them (schema/roles.json).
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon::api {

// A role also says which device groups its people see; nothing: all.
struct Role {
    std::string name, doc;
    std::vector<std::string> permissions;  // "*": all
    std::optional<std::vector<std::string>> groups = {};
};
// The built-in ones. Others are made by who manages access (auth/directory.h).
std::vector<Role> const& roles();
Role const* find_role(std::string_view name);  // compared without case

// Every permission that a route or a role names.
std::vector<std::string> const& permissions();
// Errors: auth.unknown_permission, auth.unknown_role; both list what there is.
Status check_permissions(std::vector<std::string> const&);
Result<Role const*> require_role(std::string_view name);

// Whether someone who holds `held` may do what needs `wanted`: "*" holds all, X.ReadWrite.All holds X.Read.All.
bool holds(std::set<std::string> const& held, std::string_view wanted);

}  // namespace merlon::api
