#include "store/store.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "store/schema.h"
#include "store/writer.h"

namespace merlon::store {
namespace {

class DataFolder : public testing::Test {
protected:
    std::filesystem::path folder = std::filesystem::temp_directory_path() /
                                   ("merlon-store-test-" + std::to_string(::getpid()));
    void SetUp() override { std::filesystem::remove_all(folder); }
    void TearDown() override { std::filesystem::remove_all(folder); }
};

TEST_F(DataFolder, KeepsDataOverARestartAndMigratesOnce) {
    {
        auto store = Store::open(folder).value();
        auto connection = store.connect().value();
        ASSERT_TRUE(set_state_value(connection, "greeting", "it's here"));
    }
    auto store = Store::open(folder).value();
    auto connection = store.connect().value();
    EXPECT_EQ(state_value(connection, "greeting").value(), "it's here");
    EXPECT_EQ(connection.count("SELECT max(number) FROM schema_version").value(), schema_version());
    EXPECT_EQ(connection.count("SELECT count(*) FROM device").value(), 0);
}

TEST(Views, EachCanBeRead) {
    auto opened = Store::in_memory();
    ASSERT_TRUE(opened) << describe(opened.error());
    auto store = std::move(*opened);
    auto connection = store.connect().value();
    auto rows = connection.query("SELECT view_name FROM duckdb_views() WHERE schema_name = 'hunting'").value();
    std::vector<std::string> names;
    while (auto const chunk = rows.next().value())
        for (std::size_t row = 0; row < chunk->rows; ++row) names.emplace_back(chunk->columns[0].text(row));
    EXPECT_GE(names.size(), 10U);
    for (auto const& name : names) {
        auto const count = connection.count("SELECT count(*) FROM hunting." + quote_name(name));
        EXPECT_TRUE(count) << name << ": " << describe(count.error());
    }
}

// Every table, column, constraint, index and sequence, and how many rows the tables have from the start; views and macros by name (the
// engine writes their text differently from start to start).
std::string definitions(Store const& store) {
    auto connection = store.connect().value();
    std::string all;
    for (std::string const query : {"SELECT concat_ws(' ', schema_name, table_name, sql) FROM duckdb_tables() WHERE NOT internal ORDER BY ALL",
                                    "SELECT concat_ws(' ', table_name, column_name, data_type, column_default, is_nullable) FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
                                    "SELECT concat_ws(' ', table_name, constraint_type, constraint_text) FROM duckdb_constraints() ORDER BY ALL",
                                    "SELECT concat_ws(' ', schema_name, index_name, sql) FROM duckdb_indexes() ORDER BY ALL",
                                    "SELECT concat_ws(' ', schema_name, view_name) FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
                                    "SELECT concat_ws(' ', schema_name, function_name, parameters) FROM duckdb_functions() WHERE NOT internal AND function_type LIKE '%macro' ORDER BY ALL",
                                    "SELECT concat_ws(' ', schema_name, sequence_name, start_value, last_value) FROM duckdb_sequences() ORDER BY ALL",
                                    "SELECT concat_ws(' ', table_name, estimated_size) FROM duckdb_tables() ORDER BY ALL"}) {
        auto rows = connection.query(query).value();
        while (auto const chunk = rows.next().value())
            for (std::size_t row = 0; row < chunk->rows; ++row) all += std::string(chunk->columns[0].text(row)) + "\n";
    }
    return all;
}

TEST_F(DataFolder, IsWhatAStoreInMemoryIs) {
    auto const wanted = definitions(Store::open(folder).value());
    EXPECT_GT(wanted.size(), 20'000U);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(definitions(Store::in_memory().value()) == wanted) << i;
}

TEST_F(DataFolder, RefusesASecondHolderByName) {
    auto const first = Store::open(folder);
    ASSERT_TRUE(first);
    auto const second = Store::open(folder);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "store.in_use");
    EXPECT_NE(describe(second.error()).find("process " + std::to_string(::getpid())), std::string::npos);
}

TEST_F(DataFolder, RefusesAFolderOfALaterReleaseAndNamesBoth) {
    {
        auto store = Store::open(folder).value();
        ASSERT_TRUE(store.connect()->execute("INSERT INTO schema_version VALUES (9999, '9999_more', '7.5.3')"));
    }
    auto const later = Store::open(folder);
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code, "store.newer_schema");
    auto const said = describe(later.error());
    EXPECT_NE(said.find("Merlon 7.5.3, schema 9999"), std::string::npos) << said;
    EXPECT_NE(said.find("this program is Merlon " + std::string(program_version()) + ", schema " + std::to_string(schema_version())), std::string::npos) << said;
}

// A number left out below the last would never be made up for: only the last was looked at.
TEST_F(DataFolder, RefusesAFolderOfAnotherLine) {
    for (auto const* change : {"DELETE FROM schema_version WHERE number = 40", "UPDATE schema_version SET name = '0040_another' WHERE number = 40"}) {
        std::filesystem::remove_all(folder);
        {
            auto store = Store::open(folder).value();
            ASSERT_TRUE(store.connect()->execute(change));
        }
        auto const other = Store::open(folder);
        ASSERT_FALSE(other) << change;
        EXPECT_EQ(other.error().code, "store.other_schema");
        EXPECT_NE(describe(other.error()).find("schema 40"), std::string::npos) << describe(other.error());
    }
}

// Builds that did not note down names wrote the number alone.
TEST_F(DataFolder, NamesTheMigrationsOfAFolderThatHasNumbersOnly) {
    {
        auto store = Store::open(folder).value();
        ASSERT_TRUE(store.connect()->execute("ALTER TABLE schema_version DROP COLUMN name; ALTER TABLE schema_version DROP COLUMN program"));
    }
    auto store = Store::open(folder);
    ASSERT_TRUE(store) << describe(store.error());
    EXPECT_EQ(store->connect()->count("SELECT count(*) FROM schema_version WHERE name LIKE '0001%' AND program <> ''").value(), 1);
    EXPECT_EQ(store->connect()->count("SELECT count(*) FROM schema_version").value(), schema_version());
}

TEST_F(DataFolder, DoesNotCreateWhenToldNotTo) {
    auto const missing = Store::open(folder, {.create = false});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, "store.no_data");
}

TEST_F(DataFolder, OneBadOperationDoesNotSpoilItsGroup) {
    auto store = Store::open(folder).value();
    auto writer = Writer::start(store).value();
    std::vector<std::future<Status>> done;
    for (int i = 0; i < 100; ++i)
        done.push_back(writer.submit([i](Connection& connection) -> Status {
            if (i == 50) return fail("file.missing", "fifty");
            return set_state_value(connection, "key " + std::to_string(i), "x");
        }));
    int failures = 0;
    for (auto& future : done) failures += future.get() ? 0 : 1;
    EXPECT_EQ(failures, 1);
    auto connection = store.connect().value();
    EXPECT_EQ(connection.count("SELECT count(*) FROM state WHERE key LIKE 'key %'").value(), 99);
}

}  // namespace
}  // namespace merlon::store
