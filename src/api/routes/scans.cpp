// Definitions of authenticated scans (specification, section 11). Merlon keeps them for the scripts that make them and
// runs no scan: what a scanner finds arrives as inventories. The lists are resources of schema/api.
#include <arpa/inet.h>

#include "api/auth/gate.h"
#include "api/auth/secrets.h"
#include "api/routes/body.h"
#include "api/routes/list.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"
#include "feeds/send.h"
#include "store/device_facts.h"

namespace merlon::api {
namespace {

using Parts = std::vector<std::string>;
using Texts = std::initializer_list<std::string_view>;

constexpr std::string_view definitions = "DeviceAuthenticatedScanDefinitions";
constexpr std::size_t most_targets = 1000, most_ids = 500;
constexpr std::int64_t most_hours = 8760;

struct Definition {
    std::string id, type, name;
    bool active = true;
    std::int64_t interval_hours = 24;
    std::string target_type, target;
    std::string authentication;  // JSON object
    std::string agent;           // device; "" none
    Ticks created = 0;
    std::string created_by;
};

std::unexpected<Error> wrong(std::string_view what, std::string_view hint) { return fail("api.bad_scan", what, hint); }

// ---- What a definition may be -------------------------------------------------------------------------------

// The value as the specification spells it.
Result<std::string> one_of(std::string_view name, std::string_view given, Texts values) {
    std::string listed;
    for (auto const value : values) {
        if (equal_ignoring_ascii_case(given, value)) return std::string(value);
        listed += (listed.empty() ? "" : ", ") + std::string(value);
    }
    return wrong(std::string(name) + " is «" + clean_text(given, 50) + "»", "It is one of " + listed + ".");
}

// AF_INET, AF_INET6; 0 no address.
int family_of(std::string_view address) {
    std::array<unsigned char, 16> bytes;
    std::string const text(address);
    for (int const family : {AF_INET, AF_INET6})
        if (::inet_pton(family, text.c_str(), bytes.data()) == 1) return family;
    return 0;
}

// An address, a network (address/prefix) or a range (address-address).
bool is_address_target(std::string_view text) {
    if (auto const dash = text.find('-'); dash != std::string_view::npos) {
        auto const family = family_of(text.substr(0, dash));
        return family != 0 && family == family_of(text.substr(dash + 1));
    }
    return feeds::AddressRange::parse(text).has_value();
}

bool is_host_name(std::string_view text) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (text.size() > 253) return false;
    for (auto const label : split(text, '.'))
        if (label.empty() || label.size() > 63 || label.find_first_not_of(letters) != std::string_view::npos)
            return false;
    return true;
}

// The targets without blanks between them.
Result<std::string> targets(std::string_view type, std::string_view text) {
    bool const addresses = type == "Ip";
    auto const parts = split(text, ',');
    if (parts.size() > most_targets)
        return fail("api.too_many", std::to_string(parts.size()), std::to_string(most_targets));
    std::string all;
    for (auto const part : parts) {
        auto const one = trim(part);
        if (!(addresses ? is_address_target(one) : is_host_name(one)))
            return wrong("target has «" + clean_text(one, 50) + "»",
                         addresses ? "Write addresses, 192.0.2.0/24 or 192.0.2.1-192.0.2.9, separated by commas."
                                   : "Write host names separated by commas.");
        all += (all.empty() ? "" : ",") + std::string(one);
    }
    return all;
}

Result<std::string> printable(std::string_view name, std::string_view text, std::size_t most) {
    if (trim(text).empty() || text.size() > most || text != clean_text(text, most))
        return wrong(std::string(name) + " is empty, too long or has characters that cannot be printed",
                     "Give 1 to " + std::to_string(most) + " printable characters.");
    return std::string(text);
}

// ---- scanAuthenticationParams ---------------------------------------------------------------------------------

bool is_in(std::string_view name, Texts names) { return std::ranges::find(names, name) != names.end(); }

// The object as it is kept. Merlon runs no scan and so needs no secret: those are taken, and forgotten here.
Result<std::string> authentication(json::Value given, bool windows) {
    simdjson::dom::object object;
    if (given.get(object))
        return wrong("scanAuthenticationParams is no object", "Send {\"type\": ..., \"username\": ...}.");
    std::string_view const type_name = windows ? "WindowsAuthParams" : "SnmpAuthParams";
    std::string out, kind, user;
    JsonWriter json(out);
    json.begin_object();
    json.member("@odata.type", "#microsoft.windowsDefenderATP.api." + std::string(type_name));
    std::vector<std::string_view> seen;
    for (auto const [key, value] : object) {
        if (std::ranges::find(seen, key) != seen.end())
            return wrong("«" + clean_text(key, 50) + "» is there twice", "Send it once.");
        seen.push_back(key);
        bool const secret = !windows && is_in(key, {"communityString", "authPassword", "privPassword"});
        bool const plain = is_in(key, {"type", "username", "keyVaultUrl", "keyVaultSecretName"}) ||
                           (windows ? key == "domain" : is_in(key, {"authProtocol", "privProtocol"}));
        bool const flag = windows && key == "isGmsaUser";
        if (!secret && !plain && !flag && key != "@odata.type")
            return wrong("«" + clean_text(key, 50) + "» is no member of " + std::string(type_name),
                         "docs/api.md lists them.");
        if (json::is_null(value)) continue;
        if (flag) {
            bool on = false;
            if (value.get(on)) return wrong("isGmsaUser is no flag", "Send true or false.");
            json.member(key, on);
            continue;
        }
        if (!json::is_string(value)) return wrong(std::string(key) + " is no text", "Send a JSON text.");
        auto const text = json::text(value);
        if (key == "@odata.type") {
            if (!text.ends_with(type_name))
                return wrong("@odata.type is «" + clean_text(text, 80) + "»",
                             "This scanType takes " + std::string(type_name) + ".");
            continue;
        }
        if (secret) continue;
        std::string kept;
        if (key == "type")
            kept = kind =
                TRY(windows ? one_of(key, text, {"Kerberos", "Negotiate"})
                            : one_of(key, text, {"CommunityString", "NoAuthNoPriv", "AuthNoPriv", "AuthPriv"}));
        else if (key == "authProtocol") kept = TRY(one_of(key, text, {"MD5", "SHA1"}));
        else if (key == "privProtocol") kept = TRY(one_of(key, text, {"DES", "3DES", "AES"}));
        else kept = TRY(printable(key, text, 500));
        if (key == "username") user = kept;
        if (key == "keyVaultUrl" && !kept.starts_with("https://"))
            return wrong("keyVaultUrl is no address", "Write https://NAME.vault.example.");
        json.member(key, kept);
    }
    json.end_object();
    if (kind.empty())
        return wrong("scanAuthenticationParams has no type",
                     windows ? "Kerberos or Negotiate." : "CommunityString, NoAuthNoPriv, AuthNoPriv or AuthPriv.");
    if (user.empty() && kind != "CommunityString")
        return wrong("scanAuthenticationParams has no username", "Send the account that scans.");
    return out;
}

// ---- Reading and writing ----------------------------------------------------------------------------------------

Result<Definition> find(store::Connection& connection, std::string const& id) {
    auto rows =
        TRY(connection.query("SELECT id, type, name, active, interval_hours, target_type, target, authentication, "
                             "agent, created, created_by FROM main.scan_definition WHERE lower(id) = lower($1)",
                             {store::Value{id}}));
    auto const chunk = TRY(rows.next());
    if (!chunk || chunk->rows == 0) return fail("api.no_such", definitions, clean_text(id, 100));
    auto const& c = chunk->columns;
    auto const text = [&](std::size_t column) { return std::string(c[column].text(0)); };
    return Definition{text(0), text(1), text(2), c[3].boolean(0), c[4].int64(0), text(5),
                      text(6), text(7), text(8), c[9].int64(0),   text(10)};
}

Status write(store::Connection& connection, Definition const& one) {
    TRY(connection.query(
        "INSERT OR REPLACE INTO main.scan_definition VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        {one.id, one.type, one.name, one.active, one.interval_hours, one.target_type, one.target, one.authentication,
         one.agent, one.created, one.created_by}));
    return {};
}

