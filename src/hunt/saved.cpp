#include "hunt/saved.h"

#include "base/embedded.h"
#include "base/text.h"

namespace merlon::hunt {
namespace {

constexpr std::size_t longest_name = 100, longest_note = 4000, longest_text = 64 * 1024;

// The // lines at the head of a query: the first is its title, the others say what it answers.
struct Comment {
    std::string title, note;
};
Comment comment_of(std::string_view text) {
    Comment found;
    for (auto const line : split(text, '\n')) {
        if (!line.starts_with("//")) break;
        auto const words = std::string(trim(line.substr(2)));
        if (found.title.empty()) found.title = words;
        else found.note += (found.note.empty() ? "" : " ") + words;
    }
    return found;
}

using store::Value;

Status write(store::Connection& connection, std::string_view sql, std::initializer_list<Value> values) {
    TRY(connection.query(sql, values));
    return {};
}

Status check_free_name(store::Connection& connection, SavedQuery const& query) {
    std::array const values{Value{query.owner}, Value{query.name}, Value{query.id}};
    auto const sql = "SELECT count(*) FROM main.saved_query WHERE owner = $1 AND lower(name) = lower($2) AND id <> $3";
    if (TRY(connection.count(sql, values)) > 0) return fail("hunt.saved_exists", query.name);
    return {};
}

}  // namespace

std::vector<SavedQuery> const& built_in_queries() {
    static std::vector<SavedQuery> const all = [] {
        std::vector<SavedQuery> made;
        for (auto const& file : embedded_under("schema/queries/")) {
            auto stem = file.path.substr(std::string_view("schema/queries/").size());
            if (!stem.ends_with(".kql")) continue;
            stem.remove_suffix(4);
            auto [title, note] = comment_of(file.bytes);
            made.push_back({"builtin-" + std::string(stem), std::move(title), std::move(note), std::string(file.bytes), "", true});
        }
        return made;
    }();
    return all;
}

Result<std::vector<SavedQuery>> read_saved_queries(store::Connection& connection) {
    std::vector<SavedQuery> all;
    auto rows = TRY(connection.query("SELECT id, name, note, kql, owner, shared, created, changed FROM main.saved_query ORDER BY lower(name), id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t r = 0; r < chunk->rows; ++r) {
            auto const text = [&](std::size_t column) { return std::string(chunk->columns[column].text(r)); };
            all.push_back({text(0), text(1), text(2), text(3), text(4), chunk->columns[5].boolean(r), chunk->columns[6].int64(r),
                           chunk->columns[7].int64(r)});
        }
    return all;
}

Status check_saved_query(SavedQuery const& query) {
    if (trim(query.name).empty() || query.name.size() > longest_name || query.name != clean_text(query.name, longest_name))
        return fail("hunt.bad_saved_query", "The name needs 1 to 100 printable characters.");
    if (query.note.size() > longest_note) return fail("hunt.bad_saved_query", "The description is longer than 4,000 bytes.");
    if (trim(query.kql).empty()) return fail("hunt.bad_saved_query", "The query is empty.");
    if (query.kql.size() > longest_text) return fail("hunt.bad_saved_query", "The query is longer than 64 KB.");
    if (!valid_utf8(query.kql) || !valid_utf8(query.note)) return fail("hunt.bad_saved_query", "The text is not UTF-8.");
    return {};
}

Status add_saved_query(store::Connection& connection, SavedQuery const& query) {
    TRY(check_saved_query(query));
    TRY(check_free_name(connection, query));
    return write(connection, "INSERT INTO main.saved_query VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                 {query.id, query.name, query.note, query.kql, query.owner, query.shared, query.created, query.changed});
}

Status change_saved_query(store::Connection& connection, SavedQuery const& query) {
    TRY(check_saved_query(query));
    TRY(check_free_name(connection, query));
    return write(connection, "UPDATE main.saved_query SET name = $2, note = $3, kql = $4, shared = $5, changed = $6 WHERE id = $1",
                 {query.id, query.name, query.note, query.kql, query.shared, query.changed});
}

Status remove_saved_query(store::Connection& connection, std::string_view id) {
    return write(connection, "DELETE FROM main.saved_query WHERE id = $1", {std::string(id)});
}

}  // namespace merlon::hunt
