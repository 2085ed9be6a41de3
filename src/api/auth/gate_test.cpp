// Who is let in: each route with each kind of bad credential, the token endpoint, sessions, the first administrator.
#include <time.h>

#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "api/auth/permissions.h"
#include "api/auth/secrets.h"
#include "api/service.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::string_view password = "a long enough sentence";

class Access : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    std::unique_ptr<Service> service = Service::create(store, writer, {}).value();

    HttpResponse ask(std::string method, std::string path, std::string bearer = {}, std::string body = {},
                     std::vector<std::pair<std::string, std::string>> headers = {}) {
        headers.emplace_back("host", "merlon.test");
        if (!bearer.empty()) headers.emplace_back("authorization", "Bearer " + bearer);
        return service->answer({std::move(method), std::move(path), "", std::move(body), "127.0.0.1", std::move(headers), {}});
    }
    static std::string member(HttpResponse const& response, std::string_view name) {
        auto const document = json::Document::parse(response.body, "answer");
        return document ? std::string(json::text(document->root(), name)) : std::string{};
    }
    std::string add_user(std::string name, std::string role) {
        auto const user = prepare_user(name, password, role).value();
        EXPECT_TRUE(service->gate().change([&](store::Connection& c) { return api::add_user(c, user); }));
        return user.id;
    }
    std::string add_token(std::string const& owner, Ticks expires, std::vector<std::string> permissions = {}) {
        auto const secret = new_secret("mer_");
        PersonalToken const token{new_id(), owner, "test", secret.substr(0, 10), secret_hash(secret), std::move(permissions),
                                  now_ticks(), expires, 0};
        EXPECT_TRUE(service->gate().change([&](store::Connection& c) { return api::add_token(c, token); }));
        return secret;
    }
    static Ticks tomorrow() { return now_ticks() + ticks_per_day; }
    // A request for the route with "x" in each of its gaps.
    HttpResponse try_route(Route const& route, std::string const& bearer) {
        auto const path = replace_all(replace_all(route.pattern, "({})", "(ip='x')"), "{}", "x");
        return ask(route.method, "/" + path, bearer, "{}");
    }
};

// What a role gives is what its people may, within what they may see themselves.
TEST_F(Access, RolesCarryPermissionsAndDeviceGroups) {
    auto const admin = add_token(add_user("root", "Administrator"), tomorrow());
    auto connection = store.connect().value();
    ASSERT_TRUE(connection.execute("INSERT INTO device_group VALUES ('Servers', 1, '', '[]', 0, ''), ('DMZ', 2, '', '[]', 0, '')"));
    auto const role = R"({"name": "Server team", "permissions": ["Machine.Read.All"], "deviceGroups": ["Servers"]})";
    EXPECT_EQ(ask("POST", "/api/merlon/roles", admin, role).status, 201);
    EXPECT_EQ(ask("POST", "/api/merlon/roles", admin, role).status, 409);
    EXPECT_EQ(ask("POST", "/api/merlon/roles", admin, R"({"name": "x", "permissions": ["*"]})").status, 400);
    EXPECT_EQ(ask("POST", "/api/merlon/roles", admin, R"({"name": "x", "permissions": [], "deviceGroups": ["None"]})").status, 404);
    auto const sam = add_token(add_user("sam", "server TEAM"), tomorrow());
    auto const caller = [&](std::string const& token) { return service->gate().admit({"GET", "/", "", "", "", {{"authorization", "Bearer " + token}}}, "Machine.Read.All"); };
    ASSERT_TRUE(caller(sam));
    EXPECT_EQ(*caller(sam)->groups, std::vector<std::string>{"Servers"});
    EXPECT_EQ(ask("GET", "/api/vulnerabilities", sam).status, 403);
    EXPECT_EQ(ask("DELETE", "/api/merlon/roles/Server team", admin).status, 400) << "somebody has it";
    EXPECT_EQ(ask("PATCH", "/api/merlon/roles/Server team", admin, R"({"deviceGroups": null, "permissions": ["Vulnerability.Read.All"]})").status, 204);
    EXPECT_FALSE(caller(sam));
    EXPECT_EQ(ask("GET", "/api/vulnerabilities", sam).status, 200);
    EXPECT_EQ(ask("PATCH", "/api/merlon/roles/Reader", admin, R"({"permissions": []})").status, 400) << "built-in";
    EXPECT_EQ(ask("PATCH", "/api/merlon/users/sam", admin, R"({"role": "Reader", "deviceGroups": ["DMZ"]})").status, 204);
    EXPECT_EQ(ask("DELETE", "/api/merlon/roles/Server team", admin).status, 204);
    EXPECT_EQ(ask("PATCH", "/api/merlon/users/sam", admin, R"({"role": "Server team"})").status, 400);
}

