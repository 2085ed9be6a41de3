// Passwords, random secrets and their digests. The cryptography is libsodium's.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon::api {

// Argon2id with libsodium's interactive limits (64 MB, 2 passes); the text holds its own parameters and salt.
Result<std::string> hash_password(std::string_view password);
// Constant time in the password; a hash of "" costs as much as a real one, so that unknown names do not show.
bool password_fits(std::string const& hash, std::string_view password);
// 12 to 128 characters, not the name, not among the commonest. Errors: auth.weak_password.
Status check_password(std::string_view password, std::string_view user);

// 256 random bits as 43 characters of base64url, after `prefix`.
std::string new_secret(std::string_view prefix = {});
// A random UUID (version 4).
std::string new_id();
// What is stored of a secret. Secrets are long and random, so a plain digest is enough.
std::string secret_hash(std::string_view secret);
bool same_secret(std::string_view a, std::string_view b);  // constant time

std::string base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace merlon::api
