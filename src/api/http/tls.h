// Certificates of the HTTP server.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon::api {

// Writes a self-signed certificate for `names` (host names and addresses) and its key (ECDSA P-256, mode 0600), valid for
// two years. Errors: http.certificate.
Status make_certificate(std::filesystem::path const& certificate, std::filesystem::path const& private_key,
                        std::vector<std::string> const& names);
// Refuses a key that others than its owner may read. Errors: http.key_readable, file.missing.
Status check_key_mode(std::filesystem::path const& private_key);
// SHA-256 of a certificate file's first certificate: "AB:CD:...".
Result<std::string> certificate_fingerprint(std::filesystem::path const& certificate);

}  // namespace merlon::api
