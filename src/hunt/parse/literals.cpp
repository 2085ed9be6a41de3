#include "hunt/parse/literals.h"

#include <charconv>
#include <cmath>

#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "base/wide.h"
#include "hunt/functions/runtime/convert.h"
#include "hunt/parse/cursor.h"

namespace merlon::hunt {
namespace {

// "hh:mm[:ss[.fffffff]]", optionally with "d." in front. Wide: the least timespan is one tick more than the greatest.
std::optional<Wide> read_clock(std::string_view text) {
    std::int64_t days = 0;
    auto const colon = text.find(':');
    if (auto const dot = text.find('.'); dot < colon) {
        auto const value = to_int(text.substr(0, dot));
        if (!value) return {};
        days = *value;
        text.remove_prefix(dot + 1);
    }
    auto const parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3) return {};
    auto const hours = to_int(parts[0]);
    auto const minutes = to_int(parts[1]);
    if (!hours || !minutes || *hours > 23 || *minutes > 59 || *hours < 0 || *minutes < 0) return {};
    Wide ticks = Wide{days} * ticks_per_day + *hours * ticks_per_hour + *minutes * ticks_per_minute;
    if (parts.size() == 3) {
        auto const point = parts[2].find('.');
        auto const seconds = to_int(parts[2].substr(0, point));
        if (!seconds || *seconds > 59 || *seconds < 0) return {};
        ticks += *seconds * ticks_per_second;
        if (point != std::string_view::npos) {
            auto digits = std::string(parts[2].substr(point + 1));
            if (digits.empty() || digits.size() > 7) return {};
            digits.resize(7, '0');
            auto const fraction = to_int(digits);
            if (!fraction) return {};
            ticks += *fraction;
        }
    }
    return ticks;
}

// "15 seconds" as "15seconds".
std::string joined(std::string_view text) {
    auto const digits = std::min(text.find_first_not_of("0123456789."), text.size());
    auto const word = std::min(text.find_first_not_of(' ', digits), text.size());
    return std::string(text.substr(0, digits)) + std::string(text.substr(word));
}

Error bad(Token const& t) { return error("hunt.bad_literal", t.text, t.body).with(t.span); }

}  // namespace

std::optional<std::int64_t> read_timespan_text(std::string_view text) {
    text = trim(text);
    bool negative = false;
    if (text.starts_with('-')) {
        negative = true;
        text.remove_prefix(1);
    }
    std::optional<Wide> ticks;
    if (text.find(':') != std::string_view::npos) {
        ticks = read_clock(text);
    } else if (auto const days = to_int(text)) {
        if (*days > 10'675'199) return {};
        ticks = Wide{*days} * ticks_per_day;
    } else if (auto const tokens = read_tokens(joined(text)); tokens && tokens->size() == 2) {
        if (tokens->front().kind == TokenKind::span) ticks = tokens->front().value;
        if (tokens->front().kind == TokenKind::real)
            ticks = static_cast<std::int64_t>(std::llround(tokens->front().number * double(ticks_per_day)));
    }
    if (!ticks) return {};
    auto const signed_ticks = negative ? -*ticks : *ticks;
    if (signed_ticks < INT64_MIN || signed_ticks > INT64_MAX) return {};
    return static_cast<std::int64_t>(signed_ticks);
}