TEST_F(Access, EveryRouteRefusesEveryBadCredential) {
    auto const admin = add_user("root", "Administrator");
    auto const gone = add_user("gone", "Administrator");
    auto const expired = add_token(admin, now_ticks() - 1);
    auto const of_disabled = add_token(gone, tomorrow());
    UserChange disable;
    disable.disabled = true;
    ASSERT_TRUE(service->gate().change([&](store::Connection& c) { return change_user(c, gone, disable); }));
    auto const revoked = add_token(admin, tomorrow());
    auto const id = service->gate().directory()->token_by_hash(secret_hash(revoked))->id;
    ASSERT_TRUE(service->gate().change([&](store::Connection& c) { return remove_token(c, id); }));
    auto const other_key = Signer::open({}).value().issue({"x", "x", "merlon", {"*"}, now_ticks(), tomorrow()});
    std::string const unsigned_token = base64url(R"({"alg":"none"})") + "." + base64url(R"({"iss":"merlon","roles":["*"]})") + ".";
    std::size_t guarded = 0;
    for (auto const& route : routes()) {
        if (route.permission.empty()) continue;
        ++guarded;
        for (auto const& credential : {std::string{}, expired, of_disabled, revoked, other_key, unsigned_token, std::string("mer_x")})
            EXPECT_EQ(try_route(route, credential).status, 401) << route.method << " " << route.pattern << " with " << credential;
    }
    EXPECT_GT(guarded, 20U);
}

TEST_F(Access, EveryRouteAsksForItsPermission) {
    auto const reader = add_user("reader", "Reader");
    add_user("root", "Administrator");
    auto const narrow = add_token(reader, tomorrow(), {"Score.Read.All"});
    for (auto const& route : routes()) {
        if (route.permission.empty() || route.permission == signed_in || route.permission == "Score.Read.All") continue;
        EXPECT_EQ(try_route(route, narrow).status, 403) << route.method << " " << route.pattern;
    }
    EXPECT_EQ(ask("GET", "/api/exposureScore", narrow).status, 200);
    // A token never holds more than its owner.
    auto const greedy = add_token(reader, tomorrow(), {"Merlon.Access.Manage"});
    EXPECT_EQ(ask("GET", "/api/merlon/users", greedy).status, 403);
}

// Trust, S7: who steals a token that may little gets no more by making another with it. Who holds the data folder names the owner.
TEST_F(Access, ATokenMakesNoneThatMayMoreThanItself) {
    auto const root = add_user("root", "Administrator");
    auto const make = [&](std::string const& bearer, std::string const& more) { return ask("POST", "/api/merlon/tokens", bearer, R"({"name": "child")" + more + "}"); };
    auto const narrow = add_token(root, tomorrow(), {"Score.Read.All"});
    EXPECT_EQ(make(narrow, R"(, "permissions": ["Merlon.Access.Manage"])").status, 400);
    EXPECT_EQ(make(narrow, R"(, "permissions": ["Score.Read.All"])").status, 201);
    auto const child = member(make(narrow, ""), "token");
    EXPECT_EQ(ask("GET", "/api/exposureScore", child).status, 200);
    EXPECT_EQ(ask("GET", "/api/merlon/users", child).status, 403) << "it has what the token that made it had";
    auto const powerless = add_token(add_user("reader", "Reader"), tomorrow(), {"Merlon.Access.Manage"});
    EXPECT_EQ(make(powerless, "").status, 400) << "no permission must not come to mean all";
    auto const whole = add_token(root, tomorrow());
    EXPECT_EQ(ask("GET", "/api/merlon/users", member(make(whole, ""), "token")).status, 200);
    EXPECT_EQ(make(whole, R"(, "owner": "root")").status, 201);
    EXPECT_EQ(make(whole, R"(, "owner": "reader")").status, 400);
    auto const by_folder = [&](std::string body) {
        HttpRequest request{"POST", "/api/merlon/tokens", "", std::move(body), "local", {{"host", "localhost"}}, {}};
        request.caller = std::make_shared<Caller const>(Caller{"local", {}, {"*"}});
        return service->answer(request);
    };
    EXPECT_EQ(by_folder(R"({"name": "x"})").status, 400);
    EXPECT_EQ(by_folder(R"({"name": "x", "owner": "nobody"})").status, 404);
    EXPECT_EQ(member(ask("GET", "/api/merlon/session", member(by_folder(R"({"name": "x", "owner": "reader"})"), "token")), "who"), "user:reader");
}

