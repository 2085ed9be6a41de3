#include "api/routes/window.h"

#include <cstdlib>
#include <string>

namespace merlon::api {

std::optional<Ticks> parse_duration(std::string_view text) {
    if (text.size() < 3 || text[0] != 'P') return {};
    text.remove_prefix(1);
    constexpr std::string_view date_units = "YMWD", time_units = "HMS";
    constexpr double date_days[] = {365, 30, 7, 1}, time_seconds[] = {3600, 60, 1};
    double seconds = 0;
    bool in_time = false;
    while (!text.empty()) {
        if (text[0] == 'T') {
            if (in_time) return {};
            in_time = true;
            text.remove_prefix(1);
            if (text.empty()) return {};
            continue;
        }
        auto const digits = text.find_first_not_of("0123456789.");
        if (digits == 0 || digits == std::string_view::npos || digits > 9) return {};
        auto const amount = std::strtod(std::string(text.substr(0, digits)).c_str(), nullptr);
        auto const& units = in_time ? time_units : date_units;
        auto const unit = units.find(text[digits]);
        if (unit == std::string_view::npos) return {};
        seconds += amount * (in_time ? time_seconds[unit] : date_days[unit] * 86'400);
        text.remove_prefix(digits + 1);
    }
    if (seconds <= 0 || seconds > 3e11) return {};
    return static_cast<Ticks>(seconds * 1e7);
}

std::optional<std::pair<Ticks, Ticks>> parse_window(std::string_view text, Ticks now) {
    auto const slash = text.find('/');
    if (slash == std::string_view::npos) {
        auto const back = parse_duration(text);
        if (!back) return {};
        return std::pair{std::max<Ticks>(now - *back, 0), now};
    }
    auto const left = text.substr(0, slash), right = text.substr(slash + 1);
    auto const from = parse_iso_time(left), to = parse_iso_time(right);
    if (from && to) return std::pair{*from, *to};
    if (auto const length = parse_duration(right); from && length) return std::pair{*from, *from + *length};
    if (auto const length = parse_duration(left); to && length) return std::pair{*to - *length, *to};
    return {};
}

}  // namespace merlon::api
