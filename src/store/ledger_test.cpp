#include "store/ledger.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace merlon::store {
namespace {

class LedgerFile : public testing::Test {
protected:
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("merlon-ledger-" + std::to_string(::getpid()));
    void SetUp() override { std::filesystem::remove(path); }
    void TearDown() override { std::filesystem::remove(path); }

    void append(int count) {
        auto ledger = Ledger::open(path).value();
        for (int i = 0; i < count; ++i)
            ASSERT_TRUE(ledger.append({0, 0, "user:anna", "127.0.0.1", "query", "DeviceInfo", "admitted", "a \"quoted\"\nline"}));
    }
    std::string content() {
        std::ostringstream all;
        all << std::ifstream(path).rdbuf();
        return all.str();
    }
    void replace(std::string const& text) { std::ofstream(path, std::ios::trunc) << text; }
    std::string fault() {
        auto const read = read_ledger(path, {});
        return read ? "" : describe(read.error());
    }
};

TEST_F(LedgerFile, ContinuesWhereItEnded) {
    append(2);
    append(1);
    std::vector<std::int64_t> numbers;
    auto const read = read_ledger(path, [&](LedgerEntry const& entry) -> Status {
        numbers.push_back(entry.number);
        EXPECT_EQ(entry.detail, "a \"quoted\"\nline");
        return {};
    });
    ASSERT_TRUE(read) << describe(read.error());
    EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(LedgerFile, ShowsEveryKindOfTampering) {
    append(3);
    auto const whole = content();
    auto const second = whole.find('\n') + 1, third = whole.find('\n', second) + 1;

    auto changed = whole;
    changed.replace(changed.find("anna", second), 4, "emma");
    replace(changed);
    EXPECT_NE(fault().find("line 2: its hash does not fit"), std::string::npos) << fault();

    replace(whole.substr(0, second) + whole.substr(third));
    EXPECT_NE(fault().find("line 2: it does not follow"), std::string::npos) << fault();

    replace(whole + whole.substr(third));
    EXPECT_NE(fault().find("line 4: it does not follow"), std::string::npos) << fault();
    EXPECT_FALSE(Ledger::open(path));
}

TEST_F(LedgerFile, DropsTheLineThatACrashCutOff) {
    append(2);
    replace(content() + "{\"number\":3,\"ti");
    append(1);
    EXPECT_EQ(fault(), "");
    EXPECT_EQ(read_ledger(path, {}).value(), 3);
}

}  // namespace
}  // namespace merlon::store
