#include "hunt/functions/runtime/json.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/json_text.h"
#include "hunt/functions/runtime/unicode.h"
#include "hunt/functions/runtime/real_digits.h"

namespace merlon::hunt {

namespace {

constexpr std::size_t most_depth = 500;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads text once, writing the compact form; every step fails by returning false.
class Compactor {
public:
    Compactor(std::string& out, std::string_view text) : out_(out), text_(text) {}

    bool run() {
        skip_blanks();
        if (!value()) return false;
        while (!open_.empty())
            if (!step()) return false;
        skip_blanks();
        return at_ == text_.size();
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (peek() != c || at_ >= text_.size()) return false;
        ++at_;
        return true;
    }
    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }

    // Inside an array or bag: a separator and the next item, or the end.
    bool step() {
        skip_blanks();
        bool const bag = open_.back() == '{';
        if (take(bag ? '}' : ']')) {
            out_ += bag ? '}' : ']';
            open_.pop_back();
            return true;
        }
        if (!fresh_) {
            if (!take(',')) return false;
            out_ += ',';
            skip_blanks();
        }
        fresh_ = false;
        if (bag) {
            if (!string()) return false;
            skip_blanks();
            if (!take(':')) return false;
            out_ += ':';
            skip_blanks();
        }
        return value();
    }

    bool value() {
        switch (peek()) {
        case '{':
        case '[':
            if (open_.size() >= most_depth) return false;
            open_ += text_[at_];
            out_ += text_[at_++];
            fresh_ = true;
            return true;
        case '"': return string();
        case 't': return word("true");
        case 'f': return word("false");
        case 'n': return word("null");
        default: return number();
        }
    }

    bool word(std::string_view expected) {
        fresh_ = false;
        if (text_.substr(at_, expected.size()) != expected) return false;
        at_ += expected.size();
        out_ += expected;
        return true;
    }

    bool number() {
        fresh_ = false;
        auto const start = at_;
        (void)take('-');
        if (take('0')) {
            if (is_digit(peek())) return false;
        } else {
            if (!digits()) return false;
        }
        bool whole = true;
        if (take('.')) {
            whole = false;
            if (!digits()) return false;
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            ++at_;
            if (peek() == '+' || peek() == '-') ++at_;
            if (!digits()) return false;
        }
        auto const spelled = text_.substr(start, at_ - start);
        std::int64_t exact = 0;
        if (whole) {
            auto const [end, failed] = std::from_chars(spelled.data(), spelled.data() + spelled.size(), exact);
            if (failed == std::errc{}) {
                out_ += exact == 0 ? std::string_view("0") : spelled;
                return true;
            }
        }
        double real = 0;
        auto const [end, failed] = std::from_chars(spelled.data(), spelled.data() + spelled.size(), real);
        if (failed == std::errc::result_out_of_range) real = std::strtod(std::string(spelled).c_str(), nullptr);
        append_real(out_, real);
        return true;
    }

    bool digits() {
        if (!is_digit(peek())) return false;
        while (is_digit(peek())) ++at_;
        return true;
    }

    bool string() {
        fresh_ = false;
        if (!take('"')) return false;
        out_ += '"';
        while (true) {
            auto const plain = at_;
            while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
                   static_cast<unsigned char>(text_[at_]) >= 0x20)
                ++at_;
            out_ += text_.substr(plain, at_ - plain);
            if (at_ >= text_.size()) return false;
            if (take('"')) break;
            if (!take('\\') || !escape()) return false;
        }
        out_ += '"';
        return true;
    }

    bool escape() {
        if (at_ >= text_.size()) return false;
        char const c = text_[at_++];
        switch (c) {
        case '"': case '\\': case 'b': case 'f': case 'n': case 'r': case 't':
            (out_ += '\\') += c;
            return true;
        case '/': out_ += '/'; return true;
        case 'u': break;
        default: return false;
        }
        char32_t code = 0;
        if (!hex4(code)) return false;
        if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
            auto const back = at_;
            at_ += 2;
            char32_t low = 0;
            if (!hex4(low)) return false;
            if (low >= 0xDC00 && low < 0xE000) code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            else at_ = back;
        }
        if (code < 0x20 || code == '"' || code == '\\') {
            auto const quoted = json_string(std::string(1, static_cast<char>(code)));
            out_.append(quoted, 1, quoted.size() - 2);
        } else {
            append_utf8(out_, code);
        }
        return true;
    }

    bool hex4(char32_t& code) {
        if (at_ + 4 > text_.size()) return false;
        unsigned value = 0;
        auto const [end, failed] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, value, 16);
        if (failed != std::errc{} || end != text_.data() + at_ + 4) return false;
        at_ += 4;
        code = value;
        return true;
    }

    std::string& out_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::string open_;    // the brackets that are open
    bool fresh_ = false;  // the innermost has no item yet
};

}  // namespace