TEST_F(Access, OnlyTheListedRoutesArePublic) {
    std::vector<std::string> open;
    for (auto const& route : routes())
        if (route.permission.empty()) open.push_back(route.method + " " + route.pattern);
    for (auto const& one : open)
        EXPECT_TRUE(one.starts_with("GET health/") || one.ends_with("oauth2/token") || one.ends_with("oauth2/v2.0/token") ||
                    one.ends_with("/.well-known/openid-configuration") || one.ends_with("/authorize") || (one.find("/discovery") != std::string::npos && one.ends_with("/keys")) ||
                    one.ends_with("api/merlon/session") || one == "GET v1/rest/auth/metadata" || one.starts_with("GET api/docs") || one == "POST api/merlon/claim" || one == "GET api/merlon/signIn" || one == "GET api/merlon/oidc/start" ||
                    one == "GET api/merlon/oidc/callback" || one.starts_with("POST api/osquery/") /* keys of its own */)
            << one << " is public; list it here when that is meant";
}

TEST_F(Access, ApplicationsGetTokensInBothForms) {
    auto const made = ask("POST", "/api/merlon/applications", "", R"({"name":"report","permissions":["Score.Read.All"]})");
    ASSERT_EQ(made.status, 201) << made.body;  // nobody has claimed the server before
    auto const id = member(made, "id"), secret = member(made, "secret");
    auto const form = "grant_type=client_credentials&client_id=" + id + "&client_secret=" + percent_encode(secret);
    auto const answer = ask("POST", "/any-tenant/oauth2/v2.0/token", "", form + "&scope=https%3A%2F%2Fmerlon%2F.default");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(answer.body.find("\"expires_in\":3599"), std::string::npos) << answer.body;
    auto const token = member(answer, "access_token");
    EXPECT_EQ(ask("GET", "/api/exposureScore", token).status, 200);
    EXPECT_EQ(ask("GET", "/api/machines", token).status, 403);
    auto forged = token;
    auto& letter = forged[forged.size() - 40];
    letter = letter == 'x' ? 'y' : 'x';
    EXPECT_EQ(ask("GET", "/api/exposureScore", forged).status, 401);

    auto const older = ask("POST", "/any-tenant/oauth2/token", "", form + "&resource=https%3A%2F%2Fmerlon");
    EXPECT_NE(older.body.find("\"expires_in\":\"3599\""), std::string::npos) << older.body;

    auto const wrong = ask("POST", "/t/oauth2/v2.0/token", "", "grant_type=client_credentials&client_id=" + id + "&client_secret=x");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(member(wrong, "error"), "invalid_client");
    EXPECT_EQ(ask("POST", "/t/oauth2/v2.0/token", "", "grant_type=password").status, 400);

    // Removed: its tokens end at once.
    add_user("root", "Administrator");
    ASSERT_TRUE(service->gate().change([&](store::Connection& c) { return remove_application(c, id); }));
    EXPECT_EQ(ask("GET", "/api/exposureScore", token).status, 401);
}

