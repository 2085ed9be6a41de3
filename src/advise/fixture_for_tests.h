// A store with the small fleet (golden_fleet_for_tests.h), published, b and e in group Lab, the rest in HQ: what tests
// of exceptions, remediation and baselines start from.
#pragma once
#include <gtest/gtest.h>

#include "advise/golden_fleet_for_tests.h"
#include "advise/publish.h"
#include "store/store.h"

namespace merlon::advise {

inline constexpr Ticks day = ticks_per_day;

class SmallFleet : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();

    void SetUp() override {
        run(fleet_sql);
        run("UPDATE device SET device_group = 'Lab' WHERE id IN ('b', 'e');"
            "INSERT INTO setting VALUES ('a', 'sshd.PermitEmptyPasswords', 'yes', 5), ('b', "
            "'sshd.PermitEmptyPasswords', 'yes', 5)");
    }
    void run(std::string_view sql) {
        auto const ran = connection.execute(sql);
        ASSERT_TRUE(ran) << describe(ran.error());
    }
    void publish(Ticks at = now) {
        auto const ran = connection.transaction([&]() -> Status {
            TRY(publish_all(connection, at));
            return {};
        });
        ASSERT_TRUE(ran) << describe(ran.error());
    }
    static double chance(double hazard) { return 1 - std::exp(-hazard); }
    double real(std::string const& sql) { return std::get<double>(connection.scalar(sql).value()); }
    std::string text(std::string const& sql) {
        auto const found = connection.scalar(sql).value();
        auto const* value = std::get_if<std::string>(&found);
        return value ? *value : std::string{};
    }
};

}  // namespace merlon::advise
