#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "hunt/lex/token.h"

namespace merlon::hunt {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Ticks of one unit of a time span suffix; 0 for no suffix.
double ticks_of_unit(std::string_view unit) {
    static std::map<std::string_view, double> const units = [] {
        std::map<std::string_view, double> made;
        auto const add = [&](double ticks, std::initializer_list<std::string_view> words) {
            for (auto word : words) made[word] = ticks;
        };
        add(double(ticks_per_day), {"d", "day", "days"});
        add(double(ticks_per_hour), {"h", "hr", "hrs", "hour", "hours"});
        add(double(ticks_per_minute), {"m", "min", "minute", "minutes"});
        add(double(ticks_per_second), {"s", "sec", "second", "seconds"});
        add(10'000, {"ms", "milli", "millis", "millisecond", "milliseconds"});
        add(10, {"micro", "micros", "microsecond", "microseconds"});
        add(0.01, {"nano", "nanos", "nanosecond", "nanoseconds"});
        add(1, {"tick", "ticks"});
        return made;
    }();
    auto const found = units.find(unit);
    return found == units.end() ? 0 : found->second;
}

bool is_goo_word(std::string_view word) {
    static std::array<std::string_view, 14> const words{"bool", "boolean", "int", "long", "real", "double", "decimal",
                                                        "datetime", "date", "time", "timespan", "guid", "uuid",
                                                        "int64"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

void append_code_point(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

// U+2018 .. U+201F.
bool is_typographic_quote(std::string_view text) {
    return text.size() >= 3 && text.starts_with("\xE2\x80") && static_cast<unsigned char>(text[2]) >= 0x98 && static_cast<unsigned char>(text[2]) <= 0x9F;
}

struct Reader {
    std::string_view text;
    std::size_t at = 0;
    bool blank = false;
    std::vector<Token> out;

    char peek(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }

    bool typographic_quote_here() const { return is_typographic_quote(text.substr(at)); }
    // Bytes of one white-space character at the cursor; 0 when there is none.
    std::size_t space_here() const {
        auto const c = static_cast<unsigned char>(peek());
        if (c == ' ' || (c >= 9 && c <= 13)) return 1;
        auto const rest = text.substr(at);
        if (rest.starts_with("\xC2\xA0") || rest.starts_with("\xC2\x85")) return 2;
        if (rest.starts_with("\xEF\xBB\xBF") || rest.starts_with("\xE3\x80\x80") || rest.starts_with("\xE2\x80\xAF") ||
            rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9") || rest.starts_with("\xE2\x81\x9F"))
            return 3;
        if (rest.size() >= 3 && rest.starts_with("\xE2\x80") && static_cast<unsigned char>(rest[2]) >= 0x80 &&
            static_cast<unsigned char>(rest[2]) <= 0x8F)
            return 3;
        return 0;
    }

    void skip_spaces() {
        while (auto const width = space_here()) at += width;
    }

    void skip_blanks() {
        blank = at == 0;
        while (at < text.size()) {
            if (auto const width = space_here()) {
                at += width;
            } else if (peek() == '/' && peek(1) == '/') {
                while (at < text.size() && text[at] != '\n') ++at;
            } else {
                return;
            }
            blank = true;
        }
    }

    Token& add(TokenKind kind, std::size_t begin) {
        Token token;
        token.kind = kind;
        token.span = {begin, at};
        token.blank_before = blank;
        out.push_back(std::move(token));
        return out.back();
    }

    Result<std::string> read_quoted() {
        auto const begin = at;
        bool const verbatim = peek() == '@';
        if (verbatim) ++at;
        char const quote = text[at++];
        std::string value;
        while (true) {
            if (at >= text.size() || (!verbatim && (text[at] == '\n' || text[at] == '\r')))
                return std::unexpected(error("KS001", std::string(1, quote)).with({begin, begin + 1}));
            char const c = text[at++];
            if (c == quote) {
                if (!verbatim || peek() != quote) return value;
                value += quote;
                ++at;
            } else if (c == '\\' && !verbatim && at < text.size()) {
                if (auto const bad = read_escape(value); !bad) return std::unexpected(bad.error());
            } else {
                value += c;
            }
        }
    }

    std::optional<std::uint32_t> hex_digits(std::size_t count) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_hex(peek(i))) return {};
            char const c = peek(i);
            value = value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        at += count;
        return value;
    }

    Status read_escape(std::string& value) {
        auto const begin = at - 1;
        char const c = peek();
        ++at;
        switch (c) {
            case 'n': value += '\n'; return {};
            case 't': value += '\t'; return {};
            case 'r': value += '\r'; return {};
            case 'b': value += '\b'; return {};
            case 'f': value += '\f'; return {};
            case 'v': value += '\v'; return {};
            case 'a': value += '\a'; return {};
            case '\\': case '"': case '\'': case '/': value += c; return {};
            case 'x':
                if (auto const code = hex_digits(2)) return append_code_point(value, *code), Status{};
                break;
            case 'u': case 'U': {
                auto code = hex_digits(c == 'u' ? 4 : 8);
                if (!code) break;
                if (*code >= 0xD800 && *code < 0xDC00 && peek() == '\\' && peek(1) == 'u') {
                    at += 2;
                    auto const low = hex_digits(4);
                    if (!low || *low < 0xDC00 || *low > 0xDFFF) break;
                    code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
                }
                if ((*code >= 0xD800 && *code < 0xE000) || *code > 0x10FFFF) code = 0xFFFD;
                append_code_point(value, *code);
                return {};
            }
            default:
                if (c >= '0' && c <= '7') {
                    std::uint32_t code = static_cast<std::uint32_t>(c - '0');
                    for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i)
                        code = code * 8 + static_cast<std::uint32_t>(text[at++] - '0');
                    append_code_point(value, code);
                    return {};
                }
        }
        return std::unexpected(error("KS002", "\\").with({begin, at}).with_hint(
            "Write a backslash as \\\\, or put @ before the opening quote."));
    }

    Status read_string() {
        auto const begin = at;
        bool obfuscated = false;
        std::string value;
        if (peek() == 'h' || peek() == 'H') {
            obfuscated = true;
            ++at;
        }
        if (text.substr(at).starts_with("```") || text.substr(at).starts_with("~~~")) {
            auto const fence = text.substr(at, 3);
            auto const close = text.find(fence, at + 3);
            if (close == std::string_view::npos)
                return std::unexpected(error("KS001", std::string(fence)).with({begin, begin + 3}));
            value = text.substr(at + 3, close - at - 3);
            at = close + 3;
        } else {
            value = TRY(read_quoted());
        }
        auto& token = add(TokenKind::string, begin);
        token.text = std::move(value);
        token.obfuscated = obfuscated;
        return {};
    }

    bool string_begins_here() const {
        std::size_t i = 0;
        if (peek() == 'h' || peek() == 'H') i = 1;
        if (peek(i) == '@') ++i;
        if (peek(i) == '"' || peek(i) == '\'') return true;
        auto const fence = text.substr(std::min(text.size(), at + i)).substr(0, 3);
        return fence == "```" || fence == "~~~";
    }

    void read_number() {
        auto const begin = at;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && is_hex(peek(2))) {
            at += 2;
            while (is_hex(peek())) ++at;
            std::uint64_t value = 0;
            std::from_chars(text.data() + begin + 2, text.data() + at, value, 16);
            if (!is_letter(peek())) {
                add(TokenKind::integer, begin).value = static_cast<std::int64_t>(value);
                return;
            }
            at = begin;
        }
        while (is_digit(peek())) ++at;
        bool real = false;
        if (peek() == '.' && peek(1) != '.' && !is_letter(peek(1))) {
            real = true;
            ++at;
            while (is_digit(peek())) ++at;
        } else if (peek() == '.' && (peek(1) == 'e' || peek(1) == 'E') && (is_digit(peek(2)) || peek(2) == '-')) {
            real = true;
            ++at;
        }
        auto const digits_end = at;
        std::size_t word = at;
        while (word < text.size() && (is_letter(text[word]) || is_digit(text[word]))) ++word;
        auto const suffix = text.substr(at, word - at);
        if (auto const ticks = ticks_of_unit(suffix); ticks > 0) {
            at = word;
            auto const digits = text.substr(begin, digits_end - begin);
            std::int64_t span = 0;
            if (auto const whole = to_int(digits); whole && ticks >= 1) {
                if (__builtin_mul_overflow(*whole, static_cast<std::int64_t>(ticks), &span)) span = INT64_MAX;
            } else {
                span = static_cast<std::int64_t>(std::llround(to_double(digits).value_or(0) * ticks));
            }
            add(TokenKind::span, begin).value = span;
            return;
        }
        if ((peek() == 'e' || peek() == 'E') &&
            (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2))))) {
            real = true;
            at += 2;
            while (is_digit(peek())) ++at;
        } else if (!suffix.empty() && !real) {  // 5L, 100ns: a name that begins with digits
            at = word;
            add(TokenKind::name, begin).text = text.substr(begin, at - begin);
            return;
        }
        auto const digits = text.substr(begin, at - begin);
        if (!real) {
            if (auto const whole = to_int(digits)) {
                add(TokenKind::integer, begin).value = *whole;
                out.back().text = digits;
                return;
            }
        }
        auto& token = add(TokenKind::real, begin);
        token.number = to_double(digits.ends_with('.') ? digits.substr(0, digits.size() - 1) : digits).value_or(INFINITY);
        token.text = digits;
    }

    // datetime(2024-01-02), int(5), ...: the body is raw text up to the closing parenthesis, or one string.
    Status read_literal_body(std::size_t begin, std::string_view word) {
        ++at;  // (
        skip_spaces();
        std::string body;
        if (string_begins_here()) {
            if (peek() == 'h' || peek() == 'H') ++at;
            body = TRY(read_quoted());
            skip_spaces();
        } else {
            auto const from = at;
            while (at < text.size() && text[at] != ')' && text[at] != '\n') ++at;
            body = std::string(trim(text.substr(from, at - from)));
        }
        if (peek() != ')') return std::unexpected(error("KS001", ")").with({begin, at}));
        ++at;
        auto& token = add(TokenKind::literal, begin);
        token.text = word;
        token.body = std::move(body);
        return {};
    }

    Status read_word() {
        auto const begin = at;
        bool const negated = peek() == '!';
        if (negated) ++at;
        if (peek() == '$') ++at;
        while (is_letter(peek()) || is_digit(peek()) || static_cast<unsigned char>(peek()) >= 0xC2) {
            if (static_cast<unsigned char>(peek()) >= 0xC2 && (space_here() || typographic_quote_here())) break;
            ++at;
            while ((static_cast<unsigned char>(peek()) & 0xC0) == 0x80) ++at;
        }
        auto word = text.substr(begin, at - begin);
        if ((word == "in" || word == "!in" || word == "has_any" ) && peek() == '~') {
            ++at;
            word = text.substr(begin, at - begin);
        }
        if (!negated && is_goo_word(word)) {
            auto const after = at;
            skip_spaces();
            if (peek() == '(') return read_literal_body(begin, word);
            at = after;
        }
        add(TokenKind::name, begin).text = word;
        return {};
    }

    Status read_sign() {
        static std::array<std::string_view, 14> const signs{"..", "==", "!=", "=~", "!~", "<=", ">=",
                                                            "<>", "=>", "<|", "&&", "||", "-->", "<--"};
        auto const begin = at;
        for (auto sign : signs) {
            if (!text.substr(at).starts_with(sign) || sign.size() > 2) continue;
            at += 2;
            add(TokenKind::sign, begin).text = sign;
            return {};
        }
        char const c = peek();
        if (c == '/' && peek(1) == '*')
            return std::unexpected(error("KS002", "/*").with({begin, begin + 2}).with_hint("A comment begins with // and ends with its line."));
        if (std::string_view("|()[]{},;:.=+-*/%<>@?~").find(c) == std::string_view::npos) {
            ++at;
            while ((static_cast<unsigned char>(peek()) & 0xC0) == 0x80) ++at;
            auto made = error("KS002", std::string(text.substr(begin, at - begin))).with({begin, at});
            if (c == '!') made.hint = "Negate a test with not(...), a word with ! in front of it: !has.";
            if (c == '#') made.hint = "A comment begins with //.";
            if (c == '`') made.hint = "Text stands in \" or '; a name with blanks is written ['two words'].";
            if (is_typographic_quote(text.substr(begin))) made.hint = "This is a typographic quotation mark, as word processors put it; write \" or '.";
            return std::unexpected(std::move(made));
        }
        ++at;
        add(TokenKind::sign, begin).text = std::string(1, c);
        return {};
    }

    Status read_one() {
        char const c = peek();
        if (string_begins_here()) return read_string();
        if (is_digit(c)) return read_number(), Status{};
        if (typographic_quote_here()) return read_sign();
        if (is_letter(c) || (c == '$' && is_letter(peek(1))) || static_cast<unsigned char>(c) >= 0xC2 ||
            (c == '!' && is_letter(peek(1))))
            return read_word();
        return read_sign();
    }
};

}  // namespace

Result<std::vector<Token>> read_tokens(std::string_view text) {
    Reader reader{text, 0, false, {}};
    reader.out.reserve(text.size() / 5 + 16);
    while (true) {
        reader.skip_blanks();
        if (reader.at >= text.size()) break;
        TRY(reader.read_one());
    }
    reader.add(TokenKind::end, text.size());
    return std::move(reader.out);
}

}  // namespace merlon::hunt
