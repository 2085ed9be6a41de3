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

// Old column names that are read as today's: TimeGenerated -> Timestamp, MachineId -> DeviceId; "" for all others.
std::string_view current_name(std::string_view name);

struct Relation {
    PlanPtr plan;
    std::vector<Column> columns;
    bool serialized = false;          // rows have an order that windows may use
    std::optional<int> row_number;    // hidden column 1, 2, 3 ... in that order
    std::string name;                 // of the table, for withsource and search
    bool named_by_as = false;         // the name was given by as
    bool has_source = true;           // false: a hunting table that nothing feeds

    Column const* find(std::string_view column) const {
        for (auto const& c : columns)
            if (c.name == column) return &c;
        return nullptr;
    }
    // The same, taking old names for today's.
    Column const* find_named(std::string_view column) const {
        auto const* found = find(column);
        auto const current = found ? std::string_view{} : current_name(column);
        return current.empty() ? found : find(current);
    }
};

}  // namespace merlon::hunt
