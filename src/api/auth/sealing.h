// Secrets that the server must be able to read again (what signs a webhook, a token of a ticket system), kept
// encrypted: only who has the key file of the data folder can open them.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon::api {

class Sealer {
public:
    // The key file (32 random bytes, mode 0600), made when there is none. An empty path: a key for the life of the
    // process. Errors: auth.key_file.
    static Result<Sealer> open(std::filesystem::path const& file);

    std::string seal(std::string_view secret) const;            // "" stays ""
    Result<std::string> unseal(std::string_view sealed) const;  // auth.unsealable: another key, or changed

private:
    Sealer() = default;
    std::string key_;
};

// HMAC-SHA256 in lower-case hex (RFC 2104).
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

}  // namespace merlon::api
