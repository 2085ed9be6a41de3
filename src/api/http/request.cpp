#include "api/http/server.h"
#include "base/text.h"

namespace merlon::api {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size()) return {};
            int const high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0)) return {};
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
        }
    }
    if (!valid_utf8(out)) return {};
    return out;
}

std::string percent_encode(std::string_view text) {
    std::string out;
    for (char const c : text) {
        bool const plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                           c == '_' || c == '.' || c == '~' || c == '$';
        if (plain) out += c;
        else out += "%" + hex(std::string_view(&c, 1));
    }
    return out;
}

std::vector<std::string> HttpRequest::segments() const {
    std::vector<std::string> found;
    for (auto const part : split(std::string_view(sent_path.empty() ? path : sent_path), '/')) {
        if (part.empty()) continue;
        found.push_back(sent_path.empty() ? std::string(part) : percent_decode(part, false).value_or(std::string(part)));
    }
    return found;
}

std::string_view HttpRequest::header(std::string_view name) const {
    for (auto const& [key, value] : headers)
        if (key == name) return value;
    return {};
}

std::vector<std::pair<std::string, std::string>> HttpRequest::options() const {
    std::vector<std::pair<std::string, std::string>> all;
    if (query.empty()) return all;
    for (auto const part : split(query, '&')) {
        if (part.empty()) continue;  // "?", "?$top=1&"
        auto const equals = part.find('=');
        auto name = percent_decode(part.substr(0, equals), true);
        auto value = equals == std::string_view::npos ? std::string{} : percent_decode(part.substr(equals + 1), true);
        if (name && value) all.emplace_back(std::move(*name), std::move(*value));
    }
    return all;
}

std::string HttpRequest::option(std::string_view name) const {
    for (auto const& [key, value] : options())
        if (equal_ignoring_ascii_case(key, name)) return value;
    return {};
}

}  // namespace merlon::api