std::optional<std::int64_t> read_datetime_text(std::string_view text) {
    text = trim(text);
    if (auto const exact = parse_iso_time(text)) return exact;
    std::string loose(text);
    if (text.find(',') != std::string_view::npos) {  // datetime(2025,6,14)
        auto const parts = split(text, ',');
        std::vector<int> numbers;
        for (auto part : parts) {
            auto const n = to_int(trim(part));
            if (!n || *n < 0 || *n > 9999) return {};
            numbers.push_back(static_cast<int>(*n));
        }
        if (numbers.size() < 2 || numbers.size() > 6) return {};
        if (numbers.size() == 2) numbers.push_back(1);
        numbers.resize(6);
        if (numbers[1] < 1 || numbers[1] > 12 || numbers[2] < 1 || numbers[0] < 1 ||
            numbers[2] > days_in_month(numbers[0], numbers[1]))
            return {};
        return ticks_of({numbers[0], numbers[1], numbers[2]}) + numbers[3] * ticks_per_hour +
               numbers[4] * ticks_per_minute + numbers[5] * ticks_per_second;
    }
    // Fill in what is missing: year, year-month, one-digit parts.
    static constexpr std::array<int, 6> widths{4, 2, 2, 2, 2, 2};
    std::array<std::string, 6> parts{"", "01", "01", "00", "00", "00"};
    std::size_t part = 0;
    std::size_t i = 0;
    while (part < 6 && i < loose.size()) {
        std::string digits;
        while (i < loose.size() && loose[i] >= '0' && loose[i] <= '9') digits += loose[i++];
        if (digits.empty() || digits.size() > static_cast<std::size_t>(widths[part])) return {};
        while (digits.size() < static_cast<std::size_t>(widths[part])) digits.insert(0, "0");
        parts[part++] = digits;
        if (i >= loose.size()) break;
        char const c = loose[i];
        bool const date_part = part < 3 && (c == '-' || c == '/');
        bool const time_begins = part == 3 && (c == 'T' || c == 't' || c == ' ');
        bool const clock_part = part > 3 && part < 6 && c == ':';
        if (date_part || time_begins || clock_part) {
            ++i;
            while (time_begins && i < loose.size() && loose[i] == ' ') ++i;
        } else {
            break;
        }
    }
    auto const iso = parts[0] + "-" + parts[1] + "-" + parts[2] + "T" + parts[3] + ":" + parts[4] + ":" + parts[5] +
                     std::string(trim(std::string_view(loose).substr(i)));
    return parse_iso_time(iso);
}

std::optional<std::string> read_guid_text(std::string_view text) {
    text = trim(text);
    if (text.size() >= 2 && (text.front() == '{' || text.front() == '(')) text = text.substr(1, text.size() - 2);
    std::string digits;
    for (char c : ascii_lower(text)) {
        if (c == '-') continue;
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return {};
        digits += c;
    }
    if (digits.size() != 32) return {};
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" + digits.substr(16, 4) +
           "-" + digits.substr(20);
}

std::string json_real(double value) {
    std::array<char, 64> buffer{};
    auto const [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    std::string text(buffer.data(), failed == std::errc{} ? end : buffer.data());
    if (text.find_first_of(".eEn") == std::string::npos) text += ".0";
    return text;
}

Result<Constant> read_literal(Token const& t) {
    auto const type = *type_named(t.text);
    auto const body = trim(t.body);
    Constant made{type, {}};
    if (body == "null" || (body.empty() && type != Type::string)) return made;
    switch (type) {
        case Type::bool_: {
            auto const word = ascii_lower(body);
            if (word == "true" || word == "1") made.value = true;
            else if (word == "false" || word == "0") made.value = false;
            else return std::unexpected(bad(t));
            return made;
        }
        case Type::int_:
        case Type::long_: {
            auto text = body;
            bool const negative = text.starts_with('-');
            if (negative || text.starts_with('+')) text = trim(text.substr(1));
            std::uint64_t magnitude = 0;
            bool const hex = text.starts_with("0x") || text.starts_with("0X");
            if (hex) text.remove_prefix(2);
            auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), magnitude, hex ? 16 : 10);
            if (failed != std::errc{} || end != text.data() + text.size()) return std::unexpected(bad(t));
            auto value = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
            if (type == Type::int_ && (value > INT32_MAX || value < INT32_MIN)) return std::unexpected(bad(t));
            made.value = value;
            return made;
        }
        case Type::real: {
            auto const word = ascii_lower(body);
            if (word == "nan") made.value = std::nan("");
            else if (word == "inf" || word == "+inf") made.value = double(INFINITY);
            else if (word == "-inf") made.value = -double(INFINITY);
            else if (auto const value = to_double(word.starts_with('+') ? word.substr(1) : word)) made.value = *value;
            else return std::unexpected(bad(t));
            return made;
        }
        case Type::decimal: {
            if (!to_double(body)) return std::unexpected(bad(t));
            made.value = std::string(body);
            return made;
        }
        case Type::datetime:
            if (auto const ticks = read_datetime_text(body)) made.value = *ticks;
            else if (auto const loose = to_datetime(body)) made.value = *loose;
            else return std::unexpected(bad(t));
            return made;
        case Type::timespan:
            if (auto const ticks = read_timespan_text(body)) made.value = *ticks;
            else return std::unexpected(bad(t));
            return made;
        case Type::guid:
            if (auto guid = read_guid_text(body)) made.value = std::move(*guid);
            else return std::unexpected(bad(t));
            return made;
        case Type::string:
        case Type::dynamic: break;
    }
    return std::unexpected(bad(t));
}

