#include "hunt/functions/runtime/convert.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_blanks(std::string_view text) {
    auto const blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

bool equal_word(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (ascii_fold(text[i]) != lower[i]) return false;
    return true;
}

}  // namespace

std::optional<std::int64_t> to_long(std::string_view text) {
    text = without_blanks(text);
    bool negative = false;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    int base = 10;
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t size = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), size, base);
    if (failed != std::errc{} || end != text.data() + text.size()) return {};
    auto const most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    // Hex digits are the bits of the value: 0xffffffffffffffff is -1.
    if (base == 10 && size > most + (negative ? 1 : 0)) return {};
    return static_cast<std::int64_t>(negative ? 0 - size : size);
}

std::optional<std::int32_t> to_int(std::string_view text) {
    auto const value = to_long(text);
    if (!value || *value > std::numeric_limits<std::int32_t>::max() || *value < std::numeric_limits<std::int32_t>::min())
        return {};
    return static_cast<std::int32_t>(*value);
}

std::optional<std::int64_t> to_long(double value) {
    if (!std::isfinite(value)) return {};
    if (value >= 9223372036854775808.0) return std::numeric_limits<std::int64_t>::max();
    if (value < -9223372036854775808.0) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(value);
}

std::optional<std::int32_t> to_int(double value) {
    if (!std::isfinite(value)) return {};
    if (value >= 2147483647.0) return std::numeric_limits<std::int32_t>::max();
    if (value <= -2147483648.0) return std::numeric_limits<std::int32_t>::min();
    return static_cast<std::int32_t>(value);
}

std::optional<double> to_real(std::string_view text) {
    text = without_blanks(text);
    auto body = text;
    bool negative = false;
    if (!body.empty() && (body.front() == '+' || body.front() == '-')) {
        negative = body.front() == '-';
        body.remove_prefix(1);
    }
    if (body.empty()) return {};
    if (body == "inf" || body == "Infinity") return negative ? -HUGE_VAL : HUGE_VAL;
    if (body == "nan" || body == "NaN") return std::nan("");
    if (!is_digit(body.front()) && body.front() != '.') return {};
    if (body == ".") return {};
    double value = 0;
    auto const [end, failed] = std::from_chars(body.data(), body.data() + body.size(), value);
    if (end != body.data() + body.size()) return {};
    if (failed == std::errc::result_out_of_range) value = std::strtod(std::string(body).c_str(), nullptr);
    else if (failed != std::errc{}) return {};
    return negative ? -value : value;
}

std::optional<bool> to_bool(std::string_view text) {
    text = without_blanks(text);
    if (equal_word(text, "true")) return true;
    if (equal_word(text, "false")) return false;
    if (auto const number = to_long(text)) return *number != 0;
    return {};
}

std::optional<std::string> to_guid(std::string_view text) {
    text = without_blanks(text);
    if (text.size() >= 2 && ((text.front() == '{' && text.back() == '}') || (text.front() == '(' && text.back() == ')')))
        text = text.substr(1, text.size() - 2);
    bool const dashed = text.size() == 36;
    if (!dashed && text.size() != 32) return {};
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const dash_here = dashed && (i == 8 || i == 13 || i == 18 || i == 23);
        auto const c = ascii_fold(text[i]);
        if (dash_here != (c == '-')) return {};
        if (dash_here) continue;
        if (!is_digit(c) && !(c >= 'a' && c <= 'f')) return {};
        out += c;
    }
    for (std::size_t const at : {8U, 13U, 18U, 23U}) out.insert(at, 1, '-');
    return out;
}

std::optional<std::int64_t> dynamic_to_long(Json json) {
    switch (json_kind(json)) {
    case JsonKind::boolean: return json.front() == 't' ? 1 : 0;
    case JsonKind::integer: return json_integer(json);
    case JsonKind::real: return to_long(json_number(json).value_or(0));
    case JsonKind::string: {
        std::string scratch;
        return to_long(json_text(json, scratch));
    }
    default: return {};
    }
}

std::optional<std::int32_t> dynamic_to_int(Json json) {
    switch (json_kind(json)) {
    case JsonKind::boolean: return json.front() == 't' ? 1 : 0;
    case JsonKind::integer: return to_int(json_integer(json).value_or(0));
    case JsonKind::real: return to_int(json_number(json).value_or(0));
    case JsonKind::string: {
        std::string scratch;
        return to_int(json_text(json, scratch));
    }
    default: return {};
    }
}

std::optional<double> dynamic_to_real(Json json) {
    switch (json_kind(json)) {
    case JsonKind::boolean: return json.front() == 't' ? 1.0 : 0.0;
    case JsonKind::integer:
    case JsonKind::real: return json_number(json);
    case JsonKind::string: {
        std::string scratch;
        return to_real(json_text(json, scratch));
    }
    default: return {};
    }
}

std::optional<bool> dynamic_to_bool(Json json) {
    switch (json_kind(json)) {
    case JsonKind::boolean: return json.front() == 't';
    case JsonKind::integer:
    case JsonKind::real: return json_number(json).value_or(0) != 0;
    case JsonKind::string: {
        std::string scratch;
        return to_bool(json_text(json, scratch));
    }
    default: return {};
    }
}

std::optional<Ticks> dynamic_to_datetime(Json json) {
    switch (json_kind(json)) {
    case JsonKind::integer: return valid_datetime(json_integer(json));
    case JsonKind::real: return valid_datetime(to_long(json_number(json).value_or(-1)));
    case JsonKind::string: {
        std::string scratch;
        return to_datetime(json_text(json, scratch));
    }
    default: return {};
    }
}

std::optional<Ticks> dynamic_to_timespan(Json json) {
    switch (json_kind(json)) {
    case JsonKind::integer: return json_integer(json);
    case JsonKind::real: return to_long(json_number(json).value_or(0));
    case JsonKind::string: {
        std::string scratch;
        return to_timespan(json_text(json, scratch));
    }
    default: return {};
    }
}

std::string_view dynamic_type(Json json) {
    switch (json_kind(json)) {
    case JsonKind::null: return "null";
    case JsonKind::boolean: return "bool";
    case JsonKind::integer: return "long";
    case JsonKind::real: return "double";
    case JsonKind::string: return "string";
    case JsonKind::array: return "array";
    case JsonKind::bag: return "dictionary";
    }
    return "null";
}

}  // namespace merlon::hunt
