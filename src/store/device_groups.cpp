#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/device_facts.h"
#include "store/scope.h"

namespace merlon::store {
namespace {

constexpr std::array<std::string_view, 4> properties{"name", "domain", "tag", "osPlatform"};
constexpr std::array<std::string_view, 4> operators{"equals", "startsWith", "endsWith", "contains"};
constexpr std::size_t most_values = 10;  // specification of the portal, section 12
constexpr std::size_t most_conditions = 20;

template <std::size_t size>
std::string listed(std::array<std::string_view, size> const& known) {
    std::vector<std::string> const all(known.begin(), known.end());
    return join(all, ", ");
}

// What the condition looks at: several texts for tags.
std::vector<std::string> looked_at(GroupCondition const& condition, DeviceRow const& row) {
    if (condition.property == "name") return {row.name};
    if (condition.property == "osPlatform") return {row.os.platform};
    if (condition.property == "tag") return row.tags;
    auto const dot = row.name.find('.');  // domain: what follows the host's own name
    return {dot == std::string::npos ? std::string{} : row.name.substr(dot + 1)};
}

bool compares(std::string_view operator_, std::string_view text, std::string_view with) {
    if (operator_ == "equals") return text == with;
    if (operator_ == "startsWith") return text.starts_with(with);
    if (operator_ == "endsWith") return text.ends_with(with);
    return text.find(with) != std::string_view::npos;
}

bool holds(GroupCondition const& condition, DeviceRow const& row) {
    for (auto const& text : looked_at(condition, row)) {
        auto const lower = ascii_lower(text);
        for (auto const& value : condition.values)
            if (compares(condition.operator_, lower, ascii_lower(value))) return true;
    }
    return false;
}

Status run(Connection& connection, std::string_view sql, std::initializer_list<Value> values) {
    TRY(connection.query(sql, values));
    return {};
}

// Names of groups stand in JSON lists and in rows of history.
Status rename(Connection& connection, std::string const& from, std::string const& to) {
    for (auto const& [table, column] : {std::pair{"access_groups", "groups"}, std::pair{"exception", "device_groups"},
                                        std::pair{"remediation", "device_groups"}, std::pair{"baseline_profile", "device_groups"},
                                        std::pair{"notification_rule", "device_groups"}}) {
        auto const list = "from_json(" + std::string(column) + ", '[\"VARCHAR\"]')";
        TRY(run(connection,
                "UPDATE main." + std::string(table) + " SET " + column + " = CAST(to_json(list_transform(" + list +
                    ", lambda g: CASE WHEN g = $2 THEN $1 ELSE g END)) AS VARCHAR) WHERE list_contains(" + list + ", $2)",
                {Value{to}, Value{from}}));
    }
    TRY(run(connection, "UPDATE main.support_entitlement SET scope_value = $1 WHERE scope = 'group' AND scope_value = $2", {Value{to}, Value{from}}));
    for (auto const* table : {"exposure_score", "secure_score", "score_change", "vulnerable_day"})
        TRY(run(connection, "UPDATE main." + std::string(table) + " SET device_group = $1 WHERE device_group = $2", {Value{to}, Value{from}}));
    return {};
}

}  // namespace

Status check_group(DeviceGroup const& group) {
    auto const clean = clean_text(trim(group.name), 100);
    if (clean.empty() || clean != group.name || clean == "*" || equal_ignoring_ascii_case(clean, no_group))
        return fail("groups.bad_name", clean_text(group.name, 100));
    if (group.rank < 0) return fail("groups.bad_rule", "the rank " + std::to_string(group.rank) + " is negative");
    if (group.conditions.size() > most_conditions)
        return fail("groups.bad_rule", "more than " + std::to_string(most_conditions) + " conditions");
    for (auto const& one : group.conditions) {
        if (std::find(properties.begin(), properties.end(), one.property) == properties.end())
            return fail("groups.bad_rule", "there is no property «" + clean_text(one.property, 50) + "»; there are " + listed(properties));
        if (std::find(operators.begin(), operators.end(), one.operator_) == operators.end())
            return fail("groups.bad_rule", "there is no operator «" + clean_text(one.operator_, 50) + "»; there are " + listed(operators));
        if (one.values.empty() || one.values.size() > most_values)
            return fail("groups.bad_rule", "a condition has 1 to " + std::to_string(most_values) + " values");
        for (auto const& value : one.values)
            if (value.empty() || value.size() > 200 || clean_text(value, 200) != value)
                return fail("groups.bad_rule", "a value has 1 to 200 characters of plain text");
    }
    return {};
}

bool fits(DeviceGroup const& group, DeviceRow const& row) {
    return !group.conditions.empty() &&
           std::all_of(group.conditions.begin(), group.conditions.end(), [&](GroupCondition const& one) { return holds(one, row); });
}

std::string conditions_json(std::span<GroupCondition const> conditions) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& one : conditions) {
        json.begin_object();
        json.member("property", one.property);
        json.member("operator", one.operator_);
        json.key("values");
        json.raw(texts_json(one.values));
        json.end_object();
    }
    json.end_array();
    return out;
}

