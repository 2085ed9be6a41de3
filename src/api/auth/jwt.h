// Access tokens that this server issues and checks: JWTs (RFC 7519) signed with Ed25519 (RFC 8037). Only what this server
// signed itself with its present key is believed; the header's own words (alg, jku, jwk, kid) choose nothing.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace merlon::api {

struct Claims {
    std::string application;  // appid, also sub
    std::string tenant;       // tid
    std::string audience;     // aud
    std::vector<std::string> roles;
    Ticks issued = 0, expires = 0;
};

class Signer {
public:
    // The key of the data folder (a file of 32 random bytes, mode 0600), made when there is none. An empty path: a key for
    // the life of the process. Errors: auth.key_file.
    static Result<Signer> open(std::filesystem::path const& file);

    std::string issue(Claims const&) const;
    // Nothing when it is malformed, of another key or algorithm, expired, or not valid yet at `now`.
    std::optional<Claims> check(std::string_view token, Ticks now) const;

private:
    Signer() = default;
    std::string public_key_, secret_key_, key_id_;
};

}  // namespace merlon::api
