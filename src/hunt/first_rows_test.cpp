// `take` looks at a few devices first, and at all of them where those have too few rows.
#include "hunt/hunting_for_tests.h"

namespace merlon::hunt {
namespace {

class FirstRows : public HuntingStore {
protected:
    // 300 devices with two products each; the last device alone has a third one.
    void SetUp() override {
        HuntingStore::SetUp();
        have(R"sql(
            INSERT INTO main.device SELECT format('d{:03d}', i), 'x' || i, 'host-' || i, 'Linux', '', '', '10', '', '', '', 'x64', '', 'HQ', 'Normal',
                false, '', '[]', '[]', false, 'test', 1, 2, 0 FROM range(300) t(i);
            INSERT INTO main.software SELECT i, 'test', 'p' || i, 'v', '1', '', '', '', '', '', '', '', '', '', 0 FROM range(3) t(i);
            INSERT INTO main.identity SELECT i, 'v', 'p' || i, '1', '', '[]', true, '', true, NULL, '', '', '', '' FROM range(3) t(i);
            INSERT INTO main.installation SELECT format('d{:03d}', d), s, '', '', 0 FROM range(300) a(d), range(2) b(s);
            INSERT INTO main.installation VALUES ('d299', 2, '', '', 0), ('d299', 2, 'again', '', 0))sql");
    }

    std::vector<std::string> names(std::string const& query) {
        auto const answer = run(connection, query);
        EXPECT_TRUE(answer) << (answer ? "" : render(answer.error(), query));
        std::vector<std::string> out;
        if (answer)
            for (auto const& row : answer->rows) out.push_back(std::get<std::string>(row[0]));
        return out;
    }
};

TEST_F(FirstRows, AsManyAsThereAre) {
    std::string const table = "DeviceTvmSoftwareInventory";
    EXPECT_EQ(names(table + " | take 10").size(), 10U);
    EXPECT_EQ(names(table + " | project SoftwareName | take 250").size(), 250U);
    EXPECT_EQ(names(table + " | take 4000").size(), 601U);
    EXPECT_EQ(names(table + " | where SoftwareName startswith 'p' | extend n = strlen(SoftwareName) | take 150 | project DeviceName").size(), 150U);
    EXPECT_EQ(names(table + " | take 0").size(), 0U);
    EXPECT_EQ(names("DeviceTvmSoftwareVulnerabilitiesKB | take 5").size(), 0U);  // without devices
    EXPECT_EQ(names(table + " | sample 7").size(), 7U);
}

TEST_F(FirstRows, OfTheLastDeviceToo) {
    std::string const table = "DeviceTvmSoftwareInventory";
    EXPECT_EQ(names(table + " | where SoftwareVersion == '1' and strlen(SoftwareName) == 2 and SoftwareName endswith_cs '2' | project DeviceName | take 1"), std::vector<std::string>{"host-299"});
    EXPECT_EQ(names(table + " | extend n = strcat(SoftwareName, '!') | where n == 'p2!' | project DeviceName | take 5"), std::vector<std::string>{"host-299"});
    EXPECT_EQ(names(table + " | sort by DeviceName desc | take 1"), std::vector<std::string>{names(table + " | top 1 by DeviceName")});
}

}  // namespace
}  // namespace merlon::hunt
