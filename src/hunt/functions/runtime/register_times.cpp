#include <cmath>

#include "hunt/functions/runtime/convert.h"
#include "hunt/functions/runtime/datetime.h"
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/register.h"

namespace merlon::hunt {

namespace {

using View = std::string_view;

Result<DatePart> part_or_error(View name) {
    auto const part = date_part(name);
    if (!part) return fail("hunt.bad_date_part", std::string(name));
    return *part;
}

// A format holds tokens and the separators / - : , . _ [ ] and blank only.
Result<std::string> checked_format(View format, View letters) {
    for (char const c : format)
        if (letters.find(c) == View::npos && View("/-:,._[] ").find(c) == View::npos)
            return fail("hunt.bad_time_format", std::string(format), std::string(1, c));
    return std::string(format);
}

struct NamedPeriod {
    char const* name;
    Period period;
};
constexpr NamedPeriod periods[] = {
    {"day", Period::day}, {"week", Period::week}, {"month", Period::month}, {"year", Period::year}};

void add_parts(std::vector<store::ScalarFunction>& all) {
    define_prepared<0>(all, "kql_datetime_diff", part_or_error,
                       [](DatePart part, std::int64_t a, std::int64_t b) { return datetime_diff(part, a, b); });
    define_prepared<0>(all, "kql_datetime_add", part_or_error, [](DatePart part, std::int64_t amount, std::int64_t t) {
        return datetime_add(part, amount, t);
    });
    define_prepared<0>(all, "kql_datetime_part", part_or_error,
                       [](DatePart part, std::int64_t t) { return datetime_part(part, t); });
    define(all, "kql_utc_to_local", [](std::int64_t t, std::string_view zone) { return utc_to_local(t, zone); });
    define(all, "kql_local_to_utc", [](std::int64_t t, std::string_view zone) { return local_to_utc(t, zone); });
    define(all, "kql_dayofweek", [](std::int64_t t) { return day_of_week(t); });
    define(all, "kql_dayofyear", [](std::int64_t t) { return day_of_year(t); });
    define(all, "kql_week_of_year", [](std::int64_t t) { return iso_week(t); });
    struct Simple {
        char const* name;
        DatePart part;
    };
    for (auto const& [name, part] : {Simple{"kql_dayofmonth", DatePart::day}, Simple{"kql_hourofday", DatePart::hour},
                                     Simple{"kql_monthofyear", DatePart::month}, Simple{"kql_getyear", DatePart::year}})
        define(all, name, [part](std::int64_t t) { return datetime_part(part, t); });
}

void add_makers(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_make_datetime",
           [](std::int64_t year, std::int64_t month, std::int64_t day, std::int64_t hour, std::int64_t minute,
              double second) { return make_datetime(year, month, day, hour, minute, second); });
    define(all, "kql_make_timespan", [](std::int64_t days, std::int64_t hours, std::int64_t minutes, double seconds) {
        return make_timespan(days, hours, minutes, seconds);
    });
    define(all, "kql_unixtime", [](std::int64_t value, std::int64_t units) { return unix_time(value, units); });
    define(all, "kql_unixtime_real", [](double value, double units) { return unix_time(value, units); });
}

}  // namespace

void add_times(std::vector<store::ScalarFunction>& all) {
    for (auto const& [name, period] : periods) {
        define(all, std::string("kql_startof") + name,
               [period](std::int64_t t, std::int64_t offset) { return start_of(period, t, offset); });
        define(all, std::string("kql_endof") + name,
               [period](std::int64_t t, std::int64_t offset) { return end_of(period, t, offset); });
    }
    add_parts(all);
    add_makers(all);
    define(all, "kql_bin", [](std::int64_t value, std::int64_t width) { return bin_integer(value, width); });
    define(all, "kql_bin_real", [](double value, double width) { return bin_real(value, width); });
    define(all, "kql_bin_at", [](std::int64_t value, std::int64_t width, std::int64_t origin) {
        return bin_integer(value, width, origin);
    });
    define(all, "kql_bin_at_real", [](double value, double width, double origin) { return bin_real(value, width, origin); });
    // The same for datetimes, which must stay between 0001 and 9999.
    define(all, "kql_bin_datetime",
           [](std::int64_t value, std::int64_t width) { return valid_datetime(bin_integer(value, width)); });
    define(all, "kql_bin_at_datetime", [](std::int64_t value, std::int64_t width, std::int64_t origin) {
        return valid_datetime(bin_integer(value, width, origin));
    });
    define_prepared<1>(all, "kql_format_datetime", [](View format) { return checked_format(format, "dMyHhmsfFt"); },
                       [](std::string const& format, std::int64_t t, std::string& out) { format_datetime(t, format, out); });
    define_prepared<1>(all, "kql_format_timespan", [](View format) { return checked_format(format, "dHhmsfF"); },
                       [](std::string const& format, std::int64_t span, std::string& out) {
                           format_timespan(span, format, out);
                       });
}

}  // namespace merlon::hunt
