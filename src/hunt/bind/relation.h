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

struct Graph;

struct Relation {
    PlanPtr plan;
    std::shared_ptr<Graph const> graph;  // of make-graph: then plan and columns are empty, and only graph operators may follow
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

// Nodes and edges of make-graph, each computed once. Names with $ are not seen by queries: $id numbers nodes and edges
// from 1 without gaps, $source and $target are the $id of an edge's nodes.
struct Graph {
    Relation nodes, edges;
};

}  // namespace merlon::hunt
