// Queries that people keep: the built-in ones of schema/queries, and those they save for themselves or share.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::hunt {

struct SavedQuery {
    std::string id;       // "builtin-NAME" for those of schema/queries
    std::string name;     // 1 to 100 characters
    std::string note;     // what it answers
    std::string kql;
    std::string owner;    // who made it (a user's id, "application:ID", "local"); "" for the built-in ones
    bool shared = false;  // everybody who may hunt sees it
    Ticks created = 0, changed = 0;
    bool built_in() const { return owner.empty(); }
};

// Those of schema/queries; the comment at their head is the title (its first line) and the note (the rest).
std::vector<SavedQuery> const& built_in_queries();

// All that are stored, by name.
Result<std::vector<SavedQuery>> read_saved_queries(store::Connection&);

// Checks name, note and text; the query itself may be unfinished and is not compiled. Errors: hunt.bad_saved_query.
Status check_saved_query(SavedQuery const&);

// Changes; run them through the writer. A second query of the same name and owner: hunt.saved_exists.
Status add_saved_query(store::Connection&, SavedQuery const&);
Status change_saved_query(store::Connection&, SavedQuery const&);  // by id: name, note, kql, shared, changed
Status remove_saved_query(store::Connection&, std::string_view id);

}  // namespace merlon::hunt
