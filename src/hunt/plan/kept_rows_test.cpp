#include <gtest/gtest.h>

#include "hunt/hunt.h"

namespace merlon::hunt {
namespace {

std::string sql_of(std::string_view kql) {
    auto const compiled = compile(kql, {});
    EXPECT_TRUE(compiled) << (compiled ? "" : describe(compiled.error()));
    return compiled ? compiled->sql : "";
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

TEST(KeptRows, WhereTheTableHasOneRowForEachGroupTheRowIsTakenAsItIs) {
    auto const sql = sql_of("DeviceInfo | summarize arg_max(Timestamp, *) by DeviceId | where IsInternetFacing | project DeviceName");
    EXPECT_EQ(count_of(sql, "arg_max("), 0) << sql;
    EXPECT_EQ(count_of(sql, "GROUP BY"), 0) << sql;
    // Another key, or another aggregate beside it, needs the groups.
    EXPECT_EQ(count_of(sql_of("DeviceInfo | summarize arg_max(Timestamp, *) by DeviceName"), "arg_max("), 1);
    EXPECT_EQ(count_of(sql_of("DeviceInfo | summarize arg_max(Timestamp, *), count() by DeviceId"), "arg_max("), 1);
    EXPECT_EQ(count_of(sql_of("DeviceInfo | mv-expand x = dynamic([1, 2]) | summarize arg_max(Timestamp, *) by DeviceId"), "arg_max("), 1);
}

TEST(KeptRows, FieldsThatNobodyReadsAreLeftOut) {
    auto const sql = sql_of("DeviceProcessEvents | summarize arg_max(Timestamp, *) by DeviceId | project FileName");
    EXPECT_EQ(count_of(sql, ":="), 2) << sql;  // the measure and the one that is read
    EXPECT_EQ(count_of(sql_of("DeviceProcessEvents | summarize take_any(FileName, SHA1, MD5) by DeviceId | project MD5"), ":="), 1);
}

TEST(KeptRows, RelationsWithAllRowsStandInWhereTheirColumnsSuffice) {
    EXPECT_EQ(count_of(sql_of("DeviceAlertEvents | project Severity, DeviceId"), "\"DeviceAlertEvents@alert\""), 1);
    EXPECT_EQ(count_of(sql_of("DeviceAlertEvents | project Severity, FileName"), "\"DeviceAlertEvents@alert\""), 0);
}

TEST(KeptRows, QueriesInsideOfConditionsReadOnlyWhatTheyGive) {
    auto const sql = sql_of("DeviceInfo | where DeviceId in ((AlertEvidence | where Severity == 'High' | project DeviceId)) | project DeviceName");
    EXPECT_EQ(count_of(sql, "ProcessCommandLine"), 0) << sql;
    EXPECT_EQ(count_of(sql, "\"AlertEvidence@alert\""), 1) << sql;
}

}  // namespace
}  // namespace merlon::hunt
