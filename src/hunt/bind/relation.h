// What binding knows about rows at one point of the pipeline: names, types, order.
#pragma once
#include "hunt/plan/plan.h"

namespace merlon::hunt {

struct Column {
    std::string name;
    int id = 0;
    Type type = Type::string;
    bool nullable = true;
    bool may_be_nan = true;
};

struct Relation {
    PlanPtr plan;
    std::vector<Column> columns;
    bool serialized = false;          // rows have an order that windows may use
    std::optional<int> row_number;    // hidden column 1, 2, 3 ... in that order
    std::string name;                 // of the table, for withsource and search
    bool has_source = true;           // false: a hunting table that nothing feeds

    Column const* find(std::string_view column) const {
        for (auto const& c : columns)
            if (c.name == column) return &c;
        return nullptr;
    }
};

}  // namespace merlon::hunt
