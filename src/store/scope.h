// What somebody sees who may see the devices of some groups only. A scope is a schema of the database that has, under each
// name of `main`, a view of the rows about those devices (schema/scope.json says how; what it does not name is empty), and
// tables of its own for what is counted over devices, computed from these views by the same code as for everybody. A
// connection that enters the scope means those views by every name, so nothing that runs on it can see more:
// docs/decisions/008-a-scope-is-a-schema.md.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/engine.h"

namespace merlon::store {

// How people call the group of devices without a group.
inline constexpr std::string_view no_group = "Unassigned";

// The SQL with `schema` for main and `schema`_hunting for hunting, outside of text literals and comments.
std::string in_scope(std::string_view sql, std::string_view schema);

// The schema of these groups; the order and repetitions of names make no difference.
std::string scope_schema(std::span<std::string const> groups);

// Makes the schema when it is not there or was made by other rules. True when it was made: its derived tables are empty
// then. Inside the caller's transaction; for the writer.
Result<bool> make_scope(Connection&, std::span<std::string const> groups);
// Brings what is copied into a scope up to date, before its counts are made anew.
Status refresh_scope(Connection&, std::string_view schema);
// The groups of each scope that there is.
Result<std::vector<std::vector<std::string>>> scopes(Connection&);
// Removes the scopes that are not among `wanted`.
Status drop_scopes_but(Connection&, std::span<std::vector<std::string> const> wanted);

// Tables of `main` that schema/scope.json does not speak of, and names there that are no table.
Result<std::vector<std::string>> tables_without_scope_rule(Connection&);

// From now on every statement and appender of the connection means this scope; "" leaves it.
Status enter_scope(Connection&, std::string_view schema);
// Runs `work` inside the scope and leaves it whatever happens.
Status inside_scope(Connection&, std::string_view schema, std::function<Status()> const& work);

}  // namespace merlon::store
