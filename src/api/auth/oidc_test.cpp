// Sign-in by an OpenID provider, against a small provider on loopback that answers well or badly as the test wants it.
#include "api/auth/oidc.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "api/auth/secrets.h"
#include "api/http/server.h"
#include "api/service.h"
#include "base/digest.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::api {
namespace {

std::int64_t seconds_now() { return (now_ticks() - unix_epoch_ticks) / ticks_per_second; }

// A key pair that signs as the provider would.
struct Key {
    EVP_PKEY* pair;
    bool rsa;
    explicit Key(bool is_rsa) : pair(is_rsa ? EVP_RSA_gen(2048U) : EVP_EC_gen("P-256")), rsa(is_rsa) {}
    Key(Key const&) = delete;
    ~Key() { EVP_PKEY_free(pair); }

    std::string number(char const* name, int size) const {
        BIGNUM* value = nullptr;
        EVP_PKEY_get_bn_param(pair, name, &value);
        std::string bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(value)), '\0');
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
        BN_free(value);
        return base64url(bytes);
    }
    std::string jwk(std::string const& id) const {
        if (rsa)
            return R"({"kty":"RSA","use":"sig","kid":")" + id + R"(","alg":"RS256","n":")" + number(OSSL_PKEY_PARAM_RSA_N, 0) + R"(","e":")" +
                   number(OSSL_PKEY_PARAM_RSA_E, 0) + "\"}";
        return R"({"kty":"EC","crv":"P-256","kid":")" + id + R"(","x":")" + number(OSSL_PKEY_PARAM_EC_PUB_X, 32) + R"(","y":")" +
               number(OSSL_PKEY_PARAM_EC_PUB_Y, 32) + "\"}";
    }
    std::string sign(std::string const& text) const {
        auto* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, pair);
        std::string out(1024, '\0');
        std::size_t size = out.size();
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, reinterpret_cast<unsigned char const*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        out.resize(size);
        if (rsa) return out;
        auto const* at = reinterpret_cast<unsigned char const*>(out.data());
        auto* parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
        std::string halves(64, '\0');
        BN_bn2binpad(ECDSA_SIG_get0_r(parts), reinterpret_cast<unsigned char*>(halves.data()), 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(parts), reinterpret_cast<unsigned char*>(halves.data()) + 32, 32);
        ECDSA_SIG_free(parts);
        return halves;
    }
    std::string token(std::string const& header, std::string const& payload) const {
        auto const text = base64url(header) + "." + base64url(payload);
        return text + "." + base64url(sign(text));
    }
};

std::string claims(std::string const& nonce, std::string const& more = {}, std::string const& issuer = "https://id.test") {
    auto const now = seconds_now();
    return R"({"iss":")" + issuer + R"(","aud":"merlon","sub":"7","preferred_username":"Anna","groups":["staff","ops"],"nonce":")" + nonce + R"(","iat":)" +
           std::to_string(now) + R"(,"exp":)" + std::to_string(now + 300) + more + "}";
}

TEST(IdTokens, AreBelievedOnlyWhenAllIsRight) {
    Key const rsa(true), ec(false), other(true);
    auto const keys = read_provider_keys("{\"keys\":[" + rsa.jwk("r") + "," + ec.jwk("e") + R"(,{"kty":"oct","k":"AAAA","kid":"o"}]})").value();
    EXPECT_EQ(keys.size(), 2U);
    IdTokenExpectation const expected{"https://id.test", "merlon", "n1", now_ticks()};
    auto const checked = [&](std::string const& token) {
        auto const made = check_id_token(token, keys, expected, "groups");
        return made ? "good " + made->name + " " + join(made->groups, ",") : made.error().code + " " + join(made.error().args, "");
    };
    std::string const rs = R"({"alg":"RS256","kid":"r"})", es = R"({"alg":"ES256","kid":"e"})";
    EXPECT_EQ(checked(rsa.token(rs, claims("n1"))), "good Anna staff,ops");
    EXPECT_EQ(checked(ec.token(es, claims("n1"))), "good Anna staff,ops");
    auto const refused = [&](std::string const& token) { return checked(token).starts_with("oidc."); };
    EXPECT_TRUE(refused(rsa.token(R"({"alg":"none"})", claims("n1"))));
    EXPECT_TRUE(refused(base64url(R"({"alg":"none"})") + "." + base64url(claims("n1")) + "."));
    EXPECT_TRUE(refused(rsa.token(R"({"alg":"HS256","kid":"r"})", claims("n1"))));
    EXPECT_TRUE(refused(rsa.token(R"({"alg":"RS256","kid":"e"})", claims("n1")))) << "a key is for its own algorithm";
    EXPECT_TRUE(refused(rsa.token(R"({"alg":"RS256"})", claims("n1")))) << "several keys and none is named";
    EXPECT_TRUE(refused(other.token(rs, claims("n1"))));
    EXPECT_TRUE(refused(other.token(R"({"alg":"RS256","kid":"x","jwk":)" + other.jwk("x") + "}", claims("n1"))));
    EXPECT_TRUE(refused(rsa.token(R"({"alg":"RS256","kid":"r","crit":["b64"]})", claims("n1"))));
    EXPECT_TRUE(refused(rsa.token(rs, claims("n2")))) << "replayed";
    EXPECT_TRUE(refused(rsa.token(rs, claims("n1", "", "https://other.test"))));
    auto const with = [&](std::string const& from, std::string const& to) { return rsa.token(rs, replace_all(claims("n1"), from, to)); };
    EXPECT_TRUE(refused(with("\"aud\":\"merlon\"", "\"aud\":\"another\"")));
    EXPECT_TRUE(refused(with("\"aud\":\"merlon\"", "\"aud\":[\"merlon\",\"another\"]")));
    EXPECT_FALSE(refused(with("\"aud\":\"merlon\"", "\"azp\":\"merlon\",\"aud\":[\"merlon\",\"another\"]")));
    EXPECT_TRUE(refused(with("\"sub\":\"7\",", "")));
    EXPECT_TRUE(refused(with("\"exp\":", "\"old\":")));
    EXPECT_TRUE(refused(with("\"iat\":", "\"iat\":1,\"x\":")));
    EXPECT_TRUE(refused(rsa.token(rs, claims("n1", ",\"nbf\":" + std::to_string(seconds_now() + 3600)))));
    auto token = rsa.token(rs, claims("n1"));
    token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(refused(token));
    EXPECT_FALSE(read_provider_keys("{\"keys\":[]}"));
}

