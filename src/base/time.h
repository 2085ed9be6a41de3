// Points in time and spans as counts of 100 ns ticks: the resolution of Kusto's datetime and timespan.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

using Ticks = std::int64_t;  // a datetime: ticks since 0001-01-01T00:00:00Z; or a span: signed ticks

inline constexpr Ticks ticks_per_second = 10'000'000;
inline constexpr Ticks ticks_per_minute = 60 * ticks_per_second;
inline constexpr Ticks ticks_per_hour = 60 * ticks_per_minute;
inline constexpr Ticks ticks_per_day = 24 * ticks_per_hour;
inline constexpr Ticks unix_epoch_ticks = 621'355'968'000'000'000;   // 1970-01-01
inline constexpr Ticks max_datetime_ticks = 3'155'378'975'999'999'999;  // 9999-12-31T23:59:59.9999999

Ticks now_ticks();

struct CivilDate {
    int year = 1;
    int month = 1;  // 1..12
    int day = 1;    // 1..31
};
// Proleptic Gregorian, years 1 to 9999.
Ticks ticks_of(CivilDate);
CivilDate civil_date(Ticks);
int days_in_month(int year, int month);

// ISO 8601: "2024-01-02", "2024-01-02T03:04:05.1234567Z", "2024-01-02 03:04:05+02:00"; no zone means UTC.
std::optional<Ticks> parse_iso_time(std::string_view);
// "2024-01-02T03:04:05.0000000Z": always seven digits, as Kusto prints.
std::string iso_time(Ticks);
// "2024-01-02T03:04:05Z".
std::string iso_seconds(Ticks);
// "2024-01-02".
std::string iso_date(Ticks);
// "[-][d.]hh:mm:ss[.fffffff]".
std::string timespan_text(Ticks);

}  // namespace merlon