TEST_F(Access, SessionsAreCookiesThatOnlyOurPagesMayUse) {
    add_user("anna", "Administrator");
    auto const in = ask("POST", "/api/merlon/session", "", R"({"name":"Anna","password":"a long enough sentence"})");
    ASSERT_EQ(in.status, 204) << in.body;
    std::string cookie;
    for (auto const& [name, value] : in.headers)
        if (name == "Set-Cookie") cookie = value;
    for (auto const* part : {"__Host-merlon=", "; Secure", "; HttpOnly", "; SameSite=Strict"})
        EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
    cookie = cookie.substr(0, cookie.find(';'));
    EXPECT_EQ(ask("GET", "/api/merlon/users", "", "", {{"cookie", "a=b; " + cookie}}).status, 200);
    std::string const user = R"({"name":"bea","password":"another long sentence","role":"Reader"})";
    EXPECT_EQ(ask("POST", "/api/merlon/users", "", user, {{"cookie", cookie}}).status, 401);
    EXPECT_EQ(ask("POST", "/api/merlon/users", "", user, {{"cookie", cookie}, {"origin", "https://evil.test"}}).status, 401);
    EXPECT_EQ(ask("POST", "/api/merlon/users", "", user, {{"cookie", cookie}, {"sec-fetch-site", "cross-site"}}).status, 401);
    EXPECT_EQ(ask("POST", "/api/merlon/users", "", user, {{"cookie", cookie}, {"origin", "https://merlon.test"}}).status, 201);
    EXPECT_EQ(ask("DELETE", "/api/merlon/session", "", "", {{"cookie", cookie}}).status, 204);
    EXPECT_EQ(ask("GET", "/api/merlon/users", "", "", {{"cookie", cookie}}).status, 401);
}

// Trust, S7: a browser left open is not enough to make an administrator, or a token that outlives the session.
TEST_F(Access, GivingAccessAsksForThePasswordAgain) {
    add_user("anna", "Administrator");
    service = Service::create(store, writer, {.gate = {.confirm_after = ticks_per_second}}).value();
    auto const in = ask("POST", "/api/merlon/session", "", R"({"name":"anna","password":"a long enough sentence"})");
    ASSERT_EQ(in.status, 204);
    std::vector<std::pair<std::string, std::string>> headers{{"origin", "https://merlon.test"}};
    for (auto const& [name, value] : in.headers)
        if (name == "Set-Cookie") headers.emplace_back("cookie", value.substr(0, value.find(';')));
    auto const post = [&](std::string path, std::string body) { return ask("POST", std::move(path), "", std::move(body), headers); };
    auto const confirm = [&](std::string const& words) { return post("/api/merlon/session/confirm", R"({"password":")" + words + R"("})"); };
    std::string const token = R"({"name": "mine", "permissions": ["Machine.Read.All"]})";
    EXPECT_EQ(post("/api/merlon/tokens", token).status, 201) << "just signed in";
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    auto const refused = post("/api/merlon/tokens", token);
    EXPECT_EQ(refused.status, 403);
    EXPECT_NE(refused.body.find(confirmation_required), std::string::npos) << refused.body;
    EXPECT_EQ(post("/api/merlon/roles", R"({"name": "x", "permissions": []})").status, 403);
    EXPECT_EQ(ask("GET", "/api/merlon/users", "", "", headers).status, 200) << "reading needs none";
    EXPECT_EQ(confirm("another long sentence").status, 403);
    EXPECT_EQ(post("/api/merlon/tokens", token).status, 403);
    EXPECT_EQ(confirm(std::string(password)).status, 204);
    EXPECT_EQ(post("/api/merlon/tokens", token).status, 201);
    auto const bearer = add_token(service->gate().directory()->user("anna")->id, tomorrow());
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    EXPECT_EQ(ask("POST", "/api/merlon/roles", bearer, R"({"name": "y", "permissions": []})").status, 201) << "a token has no password to give";
    for (int i = 0; i < 10; ++i) (void)confirm("wrong wrong wrong");
    EXPECT_EQ(confirm(std::string(password)).status, 429);
}

