// A store in memory that is asked in KQL.
#pragma once
#include <gtest/gtest.h>

#include "hunt/hunt.h"
#include "store/store.h"

namespace merlon::hunt {

class HuntingStore : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Connection connection = store.connect().value();
    Options options;

    void SetUp() override { ASSERT_TRUE(prepare(connection)); }
    void have(std::string const& sql) {
        auto const done = connection.execute(sql);
        ASSERT_TRUE(done) << describe(done.error());
    }
    // A line for each row, its cells as JSON; what is wrong with the query, where it cannot be answered.
    std::string rows(std::string const& query) {
        auto const answer = run(connection, query, options);
        if (!answer) return render(answer.error(), query);
        std::string out;
        for (auto const& row : answer->rows) {
            for (std::size_t i = 0; i < row.size(); ++i) append_cell_json(out, row[i], answer->columns[i].type), out += ' ';
            out += '\n';
        }
        return out;
    }
};

}  // namespace merlon::hunt