// The provider: discovery, keys, the token endpoint; what it gives is set by the test.
class Provider : public testing::Test {
protected:
    Key key{true};
    std::string nonce, challenge, groups = R"(["ops"])", subject = "7", name = "anna";
    std::string served_verifier;
    std::unique_ptr<HttpServer> http;
    std::string issuer;
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    std::unique_ptr<Service> service;

    void SetUp() override {
        auto server = HttpServer::start({}, [this](HttpRequest const& request) { return answer(request); });
        ASSERT_TRUE(server);
        http = std::make_unique<HttpServer>(std::move(*server));
        issuer = "http://127.0.0.1:" + std::to_string(http->port());
        ServiceOptions options;
        options.gate.oidc.issuer = issuer;
        options.gate.oidc.client_id = "merlon";
        options.gate.oidc.client_secret = "s3cret";
        options.gate.oidc.public_url = "https://merlon.test";
        options.gate.oidc.roles = read_role_rules("admins=Administrator; ops=Security operator@Servers ; all=Reader").value();
        service = Service::create(store, writer, options).value();
        auto const admin = prepare_user("root", "a long enough sentence", "Administrator").value();
        ASSERT_TRUE(service->gate().change([&](store::Connection& c) { return add_user(c, admin); }));
    }
    void TearDown() override {
        service.reset();
        http.reset();
    }
    HttpResponse answer(HttpRequest const& request) {
        HttpResponse response;
        if (request.path == "/.well-known/openid-configuration") {
            response.body = R"({"issuer":")" + issuer + R"(","authorization_endpoint":")" + issuer + R"(/authorize","token_endpoint":")" + issuer +
                            R"(/token","jwks_uri":")" + issuer + "/keys\"}";
        } else if (request.path == "/keys") {
            response.body = "{\"keys\":[" + key.jwk("k1") + "]}";
        } else if (request.path == "/token") {
            bool const right = request.body.find("code=good") != std::string::npos && request.body.find("client_secret=s3cret") != std::string::npos;
            auto const at = request.body.find("code_verifier=");
            served_verifier = at == std::string::npos ? "" : request.body.substr(at + 14, 43);
            if (!right) {
                response.status = 400;
                response.body = R"({"error":"invalid_grant"})";
            } else {
                auto const now = seconds_now();
                auto const payload = R"({"iss":")" + issuer + R"(","aud":"merlon","sub":")" + subject + R"(","preferred_username":")" + name +
                                     R"(","groups":)" + groups + R"(,"nonce":")" + nonce + R"(","iat":)" + std::to_string(now) + R"(,"exp":)" +
                                     std::to_string(now + 60) + "}";
                response.body = R"({"id_token":")" + key.token(R"({"alg":"RS256","kid":"k1"})", payload) + "\"}";
            }
        } else {
            response.status = 404;
        }
        return response;
    }
    HttpResponse get(std::string path, std::string query, std::string cookie = {}) {
        return service->answer({"GET", std::move(path), std::move(query), "", "127.0.0.1", {{"host", "merlon.test"}, {"cookie", std::move(cookie)}}, {}});
    }
    static std::string header(HttpResponse const& response, std::string_view name, std::string_view begins = {}) {
        for (auto const& [key_, value] : response.headers)
            if (key_ == name && value.starts_with(begins)) return value.substr(0, value.find(';'));
        return {};
    }
    static std::string parameter(std::string const& url, std::string const& name) {
        auto const at = url.find(name + "=");
        return at == std::string::npos ? "" : url.substr(at + name.size() + 1, url.find('&', at) - at - name.size() - 1);
    }
    // Begins a sign-in: the state and the cookie; the provider remembers the nonce.
    std::pair<std::string, std::string> begin() {
        auto const start = get("/api/merlon/oidc/start", "");
        EXPECT_EQ(start.status, 302) << start.body;
        auto const location = header(start, "Location");
        EXPECT_TRUE(location.starts_with(issuer + "/authorize?response_type=code&client_id=merlon&")) << location;
        EXPECT_NE(location.find("code_challenge_method=S256"), std::string::npos) << location;
        nonce = parameter(location, "nonce");
        challenge = parameter(location, "code_challenge");
        return {parameter(location, "state"), header(start, "Set-Cookie")};
    }
    std::string who(HttpResponse const& finished) {
        auto const session = header(finished, "Set-Cookie", "__Host-merlon=");
        return session.empty() ? "" : get("/api/merlon/session", "", session).body;
    }
};

