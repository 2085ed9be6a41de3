// Users, applications, personal tokens, roles and the audit: /api/merlon/...
#include "api/auth/gate.h"
#include "api/auth/permissions.h"
#include "api/auth/secrets.h"
#include "api/routes/body.h"
#include "api/service.h"
#include "base/json_time.h"
#include "base/text.h"
#include "store/ledger.h"

namespace merlon::api {
namespace {

constexpr std::string_view manage = "Merlon.Access.Manage";

void texts(JsonWriter& json, std::string_view name, std::vector<std::string> const& all) {
    json.key(name);
    json.begin_array();
    for (auto const& one : all) json.string(one);
    json.end_array();
}

// null: all of them.
void device_groups(JsonWriter& json, DeviceGroups const& groups) {
    if (groups) return texts(json, "deviceGroups", *groups);
    json.key("deviceGroups");
    json.null();
}

// The member deviceGroups: names of groups, or null for all.
Result<DeviceGroups> read_device_groups(Service& service, Body const& body) {
    auto names = TRY(body.optional_texts("deviceGroups"));
    if (!names) return DeviceGroups{};
    auto const connection = TRY(service.lease());
    auto checked = TRY(check_groups(*connection, std::move(*names)));
    return DeviceGroups{std::move(checked)};
}

// {"value": [...]} with what `each` writes.
template <typename List, typename Each>
HttpResponse listed(List const& all, Each each) {
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.key("value");
    json.begin_array();
    for (auto const& one : all) {
        json.begin_object();
        each(json, one);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

HttpResponse made(std::string_view id, std::string_view secret_name = {}, std::string_view secret = {}) {
    HttpResponse response;
    response.status = 201;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("id", id);
    if (!secret.empty()) json.member(secret_name, secret);
    json.end_object();
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Result<HttpResponse> list_roles(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    auto all = roles();
    auto const built_in = all.size();
    auto const directory = service.gate().directory();
    all.insert(all.end(), directory->roles.begin(), directory->roles.end());
    return listed(all, [&](JsonWriter& json, Role const& role) {
        json.member("name", role.name);
        json.member("description", role.doc);
        texts(json, "permissions", role.permissions);
        device_groups(json, role.groups);
        json.member("builtIn", static_cast<std::size_t>(&role - all.data()) < built_in);
    });
}

Result<HttpResponse> make_role(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"name", "description", "permissions", "deviceGroups"}));
    Role role;
    role.name = TRY(body.text("name"));
    role.doc = TRY(body.optional_text("description")).value_or("");
    role.permissions = TRY(body.texts("permissions"));
    role.groups = TRY(read_device_groups(service, body));
    TRY(service.gate().change([&](store::Connection& connection) { return add_role(connection, role); }));
    return made(role.name);
}

Result<HttpResponse> edit_role(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const body = TRY(Body::read(request, {"description", "permissions", "deviceGroups"}));
    auto const directory = service.gate().directory();
    auto const* role = directory->role(parts[0]);
    if (!role) return fail("api.no_such", "Role", clean_text(parts[0], 100));
    auto wanted = *role;
    wanted.doc = TRY(body.optional_text("description")).value_or(role->doc);
    if (auto const permissions = TRY(body.optional_texts("permissions"))) wanted.permissions = *permissions;
    if (body.has("deviceGroups")) wanted.groups = TRY(read_device_groups(service, body));
    TRY(service.gate().change([&](store::Connection& connection) { return change_role(connection, wanted); }));
    return nothing();
}

Result<HttpResponse> drop_role(Service& service, HttpRequest const&, std::vector<std::string> const& parts) {
    TRY(service.gate().change([&](store::Connection& connection) { return remove_role(connection, parts[0]); }));
    return nothing();
}

Result<HttpResponse> list_users(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    return listed(service.gate().directory()->users, [](JsonWriter& json, User const& user) {
        json.member("id", user.id);
        json.member("name", user.name);
        json.member("role", user.role);
        json.member("disabled", user.disabled);
        device_groups(json, user.groups);
        json.member("created", iso_seconds(user.created));
    });
}

Result<HttpResponse> make_user(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"name", "password", "role", "deviceGroups"}));
    auto user = TRY(prepare_user(TRY(body.text("name")), TRY(body.text("password")), TRY(body.text("role"))));
    user.groups = TRY(read_device_groups(service, body));
    TRY(service.gate().change([&](store::Connection& connection) { return add_user(connection, user); }));
    return made(user.id);
}