namespace {

// A scalar inside dynamic(...): a time span is its ticks, a datetime ISO text, a guid lower-case text.
std::string json_of(Constant const& value) {
    if (value.is_null()) return "null";
    switch (value.type) {
        case Type::datetime: return json_string(iso_time(std::get<std::int64_t>(value.value)));
        case Type::bool_: return std::get<bool>(value.value) ? "true" : "false";
        case Type::real: {
            auto const number = std::get<double>(value.value);
            if (!std::isfinite(number)) return json_string(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
            return json_real(number);
        }
        case Type::guid:
        case Type::string: return json_string(std::get<std::string>(value.value));
        case Type::decimal: return json_string(std::get<std::string>(value.value));
        case Type::dynamic: return std::get<std::string>(value.value);
        default: return std::to_string(std::get<std::int64_t>(value.value));
    }
}

Status read_json(Cursor& at, std::string& out);

Status read_json_list(Cursor& at, std::string& out, bool bag) {
    Nesting const nesting(at);
    TRY(nesting.check());
    std::string_view const close = bag ? "}" : "]";
    at.take();
    out += bag ? '{' : '[';
    for (bool first = true; !at.sees(close); first = false) {
        if (!first) {
            TRY(at.expect(","));
            if (at.sees(close)) break;
            out += ',';
        }
        if (bag) {
            if (at.peek().kind != TokenKind::string && at.peek().kind != TokenKind::name)
                return std::unexpected(at.expected("a property name"));
            append_json_string(out, at.take().text);
            TRY(at.expect(":"));
            out += ':';
        }
        TRY(read_json(at, out));
    }
    at.take();
    out += bag ? '}' : ']';
    return {};
}

Status read_json(Cursor& at, std::string& out) {
    auto const& t = at.peek();
    if (++at.nodes > at.limits.nodes)
        return std::unexpected(error("hunt.too_many_nodes", std::to_string(at.limits.nodes)).with(t.span));
    if (t.kind == TokenKind::string) {
        auto text = at.take().text;
        while (at.peek().kind == TokenKind::string) text += at.take().text;
        append_json_string(out, text);
        return {};
    }
    if (t.kind == TokenKind::integer || t.kind == TokenKind::span) return out += std::to_string(at.take().value), Status{};
    if (t.kind == TokenKind::real) return out += json_real(at.take().number), Status{};
    if (t.kind == TokenKind::literal) {
        if (*type_named(t.text) == Type::bool_) return std::unexpected(at.expected("true or false"));
        out += json_of(TRY(read_literal(t)));
        at.take();
        return {};
    }
    if (at.sees("-") || at.sees("+")) {
        bool const negative = at.take().text == "-";
        if (at.peek().kind != TokenKind::integer && at.peek().kind != TokenKind::real && at.peek().kind != TokenKind::span)
            return std::unexpected(at.expected("a number"));
        if (negative) out += '-';
        auto const& number = at.peek();
        if (negative && number.kind == TokenKind::real && number.number == 0x1p63 && number.text.find_first_of(".eE") == std::string::npos) {
            at.take();  // the one whole number whose magnitude alone is out of range
            out += "9223372036854775808";
            return {};
        }
        return read_json(at, out);
    }
    if (at.sees("[")) return read_json_list(at, out, false);
    if (at.sees("{")) return read_json_list(at, out, true);
    if (at.sees_word("null") || at.sees_word("true") || at.sees_word("false")) return out += at.take().text, Status{};
    if (at.sees_word("dynamic") && at.sees("(", 1)) {
        auto const inner = TRY(parse_dynamic(at));
        out += json_of(std::get<LiteralNode>(inner->form).value);
        return {};
    }
    return std::unexpected(at.expected("a JSON value"));
}

}  // namespace

Result<NodePtr> parse_dynamic(Cursor& at) {
    Nesting const nesting(at);
    TRY(nesting.check());
    auto const begin = at.take().span.begin;
    TRY(at.expect("("));
    std::string json;
    if (!at.sees(")")) TRY(read_json(at, json));
    TRY(at.expect(")"));
    Constant value{Type::dynamic, {}};
    if (json != "null" && !json.empty()) value.value = std::move(json);
    return at.make(at.from(begin), LiteralNode{std::move(value)}, 1);
}

std::optional<bool> boolean_of(std::string_view word) {
    if (word == "true" || word == "True" || word == "TRUE") return true;
    if (word == "false" || word == "False" || word == "FALSE") return false;
    return {};
}

}  // namespace merlon::hunt
