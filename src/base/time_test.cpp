#include "base/time.h"

#include <gtest/gtest.h>

namespace merlon {
namespace {

TEST(Time, IsoRoundTrip) {
    EXPECT_EQ(iso_time(*parse_iso_time("2024-02-29T23:59:59.1234567Z")), "2024-02-29T23:59:59.1234567Z");
    EXPECT_EQ(iso_time(*parse_iso_time("2024-01-02 03:04:05+02:00")), "2024-01-02T01:04:05.0000000Z");
    EXPECT_EQ(iso_time(0), "0001-01-01T00:00:00.0000000Z");
    EXPECT_EQ(iso_time(max_datetime_ticks), "9999-12-31T23:59:59.9999999Z");
    EXPECT_EQ(*parse_iso_time("1970-01-01"), unix_epoch_ticks);
}

TEST(Time, RefusesWhatIsNoDate) {
    for (auto const* text : {"", "2024-13-01", "2023-02-29", "2024-01-02T25:00", "2024-01-02x", "24-01-02"})
        EXPECT_FALSE(parse_iso_time(text)) << text;
}

TEST(Time, TimespanText) {
    EXPECT_EQ(timespan_text(ticks_per_day + 2 * ticks_per_hour + 3), "1.02:00:00.0000003");
    EXPECT_EQ(timespan_text(-ticks_per_minute), "-00:01:00");
    EXPECT_EQ(timespan_text(0), "00:00:00");
}

}  // namespace
}  // namespace merlon
