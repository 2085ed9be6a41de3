#include "hunt/detections/detection.h"

#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/alert_handling.h"
#include "store/device_facts.h"

namespace merlon::hunt {
namespace {

using store::Value;

std::unexpected<Error> bad(std::string what, std::string_view hint = "See docs/detections.md.") {
    return fail("detections.bad", std::move(what), std::string(hint));
}

std::vector<DetectionAction> actions_of(std::string_view text) {
    std::vector<DetectionAction> all;
    auto const document = json::Document::parse(text, "actions");
    if (!document) return all;
    for (auto const one : json::array(document->root())) all.push_back({std::string(json::text(one, "type")), std::string(json::text(one, "value"))});
    return all;
}

// The names between braces.
std::vector<std::string> columns_in(std::string_view title) {
    std::vector<std::string> all;
    for (std::size_t at = title.find('{'); at != std::string_view::npos; at = title.find('{', at + 1)) {
        auto const end = title.find('}', at);
        if (end == std::string_view::npos) break;
        all.emplace_back(title.substr(at + 1, end - at - 1));
    }
    return all;
}

Status check_query(Detection const& detection) {
    auto const compiled = TRY(compile(detection.query));
    auto const has = [&](std::string_view name) {
        return std::ranges::any_of(compiled.columns, [&](AnswerColumn const& c) { return c.name == name; });
    };
    if (!has("DeviceId")) return bad("its query gives no DeviceId", "End it with project or summarize ... by DeviceId.");
    for (auto const& column : columns_in(detection.title))
        if (!has(column)) return bad("its title speaks of {" + clean_text(column, 50) + "}, which its query does not give");
    return {};
}

// A channel stays the same when it gets another name.
Result<std::string> channel_id(store::Connection& connection, std::string const& named) {
    std::array const wanted{Value{named}};
    auto const found = TRY(connection.scalar("SELECT min(id) FROM main.notification_channel WHERE id = $1 OR lower(name) = lower($1)", wanted));
    if (auto const* id = std::get_if<std::string>(&found)) return *id;
    return bad("there is no notification channel «" + clean_text(named, 100) + "»", "merlon notifications channels lists them.");
}

}  // namespace

std::string actions_json(std::span<DetectionAction const> actions) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& one : actions) {
        json.begin_object();
        json.member("type", one.type);
        json.member("value", one.value);
        json.end_object();
    }
    json.end_array();
    return out;
}

Status check_detection(Detection& detection) {
    auto const plain = [](std::string& text, std::size_t most) { text = clean_text(trim(text), most); };
    plain(detection.name, 200);
    plain(detection.title, 400);
    plain(detection.description, 4000);
    plain(detection.recommended_action, 4000);
    if (detection.name.empty()) return bad("it has no name");
    if (detection.title.empty()) detection.title = detection.name;
    if (detection.frequency_minutes < 5 || detection.frequency_minutes > 1440) return bad("a frequency is 5 to 1440 minutes");
    if (detection.lookback_minutes < 0 || detection.lookback_minutes > 30 * 1440) return bad("a look-back is at most 30 days, in minutes");
    detection.severity = TRY(store::alert_severity(detection.severity));
    detection.category = TRY(store::alert_category(detection.category));
    if (detection.actions.size() > 10) return bad("more than 10 actions");
    for (auto& action : detection.actions) {
        store::ChoiceChange change;
        if (action.type == "notify" && !action.value.empty()) continue;  // its channel is looked up when it is written
        if (action.type == "tag") change.add_tags = {action.value};
        else if (action.type == "setDeviceValue" && !action.value.empty()) change.value = action.value;
        else return bad("there is no action «" + clean_text(action.type, 50) + "» with this value", "Actions: tag, setDeviceValue, notify.");
        TRY(store::check_change(change));
        action.value = change.value ? *change.value : change.add_tags.front();
    }
    return check_query(detection);
}

Result<std::vector<Detection>> read_detections(store::Connection& connection) {
    std::vector<Detection> all;
    auto rows = TRY(connection.query("SELECT id, name, query, frequency_minutes, lookback_minutes, severity, category, title, description, "
                                     "recommended_action, techniques, actions, enabled, next_run FROM main.custom_detection ORDER BY name, id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            auto const& c = chunk->columns;
            auto const text = [&](std::size_t column) { return std::string(c[column].text(i)); };
            all.push_back({text(0), text(1), text(2), c[3].integer(i), c[4].integer(i), text(5), text(6), text(7), text(8), text(9),
                           store::texts_of(c[10].text(i)), actions_of(c[11].text(i)), c[12].boolean(i), c[13].integer(i)});
        }
    return all;
}

Result<Detection> read_detection(store::Connection& connection, std::string_view wanted) {
    for (auto& one : TRY(read_detections(connection)))
        if (one.id == wanted || equal_ignoring_ascii_case(one.name, wanted)) return std::move(one);
    return fail("detections.no_such", clean_text(wanted, 100));
}

Status write_detection(store::Connection& connection, Detection detection, std::string_view by, Ticks now) {
    auto created = now;
    for (auto& action : detection.actions)
        if (action.type == "notify") action.value = TRY(channel_id(connection, action.value));
    for (auto const& one : TRY(read_detections(connection))) {
        if (one.id != detection.id && equal_ignoring_ascii_case(one.name, detection.name)) return bad("there is one called «" + one.name + "» already");
        if (one.id != detection.id) continue;
        std::array const id{Value{one.id}};
        created = TRY(connection.count("SELECT created_at FROM main.custom_detection WHERE id = $1", id));
    }
    std::array const values{Value{detection.id}, Value{detection.name}, Value{detection.query}, Value{detection.frequency_minutes},
                            Value{detection.lookback_minutes}, Value{detection.severity}, Value{detection.category}, Value{detection.title},
                            Value{detection.description}, Value{detection.recommended_action}, Value{store::texts_json(detection.techniques)},
                            Value{actions_json(detection.actions)}, Value{detection.enabled}, Value{detection.next_run}, Value{created}, Value{now},
                            Value{std::string(by)}};
    TRY(connection.query("INSERT OR REPLACE INTO main.custom_detection VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
                         values));
    return {};
}

Status remove_detection(store::Connection& connection, std::string_view id) {
    std::array const which{Value{std::string(id)}};
    TRY(connection.query("DELETE FROM main.custom_detection_run WHERE detection = $1", which));
    TRY(connection.query("DELETE FROM main.custom_detection WHERE id = $1", which));
    return {};
}

}  // namespace merlon::hunt
