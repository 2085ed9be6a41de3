// format_datetime and format_timespan: a run of one letter is cut into the longest tokens that letter has, from the
// left, so that "dddd" reads as dd dd and "MMM" as MM M (E).
#include <algorithm>

#include <fmt/format.h>

#include "hunt/functions/runtime/datetime.h"

namespace merlon::hunt {

namespace {

void put(std::string& out, std::int64_t value, std::size_t width) { out += fmt::format("{:0{}}", value, width); }

// The first `digits` of the seven digits behind the second; F drops zeros at the end.
void put_fraction(std::string& out, Ticks fraction, std::size_t digits, bool drop_zeros) {
    auto text = fmt::format("{:07}", fraction).substr(0, digits);
    if (drop_zeros)
        while (!text.empty() && text.back() == '0') text.pop_back();
    out += text;
}

std::size_t longest_token(char letter, bool of_span) {
    switch (letter) {
    case 'y': return of_span ? 0 : 4;
    case 'M': return of_span ? 0 : 2;
    case 't': return of_span ? 0 : 2;
    case 'd': return of_span ? 8 : 2;
    case 'H': case 'h': case 'm': case 's': return 2;
    case 'f': case 'F': return 7;
    default: return 0;
    }
}

// Calls `token(letter, length)` for each token and copies the rest.
template <typename Token>
void walk(std::string_view format, bool of_span, std::string& out, Token token) {
    for (std::size_t at = 0; at < format.size();) {
        char const letter = format[at];
        auto const most = longest_token(letter, of_span);
        if (most == 0) {
            out += letter;
            ++at;
            continue;
        }
        std::size_t length = 1;
        while (length < most && at + length < format.size() && format[at + length] == letter) ++length;
        token(letter, length);
        at += length;
    }
}

}  // namespace

void format_datetime(Ticks t, std::string_view format, std::string& out) {
    auto const date = civil_date(t);
    auto const in_day = t - ticks_of(date);
    auto const hour = in_day / ticks_per_hour;
    walk(format, false, out, [&](char letter, std::size_t length) {
        switch (letter) {
        case 'y': length <= 2 ? put(out, date.year % 100, length) : put(out, date.year, length); break;
        case 'M': put(out, date.month, length); break;
        case 'd': put(out, date.day, length); break;
        case 'H': put(out, hour, length); break;
        case 'h': put(out, hour % 12 == 0 ? 12 : hour % 12, length); break;
        case 'm': put(out, in_day / ticks_per_minute % 60, length); break;
        case 's': put(out, in_day / ticks_per_second % 60, length); break;
        case 't': out += std::string_view(hour < 12 ? "AM" : "PM").substr(0, length); break;
        default: put_fraction(out, in_day % ticks_per_second, length, letter == 'F');
        }
    });
}

void format_timespan(Ticks span, std::string_view format, std::string& out) {
    auto const size = span < 0 ? 0 - static_cast<std::uint64_t>(span) : static_cast<std::uint64_t>(span);
    auto const in = [size](Ticks unit) { return static_cast<std::int64_t>(size / static_cast<std::uint64_t>(unit)); };
    if (span < 0) out += '-';
    walk(format, true, out, [&](char letter, std::size_t length) {
        switch (letter) {
        case 'd': put(out, in(ticks_per_day), length); break;
        case 'H': case 'h': put(out, in(ticks_per_hour) % 24, length); break;
        case 'm': put(out, in(ticks_per_minute) % 60, length); break;
        case 's': put(out, in(ticks_per_second) % 60, length); break;
        default: put_fraction(out, static_cast<Ticks>(size % static_cast<std::uint64_t>(ticks_per_second)), length,
                              letter == 'F');
        }
    });
}

}  // namespace merlon::hunt
