#include "hunt/bind/catalog.h"

#include <mutex>
#include <set>

#include "base/embedded.h"
#include "base/json_read.h"
#include "store/engine.h"

namespace merlon::hunt {

Catalog Catalog::read(bool with_sources, Holds const& holds) {
    Catalog made;
    for (auto const& file : embedded_under("schema/tables/")) {
        if (!file.path.ends_with(".json")) continue;
        auto const document = json::Document::parse(file.bytes, file.path);
        if (!document) {
            made.faults_.push_back(describe(document.error()));
            continue;
        }
        auto const root = document->root();
        Table table;
        table.name = json::text(root, "name");
        table.section = json::text(root, "section");
        table.notes = json::text(root, "notes");
        table.key = json::text(root, "key");
        table.permission = json::text(root, "permission");
        if (!table.permission.empty() && !holds(table.permission)) {
            made.withheld_[table.name] = table.permission;
            continue;
        }
        for (auto alias : json::array(root, "aliases")) table.aliases.emplace_back(json::text(alias));
        // The store makes a view of each file in schema/views; columns that it does not give read as empty.
        auto const view = with_sources ? embedded("schema/views/" + table.name + ".sql") : std::string_view{};
        if (!view.empty()) table.relation = "hunting." + store::quote_name(table.name);
        for (auto column : json::array(root, "columns")) {
            auto const type = type_named(json::text(column, "type"));
            if (!type) made.faults_.push_back(table.name + "." + std::string(json::text(column, "name")) + ": no type");
            table.columns.push_back({std::string(json::text(column, "name")), type.value_or(Type::string),
                                     std::string(json::text(column, "description"))});
            table.columns.back().has_source = view.find(" AS \"" + table.columns.back().name + "\"") != view.npos;
            if (json::boolean(column, "json").value_or(false)) made.json_columns_.insert(table.columns.back().name);
        }
        for (auto name : json::array(root, "not_null"))
            for (auto& column : table.columns) column.not_null = column.not_null || column.name == json::text(name);
        for (auto narrow : json::array(root, "narrow")) {
            if (!with_sources) continue;
            bool const indexed = json::text(narrow, "index") != "";
            auto const name = json::text(narrow, indexed ? "index" : "view");
            auto const sql = embedded((indexed ? "schema/index/" : "schema/views/") + std::string(name) + ".sql");
            if (sql.empty()) made.faults_.push_back(table.name + ": no view " + std::string(name));
            Narrow one{"hunting." + store::quote_name(name), {}, std::string(json::text(narrow, "weight")), json::boolean(narrow, "same_rows").value_or(false)};
            for (auto column : json::array(narrow, "columns")) one.columns.emplace_back(json::text(column));
            for (auto column : json::array(narrow, "when")) one.when.emplace_back(json::text(column));
            for (auto column : json::array(narrow, "by")) one.by.emplace_back(json::text(column));
            one.distinct = json::text(narrow, "distinct");
            one.counts_only = indexed;
            // No view: what the functions count is there in a server only.
            if (indexed) one.relation = "(-- @" + std::string(name.substr(name.find('@') + 1)) + "\n" + std::string(sql) + ")";
            table.indexed.push_back(one);
            if (!indexed) table.narrow.push_back(std::move(one));
        }
        if (table.name.empty() || table.columns.empty()) made.faults_.push_back(std::string(file.path) + ": no columns");
        made.tables_.push_back(std::move(table));
    }
    for (std::size_t i = 0; i < made.tables_.size(); ++i) {
        made.names_.push_back(made.tables_[i].name);
        if (!made.index_.emplace(made.tables_[i].name, i).second) made.faults_.push_back(made.tables_[i].name + " twice");
    }
    for (std::size_t i = 0; i < made.tables_.size(); ++i)
        for (auto const& alias : made.tables_[i].aliases) made.index_.emplace(alias, i);
    return made;
}

Catalog const& Catalog::hunting() {
    static auto const& made = hunting_for([](std::string_view) { return false; });
    return made;
}
Catalog const& Catalog::hunting_for(Holds const& holds) {
    static Catalog const all = read(true, [](std::string_view) { return true; });
    std::set<std::string> held;
    bool lacks = false;
    for (auto const& table : all.tables_)
        if (table.permission.empty()) continue;
        else if (holds(table.permission)) held.insert(table.permission);
        else lacks = true;
    if (!lacks) return all;
    static std::mutex guard;
    static std::map<std::set<std::string>, Catalog const> made;
    std::lock_guard lock(guard);
    auto place = made.find(held);
    if (place == made.end())
        place = made.emplace(held, read(true, [&](std::string_view permission) { return held.contains(std::string(permission)); })).first;
    return place->second;
}
Catalog const& Catalog::empty() {
    static Catalog const made = read(false, [](std::string_view) { return true; });
    return made;
}

std::string_view Catalog::withheld(std::string_view name) const {
    auto const found = withheld_.find(name);
    return found == withheld_.end() ? std::string_view{} : std::string_view(found->second);
}

Table const* Catalog::find(std::string_view name) const {
    auto const found = index_.find(name);
    return found == index_.end() ? nullptr : &tables_[found->second];
}

}  // namespace merlon::hunt
