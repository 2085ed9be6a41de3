// Values as literals. Text is escaped here and nowhere else.
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "hunt/emit/emission.h"

namespace merlon::hunt {
namespace {

std::string escaped(Emission& out, std::string_view text, char quote, Say quote_as) {
    std::string made;
    for (char const c : text) {
        if (c == quote) made += out.say(quote_as);
        else if (c == '\\') made += out.say(Say::backslash);
        else made += c;
    }
    return made;
}

std::string real_literal(Emission& out, double value) {
    if (std::isnan(value)) return out.say(Say::real_of_text, "nan");
    if (std::isinf(value)) return out.say(Say::real_of_text, value > 0 ? "inf" : "-inf");
    if (value == 0 && std::signbit(value)) return out.say(Say::real_of_text, "-0.0");  // as a number it would lose its sign
    std::array<char, 400> buffer{};
    auto const [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    std::string text(buffer.data(), end);
    // Without an exponent the engine reads a decimal, and makes another double of it now and then.
    if (text.find('e') == std::string::npos) text += "e0";
    return out.say(Say::real_of_number, text);
}

std::string integer_literal(Emission& out, std::int64_t value) {
    if (value == INT64_MIN) return out.say(Say::least_integer);
    return value < 0 ? "(" + std::to_string(value) + ")" : std::to_string(value);
}

}  // namespace

std::string Emission::quoted_name(std::string_view name) {
    return say(Say::quoted_name, escaped(*this, name, '"', Say::quote_in_name));
}

std::string Emission::quoted_text(std::string_view text) {
    // NUL cannot stand in the text of a statement; one call puts all of them in: the engine evaluates constants while it binds,
    // each level of a chain anew.
    if (text.find('\0') == std::string_view::npos) return say(Say::quoted_text, escaped(*this, text, '\'', Say::quote_in_text));
    std::string parts;
    for (auto part : split(text, '\0')) {
        if (!parts.empty()) parts += say(Say::comma);
        parts += say(Say::quoted_text, escaped(*this, part, '\'', Say::quote_in_text));
    }
    return say(Say::text_around_nuls, parts);
}

std::string Emission::constant(Constant const& c) {
    if (c.is_null()) {
        if (c.type == Type::string) return say(Say::empty_text);
        if (c.type == Type::decimal) return say(Say::null);
        return say(Say::null_of_type, type(c.type));
    }
    switch (c.type) {
        case Type::bool_: return say(std::get<bool>(c.value) ? Say::true_value : Say::false_value);
        case Type::int_:
        case Type::long_:
        case Type::datetime:
        case Type::timespan: return say(Say::cast_to, integer_literal(*this, std::get<std::int64_t>(c.value)), type(c.type));
        case Type::real: return real_literal(*this, std::get<double>(c.value));
        case Type::decimal: return say(Say::decimal_of_text, std::get<std::string>(c.value));
        case Type::string:
        case Type::guid:
        case Type::dynamic: return quoted_text(std::get<std::string>(c.value));
    }
    return say(Say::null);
}

}  // namespace merlon::hunt
