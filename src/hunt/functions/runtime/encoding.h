// Base64, URL escapes, gzip and zlib, punycode. What cannot be decoded, or is no UTF-8 when it was, is nothing.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

std::string base64_encode(std::string_view bytes);
// Padding is required where the length asks for it; blanks are skipped.
std::optional<std::string> base64_decode(std::string_view text);
// Bytes as a JSON array of numbers, and back.
void bytes_json(std::string_view bytes, std::string& json);
std::optional<std::string> bytes_of_json(Json array);

// A blank as '+' (url_encode) or as %20 (url_encode_component); hex in lower case.
void url_encode(std::string_view text, std::string& out);
void url_encode_component(std::string_view text, std::string& out);
std::string url_decode(std::string_view text);

enum class Packing { gzip, zlib };
std::optional<std::string> compress(Packing, std::string_view bytes);
std::optional<std::string> decompress_text(Packing, std::string_view bytes);

}  // namespace merlon::hunt
