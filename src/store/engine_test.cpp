#include "store/engine.h"

#include <gtest/gtest.h>

#include <thread>

#include "store/commits.h"

namespace merlon::store {
namespace {

Connection memory() { return Database::open({})->connect().value(); }

TEST(Engine, ReadsEachType) {
    auto connection = memory();
    auto rows = connection.query(
        "SELECT true, 7::INTEGER, 8::BIGINT, 1.5::DOUBLE, 'text longer than twelve bytes', -12.50::DECIMAL(38,2), "
        "NULL::BIGINT, $1::VARCHAR",
        {Value{std::string("it's")}});
    ASSERT_TRUE(rows) << describe(rows.error());
    auto const chunk = rows->next().value().value();
    ASSERT_EQ(chunk.rows, 1U);
    EXPECT_TRUE(chunk.columns[0].boolean(0));
    EXPECT_EQ(chunk.columns[1].int32(0), 7);
    EXPECT_EQ(chunk.columns[2].int64(0), 8);
    EXPECT_EQ(chunk.columns[3].real(0), 1.5);
    EXPECT_EQ(chunk.columns[4].text(0), "text longer than twelve bytes");
    EXPECT_EQ(chunk.columns[5].digits(0), "-12.50");
    EXPECT_TRUE(chunk.columns[6].is_null(0));
    EXPECT_EQ(chunk.columns[7].text(0), "it's");
    EXPECT_FALSE(rows->next().value());
}

TEST(Engine, RunsFunctionsOfOurOwnWithOverloads) {
    auto connection = memory();
    std::vector<ScalarFunction> const functions{
        {"twice", {ColumnType::int64}, {}, ColumnType::int64,
         [](ScalarCall& call) -> Status {
             for (std::size_t row = 0; row < call.rows; ++row) {
                 if (call.arguments[0].is_null(row)) call.out.null(row);
                 else call.out.int64(row, 2 * call.arguments[0].int64(row));
             }
             return {};
         }},
        {"twice", {ColumnType::text}, {}, ColumnType::text,
         [](ScalarCall& call) -> Status {
             for (std::size_t row = 0; row < call.rows; ++row) {
                 auto const text = std::string(call.arguments[0].text_or_empty(row));
                 call.out.text(row, text + text);
             }
             return {};
         }},
    };
    ASSERT_TRUE(connection.add_functions(functions));
    EXPECT_EQ(connection.count("SELECT sum(twice(x)) FROM range(5000) t(x)").value(), 4999 * 5000);
    EXPECT_EQ(std::get<std::string>(connection.scalar("SELECT twice('abc')").value()), "abcabc");
    EXPECT_EQ(std::get<std::string>(connection.scalar("SELECT twice(NULL::VARCHAR)").value()), "");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(connection.scalar("SELECT twice(NULL::BIGINT)").value()));
}

TEST(Engine, LockDownHolds) {
    auto database = Database::open({}).value();
    auto const locked = database.lock_down();
    EXPECT_TRUE(locked) << describe(locked.error());
    EXPECT_FALSE(database.connect()->execute("SELECT * FROM read_text('/etc/hostname')"));
}

TEST(Engine, TransactionRollsBackOnError) {
    auto connection = memory();
    ASSERT_TRUE(connection.execute("CREATE TABLE t(a BIGINT, b VARCHAR)"));
    auto const done = connection.transaction([&]() -> Status {
        auto appender = TRY(connection.appender("t"));
        TRY(appender.int64(1).text("x").end_row());
        TRY(appender.close());
        return fail("file.missing", "x");
    });
    EXPECT_FALSE(done);
    EXPECT_EQ(connection.count("SELECT count(*) FROM t").value(), 0);
    ASSERT_TRUE(connection.transaction([&]() -> Status {
        auto appender = TRY(connection.appender("t"));
        for (int i = 0; i < 3000; ++i) TRY(appender.int64(i).text("x").end_row());
        return appender.close();
    }));
    EXPECT_EQ(connection.count("SELECT count(*) FROM t").value(), 3000);
}

// More rows than go to the table at once, texts around the length up to which they lie in place and above that of a piece of memory.
TEST(Engine, AppendsTextsOfEveryLengthInTheirOrder) {
    auto connection = memory();
    ASSERT_TRUE(connection.execute("CREATE TABLE t(a BIGINT NOT NULL, b VARCHAR, c BLOB NOT NULL)"));
    constexpr std::int64_t rows = 40'000;
    auto const append = [&](bool well) {
        return connection.transaction([&]() -> Status {
            auto appender = TRY(connection.appender("t"));
            for (std::int64_t i = 0; i < rows; ++i) {
                auto const length = i == 7 ? 200'000U : static_cast<unsigned>(i % 29);
                auto const text = std::to_string(i % 10) + std::string(length, 'x');
                appender.int64(i);
                if (i % 5 == 0) appender.null();
                else appender.text(text);
                TRY(appender.blob(std::string(length, '\0')).end_row());
            }
            TRY(appender.close());
            return well ? Status{} : fail("file.missing", "x");
        });
    };
    EXPECT_FALSE(append(false));
    EXPECT_EQ(connection.count("SELECT count(*) FROM t").value(), 0);
    ASSERT_TRUE(append(true));
    EXPECT_EQ(connection.count("SELECT count(*) FROM t").value(), rows);
    EXPECT_EQ(connection.count("SELECT count(*) FROM t WHERE a <> rowid OR (b IS NULL) <> (a % 5 = 0) OR b <> (a % 10)::VARCHAR || repeat('x', "
                               "CASE WHEN a = 7 THEN 200000 ELSE a % 29 END) OR octet_length(c) <> CASE WHEN a = 7 THEN 200000 ELSE a % 29 END").value(), 0);
    EXPECT_EQ(connection.count("SELECT count(*) FROM (SELECT DISTINCT b FROM t WHERE length(b) <= 12)").value(), 8 * 12);  // digits without 0 and 5
    // What is no UTF-8 is refused by its own words, not taken.
    EXPECT_FALSE(connection.transaction([&]() -> Status {
        auto appender = TRY(connection.appender("t"));
        return appender.int64(0).text("\xff\xfe").blob("").end_row();
    }));
}

// A backup copies files that stand still: commits of every connection wait for it, whoever reads does not.
TEST(Engine, WhileCommitsAreHeldNothingIsCommitted) {
    auto const database = Database::open({}).value();
    auto connection = database.connect().value();
    ASSERT_TRUE(connection.execute("CREATE TABLE t (a INTEGER)"));
    auto held = std::optional(hold_commits());
    std::atomic<int> committed = 0;
    std::vector<std::jthread> writers;
    for (bool const in_transaction : {true, false})
        writers.emplace_back([&, in_transaction] {
            auto own = database.connect().value();
            auto const insert = [&] { return own.execute("INSERT INTO t VALUES (1)"); };
            EXPECT_TRUE(in_transaction ? own.transaction(insert) : insert());
            ++committed;
        });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(connection.count("SELECT count(*) FROM t").value(), 0);
    EXPECT_EQ(committed, 0);
    held.reset();
    writers.clear();
    EXPECT_EQ(connection.count("SELECT count(*) FROM t").value(), 2);
}

}  // namespace
}  // namespace merlon::store