Result<HttpResponse> edit_user(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const body = TRY(Body::read(request, {"role", "disabled", "password", "deviceGroups"}));
    auto const directory = service.gate().directory();
    auto const* user = directory->user(parts[0]);
    if (!user) return fail("api.no_such", "User", parts[0]);
    UserChange change;
    change.role = TRY(body.optional_text("role"));
    change.disabled = TRY(body.optional_flag("disabled"));
    if (body.has("deviceGroups")) change.groups = TRY(read_device_groups(service, body));
    if (auto const password = TRY(body.optional_text("password"))) {
        TRY(check_password(*password, user->name));
        change.password_hash = TRY(hash_password(*password));
    }
    TRY(service.gate().change([&](store::Connection& connection) { return change_user(connection, user->id, change); }));
    return nothing();
}

Result<HttpResponse> drop_user(Service& service, HttpRequest const&, std::vector<std::string> const& parts) {
    auto const directory = service.gate().directory();
    auto const* user = directory->user(parts[0]);
    if (!user) return fail("api.no_such", "User", parts[0]);
    TRY(service.gate().change([&](store::Connection& connection) { return remove_user(connection, user->id); }));
    return nothing();
}

Result<HttpResponse> list_applications(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    return listed(service.gate().directory()->applications, [](JsonWriter& json, Application const& application) {
        json.member("id", application.id);
        json.member("name", application.name);
        texts(json, "permissions", application.permissions);
        device_groups(json, application.groups);
        json.member("created", iso_seconds(application.created));
    });
}

Result<HttpResponse> make_application(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"name", "permissions", "deviceGroups"}));
    Application application;
    application.groups = TRY(read_device_groups(service, body));
    application.name = TRY(check_name(TRY(body.text("name"))));
    application.permissions = TRY(body.texts("permissions"));
    TRY(check_permissions(application.permissions));
    auto const secret = new_secret();
    application.id = new_id();
    application.secret = secret_hash(secret);
    application.created = now_ticks();
    TRY(service.gate().change([&](store::Connection& connection) { return add_application(connection, application); }));
    return made(application.id, "secret", secret);
}

Result<HttpResponse> drop_application(Service& service, HttpRequest const&, std::vector<std::string> const& parts) {
    auto const directory = service.gate().directory();
    auto const* application = directory->application(parts[0]);
    if (!application) return fail("api.no_such", "Application", parts[0]);
    TRY(service.gate().change([&](store::Connection& connection) { return remove_application(connection, application->id); }));
    return nothing();
}

// People see and revoke their own tokens; who manages access sees all.
bool may_see(Caller const& caller, PersonalToken const& token) {
    return token.owner == caller.user || (holds(caller.permissions, manage) && !caller.groups);
}

Result<HttpResponse> list_tokens(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto connection = TRY(service.lease_for({}));  // their own tokens are seen by those, too, who see some devices only
    auto const directory = TRY(read_directory(*connection));
    std::vector<PersonalToken> seen;
    for (auto const& token : directory.tokens)
        if (may_see(*request.caller, token)) seen.push_back(token);
    return listed(seen, [&](JsonWriter& json, PersonalToken const& token) {
        json.member("id", token.id);
        auto const* owner = directory.user(token.owner);
        json.member("owner", owner ? owner->name : std::string{});
        json.member("name", token.name);
        json.member("prefix", token.prefix);
        texts(json, "permissions", token.permissions);
        device_groups(json, token.groups);
        json.member("created", iso_seconds(token.created));
        json.member("expires", iso_seconds(token.expires));
        time_or_null(json, "lastUsed", token.last_used);
    });
}

