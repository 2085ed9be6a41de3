// Reading datetimes and timespans from text. Apart from ISO forms the parts of a date may stand in any of the orders that
// .NET's invariant culture accepts: month/day/year with / - or . between, year first, or with the month's name.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <vector>

#include "base/time.h"
#include "hunt/functions/runtime/convert.h"
#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

constexpr std::array<std::string_view, 12> month_names{"january", "february", "march",     "april",   "may",      "june",
                                                       "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> day_names{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};

struct Token {
    enum Kind { number, word, sign } kind;
    std::string text;  // words in lower case
};

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> out;
    for (std::size_t i = 0; i < text.size();) {
        char const c = text[i];
        auto const start = i;
        if (c >= '0' && c <= '9') {
            while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
            out.push_back({Token::number, std::string(text.substr(start, i - start))});
        } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            while (i < text.size() && is_ascii_alphanumeric(text[i]) && !(text[i] >= '0' && text[i] <= '9')) ++i;
            auto word = std::string(text.substr(start, i - start));
            for (char& letter : word) letter = ascii_fold(letter);
            out.push_back({Token::word, std::move(word)});
        } else {
            out.push_back({Token::sign, std::string(1, c)});
            ++i;
        }
    }
    return out;
}

int name_index(auto const& names, std::string_view word) {
    if (word.size() < 3) return -1;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (word == names[i] || word == names[i].substr(0, 3)) return static_cast<int>(i);
    return -1;
}

// What was found so far while the tokens are walked.
struct Parts {
    std::vector<Token> date_numbers;
    int month_name = -1;
    int month_name_place = 0;  // how many date numbers stood before it
    int hour = 0, minute = 0, second = 0;
    Ticks fraction = 0;
    bool has_time = false, pm = false, am = false;
    Ticks offset = 0;
};

int value_of(Token const& token) {
    int value = 0;
    auto const [end, failed] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
    return failed == std::errc{} ? value : -1;
}

bool is_sign(std::vector<Token> const& tokens, std::size_t at, char c) {
    return at < tokens.size() && tokens[at].kind == Token::sign && tokens[at].text[0] == c;
}
bool is_number(std::vector<Token> const& tokens, std::size_t at) {
    return at < tokens.size() && tokens[at].kind == Token::number;
}

// hh:mm[:ss[.fffffff]] at `at`.
bool read_clock(std::vector<Token> const& tokens, std::size_t& at, Parts& parts) {
    if (parts.has_time) return false;
    parts.has_time = true;
    parts.hour = value_of(tokens[at]);
    if (!is_number(tokens, at + 2)) return false;
    parts.minute = value_of(tokens[at + 2]);
    at += 3;
    if (is_sign(tokens, at, ':') && is_number(tokens, at + 1)) {
        parts.second = value_of(tokens[at + 1]);
        at += 2;
        if ((is_sign(tokens, at, '.') || is_sign(tokens, at, ',')) && is_number(tokens, at + 1)) {
            Ticks scale = ticks_per_second / 10;
            for (char const digit : tokens[at + 1].text) {
                parts.fraction += (digit - '0') * scale;
                scale /= 10;
            }
            at += 2;
        }
    }
    return parts.hour >= 0 && parts.hour < 24 && parts.minute >= 0 && parts.minute < 60 && parts.second >= 0 &&
           parts.second < 60;
}