Result<Body> read_body(HttpRequest const& request) {
    return Body::read(request, {"scanType", "scanName", "isActive", "intervalInHours", "targetType", "target",
                                "scanAuthenticationParams", "scannerAgent"});
}

// The device that {"id"} or {"machineId"} names; null: none.
Result<std::string> agent_of(store::Connection& connection, json::Value given) {
    if (json::is_null(given)) return std::string{};
    auto named = json::text(given, "id");
    if (named.empty()) named = json::text(given, "machineId");
    if (!json::is_object(given) || named.empty())
        return wrong("scannerAgent names no device", "Send {\"id\": the id or name of a machine}.");
    if (auto const device = TRY(store::device_named(connection, named))) return *device;
    return fail("api.no_such", "Machine", clean_text(named, 100));
}

// What the body says, over what there was; then the whole is looked at.
Status take(store::Connection& connection, Body const& body, Definition& into) {
    auto const type_before = into.type;
    if (auto const text = TRY(body.optional_text("scanType")))
        into.type = TRY(one_of("scanType", *text, {"Windows", "Network"}));
    if (auto const text = TRY(body.optional_text("targetType")))
        into.target_type = TRY(one_of("targetType", *text, {"Ip", "Hostname"}));
    if (auto const text = TRY(body.optional_text("scanName"))) into.name = TRY(printable("scanName", *text, 200));
    if (auto const text = TRY(body.optional_text("target"))) into.target = *text;
    if (auto const active = TRY(body.optional_flag("isActive"))) into.active = *active;
    if (auto const hours = TRY(body.optional_integer("intervalInHours"))) into.interval_hours = *hours;
    if (into.interval_hours < 1 || into.interval_hours > most_hours)
        return wrong("intervalInHours is " + std::to_string(into.interval_hours),
                     "Give 1 to " + std::to_string(most_hours) + ".");
    into.target = TRY(targets(into.target_type, into.target));
    if (auto const given = json::member(body.root(), "scanAuthenticationParams"))
        into.authentication = TRY(authentication(*given, into.type == "Windows"));
    else if (into.type != type_before)
        return wrong("scanAuthenticationParams are missing", "Send those of a " + into.type + " scan.");
    if (auto const given = json::member(body.root(), "scannerAgent")) into.agent = TRY(agent_of(connection, *given));
    return {};
}