// Whose token is made: one's own, or, by who may open the data folder, that of somebody.
Result<User> owner_of_new(Gate& gate, Caller const& caller, std::optional<std::string> const& named) {
    auto const directory = gate.directory();
    bool const holds_folder = caller.user.empty() && caller.permissions.contains("*");
    if (!holds_folder && named && !equal_ignoring_ascii_case(*named, caller.who.substr(caller.who.find(':') + 1))) return fail("auth.foreign_token", clean_text(*named, 100));
    if (holds_folder && !named) return fail("auth.whose_token");
    auto const* user = directory->user(holds_folder ? *named : caller.user);
    if (!user) return fail("api.no_such", "User", clean_text(holds_folder ? *named : caller.who, 100));
    return *user;
}

// What a caller may hand on: no more than it may itself. A token that was narrowed makes no wider one.
Status narrow(Gate& gate, Caller const& caller, User const& owner, PersonalToken& token) {
    for (auto const& permission : token.permissions)
        if (!holds(caller.permissions, permission)) return fail("auth.more_than_own", permission);
    if (caller.user.empty()) return {};
    auto const whole = caller_of(*gate.directory(), owner);
    if (token.permissions.empty() && caller.permissions != whole.permissions) {
        token.permissions.assign(caller.permissions.begin(), caller.permissions.end());
        if (token.permissions.empty()) return fail("auth.more_than_own", "*");
    }
    if (caller.groups != whole.groups) token.groups = common(caller.groups, token.groups);
    return {};
}

Result<HttpResponse> make_token(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const& caller = *request.caller;
    if (caller.who.starts_with("application:"))
        return refusal(400, "BadRequest", "A personal token belongs to a user; an application gets its tokens from the token endpoint.");
    auto const body = TRY(Body::read(request, {"name", "permissions", "days", "deviceGroups", "owner"}));
    auto const days = TRY(body.optional_integer("days")).value_or(90);
    if (days < 1 || days > 366) return fail("auth.bad_expiry", std::to_string(days));
    auto const owner = TRY(owner_of_new(service.gate(), caller, TRY(body.optional_text("owner"))));
    PersonalToken token;
    token.permissions = TRY(body.texts("permissions"));
    TRY(check_permissions(token.permissions));
    token.groups = TRY(read_device_groups(service, body));
    TRY(narrow(service.gate(), caller, owner, token));
    auto const secret = new_secret("mer_");
    token.id = new_id();
    token.owner = owner.id;
    token.name = clean_text(TRY(body.text("name")), 100);
    token.prefix = secret.substr(0, 10);
    token.hash = secret_hash(secret);
    token.created = now_ticks();
    token.expires = token.created + days * ticks_per_day;
    TRY(service.gate().change([&](store::Connection& connection) { return add_token(connection, token); }));
    return made(token.id, "token", secret);
}

Result<HttpResponse> drop_token(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    auto const directory = service.gate().directory();
    for (auto const& token : directory->tokens)
        if (token.id == parts[0] && may_see(*request.caller, token)) {
            TRY(service.gate().change([&](store::Connection& connection) { return remove_token(connection, token.id); }));
            return nothing();
        }
    return fail("api.no_such", "Token", parts[0]);
}

// People see and end their own sessions; who manages access sees all.
bool may_see(Caller const& caller, Gate::SessionSeen const& session) {
    return session.user == caller.user || (holds(caller.permissions, manage) && !caller.groups);
}

Result<HttpResponse> list_sessions(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto all = service.gate().sessions(request);
    std::erase_if(all, [&](Gate::SessionSeen const& one) { return !may_see(*request.caller, one); });
    auto const directory = service.gate().directory();
    return listed(all, [&](JsonWriter& json, Gate::SessionSeen const& one) {
        json.member("id", one.id);
        auto const* user = directory->user(one.user);
        json.member("user", user ? user->name : std::string{});
        json.member("address", one.address);
        json.member("client", one.client);
        json.member("created", iso_seconds(one.created));
        json.member("lastSeen", iso_seconds(one.seen));
        json.member("current", one.current);
    });
}