// Trust, S7: each route that gives or takes access asks, and no write below these paths is without the mark. Signing in and out, and
// ending sessions, need no fresh password: they take nothing from others but time.
TEST_F(Access, EveryRouteThatGivesAccessAsksForThePasswordAgain) {
    add_user("anna", "Administrator");
    service = Service::create(store, writer, {.gate = {.confirm_after = 1}}).value();
    auto const in = ask("POST", "/api/merlon/session", "", R"({"name":"anna","password":"a long enough sentence"})");
    ASSERT_EQ(in.status, 204);
    std::vector<std::pair<std::string, std::string>> headers{{"origin", "https://merlon.test"}};
    for (auto const& [name, value] : in.headers)
        if (name == "Set-Cookie") headers.emplace_back("cookie", value.substr(0, value.find(';')));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::size_t asked = 0;
    for (auto const& route : routes()) {
        if (route.gives_access) {
            ++asked;
            auto const answer = ask(route.method, "/" + replace_all(route.pattern, "{}", "x"), "", "{}", headers);
            EXPECT_TRUE(answer.status == 403 && answer.body.find(confirmation_required) != std::string::npos) << route.method << " " << route.pattern << answer.body;
            continue;
        }
        if (route.method == "GET") continue;
        for (auto const* path : {"api/merlon/users", "api/merlon/roles", "api/merlon/applications", "api/merlon/enrolmentSecrets"})
            EXPECT_FALSE(route.pattern.starts_with(path)) << route.method << " " << route.pattern;
    }
    EXPECT_GE(asked, 11U);
}

// Trust, S4: whatever takes the right from its asker ends the query.
TEST_F(Access, AQueryEndsWithTheRightToAskIt) {
    add_user("root", "Administrator");
    auto connection = store.connect().value();
    ASSERT_TRUE(connection.execute("INSERT INTO device_group VALUES ('Servers', 1, '', '[]', 0, '')"));
    struct Way {
        char const* what;
        std::function<Status(store::Connection&, std::string const& user, std::string const& token)> take;
    };
    UserChange disabled, lesser, narrowed;
    disabled.disabled = true;
    lesser.role = "Reader";
    narrowed.groups = std::vector<std::string>{"Servers"};
    std::vector<Way> const ways{
        {"disabled", [&](store::Connection& c, std::string const& user, std::string const&) { return change_user(c, user, disabled); }},
        {"another role", [&](store::Connection& c, std::string const& user, std::string const&) { return change_user(c, user, lesser); }},
        {"fewer device groups", [&](store::Connection& c, std::string const& user, std::string const&) { return change_user(c, user, narrowed); }},
        {"removed", [&](store::Connection& c, std::string const& user, std::string const&) { return remove_user(c, user); }},
        {"its token revoked", [&](store::Connection& c, std::string const&, std::string const& token) { return remove_token(c, token); }}};
    for (std::size_t i = 0; i < ways.size(); ++i) {
        auto const user = add_user("asker" + std::to_string(i), "Administrator");
        auto const secret = add_token(user, tomorrow());
        auto const token = service->gate().directory()->token_by_hash(secret_hash(secret))->id;
        auto asked = std::async(std::launch::async, [&] {
            return ask("POST", "/api/advancedqueries/run", secret, R"q({"Query": "range x from 1 to 2000000000 step 1 | summarize dcount(hash_sha256(tostring(x)))"})q");
        });
        EXPECT_EQ(asked.wait_for(std::chrono::milliseconds(500)), std::future_status::timeout) << ways[i].what;
        auto const taken = std::chrono::steady_clock::now();
        ASSERT_TRUE(service->gate().change([&](store::Connection& c) { return ways[i].take(c, user, token); })) << ways[i].what;
        auto const answer = asked.get();
        EXPECT_EQ(answer.status, 401) << ways[i].what << ": " << answer.body;
        EXPECT_LT(std::chrono::steady_clock::now() - taken, std::chrono::seconds(10)) << ways[i].what << ": long before the query's own limit";
        auto const after = ask("POST", "/api/advancedqueries/run", secret, R"({"Query": "print 1"})").status;
        EXPECT_EQ(after, std::string_view(ways[i].what) == "another role" || std::string_view(ways[i].what) == "fewer device groups" ? 200 : 401) << ways[i].what;
    }
}

