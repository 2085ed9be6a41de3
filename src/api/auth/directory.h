// Who may use the server: people, applications (client credentials) and the tokens that people make for themselves.
// The directory is small and read whole; changes are operations for the writer.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "api/auth/permissions.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::api {

// Names of device groups, sorted; nothing: all, also those to come.
using DeviceGroups = std::optional<std::vector<std::string>>;
// What both see.
DeviceGroups common(DeviceGroups const&, DeviceGroups const&);

struct User {
    std::string id, name, password_hash, role;
    bool disabled = false;
    Ticks created = 0;
    DeviceGroups groups = {};
};
struct Application {
    std::string id, name, secret;  // secret: its hash
    std::vector<std::string> permissions;
    bool disabled = false;
    Ticks created = 0;
    DeviceGroups groups = {};
};
struct PersonalToken {
    std::string id, owner, name, prefix, hash;
    std::vector<std::string> permissions;  // empty: all that the owner may
    Ticks created = 0, expires = 0, last_used = 0;
    DeviceGroups groups = {};  // narrower than the owner's; nothing: those
};

struct Directory {
    std::vector<Role> roles;  // beside the built-in ones
    std::vector<User> users;
    std::vector<Application> applications;
    std::vector<PersonalToken> tokens;

    User const* user(std::string_view id_or_name) const;
    Role const* role(std::string_view name) const;  // also a built-in one
    // What a user may see: their groups, within those of their role.
    DeviceGroups groups_of(User const&) const;
    Application const* application(std::string_view id_or_name) const;
    PersonalToken const* token_by_hash(std::string_view hash) const;
    // Every set of groups that somebody sees, but all.
    std::vector<std::vector<std::string>> scopes() const;
    bool empty() const { return users.empty() && applications.empty(); }
};
Result<Directory> read_directory(store::Connection&);

// ---- Changes: each checks its input and the rules, then writes. Run them through the writer. ----------------

struct NewUser {
    std::string id, name, password_hash, role;
    DeviceGroups groups = {};
};
// The checks of a name and a password, done before the (slow) hash; the id is made here.
Result<NewUser> prepare_user(std::string_view name, std::string_view password, std::string_view role);
Status add_user(store::Connection&, NewUser const&);  // auth.exists, auth.unknown_role

struct UserChange {
    std::optional<std::string> role, password_hash;
    std::optional<bool> disabled;
    std::optional<DeviceGroups> groups;
};
// The last administrator that can sign in keeps role and account (auth.last_administrator).
Status change_user(store::Connection&, std::string_view id, UserChange const&);
Status remove_user(store::Connection&, std::string_view id);  // with their tokens

// The user that a provider's subject stands for; "" while there is none.
Result<std::string> identified_user(store::Connection&, std::string_view issuer, std::string_view subject);
Status identify_user(store::Connection&, std::string_view issuer, std::string_view subject, std::string_view user);

// Roles beside the built-in ones. Errors: auth.exists, auth.bad_name, auth.unknown_permission, auth.no_such, auth.role_in_use.
Status add_role(store::Connection&, Role);
Status change_role(store::Connection&, Role const&);  // all of it, by its name
Status remove_role(store::Connection&, std::string_view name);

Status add_application(store::Connection&, Application const&);
Status remove_application(store::Connection&, std::string_view id);

Status add_token(store::Connection&, PersonalToken const&);
Status remove_token(store::Connection&, std::string_view id);
Status mark_token_used(store::Connection&, std::string_view id, Ticks);

// Groups of a holder (a user's, application's or token's id).
Status set_groups(store::Connection&, std::string_view holder, DeviceGroups const&);
// Sorted, each once. Errors: groups.no_such for a group that has neither a rule nor a device.
Result<std::vector<std::string>> check_groups(store::Connection&, std::vector<std::string> names);

// 1 to 100 characters of letters, digits and . _ - @ +; the lower-case form is kept. Errors: auth.bad_name.
Result<std::string> check_name(std::string_view name);

}  // namespace merlon::api
