#include "base/json_text.h"

#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace merlon {

namespace {

// Where the first byte at or behind `from` stands that a JSON string writes otherwise. Eight bytes at a time: taking
// a bound from a byte below it sets its highest bit, and a byte that equals a mark is below 1 once the mark is taken out by XOR.
std::size_t end_of_plain(std::string_view text, std::size_t from) {
    constexpr std::uint64_t each = 0x0101010101010101, high = each * 0x80;
    for (; from + 8 <= text.size(); from += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + from, 8);
        auto const quotes = bytes ^ each * '"', slashes = bytes ^ each * '\\';
        auto const hits = ((bytes - each * 0x20) & ~bytes) | ((quotes - each) & ~quotes) | ((slashes - each) & ~slashes);
        if ((hits & high) != 0) break;
    }
    for (; from < text.size(); ++from) {
        auto const c = static_cast<unsigned char>(text[from]);
        if (c < 0x20 || c == '"' || c == '\\') break;
    }
    return from;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    auto i = end_of_plain(text, 0);
    if (i == text.size()) {  // nearly all: room is made once
        auto const begin = out.size();
        out.append(text.size() + 2, '"');
        if (!text.empty()) std::memcpy(out.data() + begin + 1, text.data(), text.size());
        return;
    }
    out += '"';
    std::size_t plain = 0;
    for (; i < text.size(); i = end_of_plain(text, i + 1)) {
        auto const c = static_cast<unsigned char>(text[i]);
        out.append(text, plain, i - plain);
        plain = i + 1;
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        default: out += fmt::format("\\u{:04x}", c);
        }
    }
    out.append(text, plain, text.size() - plain);
    out += '"';
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

void append_json_number(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "\"NaN\"";
    } else if (std::isinf(value)) {
        out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    } else {
        auto text = fmt::format("{}", value);
        // A real stays recognisable as one: 1 -> 1.0.
        if (text.find_first_of(".en") == std::string::npos) text += ".0";
        out += text;
    }
}

void JsonWriter::key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
    after_key_ = true;
}

void JsonWriter::value_starts() {
    if (!after_key_ && !first_) out_ += ',';
    after_key_ = false;
    first_ = false;
}

}  // namespace merlon