TEST_F(Access, SessionsAreListedAndEnded) {
    add_user("anna", "Administrator");
    add_user("bea", "Reader");
    auto const sign_in = [&](std::string const& name) {
        auto const in = ask("POST", "/api/merlon/session", "", R"({"name":")" + name + R"(","password":"a long enough sentence"})");
        for (auto const& [header, value] : in.headers)
            if (header == "Set-Cookie") return value.substr(0, value.find(';'));
        return std::string{};
    };
    auto const anna = sign_in("anna"), bea = sign_in("bea"), again = sign_in("bea");
    EXPECT_NE(bea, again);
    auto const ids = [&](std::string const& cookie, std::string const& current) {
        auto const seen = ask("GET", "/api/merlon/sessions", "", "", {{"cookie", cookie}});
        auto const document = json::Document::parse(seen.body, "answer").value();
        std::vector<std::string> all;
        for (auto const one : json::array(document.root(), "value"))
            if (current.empty() || (json::boolean(one, "current") == true) == (current == "current")) all.emplace_back(json::text(one, "id"));
        return all;
    };
    EXPECT_EQ(ids(anna, "").size(), 3U);
    ASSERT_EQ(ids(bea, "").size(), 2U) << "only their own";
    std::string const host = "https://merlon.test";
    auto const annas = ids(anna, "current").at(0);
    EXPECT_EQ(ask("DELETE", "/api/merlon/sessions/" + annas, "", "", {{"cookie", bea}, {"origin", host}}).status, 404);
    EXPECT_EQ(ask("DELETE", "/api/merlon/sessions/" + ids(bea, "other").at(0), "", "", {{"cookie", bea}, {"origin", host}}).status, 204);
    EXPECT_EQ(ask("GET", "/api/merlon/session", "", "", {{"cookie", again}}).status, 401);
    EXPECT_EQ(ask("GET", "/api/merlon/session", "", "", {{"cookie", bea}}).status, 200);
    for (int i = 0; i < 12; ++i) (void)sign_in("bea");
    EXPECT_EQ(ids(anna, "").size(), 11U) << "ten of one user at most";
}

