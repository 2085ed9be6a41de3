// The hunting tables as declared in schema/tables/*.json: names, columns, types, and where their rows come from.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hunt/types.h"

namespace merlon::hunt {

struct TableColumn {
    std::string name;
    Type type;
    std::string description;
    bool has_source = false;
    bool not_null = false;  // no row of the view, nor of a narrow one, has NULL there: text needs no coalesce (member "not_null")
};

// A relation with some of a table's columns and fewer rows, for aggregates that come out the same over it (plan/narrow.cpp).
// Declared in schema/tables (member "narrow"), its SQL in schema/views, or in schema/index where it asks the fleet index.
struct Narrow {
    std::string relation;
    std::vector<std::string> columns;
    std::string weight;  // column that says how many rows of the table one row stands for; "": no count fits
    bool same_rows = false;  // it has all rows of the table, and fewer columns: it fits everywhere
    std::vector<std::string> when = {};  // it pays only where the query names values of one of these columns
    // Not "": the weight is the number of distinct values of this column for each value of `by`, no number of rows.
    std::string distinct = "";
    std::vector<std::string> by = {};
    bool counts_only = false;  // too dear where no count is wanted

    bool has(std::string_view column) const { return std::find(columns.begin(), columns.end(), column) != columns.end(); }
};

struct Table {
    std::string name;
    std::vector<std::string> aliases;                        // retired names
    std::vector<TableColumn> columns;
    std::string section;
    std::string notes;
    // SQL that may stand after FROM and gives the columns under their names; empty: nothing feeds this table.
    std::string relation;
    std::vector<Narrow> narrow;   // the fewest rows first
    std::vector<Narrow> indexed;  // these, and before them those that ask the fleet index
    std::string key;             // column that no two rows share; "": there is none
    std::string permission;      // that a caller must hold beside the one to hunt; "": none
};

class Catalog {
public:
    using Holds = std::function<bool(std::string_view permission)>;
    // The declared tables that ask for no permission of their own.
    static Catalog const& hunting();
    // These, and those whose permission is held.
    static Catalog const& hunting_for(Holds const&);
    // All, without rows (--in-memory).
    static Catalog const& empty();

    Table const* find(std::string_view name) const;
    // The permission for want of which a declared table is not here; "": that is not the reason.
    std::string_view withheld(std::string_view name) const;
    std::vector<Table> const& tables() const { return tables_; }
    std::vector<std::string> const& names() const { return names_; }
    // A text column whose text is JSON (member "json"); the log workspace's copy of its table has a dynamic one.
    bool holds_json(std::string_view column) const { return json_columns_.contains(column); }
    std::vector<std::string> const& faults() const { return faults_; }

private:
    static Catalog read(bool with_sources, Holds const&);
    std::vector<Table> tables_;
    std::map<std::string, std::string, std::less<>> withheld_;
    std::vector<std::string> names_, faults_;
    std::set<std::string, std::less<>> json_columns_;
    std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace merlon::hunt
