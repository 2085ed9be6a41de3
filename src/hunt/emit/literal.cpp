#include <charconv>
#include <cmath>

#include "base/text.h"
#include "hunt/emit/emit.h"
#include "store/engine.h"

namespace merlon::hunt {
namespace {

// NUL cannot stand in the text of a statement; it is put in by chr(0).
std::string text_literal(std::string_view text) {
    if (text.find('\0') == std::string_view::npos) return store::quote_text(text);
    std::string out = "(";
    bool first = true;
    for (auto part : split(text, '\0')) {
        if (!first) out += " || chr(0) || ";
        out += store::quote_text(part);
        first = false;
    }
    return out + ")";
}

std::string real_literal(double value) {
    if (std::isnan(value)) return "CAST('nan' AS DOUBLE)";
    if (std::isinf(value)) return value > 0 ? "CAST('inf' AS DOUBLE)" : "CAST('-inf' AS DOUBLE)";
    if (value == 0 && std::signbit(value)) return "CAST('-0.0' AS DOUBLE)";  // as a number it would lose its sign
    std::array<char, 400> buffer{};
    auto const [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    std::string text(buffer.data(), end);
    // Without an exponent the engine reads a DECIMAL, and makes another double of it now and then.
    if (text.find('e') == std::string::npos) text += "e0";
    return "CAST(" + text + " AS DOUBLE)";
}

std::string integer_literal(std::int64_t value) {
    if (value == INT64_MIN) return "(-9223372036854775807 - 1)";
    return value < 0 ? "(" + std::to_string(value) + ")" : std::to_string(value);
}

}  // namespace

std::string emit_constant(Constant const& c) {
    if (c.is_null()) {
        if (c.type == Type::string) return "''";
        if (c.type == Type::decimal) return "NULL";
        return "CAST(NULL AS " + std::string(engine_type(c.type)) + ")";
    }
    switch (c.type) {
        case Type::bool_: return std::get<bool>(c.value) ? "true" : "false";
        case Type::int_: return "CAST(" + integer_literal(std::get<std::int64_t>(c.value)) + " AS INTEGER)";
        case Type::long_:
        case Type::datetime:
        case Type::timespan: return "CAST(" + integer_literal(std::get<std::int64_t>(c.value)) + " AS BIGINT)";
        case Type::real: return real_literal(std::get<double>(c.value));
        case Type::decimal: return "CAST('" + std::get<std::string>(c.value) + "' AS DECIMAL(38,18))";
        case Type::string:
        case Type::guid:
        case Type::dynamic: return text_literal(std::get<std::string>(c.value));
    }
    return "NULL";
}

}  // namespace merlon::hunt
