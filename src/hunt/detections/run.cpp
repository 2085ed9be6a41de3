#include <chrono>
#include <map>
#include <set>

#include "base/json_text.h"
#include "base/text.h"
#include "hunt/detections/detection.h"
#include "store/alert_handling.h"
#include "store/device_facts.h"

namespace merlon::hunt {
namespace {

using store::Value;

constexpr std::int64_t most_rows = 1000;                  // D1
constexpr std::int64_t least_lookback_minutes = 4 * 60;   // D2
constexpr std::int64_t most_time_ms = 60'000;
constexpr std::int64_t runs_kept = 100;
constexpr std::string_view source = "Custom detection";

// A cell as people read it.
std::string shown(Cell const& cell, Type type) {
    if (auto const* text = std::get_if<std::string>(&cell)) return *text;
    std::string out;
    append_cell_json(out, cell, type);
    return out.size() >= 2 && out.front() == '"' ? out.substr(1, out.size() - 2) : out;
}

std::optional<std::size_t> column_named(Answer const& answer, std::string_view name) {
    for (std::size_t i = 0; i < answer.columns.size(); ++i)
        if (answer.columns[i].name == name) return i;
    return {};
}

std::string filled(std::string_view title, Answer const& answer, std::vector<Cell> const& row) {
    std::string out(title);
    for (std::size_t i = 0; i < answer.columns.size(); ++i)
        if (auto const mark = "{" + answer.columns[i].name + "}"; out.find(mark) != std::string::npos)
            out = replace_all(out, mark, shown(row[i], answer.columns[i].type));
    return clean_text(out, 400);
}

// The rows of one device with one title (D3).
struct Found {
    Ticks first = 0, last = 0;
    std::size_t rows = 0;
    std::string example;  // the first row as JSON
};

// Whether an alert is there that takes the rows in (D4), and when the newest was resolved.
Result<bool> taken_in(store::Connection& connection, Detection const& detection, std::string const& device, std::string const& title, Ticks last) {
    std::array const which{Value{device}, Value{title}, Value{detection.id}};
    auto rows = TRY(connection.query("SELECT a.status, a.time, coalesce(h.resolved_at, 0) FROM main.alert a LEFT JOIN main.alert_handling h ON h.alert = a.id "
                                     "JOIN main.alert_detail m ON m.alert = a.id WHERE a.device = $1 AND a.title = $2 AND m.detector = $3", which));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            auto const& c = chunk->columns;
            if (c[0].text(i) != "Resolved") return true;
            if (last <= std::max(c[1].integer(i), c[2].integer(i))) return true;
        }
    return false;
}

Result<bool> is_device(store::Connection& connection, std::string const& id) {
    std::array const which{Value{id}};
    return TRY(connection.count("SELECT count(*) FROM main.device WHERE id = $1 AND NOT excluded", which)) > 0;
}

std::string row_json(Answer const& answer, std::vector<Cell> const& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (std::size_t i = 0; i < answer.columns.size(); ++i) {
        std::string cell;
        append_cell_json(cell, row[i], answer.columns[i].type);
        json.key(answer.columns[i].name);
        json.raw(cell);
    }
    json.end_object();
    return out;
}

}  // namespace