// +hh:mm, +hhmm or +hh after a clock time.
bool read_offset(std::vector<Token> const& tokens, std::size_t& at, Parts& parts) {
    bool const east = tokens[at].text[0] == '+';
    if (!is_number(tokens, at + 1)) return false;
    auto const digits = tokens[at + 1];
    int hours = value_of(digits), minutes = 0;
    at += 2;
    if (digits.text.size() == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (is_sign(tokens, at, ':') && is_number(tokens, at + 1)) {
        minutes = value_of(tokens[at + 1]);
        at += 2;
    }
    if (digits.text.size() > 4 || hours > 14 || minutes > 59) return false;
    parts.offset = (hours * ticks_per_hour + minutes * ticks_per_minute) * (east ? 1 : -1);
    return true;
}

bool read_word(std::string const& word, Parts& parts) {
    if (auto const month = name_index(month_names, word); month >= 0 && parts.month_name < 0) {
        parts.month_name = month + 1;
        parts.month_name_place = static_cast<int>(parts.date_numbers.size());
        return true;
    }
    if (name_index(day_names, word) >= 0) return true;
    if (word == "am" || word == "pm") {
        (word == "am" ? parts.am : parts.pm) = true;
        return parts.has_time;
    }
    if (word == "z" || word == "gmt" || word == "utc") return parts.has_time || !parts.date_numbers.empty();
    return word == "t" && !parts.date_numbers.empty();
}

bool read_parts(std::vector<Token> const& tokens, Parts& parts) {
    for (std::size_t at = 0; at < tokens.size();) {
        auto const& token = tokens[at];
        if (token.kind == Token::number && is_sign(tokens, at + 1, ':')) {
            if (!read_clock(tokens, at, parts)) return false;
        } else if (token.kind == Token::number) {
            parts.date_numbers.push_back(token);
            ++at;
        } else if (token.kind == Token::word) {
            if (!read_word(token.text, parts)) return false;
            ++at;
        } else if (parts.has_time && (token.text == "+" || token.text == "-")) {
            if (!read_offset(tokens, at, parts)) return false;
        } else if (token.text == " " || token.text == "\t" || token.text == "," || token.text == "/" ||
                   token.text == "-" || token.text == ".") {
            ++at;
        } else {
            return false;
        }
    }
    return true;
}

int full_year(Token const& token) {
    auto const value = value_of(token);
    if (token.text.size() > 2) return value;
    return value < 50 ? 2000 + value : 1900 + value;  // .NET's two digit years end in 2049
}

std::optional<CivilDate> date_of(Parts const& parts) {
    auto const& numbers = parts.date_numbers;
    CivilDate date;
    if (parts.month_name > 0) {
        date.month = parts.month_name;
        if (numbers.size() == 1 && numbers[0].text.size() == 4) {  // "Dec 2022"
            date.year = full_year(numbers[0]);
        } else if (numbers.size() == 2) {
            bool const year_first = numbers[0].text.size() == 4;
            date.year = full_year(numbers[year_first ? 0 : 1]);
            date.day = value_of(numbers[year_first ? 1 : 0]);
        } else {
            return {};
        }
    } else if (numbers.size() == 3 && numbers[0].text.size() == 4) {
        date = {value_of(numbers[0]), value_of(numbers[1]), value_of(numbers[2])};
    } else if (numbers.size() == 3) {
        date = {full_year(numbers[2]), value_of(numbers[0]), value_of(numbers[1])};
    } else if (numbers.size() == 2 && numbers[0].text.size() == 4) {
        date = {value_of(numbers[0]), value_of(numbers[1]), 1};
    } else if (numbers.size() == 2 && numbers[1].text.size() == 4) {
        date = {value_of(numbers[1]), value_of(numbers[0]), 1};
    } else if (numbers.size() == 1 && numbers[0].text.size() == 4 && !parts.has_time) {
        date.year = value_of(numbers[0]);
    } else if (numbers.size() == 1 && numbers[0].text.size() == 8) {  // 20240102
        auto const digits = value_of(numbers[0]);
        date = {digits / 10000, digits / 100 % 100, digits % 100};
    } else {
        return {};
    }
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > days_in_month(date.year, date.month))
        return {};
    return date;
}

}  // namespace