TEST_F(Provider, SignsPeopleIn) {
    EXPECT_NE(get("/api/merlon/signIn", "").body.find("\"openid\":true"), std::string::npos);
    auto const [state, cookie] = begin();
    auto const finished = get("/api/merlon/oidc/callback", "code=good&state=" + state, cookie);
    ASSERT_EQ(finished.status, 200) << finished.body;
    EXPECT_EQ(base64url([&] {
                  std::string bytes;
                  auto const digits = sha256_hex(served_verifier);
                  for (std::size_t i = 0; i < digits.size(); i += 2) bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
                  return bytes;
              }()), challenge) << "the verifier belongs to the challenge";
    EXPECT_NE(who(finished).find("user:anna"), std::string::npos) << who(finished);
    auto const* anna = service->gate().directory()->user("anna");
    ASSERT_TRUE(anna);
    EXPECT_EQ(anna->role, "Security operator");
    EXPECT_EQ(anna->groups, (std::vector<std::string>{"Servers"}));
    // Another role at the next sign-in; still one user.
    groups = R"(["all", "ops"])";
    groups = R"(["all"])";
    auto const [state2, cookie2] = begin();
    EXPECT_EQ(get("/api/merlon/oidc/callback", "code=good&state=" + state2, cookie2).status, 200);
    EXPECT_EQ(service->gate().directory()->user("anna")->role, "Reader");
    EXPECT_EQ(service->gate().directory()->users.size(), 2U);
    // Nobody signs in to that account by password.
    EXPECT_EQ(service->answer({"POST", "/api/merlon/session", "", R"({"name":"anna","password":""})", "127.0.0.1", {{"host", "merlon.test"}}, {}}).status, 401);
    // A disabled user stays out.
    UserChange disable;
    disable.disabled = true;
    ASSERT_TRUE(service->gate().change([&](store::Connection& c) { return change_user(c, "anna", disable); }));
    auto const [state3, cookie3] = begin();
    EXPECT_EQ(who(get("/api/merlon/oidc/callback", "code=good&state=" + state3, cookie3)), "");
}

TEST_F(Provider, AnswersOfOthersAreRefused) {
    auto const attempt = [&](std::string const& query, std::string const& cookie) {
        auto const finished = get("/api/merlon/oidc/callback", query, cookie);
        EXPECT_GE(finished.status, 400) << query << finished.body;
        return who(finished);
    };
    auto [state, cookie] = begin();
    EXPECT_EQ(attempt("code=good", cookie), "");
    EXPECT_EQ(attempt("code=good&state=x", cookie), "");
    EXPECT_EQ(attempt("code=good&state=" + state, ""), "") << "another browser";
    EXPECT_EQ(attempt("code=good&state=" + state, cookie), "") << "a state works once";
    std::tie(state, cookie) = begin();
    EXPECT_EQ(attempt("code=bad&state=" + state, cookie), "");
    std::tie(state, cookie) = begin();
    nonce = "replayed";
    EXPECT_EQ(attempt("code=good&state=" + state, cookie), "");
    std::tie(state, cookie) = begin();
    groups = R"(["visitors"])";
    EXPECT_EQ(attempt("code=good&state=" + state, cookie), "");
    EXPECT_EQ(attempt("error=access_denied&state=" + state, cookie), "");
    // The provider's word does not make a local account another's.
    groups = R"(["ops"])";
    name = "root";
    std::tie(state, cookie) = begin();
    EXPECT_EQ(attempt("code=good&state=" + state, cookie), "");
}

TEST(RoleRules, AreRead) {
    auto const rules = read_role_rules(" a b=reader@Servers, DMZ; c = Administrator;").value();
    ASSERT_EQ(rules.size(), 2U);
    EXPECT_EQ(rules[0].group, "a b");
    EXPECT_EQ(rules[0].role, "Reader");
    EXPECT_EQ(rules[0].groups, (std::vector<std::string>{"DMZ", "Servers"}));
    EXPECT_FALSE(rules[1].groups);
    EXPECT_FALSE(read_role_rules("x"));
    EXPECT_FALSE(read_role_rules("x=Nobody"));
}

}  // namespace
}  // namespace merlon::api