JsonKind json_kind(Json json) {
    if (json.empty()) return JsonKind::null;
    switch (json.front()) {
    case 'n': return JsonKind::null;
    case 't': case 'f': return JsonKind::boolean;
    case '"': return JsonKind::string;
    case '[': return JsonKind::array;
    case '{': return JsonKind::bag;
    default: return json.find_first_of(".eE") == Json::npos ? JsonKind::integer : JsonKind::real;
    }
}

bool append_compact_json(std::string& out, std::string_view text) {
    auto const before = out.size();
    if (Compactor(out, text).run()) return true;
    out.resize(before);
    return false;
}

bool parse_json(std::string_view text, std::string& out) {
    if (text.empty()) return false;
    auto const before = out.size();
    if (!append_compact_json(out, text)) {
        append_json_string(out, text);
        return true;
    }
    if (std::string_view(out).substr(before) == "null") {
        out.resize(before);
        return false;
    }
    return true;
}

std::size_t skip_value(std::string_view json) {
    auto const string_end = [&json](std::size_t at) {  // `at` is just after the opening quote
        while (true) {
            auto const found = static_cast<char const*>(std::memchr(json.data() + at, '"', json.size() - at));
            if (found == nullptr) return json.size();
            auto const quote = static_cast<std::size_t>(found - json.data());
            std::size_t slashes = 0;
            while (quote - slashes > at && json[quote - slashes - 1] == '\\') ++slashes;
            if (slashes % 2 == 0) return quote + 1;
            at = quote + 1;
        }
    };
    if (json.empty()) return 0;
    if (json.front() == '"') return string_end(1);
    if (json.front() != '{' && json.front() != '[') {
        auto const end = json.find_first_of(",]}:");
        return end == std::string_view::npos ? json.size() : end;
    }
    std::size_t depth = 0;
    for (std::size_t at = 0; at < json.size();) {
        switch (json[at]) {
        case '"': at = string_end(at + 1); continue;
        case '{': case '[': ++depth; break;
        case '}': case ']':
            if (--depth == 0) return at + 1;
            break;
        default: break;
        }
        ++at;
    }
    return json.size();
}

namespace {

Json without_null(Json value) { return is_null(value) ? Json{} : value; }

bool key_equals(Json key, std::string_view name, std::string& scratch) {
    if (key.size() == name.size() + 2 && key.substr(1, name.size()) == name &&
        name.find('\\') == std::string_view::npos)
        return true;
    return key.find('\\') != Json::npos && json_text(key, scratch) == name;
}

}  // namespace

Json json_member(Json bag, std::string_view name) {
    Json found;
    std::string scratch;
    each_member(bag, [&](Json key, Json value) {
        if (!key_equals(key, name, scratch)) return true;
        found = without_null(value);
        return false;
    });
    return found;
}

Json json_element(Json array, std::int64_t index) {
    if (!is_array(array)) return {};
    if (index < 0) index += json_length(array);
    if (index < 0) return {};
    Json found;
    each_element(array, [&](Json value) {
        if (index-- > 0) return true;
        found = without_null(value);
        return false;
    });
    return found;
}

Json json_path(Json json, std::string_view path) {
    if (!path.empty() && path.front() == '$') path.remove_prefix(1);
    while (!path.empty() && !json.empty()) {
        if (path.front() == '.') path.remove_prefix(1);
        if (!path.empty() && path.front() == '[') {
            path.remove_prefix(1);
            if (!path.empty() && (path.front() == '\'' || path.front() == '"')) {
                auto const end = path.find(path.front(), 1);
                if (end == std::string_view::npos || end + 1 >= path.size() || path[end + 1] != ']') return {};
                json = json_member(json, path.substr(1, end - 1));
                path.remove_prefix(end + 2);
            } else {
                auto const end = path.find(']');
                std::int64_t index = 0;
                if (end == std::string_view::npos) return {};
                auto const [stop, failed] = std::from_chars(path.data(), path.data() + end, index);
                if (failed != std::errc{} || stop != path.data() + end) return {};
                json = json_element(json, index);
                path.remove_prefix(end + 1);
            }
        } else {
            auto const end = std::min(path.find_first_of(".["), path.size());
            if (end == 0) return {};
            json = json_member(json, path.substr(0, end));
            path.remove_prefix(end);
        }
    }
    return json;
}

