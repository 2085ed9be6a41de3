#include "base/time.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "base/text.h"

namespace merlon {

Ticks now_ticks() {
    using namespace std::chrono;
    auto const since_epoch = system_clock::now().time_since_epoch();
    return unix_epoch_ticks + duration_cast<nanoseconds>(since_epoch).count() / 100;
}

Ticks ticks_of(CivilDate date) {
    using namespace std::chrono;
    auto const days = sys_days(year(date.year) / month(static_cast<unsigned>(date.month)) /
                               day(static_cast<unsigned>(date.day)));
    return unix_epoch_ticks + days.time_since_epoch().count() * ticks_per_day;
}

CivilDate civil_date(Ticks ticks) {
    using namespace std::chrono;
    auto const from_epoch = ticks - unix_epoch_ticks;
    auto const count = from_epoch >= 0 ? from_epoch / ticks_per_day : -((-from_epoch + ticks_per_day - 1) / ticks_per_day);
    year_month_day const date{sys_days(days(count))};
    return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day()))};
}

int days_in_month(int year_number, int month_number) {
    using namespace std::chrono;
    year_month_day_last const last{year(year_number) / month(static_cast<unsigned>(month_number)) / std::chrono::last};
    return static_cast<int>(static_cast<unsigned>(last.day()));
}

namespace {

// Reads exactly `count` digits at the front of `text`.
bool take_digits(std::string_view& text, std::size_t count, int& out) {
    if (text.size() < count) return false;
    out = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        out = out * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::optional<Ticks> parse_iso_time(std::string_view text) {
    text = trim(text);
    CivilDate date;
    if (!take_digits(text, 4, date.year) || !take(text, '-') || !take_digits(text, 2, date.month) || !take(text, '-') ||
        !take_digits(text, 2, date.day))
        return {};
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > days_in_month(date.year, date.month))
        return {};
    auto ticks = ticks_of(date);
    if (text.empty()) return ticks;
    if (text.front() == 'Z' && text.size() == 1) return ticks;
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return {};
    int hour = 0, minute = 0, second = 0;
    if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute)) return {};
    if (take(text, ':') && !take_digits(text, 2, second)) return {};
    if (hour > 23 || minute > 59 || second > 59) return {};
    ticks += hour * ticks_per_hour + minute * ticks_per_minute + second * ticks_per_second;
    if (take(text, '.') || take(text, ',')) {
        Ticks scale = ticks_per_second / 10;
        bool any = false;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            ticks += (text.front() - '0') * scale;
            scale /= 10;
            any = true;
            text.remove_prefix(1);
        }
        if (!any) return {};
    }
    text = trim(text);
    if (text.empty() || text == "Z" || text == "z") return ticks;
    bool const east = text.front() == '+';
    if (!east && text.front() != '-') return {};
    text.remove_prefix(1);
    int zone_hour = 0, zone_minute = 0;
    if (!take_digits(text, 2, zone_hour)) return {};
    (void)take(text, ':');
    if (!text.empty() && !take_digits(text, 2, zone_minute)) return {};
    if (!text.empty() || zone_hour > 14 || zone_minute > 59) return {};
    auto const offset = zone_hour * ticks_per_hour + zone_minute * ticks_per_minute;
    return east ? ticks - offset : ticks + offset;
}

std::string iso_time(Ticks ticks) {
    auto const date = civil_date(ticks);
    auto const in_day = ticks - ticks_of(date);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", date.year, date.month, date.day,
                       in_day / ticks_per_hour, in_day / ticks_per_minute % 60, in_day / ticks_per_second % 60,
                       in_day % ticks_per_second);
}

std::string iso_seconds(Ticks ticks) { return iso_time(ticks).substr(0, 19) + "Z"; }
std::string iso_date(Ticks ticks) { return iso_time(ticks).substr(0, 10); }

std::string timespan_text(Ticks ticks) {
    bool const negative = ticks < 0;
    // The least value has no positive twin; work on the unsigned magnitude.
    auto const size = negative ? 0 - static_cast<std::uint64_t>(ticks) : static_cast<std::uint64_t>(ticks);
    auto const day = static_cast<std::uint64_t>(ticks_per_day);
    auto const second = static_cast<std::uint64_t>(ticks_per_second);
    auto out = std::string(negative ? "-" : "");
    if (size >= day) out += fmt::format("{}.", size / day);
    out += fmt::format("{:02}:{:02}:{:02}", size / (3600 * second) % 24, size / (60 * second) % 60, size / second % 60);
    if (size % second != 0) out += fmt::format(".{:07}", size % second);
    return out;
}

}  // namespace merlon