std::vector<GroupCondition> conditions_of(std::string_view text) {
    std::vector<GroupCondition> all;
    auto const document = json::Document::parse(text, "conditions");
    if (!document) return all;
    for (auto const one : json::array(document->root())) {
        auto& made = all.emplace_back();
        made.property = json::text(one, "property");
        made.operator_ = json::text(one, "operator");
        for (auto const value : json::array(one, "values")) made.values.emplace_back(json::text(value));
    }
    return all;
}

Result<std::vector<DeviceGroup>> read_groups(Connection& connection) {
    std::vector<DeviceGroup> all;
    auto rows = TRY(connection.query("SELECT name, rank, description, conditions FROM main.device_group ORDER BY rank, name"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            auto const& c = chunk->columns;
            all.push_back({std::string(c[0].text(i)), c[1].integer(i), std::string(c[2].text(i)), conditions_of(c[3].text(i))});
        }
    return all;
}

Status write_group(Connection& connection, DeviceGroup const& group, std::string_view instead_of, std::string_view by, Ticks now) {
    TRY(check_group(group));
    auto groups = TRY(read_groups(connection));
    auto const named = [&](std::string_view name) {
        return std::find_if(groups.begin(), groups.end(), [&](DeviceGroup const& one) { return equal_ignoring_ascii_case(one.name, name); });
    };
    std::string before;
    if (!instead_of.empty()) {
        auto const old = named(instead_of);
        if (old == groups.end()) return fail("groups.no_such", std::string(instead_of));
        before = old->name;
        groups.erase(old);
    }
    if (named(group.name) != groups.end()) return fail("groups.exists", group.name);
    auto const last = static_cast<std::int64_t>(groups.size());
    auto const place = group.rank == 0 ? last : std::min(group.rank - 1, last);
    groups.insert(groups.begin() + place, group);
    if (!before.empty()) TRY(run(connection, "DELETE FROM main.device_group WHERE name = $1", {Value{before}}));
    TRY(run(connection, "INSERT INTO main.device_group VALUES ($1, $2, $3, $4, $5, $6)",
            {Value{group.name}, Value{place + 1}, Value{clean_text(group.description, 1000)}, Value{conditions_json(group.conditions)}, Value{now},
             Value{std::string(by)}}));
    for (std::size_t i = 0; i < groups.size(); ++i)
        TRY(run(connection, "UPDATE main.device_group SET rank = $1 WHERE name = $2", {Value{static_cast<std::int64_t>(i + 1)}, Value{groups[i].name}}));
    if (!before.empty() && before != group.name) TRY(rename(connection, before, group.name));
    return {};
}

Status remove_group(Connection& connection, std::string_view name) {
    for (auto const& one : TRY(read_groups(connection)))
        if (equal_ignoring_ascii_case(one.name, name)) {
            TRY(run(connection, "DELETE FROM main.support_entitlement WHERE scope = 'group' AND scope_value = $1", {Value{one.name}}));
            return run(connection, "DELETE FROM main.device_group WHERE name = $1", {Value{one.name}});
        }
    return fail("groups.no_such", std::string(name));
}

Result<std::size_t> regroup(Connection& connection) {
    FactSources sources;
    sources.groups = TRY(read_groups(connection));
    std::unordered_map<std::string, std::string> reported;
    {
        auto rows = TRY(connection.query("SELECT device, device_group FROM main.device_reported"));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t i = 0; i < chunk->rows; ++i) reported[std::string(chunk->columns[0].text(i))] = chunk->columns[1].text(i);
    }
    std::vector<std::pair<std::string, std::string>> moved;
    TRY(read_devices(connection, [&](DeviceRow row) -> Status {
        auto const told = reported.find(row.id);
        std::string group = told == reported.end() ? row.group : told->second;
        for (auto const& one : sources.groups)
            if (fits(one, row)) {
                group = one.name;
                break;
            }
        if (group != row.group) moved.emplace_back(row.id, group);
        return {};
    }));
    if (moved.empty()) return 0;
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_group (id VARCHAR, device_group VARCHAR)"));
    auto appender = TRY(connection.appender("stage_group"));
    for (auto const& [id, group] : moved) TRY(appender.text(id).text(group).end_row());
    TRY(appender.close());
    // What the reports said is kept for devices that have had no report since groups have rules.
    TRY(connection.execute("INSERT OR IGNORE INTO main.device_reported SELECT d.id, d.device_group, d.value, d.tags FROM main.device d "
                           "JOIN stage_group s ON s.id = d.id;"
                           "UPDATE main.device SET device_group = s.device_group FROM stage_group s WHERE main.device.id = s.id"));
    return moved.size();
}

}  // namespace merlon::store