std::optional<Ticks> to_datetime(std::string_view text) {
    if (text.empty() || text.size() > 64) return {};
    if (auto const iso = parse_iso_time(text)) return valid_datetime(iso);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    Parts parts;
    if (!read_parts(tokens_of(text), parts)) return {};
    if (parts.am && parts.pm) return {};
    if (parts.am || parts.pm) {
        if (parts.hour < 1 || parts.hour > 12) return {};
        parts.hour = parts.hour % 12 + (parts.pm ? 12 : 0);
    }
    bool const clock_alone = parts.has_time && parts.date_numbers.empty() && parts.month_name <= 0;
    auto const date = clock_alone ? std::optional(civil_date(now_ticks())) : date_of(parts);  // .NET takes today
    if (!date) return {};
    return valid_datetime(ticks_of(*date) + parts.hour * ticks_per_hour + parts.minute * ticks_per_minute +
                          parts.second * ticks_per_second + parts.fraction - parts.offset);
}

namespace {

// A number and a unit: "2.5h".
std::optional<Ticks> span_with_unit(std::string_view text) {
    struct Unit {
        std::string_view name;
        double ticks;
    };
    static constexpr auto second = static_cast<double>(ticks_per_second);
    static constexpr Unit units[] = {
        {"d", 86400 * second},      {"day", 86400 * second},    {"days", 86400 * second},
        {"h", 3600 * second},       {"hr", 3600 * second},      {"hrs", 3600 * second},
        {"hour", 3600 * second},    {"hours", 3600 * second},   {"m", 60 * second},
        {"min", 60 * second},       {"minute", 60 * second},    {"minutes", 60 * second},
        {"s", second},              {"sec", second},            {"second", second},
        {"seconds", second},        {"ms", 1e4},                {"milli", 1e4},
        {"millis", 1e4},            {"millisec", 1e4},          {"millisecond", 1e4},
        {"milliseconds", 1e4},      {"micro", 10},              {"micros", 10},
        {"microsec", 10},           {"microsecond", 10},        {"microseconds", 10},
        {"nano", 0.01},             {"nanos", 0.01},            {"nanosecond", 0.01},
        {"nanoseconds", 0.01},      {"tick", 1},                {"ticks", 1}};
    double amount = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
    if (failed != std::errc{}) return {};
    auto const name = text.substr(static_cast<std::size_t>(end - text.data()));
    for (auto const& unit : units)
        if (unit.name == name) {
            auto const ticks = amount * unit.ticks;
            if (ticks >= 9.2e18) return {};
            return static_cast<Ticks>(std::llround(ticks));
        }
    return {};
}

bool take_number(std::string_view& text, std::size_t most_digits, Ticks& out) {
    std::size_t digits = 0;
    out = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') out = out * 10 + (text[digits++] - '0');
    if (digits == 0 || digits > most_digits) return false;
    text.remove_prefix(digits);
    return true;
}

bool take_sign(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

// [d.]hh:mm[:ss[.fffffff]]
std::optional<Ticks> span_with_colons(std::string_view text) {
    Ticks days = 0, hours = 0, minutes = 0, seconds = 0, fraction = 0;
    if (!take_number(text, 8, hours)) return {};
    if (take_sign(text, '.')) {
        days = hours;
        if (!take_number(text, 2, hours)) return {};
    }
    if (!take_sign(text, ':') || !take_number(text, 2, minutes)) return {};
    if (take_sign(text, ':')) {
        if (!take_number(text, 2, seconds)) return {};
        if (take_sign(text, '.')) {
            auto const before = text.size();
            if (!take_number(text, 7, fraction)) return {};
            for (auto digits = before - text.size(); digits < 7; ++digits) fraction *= 10;
        }
    }
    if (!text.empty() || hours > 23 || minutes > 59 || seconds > 59 || days > 10675199) return {};
    return days * ticks_per_day + hours * ticks_per_hour + minutes * ticks_per_minute + seconds * ticks_per_second +
           fraction;
}

}  // namespace

std::optional<Ticks> to_timespan(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    bool const negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > 32) return {};
    auto const span = text.find(':') == std::string_view::npos ? span_with_unit(text) : span_with_colons(text);
    if (!span) return {};
    return negative ? -*span : *span;
}

}  // namespace merlon::hunt