// Definitions name networks and belong to no device: who sees the devices of some groups only does not make them.
bool bound(HttpRequest const& request) { return request.caller && request.caller->groups; }
HttpResponse not_theirs() {
    return refusal(403, "Forbidden", "Scans are of the whole fleet; you see some device groups only.");
}

// ---- Calls --------------------------------------------------------------------------------------------------------

Result<HttpResponse> create(Service& service, HttpRequest const& request, Parts const&) {
    if (bound(request)) return not_theirs();
    auto const body = TRY(read_body(request));
    for (auto const* name : {"scanType", "scanName", "targetType", "target"}) TRY(body.text(name));
    auto const id = new_id();
    TRY(service.writer().run([&](store::Connection& c) -> Status {
        Definition made;
        TRY(take(c, body, made));
        made.id = id;
        made.created = now_ticks();
        made.created_by = request.caller->who;
        return write(c, made);
    }));
    return entity_response(service, request, std::string(definitions), id, 201);
}

Result<HttpResponse> edit(Service& service, HttpRequest const& request, Parts const& parts) {
    if (bound(request)) return not_theirs();
    auto const body = TRY(read_body(request));
    std::string id;
    TRY(service.writer().run([&](store::Connection& c) -> Status {
        auto changed = TRY(find(c, parts[0]));
        TRY(take(c, body, changed));
        id = changed.id;
        return write(c, changed);
    }));
    return entity_response(service, request, std::string(definitions), id, 200);
}

Result<std::vector<std::string>> named_ids(HttpRequest const& request, std::string_view member) {
    auto const body = TRY(Body::read(request, {member}));
    auto ids = TRY(body.texts(member));
    if (ids.empty()) return fail("api.bad_body", "\"" + std::string(member) + "\" names none", "Send a list of ids.");
    if (ids.size() > most_ids) return fail("api.too_many", std::to_string(ids.size()), std::to_string(most_ids));
    return ids;
}

// All or none.
Result<HttpResponse> remove(Service& service, HttpRequest const& request, Parts const&) {
    if (bound(request)) return not_theirs();
    auto const ids = TRY(named_ids(request, "ScanDefinitionIds"));
    TRY(service.writer().run([&](store::Connection& c) -> Status {
        std::vector<std::string> found;
        for (auto const& id : ids) found.push_back(TRY(find(c, id)).id);
        for (auto const& id : found) TRY(c.query("DELETE FROM main.scan_definition WHERE id = $1", {store::Value{id}}));
        return {};
    }));
    return HttpResponse{};
}

// No session was ever run, so a definition has none and no session has an entry.
HttpResponse no_history(HttpRequest const& request) {
    auto response = odata_response();
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#Collection(DeviceAuthenticatedScanHistory)");
    json.key("value");
    json.begin_array();
    json.end_array();
    json.end_object();
    return response;
}

Result<HttpResponse> history_by_definition(Service& service, HttpRequest const& request, Parts const&) {
    auto const ids = TRY(named_ids(request, "ScanDefinitionIds"));
    auto connection = TRY(service.lease());
    for (auto const& id : ids) TRY(find(*connection, id));
    return no_history(request);
}

Result<HttpResponse> history_by_session(Service&, HttpRequest const& request, Parts const&) {
    TRY(named_ids(request, "SessionIds"));
    return no_history(request);
}

}  // namespace

void add_scan_routes(std::vector<Route>& all) {
    std::string const write = "Machine.ReadWrite.All", read = "Machine.Read.All",
                      at = "api/" + std::string(definitions);
    all.push_back({"POST", at, write, create});
    all.push_back({"PATCH", at + "/{}", write, edit});
    all.push_back({"POST", at + "/BatchDelete", write, remove});
    all.push_back({"POST", at + "/GetScanHistoryByScanDefinitionId", read, history_by_definition});
    all.push_back({"POST", at + "/GetScanHistoryBySessionId", read, history_by_session});
}

}  // namespace merlon::api
