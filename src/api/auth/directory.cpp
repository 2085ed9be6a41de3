#include "api/auth/directory.h"

#include "api/auth/permissions.h"
#include "api/auth/secrets.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/inventory.h"
#include "store/scope.h"

namespace merlon::api {
namespace {

using store::Value;

Status write(store::Connection& connection, std::string_view sql, std::span<Value const> values) {
    auto const done = connection.query(sql, values);
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<bool> exists(store::Connection& connection, std::string_view sql, std::string_view value) {
    std::array const what{Value{std::string(value)}};
    auto const found = TRY(connection.scalar(sql, what));
    return std::get_if<std::int64_t>(&found) && std::get<std::int64_t>(found) > 0;
}

// Only a built-in role can do everything.
bool can_administer(User const& user) {
    auto const* role = find_role(user.role);
    return !user.disabled && !user.groups && role && std::find(role->permissions.begin(), role->permissions.end(), "*") != role->permissions.end();
}

// Fails when `id` is the only administrator left.
Status keeps_an_administrator(store::Connection& connection, std::string_view id) {
    auto const directory = TRY(read_directory(connection));
    auto const* user = directory.user(id);
    if (!user) return fail("auth.no_such", "user", std::string(id));
    if (can_administer(*user) && std::count_if(directory.users.begin(), directory.users.end(), can_administer) == 1)
        return fail("auth.last_administrator", user->name);
    return {};
}

// Who holds the groups of a role, in access_groups: no id looks like it.
std::string holder_of_role(std::string_view name) { return "role:" + ascii_lower(name); }

Result<std::string> role_named(Directory const& directory, std::string_view name) {
    if (auto const* role = directory.role(name)) return role->name;
    std::vector<std::string> names;
    for (auto const& role : roles()) names.push_back(role.name);
    for (auto const& role : directory.roles) names.push_back(role.name);
    return fail("auth.unknown_role", clean_text(name, 100), join(names, ", "));
}

}  // namespace

Role const* Directory::role(std::string_view name) const {
    for (auto const& one : roles)
        if (equal_ignoring_ascii_case(one.name, name)) return &one;
    return find_role(name);
}

DeviceGroups Directory::groups_of(User const& user) const {
    auto const* its = role(user.role);
    return its ? common(user.groups, its->groups) : user.groups;
}

User const* Directory::user(std::string_view wanted) const {
    for (auto const& one : users)
        if (one.id == wanted || equal_ignoring_ascii_case(one.name, wanted)) return &one;
    return nullptr;
}

Application const* Directory::application(std::string_view wanted) const {
    for (auto const& one : applications)
        if (equal_ignoring_ascii_case(one.id, wanted) || equal_ignoring_ascii_case(one.name, wanted)) return &one;
    return nullptr;
}

PersonalToken const* Directory::token_by_hash(std::string_view hash) const {
    for (auto const& one : tokens)
        if (same_secret(one.hash, hash)) return &one;
    return nullptr;
}

DeviceGroups common(DeviceGroups const& a, DeviceGroups const& b) {
    if (!a) return b;
    if (!b) return a;
    std::vector<std::string> both;
    std::ranges::set_intersection(*a, *b, std::back_inserter(both));
    return both;
}

std::vector<std::vector<std::string>> Directory::scopes() const {
    std::set<std::vector<std::string>> all;
    for (auto const& one : users)
        if (auto const groups = groups_of(one)) all.insert(*groups);
    for (auto const& one : applications)
        if (one.groups) all.insert(*one.groups);
    for (auto const& one : tokens)
        if (auto const* owner = user(one.owner))
            if (auto const groups = common(groups_of(*owner), one.groups)) all.insert(*groups);
    return {all.begin(), all.end()};
}

Status set_groups(store::Connection& connection, std::string_view holder, DeviceGroups const& groups) {
    std::array const who{Value{std::string(holder)}};
    TRY(write(connection, "DELETE FROM main.access_groups WHERE holder = $1", who));
    if (!groups) return {};
    std::array const values{Value{std::string(holder)}, Value{store::texts_json(*groups)}};
    return write(connection, "INSERT INTO main.access_groups VALUES ($1, $2)", values);
}

Result<std::vector<std::string>> check_groups(store::Connection& connection, std::vector<std::string> names) {
    std::set<std::string> known{std::string(store::no_group)}, wanted;
    auto rows = TRY(connection.query("SELECT name FROM main.device_group UNION SELECT device_group FROM main.device"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) known.emplace(chunk->columns[0].text(row));
    for (auto const& name : names) {
        auto const found = std::ranges::find_if(known, [&](std::string const& one) { return equal_ignoring_ascii_case(one, name); });
        if (found == known.end() || found->empty()) return fail("groups.no_such", clean_text(name, 100));
        wanted.insert(*found);
    }
    return std::vector<std::string>(wanted.begin(), wanted.end());
}

Result<Directory> read_directory(store::Connection& connection) {
    Directory directory;
    std::map<std::string, std::vector<std::string>, std::less<>> groups;
    auto holders = TRY(connection.query("SELECT holder, groups FROM main.access_groups"));
    while (auto const chunk = TRY(holders.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            groups.emplace(chunk->columns[0].text(row), store::texts_of(chunk->columns[1].text(row)));
    auto const groups_of = [&](std::string_view holder) {
        auto const found = groups.find(holder);
        return found == groups.end() ? DeviceGroups{} : DeviceGroups{found->second};
    };
    auto made_roles = TRY(connection.query("SELECT name, doc, permissions FROM main.access_role ORDER BY name"));
    while (auto const chunk = TRY(made_roles.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            std::string const name(c[0].text(row));
            directory.roles.push_back({name, std::string(c[1].text(row)), store::texts_of(c[2].text(row)), groups_of(holder_of_role(name))});
        }
    auto users = TRY(connection.query("SELECT id, name, password, role, disabled, created FROM main.access_user ORDER BY name"));
    while (auto const chunk = TRY(users.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            directory.users.push_back({std::string(c[0].text(row)), std::string(c[1].text(row)), std::string(c[2].text(row)),
                                       std::string(c[3].text(row)), c[4].boolean(row), c[5].integer(row),
                                       groups_of(c[0].text(row))});
        }
    auto applications = TRY(connection.query(
        "SELECT id, name, secret, permissions, disabled, created FROM main.access_application ORDER BY name"));
    while (auto const chunk = TRY(applications.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            directory.applications.push_back({std::string(c[0].text(row)), std::string(c[1].text(row)),
                                              std::string(c[2].text(row)), store::texts_of(c[3].text(row)), c[4].boolean(row),
                                              c[5].integer(row), groups_of(c[0].text(row))});
        }
    auto tokens = TRY(connection.query("SELECT id, owner, name, prefix, hash, permissions, created, expires, last_used "
                                       "FROM main.access_token ORDER BY created"));
    while (auto const chunk = TRY(tokens.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            directory.tokens.push_back({std::string(c[0].text(row)), std::string(c[1].text(row)), std::string(c[2].text(row)),
                                        std::string(c[3].text(row)), std::string(c[4].text(row)), store::texts_of(c[5].text(row)),
                                        c[6].integer(row), c[7].integer(row), c[8].integer(row), groups_of(c[0].text(row))});
        }
    return directory;
}

Result<std::string> check_name(std::string_view name) {
    bool const fits = !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._-@+").find(c) != std::string_view::npos;
    });
    if (!fits) return fail("auth.bad_name", clean_text(name, 100));
    return ascii_lower(name);
}

Result<NewUser> prepare_user(std::string_view name, std::string_view password, std::string_view role) {
    NewUser made;
    made.name = TRY(check_name(name));
    made.role = role;
    TRY(check_password(password, name));
    made.password_hash = TRY(hash_password(password));
    made.id = new_id();
    return made;
}

Status add_user(store::Connection& connection, NewUser const& user) {
    if (TRY(exists(connection, "SELECT count(*) FROM main.access_user WHERE name = $1", user.name)))
        return fail("auth.exists", "user", user.name);
    auto const role = TRY(role_named(TRY(read_directory(connection)), user.role));
    std::array const values{Value{user.id}, Value{user.name}, Value{user.password_hash}, Value{role}, Value{now_ticks()}};
    TRY(write(connection, "INSERT INTO main.access_user VALUES ($1, $2, $3, $4, false, $5)", values));
    return set_groups(connection, user.id, user.groups);
}

Status change_user(store::Connection& connection, std::string_view id, UserChange const& change) {
    auto const directory = TRY(read_directory(connection));
    auto const* user = directory.user(id);
    if (!user) return fail("auth.no_such", "user", std::string(id));
    auto const role = change.role ? TRY(role_named(directory, *change.role)) : user->role;
    if (change.disabled.value_or(user->disabled) || find_role(role) != find_role(user->role) || change.groups)
        if (auto after = *user; after.role = role, after.disabled = change.disabled.value_or(user->disabled),
            after.groups = change.groups.value_or(user->groups), !can_administer(after))
            TRY(keeps_an_administrator(connection, user->id));
    std::array const values{Value{role}, Value{change.disabled.value_or(user->disabled)},
                            Value{change.password_hash.value_or(user->password_hash)}, Value{user->id}};
    TRY(write(connection, "UPDATE main.access_user SET role = $1, disabled = $2, password = $3 WHERE id = $4", values));
    return change.groups ? set_groups(connection, user->id, *change.groups) : Status{};
}

Status remove_user(store::Connection& connection, std::string_view id) {
    TRY(keeps_an_administrator(connection, id));
    auto const directory = TRY(read_directory(connection));
    std::array const who{Value{directory.user(id)->id}};
    TRY(write(connection, "DELETE FROM main.access_groups WHERE holder = $1 OR holder IN (SELECT id FROM main.access_token WHERE owner = $1)", who));
    TRY(write(connection, "DELETE FROM main.access_token WHERE owner = $1", who));
    TRY(write(connection, "DELETE FROM main.access_identity WHERE user_id = $1", who));
    return write(connection, "DELETE FROM main.access_user WHERE id = $1", who);
}

Result<std::string> identified_user(store::Connection& connection, std::string_view issuer, std::string_view subject) {
    std::array const who{Value{std::string(issuer)}, Value{std::string(subject)}};
    auto const id = TRY(connection.scalar("SELECT user_id FROM main.access_identity WHERE issuer = $1 AND subject = $2", who));
    auto const* text = std::get_if<std::string>(&id);
    return text ? *text : std::string{};
}

Status identify_user(store::Connection& connection, std::string_view issuer, std::string_view subject, std::string_view user) {
    std::array const values{Value{std::string(issuer)}, Value{std::string(subject)}, Value{std::string(user)}};
    return write(connection, "INSERT INTO main.access_identity VALUES ($1, $2, $3)", values);
}

namespace {
Status write_role(store::Connection& connection, Role const& role) {
    TRY(check_permissions(role.permissions));
    std::array const values{Value{role.name}, Value{clean_text(role.doc, 500)}, Value{store::texts_json(role.permissions)}};
    TRY(write(connection, "INSERT OR REPLACE INTO main.access_role VALUES ($1, $2, $3)", values));
    return set_groups(connection, holder_of_role(role.name), role.groups);
}
Result<Role const*> made_role(Directory const& directory, std::string_view name) {
    for (auto const& one : directory.roles)
        if (equal_ignoring_ascii_case(one.name, name)) return &one;
    if (auto const* own = find_role(name)) return fail("auth.built_in_role", own->name);
    return fail("auth.no_such", "role", clean_text(name, 100));
}
}  // namespace

Status add_role(store::Connection& connection, Role role) {
    role.name = std::string(trim(role.name));
    if (role.name.empty() || clean_text(role.name, 100) != role.name || role.name.find_first_of("@;=") != std::string::npos)
        return fail("auth.bad_name", clean_text(role.name, 100));
    auto const directory = TRY(read_directory(connection));
    if (directory.role(role.name)) return fail("auth.exists", "role", role.name);
    return write_role(connection, role);
}

Status change_role(store::Connection& connection, Role const& role) {
    auto const directory = TRY(read_directory(connection));
    auto changed = role;
    changed.name = TRY(made_role(directory, role.name))->name;
    return write_role(connection, changed);
}

Status remove_role(store::Connection& connection, std::string_view name) {
    auto const directory = TRY(read_directory(connection));
    auto const role = *TRY(made_role(directory, name));
    for (auto const& user : directory.users)
        if (equal_ignoring_ascii_case(user.role, role.name)) return fail("auth.role_in_use", role.name, user.name);
    std::array const which{Value{role.name}};
    TRY(set_groups(connection, holder_of_role(role.name), {}));
    return write(connection, "DELETE FROM main.access_role WHERE name = $1", which);
}

Status add_application(store::Connection& connection, Application const& made) {
    if (TRY(exists(connection, "SELECT count(*) FROM main.access_application WHERE lower(name) = lower($1)", made.name)))
        return fail("auth.exists", "application", made.name);
    std::array const values{Value{made.id}, Value{made.name}, Value{made.secret}, Value{store::texts_json(made.permissions)},
                            Value{made.created}};
    TRY(write(connection, "INSERT INTO main.access_application VALUES ($1, $2, $3, $4, false, $5)", values));
    return set_groups(connection, made.id, made.groups);
}

Status remove_application(store::Connection& connection, std::string_view id) {
    if (!TRY(exists(connection, "SELECT count(*) FROM main.access_application WHERE id = $1", id)))
        return fail("auth.no_such", "application", std::string(id));
    std::array const who{Value{std::string(id)}};
    TRY(set_groups(connection, id, {}));
    return write(connection, "DELETE FROM main.access_application WHERE id = $1", who);
}

Status add_token(store::Connection& connection, PersonalToken const& made) {
    std::array const values{Value{made.id},   Value{made.owner},   Value{made.name}, Value{made.prefix}, Value{made.hash},
                            Value{store::texts_json(made.permissions)}, Value{made.created}, Value{made.expires}};
    TRY(write(connection, "INSERT INTO main.access_token VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)", values));
    return set_groups(connection, made.id, made.groups);
}

Status remove_token(store::Connection& connection, std::string_view id) {
    if (!TRY(exists(connection, "SELECT count(*) FROM main.access_token WHERE id = $1", id)))
        return fail("auth.no_such", "token", std::string(id));
    std::array const which{Value{std::string(id)}};
    TRY(set_groups(connection, id, {}));
    return write(connection, "DELETE FROM main.access_token WHERE id = $1", which);
}

Status mark_token_used(store::Connection& connection, std::string_view id, Ticks time) {
    std::array const values{Value{time}, Value{std::string(id)}};
    return write(connection, "UPDATE main.access_token SET last_used = $1 WHERE id = $2", values);
}

}  // namespace merlon::api
