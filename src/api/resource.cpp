#include "api/resource.h"

#include <algorithm>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"
#include "store/device_facts.h"

namespace merlon::api {
namespace {

std::optional<FieldType> type_named(std::string_view name) {
    static std::map<std::string, FieldType, std::less<>> const types{
        {"string", FieldType::string},     {"long", FieldType::integer},    {"double", FieldType::real},
        {"bool", FieldType::boolean},      {"datetime", FieldType::datetime}, {"strings", FieldType::strings},
        {"json", FieldType::json}};
    auto const found = types.find(name);
    if (found == types.end()) return {};
    return found->second;
}

// Words that mean more or less of something; a field with "scale" is ordered by those of that name, as an OData enumeration is.
std::span<std::string_view const> scale_named(std::string_view name) {
    static constexpr std::array<std::string_view, 8> levels{"None", "UnSpecified", "Informational", "Low", "Normal", "Medium", "High", "Critical"};
    static constexpr std::array<std::string_view, 5> support{"None", "Upcoming EOS Version", "Upcoming EOS Software", "EOS Version", "EOS Software"};
    if (name == "level") return levels;
    if (name == "support") return support;
    return {};
}

Result<std::vector<Field>> read_list(json::Value root, std::string_view list, std::string_view path) {
    std::vector<Field> fields;
    for (auto const entry : json::array(root, list)) {
        auto const type = type_named(json::text(entry, "type"));
        if (!type) return fail("api.bad_schema", std::string(path), std::string(json::text(entry, "type")));
        auto const scale = json::text(entry, "scale");
        if (!scale.empty() && scale_named(scale).empty()) return fail("api.bad_schema", std::string(path), std::string(scale));
        fields.push_back({std::string(json::text(entry, "name")), *type, std::string(json::text(entry, "sql")),
                          std::string(json::text(entry, "alias")), json::boolean(entry, "onDemand").value_or(false),
                          std::string(json::text(entry, "doc")), std::string(json::text(entry, "past")), scale_named(scale)});
    }
    return fields;
}

// A join of its own SQL, or of a table in schema/joins that several resources join: `with` says what $NAME in it is here.
Result<Join> read_join(json::Value entry, std::string_view path) {
    Join join{std::string(json::text(entry, "alias")), std::string(json::text(entry, "sql"))};
    auto const of = json::text(entry, "of");
    if (of.empty()) return join;
    std::string table(embedded("schema/joins/" + std::string(of) + ".sql"));
    if (table.empty()) return fail("api.bad_schema", std::string(path), std::string(of));
    simdjson::dom::object with;
    if (auto const given = json::member(entry, "with"); given && !given->get(with))
        for (auto const [name, sql] : with) table = replace_all(std::move(table), "$" + std::string(name), std::string(json::text(sql)));
    join.sql = "LEFT JOIN " + table + " " + join.alias + " ON " + std::string(json::text(entry, "on"));
    return join;
}

// The declared fields and the joins that they speak of; a text names the file beside this one whose fields and joins these are too, and
// `also` is what there is more, or what a field of the same name is here.
Status read_fields(json::Value root, std::string_view path, Resource& into) {
    for (auto const entry : json::array(root, "joins")) into.joins.push_back(TRY(read_join(entry, path)));
    auto const other = json::text(root, "fields");
    if (other.empty()) {
        into.fields = TRY(read_list(root, "fields", path));
        return {};
    }
    auto const name = "schema/api/" + std::string(other) + ".json";
    auto const bytes = embedded(name);
    if (bytes.empty()) return fail("api.bad_schema", std::string(path), std::string(other));
    auto const document = TRY(json::Document::parse(bytes, name));
    if (!json::text(document.root(), "fields").empty()) return fail("api.bad_schema", name, "fields");
    TRY(read_fields(document.root(), name, into));
    for (auto& more : TRY(read_list(root, "also", path))) {
        auto const same = std::ranges::find(into.fields, more.name, &Field::name);
        if (same == into.fields.end()) into.fields.push_back(std::move(more));
        else *same = std::move(more);
    }
    return {};
}

// $rows(COLUMN) as the condition that it stands for.
std::string with_rows(std::string sql, std::string_view rows) {
    constexpr std::string_view mark = "$rows(";
    for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at)) {
        auto const end = sql.find(')', at);
        auto const column = sql.substr(at + mark.size(), end - at - mark.size());
        sql.replace(at, end + 1 - at, rows.empty() ? "true" : column + " IN (" + std::string(rows) + ")");
    }
    return sql;
}

}  // namespace

Field const* Resource::field(std::string_view name) const {
    for (auto const& one : fields)
        if (equal_ignoring_ascii_case(one.name, name) || (!one.alias.empty() && equal_ignoring_ascii_case(one.alias, name)))
            return &one;
    return nullptr;
}

std::vector<std::string> Resource::field_names() const {
    std::vector<std::string> names;
    for (auto const& one : fields) names.push_back(one.name);
    return names;
}

std::string Resource::from_for(std::string_view parts, std::string_view rows) const {
    auto const of_name = [](char c) { return c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    auto tables = from;
    for (auto const& join : joins) {
        auto const named = join.alias + ".";
        auto at = parts.find(named);
        while (at != std::string_view::npos && at > 0 && of_name(parts[at - 1])) at = parts.find(named, at + 1);
        if (at != std::string_view::npos) tables += " " + with_rows(join.sql, rows);
    }
    return tables;
}

Result<std::vector<Resource>> read_resources() {
    std::vector<Resource> all;
    for (auto const& file : embedded_under("schema/api/")) {
        auto const document = TRY(json::Document::parse(file.bytes, file.path));
        auto const root = document.root();
        Resource resource;
        resource.set = json::text(root, "set");
        resource.path = json::text(root, "path");
        resource.key = json::text(root, "key");
        resource.permission = json::text(root, "permission");
        resource.from = json::text(root, "from");
        resource.where = json::text(root, "where");
        resource.row = json::text(root, "row");
        resource.doc = json::text(root, "doc");
        resource.most = json::integer(root, "most").value_or(10'000);
        resource.page = json::integer(root, "page").value_or(resource.most);
        resource.below = resource.path.find("{}") != std::string::npos;
        resource.parent = json::text(root, "parent");
        if (resource.parent == "device") resource.parent = store::device_named_sql;
        resource.order = json::text(root, "order");
        resource.single = json::boolean(root, "single").value_or(false);
        resource.history = json::boolean(root, "history").value_or(false);
        resource.period = json::boolean(root, "period").value_or(false);
        resource.file = json::text(root, "file");
        resource.device = json::text(root, "device");
        resource.since = json::text(root, "since");
        resource.since_days = json::integer(root, "sinceDays").value_or(0);
        resource.once = json::boolean(root, "once").value_or(resource.below && resource.row.empty() && resource.device.empty());
        TRY(read_fields(root, file.path, resource));
        for (auto const name : json::array(root, "tie")) {
            resource.tie.emplace_back(json::text(name));
            if (!resource.field(resource.tie.back())) return fail("api.bad_schema", std::string(file.path), resource.tie.back());
        }
        if (resource.set.empty() || resource.permission.empty() || !resource.field(resource.key))
            return fail("api.bad_schema", std::string(file.path), "set, permission or key");
        if (resource.below == resource.parent.empty()) return fail("api.bad_schema", std::string(file.path), "path and parent");
        all.push_back(std::move(resource));
    }
    return all;
}

}  // namespace merlon::api