Result<HttpResponse> end_session(Service& service, HttpRequest const& request, std::vector<std::string> const& parts) {
    for (auto const& one : service.gate().sessions(request))
        if (one.id == parts[0] && may_see(*request.caller, one)) {
            service.gate().end_session(one.id);
            return nothing();
        }
    return fail("api.no_such", "Session", clean_text(parts[0], 100));
}

// Whether the ledger is whole. An entry that is being written may be read in part: what seems broken is looked at again.
Result<HttpResponse> verify_audit(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    auto const& file = service.options().audit_file;
    auto read = file.empty() ? Result<std::int64_t>(0) : store::read_ledger(file, {});
    if (!read && read.error().code == "audit.broken") {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        read = store::read_ledger(file, {});
    }
    if (!read && read.error().code != "audit.broken") return std::unexpected(read.error());
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("whole", read.has_value());
    if (read) {
        json.member("entries", *read);
    } else {
        json.member("brokenAtLine", to_int(read.error().args.at(1)).value_or(0));
        json.member("problem", read.error().args.at(2));
    }
    json.end_object();
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

// What lets osquery agents in (api/agents.h).
Result<HttpResponse> list_enrolment_secrets(Service& service, HttpRequest const&, std::vector<std::string> const&) {
    return listed(service.agents().secrets(), [](JsonWriter& json, store::EnrolmentSecret const& one) {
        json.member("id", one.id);
        json.member("name", one.name);
        json.member("created", iso_seconds(one.created));
        json.member("createdBy", one.created_by);
    });
}

Result<HttpResponse> make_enrolment_secret(Service& service, HttpRequest const& request, std::vector<std::string> const&) {
    auto const body = TRY(Body::read(request, {"name"}));
    auto const [id, secret] = TRY(service.agents().make_secret(TRY(body.text("name")), request.caller->who));
    return made(id, "secret", secret);
}

Result<HttpResponse> drop_enrolment_secret(Service& service, HttpRequest const&, std::vector<std::string> const& parts) {
    TRY(service.agents().drop_secret(parts[0]));
    return nothing();
}

}  // namespace

void add_access_routes(std::vector<Route>& all) {
    std::string const managing(manage), anybody(signed_in);
    all.push_back({"GET", "api/merlon/roles", anybody, list_roles});
    all.push_back({"POST", "api/merlon/roles", managing, make_role, true});
    all.push_back({"PATCH", "api/merlon/roles/{}", managing, edit_role, true});
    all.push_back({"DELETE", "api/merlon/roles/{}", managing, drop_role, true});
    all.push_back({"GET", "api/merlon/users", managing, list_users});
    all.push_back({"POST", "api/merlon/users", managing, make_user, true});
    all.push_back({"PATCH", "api/merlon/users/{}", managing, edit_user, true});
    all.push_back({"DELETE", "api/merlon/users/{}", managing, drop_user, true});
    all.push_back({"GET", "api/merlon/applications", managing, list_applications});
    all.push_back({"POST", "api/merlon/applications", managing, make_application, true});
    all.push_back({"DELETE", "api/merlon/applications/{}", managing, drop_application, true});
    all.push_back({"GET", "api/merlon/tokens", anybody, list_tokens});
    all.push_back({"POST", "api/merlon/tokens", anybody, make_token, true});
    all.push_back({"DELETE", "api/merlon/tokens/{}", anybody, drop_token});
    all.push_back({"GET", "api/merlon/audit/verify", "Merlon.Audit.Read", verify_audit});
    all.push_back({"GET", "api/merlon/sessions", anybody, list_sessions});
    all.push_back({"DELETE", "api/merlon/sessions/{}", anybody, end_session});
    all.push_back({"GET", "api/merlon/enrolmentSecrets", managing, list_enrolment_secrets});
    all.push_back({"POST", "api/merlon/enrolmentSecrets", managing, make_enrolment_secret, true});
    all.push_back({"DELETE", "api/merlon/enrolmentSecrets/{}", managing, drop_enrolment_secret, true});
}

}  // namespace merlon::api