Result<DetectionOutcome> try_detection(store::Connection& connection, Detection const& detection, Ticks now) {
    DetectionOutcome outcome;
    Options options;
    options.now = now;
    options.rows = most_rows;
    options.time_ms = most_time_ms;
    auto const lookback = std::max(detection.lookback_minutes > 0 ? detection.lookback_minutes : detection.frequency_minutes, least_lookback_minutes);
    options.window = {now - lookback * ticks_per_minute, now};
    auto const begin = std::chrono::steady_clock::now();
    auto const answer = run(connection, detection.query, options);
    outcome.elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
    if (!answer) {
        outcome.error = render(answer.error(), detection.query, detection.name);
        return outcome;
    }
    outcome.rows = static_cast<std::int64_t>(answer->rows.size());
    outcome.truncated = answer->truncated;
    auto const device = column_named(*answer, "DeviceId"), time = column_named(*answer, "Timestamp");
    if (!device) {
        outcome.error = "the query gives no DeviceId";
        return outcome;
    }
    std::map<std::pair<std::string, std::string>, Found> found;  // device, title
    for (auto const& row : answer->rows) {
        auto const* id = std::get_if<std::string>(&row[*device]);
        if (!id || id->empty()) continue;
        auto& one = found[{*id, filled(detection.title, *answer, row)}];
        auto const* stamp = time ? std::get_if<std::int64_t>(&row[*time]) : nullptr;
        auto const at = stamp ? std::min<Ticks>(*stamp, now) : now;
        one.first = one.rows == 0 ? at : std::min(one.first, at);
        one.last = std::max(one.last, at);
        if (one.rows++ == 0) one.example = row_json(*answer, row);
    }
    std::set<std::string> devices;
    for (auto const& [key, one] : found) {
        auto const& [id, title] = key;
        if (!TRY(is_device(connection, id))) continue;
        devices.insert(id);
        if (TRY(taken_in(connection, detection, id, title, one.last))) continue;
        auto& [alert, detail] = outcome.alerts.emplace_back();
        alert.id = store::new_alert_id(now, detection.id + "\n" + id + "\n" + title);
        alert.device_id = id;
        alert.time = now;
        detail.first_event = one.first;
        detail.last_event = one.last;
        alert.title = title;
        detail.description = detection.description;
        detail.recommended_action = detection.recommended_action;
        alert.severity = detection.severity;
        alert.category = detection.category;
        alert.techniques = detection.techniques;
        alert.service_source = alert.detection_source = source;
        detail.detector = detection.id;
        auto& entity = alert.evidence.emplace_back();
        entity.type = "Machine";
        entity.role = "Impacted";
        entity.additional_fields = one.example.size() <= 16'384 ? one.example : "";
    }
    outcome.devices.assign(devices.begin(), devices.end());
    return outcome;
}

Status finish_detection(store::Connection& connection, Detection const& detection, DetectionOutcome const& outcome, Ticks now) {
    if (!outcome.alerts.empty()) TRY(store::write_detailed_alerts(connection, outcome.alerts));
    for (auto const& action : detection.actions) {
        if (action.type == "notify") continue;  // told with the next round of notifications (advise/deliveries.cpp)
        store::ChoiceChange change;
        if (action.type == "tag") change.add_tags = {action.value};
        else change.value = action.value;
        TRY(store::change_devices(connection, outcome.devices, change, "detection:" + detection.name, now));
    }
    std::array const run{Value{detection.id}, Value{now}, Value{outcome.elapsed_ms}, Value{outcome.rows},
                         Value{static_cast<std::int64_t>(outcome.alerts.size())}, Value{clean_text(outcome.error, 2000)}};
    TRY(connection.query("INSERT INTO main.custom_detection_run VALUES ($1, $2, $3, $4, $5, $6)", run));
    std::array const which{Value{detection.id}, Value{runs_kept}};
    TRY(connection.query("DELETE FROM main.custom_detection_run WHERE detection = $1 AND time NOT IN "
                         "(SELECT time FROM main.custom_detection_run WHERE detection = $1 ORDER BY time DESC LIMIT $2)", which));
    std::array const next{Value{now + detection.frequency_minutes * ticks_per_minute}, Value{detection.id}};
    TRY(connection.query("UPDATE main.custom_detection SET next_run = $1 WHERE id = $2", next));
    return {};
}

Result<std::size_t> run_due_detections(store::Connection& reading, std::function<Status(std::function<Status(store::Connection&)>)> const& write,
                                       Ticks now, bool all, std::function<void(Detection const&, DetectionOutcome const&)> const& tell) {
    std::size_t count = 0;
    for (auto const& detection : TRY(read_detections(reading))) {
        if (!detection.enabled || (!all && detection.next_run > now)) continue;
        auto const outcome = TRY(try_detection(reading, detection, now));
        TRY(write([&](store::Connection& connection) { return finish_detection(connection, detection, outcome, now); }));
        if (tell) tell(detection, outcome);
        ++count;
    }
    return count;
}

}  // namespace merlon::hunt