// Trust, S12: what is wrong with a token in one place only is refused as well.
TEST_F(Access, TokensAreRefusedForOneFaultAlone) {
    auto const made = ask("POST", "/api/merlon/applications", "", R"({"name":"report","permissions":["Score.Read.All"]})");
    auto const id = member(made, "id");
    auto const form = "grant_type=client_credentials&client_id=" + id + "&client_secret=" + percent_encode(member(made, "secret"));
    auto const good = member(ask("POST", "/t/oauth2/v2.0/token", "", form), "access_token");
    ASSERT_EQ(ask("GET", "/api/exposureScore", good).status, 200);
    auto const first = good.find('.'), second = good.find('.', first + 1);
    auto const header = good.substr(0, first), payload = good.substr(first + 1, second - first - 1), signature = good.substr(second + 1);
    auto const with_header = [&](std::string const& text) { return base64url(text) + "." + payload + "." + signature; };
    auto wider = from_base64url(payload).value();
    wider = replace_all(wider, "Score.Read.All", "Machine.Read.All");
    for (auto const& bad : {with_header(R"({"alg":"none"})"), with_header(R"({"alg":"HS256","typ":"JWT"})"),
                            with_header(R"({"alg":"EdDSA","jku":"https://evil.test/keys"})"), with_header(R"({"alg":"EdDSA","jwk":{"kty":"OKP"}})"),
                            header + "." + base64url(wider) + "." + signature, header + "." + payload + ".", header + "." + payload,
                            good + ".x", good + "A", std::string("a.b.c"), std::string("..")})
        EXPECT_EQ(ask("GET", "/api/exposureScore", bad).status, 401) << bad;
}

TEST_F(Access, GuessingIsSlowedDown) {
    add_user("anna", "Administrator");
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(ask("POST", "/api/merlon/session", "", R"({"name":"anna","password":"wrong"})").status, 401);
    auto const then = ask("POST", "/api/merlon/session", "", R"({"name":"anna","password":"a long enough sentence"})");
    EXPECT_EQ(then.status, 429);
}

// Trust, S9: neither the answer nor the work that it took tells whether there is such a user. The work is the processor time of
// this thread, which other programs do not lengthen; each attempt comes from an address of its own, so that none is slowed down.
TEST_F(Access, AnUnknownUserCannotBeToldFromAWrongPassword) {
    add_user("anna", "Administrator");
    auto const gone = add_user("gone", "Reader");
    UserChange disable;
    disable.disabled = true;
    ASSERT_TRUE(service->gate().change([&](store::Connection& c) { return change_user(c, gone, disable); }));
    int attempts = 0;
    struct Tried {
        std::string words;
        double least = 1e9;
    };
    auto const attempt = [&](std::string const& name, std::string const& with, Tried& into) {
        HttpRequest request{"POST", "/api/merlon/session", "", R"({"name":")" + name + R"(","password":")" + with + R"("})",
                            "192.0.2." + std::to_string(++attempts), {{"host", "merlon.test"}}, {}};
        timespec from{}, to{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        auto const answer = service->answer(request);
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        into.least = std::min(into.least, double(to.tv_sec - from.tv_sec) + double(to.tv_nsec - from.tv_nsec) * 1e-9);
        auto document = answer.body;
        auto const target = document.find("\"target\"");
        into.words = std::to_string(answer.status) + document.substr(0, target);
        for (auto const& [header, value] : answer.headers)
            if (header != "X-Request-Id") into.words += "\n" + header + ": " + value;
    };
    Tried wrong, unknown, off;
    for (int i = 0; i < 6; ++i) {
        attempt("anna", "wrong wrong wrong", wrong);
        attempt("nobody" + std::to_string(i), "wrong wrong wrong", unknown);
        attempt("gone", std::string(password), off);
    }
    EXPECT_TRUE(wrong.words.starts_with("401")) << wrong.words;
    EXPECT_EQ(unknown.words, wrong.words);
    EXPECT_EQ(off.words, wrong.words);
    for (auto const* other : {&unknown, &off}) {
        EXPECT_GT(other->least, wrong.least * 0.5);  // without the work of a hash it is a hundredth
        EXPECT_LT(other->least, wrong.least * 2);
    }
}

TEST_F(Access, TheFirstAdministratorComesByTheOneTimeCode) {
    EXPECT_EQ(ask("GET", "/api/machines").status, 200);  // unclaimed, on loopback
    auto const code = service->gate().first_code();
    auto const claim = [&](std::string const& with, std::string const& name) {
        return ask("POST", "/api/merlon/claim", "", R"({"code":")" + with + R"(","name":")" + name + R"(","password":"a long enough sentence"})");
    };
    EXPECT_EQ(claim("wrong", "anna").status, 400);
    EXPECT_EQ(claim(code, "anna").status, 204);
    EXPECT_EQ(claim(code, "bea").status, 400);
    EXPECT_EQ(ask("GET", "/api/machines").status, 401);
}

TEST_F(Access, TheLastAdministratorStays) {
    auto const root = add_user("root", "Administrator");
    add_user("reader", "Reader");
    auto const token = add_token(root, tomorrow());
    EXPECT_EQ(ask("DELETE", "/api/merlon/users/root", token).status, 400);
    EXPECT_EQ(ask("PATCH", "/api/merlon/users/root", token, R"({"role":"Reader"})").status, 400);
    EXPECT_EQ(ask("PATCH", "/api/merlon/users/root", token, R"({"disabled":true})").status, 400);
    EXPECT_EQ(ask("PATCH", "/api/merlon/users/reader", token, R"({"id":"x"})").status, 400);
    EXPECT_EQ(ask("PATCH", "/api/merlon/users/reader", token, R"({"role":"Administrator"})").status, 204);
    EXPECT_EQ(ask("DELETE", "/api/merlon/users/root", token).status, 204);
    EXPECT_EQ(ask("GET", "/api/merlon/users", token).status, 401);
}

TEST(Passwords, AreCheckedAndHashed) {
    EXPECT_FALSE(check_password("short", "anna"));
    EXPECT_FALSE(check_password("aaaaaaaaaaaaaaaa", "anna"));
    EXPECT_FALSE(check_password("anna123456789", "anna"));
    EXPECT_FALSE(check_password(std::string(129, 'x') + "y", "anna"));
    EXPECT_TRUE(check_password("äöü äöü äöü ß", "anna"));
    auto const hash = hash_password(password).value();
    EXPECT_TRUE(hash.starts_with("$argon2id$"));
    EXPECT_TRUE(password_fits(hash, password));
    EXPECT_FALSE(password_fits(hash, "another"));
    EXPECT_FALSE(password_fits("", "another"));
}

}  // namespace
}  // namespace merlon::api
