// Calendar arithmetic on ticks (100 ns since 0001-01-01, UTC). Anything that leaves 0001..9999 is nothing (null).
// Source: shared semantics guide, section 10.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace merlon::hunt {

// Parts by their KQL names: year quarter month week day hour minute second millisecond microsecond nanosecond, and for
// datetime_part also week_of_year, weekofyear, dayofyear.
enum class DatePart {
    year,
    quarter,
    month,
    week,
    day,
    hour,
    minute,
    second,
    millisecond,
    microsecond,
    nanosecond,
    week_of_year,
    day_of_year,
};
std::optional<DatePart> date_part(std::string_view name);

// The start of the period that is `offset` periods from the one holding `t`; weeks begin on Sunday.
enum class Period { day, week, month, year };
std::optional<Ticks> start_of(Period, Ticks t, std::int64_t offset);
// Its last tick.
std::optional<Ticks> end_of(Period, Ticks t, std::int64_t offset);

// a - b in boundaries crossed: the hour between 00:59 and 01:01 is 1.
std::int64_t datetime_diff(DatePart, Ticks a, Ticks b);
// Months, quarters and years keep the day or move to the month's last one.
std::optional<Ticks> datetime_add(DatePart, std::int64_t amount, Ticks t);
std::int32_t datetime_part(DatePart, Ticks t);
std::int32_t iso_week(Ticks t);
std::int32_t day_of_year(Ticks t);
// As a timespan: Sunday 0d ... Saturday 6d; nothing in the last, unfinished week of 9999.
std::optional<Ticks> day_of_week(Ticks t);

std::optional<Ticks> make_datetime(std::int64_t year, std::int64_t month, std::int64_t day, std::int64_t hour,
                                   std::int64_t minute, double second);
std::optional<Ticks> make_timespan(std::int64_t days, std::int64_t hours, std::int64_t minutes, double seconds);

// The greatest multiple of `width` that is not above `value`, counted from `origin`; nothing for a width <= 0.
std::optional<std::int64_t> bin_integer(std::int64_t value, std::int64_t width, std::int64_t origin = 0);
std::optional<double> bin_real(double value, double width, double origin = 0);

// `units_per_second` of a Unix time, as a datetime.
std::optional<Ticks> unix_time(std::int64_t value, std::int64_t units_per_second);
std::optional<Ticks> unix_time(double value, double units_per_second);

// Formats: d dd M MM yy yyyy H HH h hh m mm s ss f..fffffff F..FFFFFFF tt; everything else is copied.
void format_datetime(Ticks, std::string_view format, std::string& out);
// d..dddddddd h hh H HH m mm s ss f..fffffff F..FFFFFFF; a minus sign in front of negative spans.
void format_timespan(Ticks, std::string_view format, std::string& out);

// An IANA zone ("Europe/Paris", "US/Pacific") by the zone files of the system; nothing for an unknown zone.
std::optional<Ticks> utc_to_local(Ticks, std::string_view zone);
std::optional<Ticks> local_to_utc(Ticks, std::string_view zone);

}  // namespace merlon::hunt