std::vector<Json> json_elements(Json array) {
    std::vector<Json> out;
    each_element(array, [&](Json value) { return out.push_back(value), true; });
    return out;
}

std::int64_t json_length(Json array) {
    std::int64_t count = 0;
    each_element(array, [&](Json) { return ++count, true; });
    return count;
}

void append_json_text(std::string& out, Json string) {
    string = string.substr(1, string.size() - 2);
    for (std::size_t at = 0; at < string.size();) {
        auto const slash = std::min(string.find('\\', at), string.size());
        out += string.substr(at, slash - at);
        if (slash >= string.size()) return;
        char const c = string[slash + 1];
        at = slash + 2;
        switch (c) {
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'u': {
            unsigned code = 0;
            std::from_chars(string.data() + at, string.data() + std::min(at + 4, string.size()), code, 16);
            append_utf8(out, code);
            at += 4;
            break;
        }
        default: out += c;
        }
    }
}

std::string_view json_text(Json string, std::string& scratch) {
    if (string.find('\\') == Json::npos) return string.substr(1, string.size() - 2);
    scratch.clear();
    append_json_text(scratch, string);
    return scratch;
}

std::optional<std::int64_t> json_integer(Json json) {
    if (json_kind(json) != JsonKind::integer) return {};
    std::int64_t value = 0;
    auto const [end, failed] = std::from_chars(json.data(), json.data() + json.size(), value);
    if (failed != std::errc{} || end != json.data() + json.size()) return {};
    return value;
}

std::optional<double> json_number(Json json) {
    auto const kind = json_kind(json);
    if (kind != JsonKind::integer && kind != JsonKind::real) {
        // Reals that JSON cannot write are strings there.
        if (json == "\"NaN\"") return std::nan("");
        if (json == "\"Infinity\"") return HUGE_VAL;
        if (json == "\"-Infinity\"") return -HUGE_VAL;
        return {};
    }
    double value = 0;
    auto const [end, failed] = std::from_chars(json.data(), json.data() + json.size(), value);
    if (end != json.data() + json.size()) return {};
    return value;
}

std::string_view dynamic_text(Json json, std::string& scratch) {
    if (is_null(json)) return {};
    return is_text(json) ? json_text(json, scratch) : json;
}

bool json_equal(Json left, Json right) {
    if (left == right) return true;
    auto const a = json_kind(left), b = json_kind(right);
    auto const number = [](JsonKind kind) { return kind == JsonKind::integer || kind == JsonKind::real; };
    if (number(a) && number(b)) return (a != JsonKind::integer || b != JsonKind::integer) &&
                                       json_number(left) == json_number(right);
    return a == JsonKind::null && b == JsonKind::null;
}

void append_real(std::string& out, double value) {
    auto const begin = out.size();
    append_json_number(out, value);
    // Up to 15 digits there is one text only; beyond, the engine's digits are not always the shortest.
    if (out.size() - begin < 17 || !std::isfinite(value)) return;
    auto const short_text = out.substr(begin);
    out.resize(begin);
    if (value < 0) out += '-';
    auto const [digits, exponent] = real_digits(std::fabs(value));
    auto const point = static_cast<int>(digits.size()) + exponent;  // digits before the point
    if (short_text.find('e') != std::string::npos) {
        out += digits.substr(0, 1) + (digits.size() > 1 ? "." + digits.substr(1) : "") + fmt::format("e{:+03d}", point - 1);
    } else if (point <= 0) {
        out += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    } else if (exponent >= 0) {
        out += digits + std::string(static_cast<std::size_t>(exponent), '0') + ".0";
    } else {
        out += digits.substr(0, static_cast<std::size_t>(point)) + "." + digits.substr(static_cast<std::size_t>(point));
    }
}

void append_real_text(std::string& out, double value) {
    if (std::isnan(value)) out += "NaN";
    else if (std::isinf(value)) out += value > 0 ? "inf" : "-inf";
    else append_real(out, value);
}

}  // namespace merlon::hunt
