#include "hunt/functions/runtime/datetime.h"

#include <array>
#include <cmath>
#include <limits>

#include "base/wide.h"
#include "hunt/functions/runtime/convert.h"

namespace merlon::hunt {

namespace {

std::optional<Ticks> datetime_or_nothing(Wide ticks) {
    if (ticks < 0 || ticks > max_datetime_ticks) return {};
    return static_cast<Ticks>(ticks);
}

std::optional<Ticks> span_or_nothing(Wide ticks) {
    if (ticks < std::numeric_limits<Ticks>::min() || ticks > std::numeric_limits<Ticks>::max()) return {};
    return static_cast<Ticks>(ticks);
}

Ticks floor_div(Ticks value, Ticks by) {
    auto const quotient = value / by;
    return quotient * by > value ? quotient - 1 : quotient;
}

Ticks day_start(Ticks t) { return floor_div(t, ticks_per_day) * ticks_per_day; }

// 0001-01-01 was a Monday; days since then, shifted so that a multiple of seven is a Sunday.
int weekday(Ticks t) { return static_cast<int>((floor_div(t, ticks_per_day) + 1) % 7); }

// Months since year 0.
std::int64_t month_count(Ticks t) {
    auto const date = civil_date(t);
    return std::int64_t{date.year} * 12 + date.month - 1;
}

std::optional<Ticks> month_start(std::int64_t months) {
    auto const year = months / 12;
    if (months < 12 || year > 9999) return {};
    return ticks_of({static_cast<int>(year), static_cast<int>(months % 12) + 1, 1});
}

constexpr std::int64_t far_offset = 4'000'000;  // more days than there are from 0001 to 9999

}  // namespace

std::optional<DatePart> date_part(std::string_view name) {
    struct Named {
        std::string_view name;
        DatePart part;
    };
    static constexpr Named parts[] = {
        {"year", DatePart::year},
        {"quarter", DatePart::quarter},
        {"month", DatePart::month},
        {"week", DatePart::week},
        {"day", DatePart::day},
        {"hour", DatePart::hour},
        {"minute", DatePart::minute},
        {"second", DatePart::second},
        {"millisecond", DatePart::millisecond},
        {"microsecond", DatePart::microsecond},
        {"nanosecond", DatePart::nanosecond},
        {"week_of_year", DatePart::week_of_year},
        {"weekofyear", DatePart::week_of_year},
        {"dayofyear", DatePart::day_of_year},
        {"day_of_year", DatePart::day_of_year},
    };
    std::string lower(name);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    for (auto const& named : parts)
        if (named.name == lower) return named.part;
    return {};
}

std::optional<Ticks> start_of(Period period, Ticks t, std::int64_t offset) {
    if (offset > far_offset || offset < -far_offset) return {};
    switch (period) {
    case Period::day: return datetime_or_nothing(Wide{day_start(t)} + Wide{offset} * ticks_per_day);
    case Period::week: {
        auto const start = day_start(t) - weekday(t) * ticks_per_day;
        return datetime_or_nothing(Wide{start} + Wide{offset} * 7 * ticks_per_day);
    }
    case Period::month: return month_start(month_count(t) + offset);
    case Period::year: return month_start((civil_date(t).year + offset) * 12);
    }
    return {};
}

std::optional<Ticks> end_of(Period period, Ticks t, std::int64_t offset) {
    if (offset > far_offset || offset < -far_offset) return {};
    switch (period) {
    case Period::day: return datetime_or_nothing(Wide{day_start(t)} + (Wide{offset} + 1) * ticks_per_day - 1);
    case Period::week: {
        auto const start = day_start(t) - weekday(t) * ticks_per_day;
        return datetime_or_nothing(Wide{start} + (Wide{offset} + 1) * 7 * ticks_per_day - 1);
    }
    case Period::month:
    case Period::year: {
        auto const months = period == Period::month ? month_count(t) + offset + 1
                                                    : (civil_date(t).year + offset + 1) * 12;
        if (months == 10000 * 12) return max_datetime_ticks;
        auto const next = month_start(months);
        return next ? std::optional(*next - 1) : std::nullopt;
    }
    }
    return {};
}

std::int64_t datetime_diff(DatePart part, Ticks a, Ticks b) {
    auto const units = [&](Ticks width) { return floor_div(a, width) - floor_div(b, width); };
    switch (part) {
    case DatePart::year: return civil_date(a).year - civil_date(b).year;
    case DatePart::quarter: return month_count(a) / 3 - month_count(b) / 3;
    case DatePart::month: return month_count(a) - month_count(b);
    case DatePart::week:
    case DatePart::week_of_year: {
        auto const week = [](Ticks t) { return floor_div(floor_div(t, ticks_per_day) + 1, 7); };
        return week(a) - week(b);
    }
    case DatePart::day:
    case DatePart::day_of_year: return units(ticks_per_day);
    case DatePart::hour: return units(ticks_per_hour);
    case DatePart::minute: return units(ticks_per_minute);
    case DatePart::second: return units(ticks_per_second);
    case DatePart::millisecond: return units(ticks_per_second / 1000);
    case DatePart::microsecond: return units(10);
    case DatePart::nanosecond: return (a - b) * 100;
    }
    return 0;
}

std::optional<Ticks> datetime_add(DatePart part, std::int64_t amount, Ticks t) {
    auto const plus = [&](Ticks width) { return datetime_or_nothing(Wide{t} + Wide{amount} * width); };
    switch (part) {
    case DatePart::year:
    case DatePart::quarter:
    case DatePart::month: {
        if (amount > 200'000 || amount < -200'000) return {};
        auto const months = month_count(t) + amount * (part == DatePart::year ? 12 : part == DatePart::quarter ? 3 : 1);
        auto const start = month_start(months);
        if (!start) return {};
        auto const target = civil_date(*start);
        auto const day = std::min(civil_date(t).day, days_in_month(target.year, target.month));
        return *start + (day - 1) * ticks_per_day + (t - day_start(t));
    }
    case DatePart::week:
    case DatePart::week_of_year: return plus(7 * ticks_per_day);
    case DatePart::day:
    case DatePart::day_of_year: return plus(ticks_per_day);
    case DatePart::hour: return plus(ticks_per_hour);
    case DatePart::minute: return plus(ticks_per_minute);
    case DatePart::second: return plus(ticks_per_second);
    case DatePart::millisecond: return plus(ticks_per_second / 1000);
    case DatePart::microsecond: return plus(10);
    case DatePart::nanosecond: return datetime_or_nothing(Wide{t} + amount / 100);
    }
    return {};
}

std::int32_t day_of_year(Ticks t) {
    return static_cast<std::int32_t>((day_start(t) - ticks_of({civil_date(t).year, 1, 1})) / ticks_per_day) + 1;
}

// ISO 8601: the week belongs to the year that holds its Thursday.
std::int32_t iso_week(Ticks t) {
    auto const from_monday = (weekday(t) + 6) % 7;
    auto const thursday = day_start(t) + (3 - from_monday) * ticks_per_day;
    if (thursday > max_datetime_ticks) return 1;
    if (thursday < 0) return 52;
    return (day_of_year(thursday) - 1) / 7 + 1;
}

std::int32_t datetime_part(DatePart part, Ticks t) {
    auto const date = civil_date(t);
    auto const in_day = t - day_start(t);
    auto const small = [](Ticks value) { return static_cast<std::int32_t>(value); };
    switch (part) {
    case DatePart::year: return date.year;
    case DatePart::quarter: return (date.month - 1) / 3 + 1;
    case DatePart::month: return date.month;
    case DatePart::week:
    case DatePart::week_of_year: return iso_week(t);
    case DatePart::day: return date.day;
    case DatePart::day_of_year: return day_of_year(t);
    case DatePart::hour: return small(in_day / ticks_per_hour);
    case DatePart::minute: return small(in_day / ticks_per_minute % 60);
    case DatePart::second: return small(in_day / ticks_per_second % 60);
    case DatePart::millisecond: return small(in_day / 10'000 % 1000);
    case DatePart::microsecond: return small(in_day / 10 % 1'000'000);
    case DatePart::nanosecond: return small(in_day % ticks_per_second * 100);
    }
    return 0;
}

std::optional<Ticks> day_of_week(Ticks t) {
    if (!end_of(Period::week, t, 0)) return {};
    return weekday(t) * ticks_per_day;
}

std::optional<Ticks> make_datetime(std::int64_t year, std::int64_t month, std::int64_t day, std::int64_t hour,
                                   std::int64_t minute, double second) {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || !(second >= 0) || !(second < 60))
        return {};
    auto const y = static_cast<int>(year), m = static_cast<int>(month);
    if (day > days_in_month(y, m)) return {};
    return ticks_of({y, m, static_cast<int>(day)}) + hour * ticks_per_hour + minute * ticks_per_minute +
           std::llround(second * static_cast<double>(ticks_per_second));
}

std::optional<Ticks> make_timespan(std::int64_t days, std::int64_t hours, std::int64_t minutes, double seconds) {
    if (days < 0 || days > 10'675'199 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !(seconds >= 0) ||
        !(seconds < 60))
        return {};
    return span_or_nothing(Wide{days} * ticks_per_day + hours * ticks_per_hour + minutes * ticks_per_minute +
                           std::llround(seconds * static_cast<double>(ticks_per_second)));
}

std::optional<std::int64_t> bin_integer(std::int64_t value, std::int64_t width, std::int64_t origin) {
    if (width <= 0) return {};
    auto const from = Wide{value} - origin;
    auto rest = from % width;
    if (rest < 0) rest += width;
    return span_or_nothing(Wide{value} - rest);
}

std::optional<double> bin_real(double value, double width, double origin) {
    if (!(width > 0)) return {};
    return origin + std::floor((value - origin) / width) * width;
}

std::optional<Ticks> unix_time(std::int64_t value, std::int64_t units_per_second) {
    auto const ticks = units_per_second > ticks_per_second
                           ? Wide{floor_div(value, units_per_second / ticks_per_second)}
                           : Wide{value} * (ticks_per_second / units_per_second);
    return datetime_or_nothing(ticks + unix_epoch_ticks);
}

std::optional<Ticks> unix_time(double value, double units_per_second) {
    auto const ticks = value / units_per_second * static_cast<double>(ticks_per_second);
    if (!(std::fabs(ticks) < 9e18)) return {};
    return datetime_or_nothing(Wide{std::llround(ticks)} + unix_epoch_ticks);
}

}  // namespace merlon::hunt
