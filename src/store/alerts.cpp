#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/inventory.h"

namespace merlon::store {
namespace {

struct TextField {
    char const* name;
    std::string AlertEntity::* place;
};
constexpr TextField entity_fields[] = {
    {"type", &AlertEntity::type},
    {"role", &AlertEntity::role},
    {"direction", &AlertEntity::direction},
    {"file_name", &AlertEntity::file_name},
    {"folder_path", &AlertEntity::folder_path},
    {"sha1", &AlertEntity::sha1},
    {"sha256", &AlertEntity::sha256},
    {"threat_family", &AlertEntity::threat_family},
    {"remote_ip", &AlertEntity::remote_ip},
    {"remote_url", &AlertEntity::remote_url},
    {"local_ip", &AlertEntity::local_ip},
    {"account_name", &AlertEntity::account_name},
    {"account_domain", &AlertEntity::account_domain},
    {"account_sid", &AlertEntity::account_sid},
    {"account_upn", &AlertEntity::account_upn},
    {"process_command_line", &AlertEntity::process_command_line},
    {"registry_key", &AlertEntity::registry_key},
    {"registry_value_name", &AlertEntity::registry_value_name},
    {"registry_value_data", &AlertEntity::registry_value_data},
    {"application", &AlertEntity::application},
    {"additional_fields", &AlertEntity::additional_fields},
};

}  // namespace

std::string alert_body(Alert const& alert) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("service_source", alert.service_source);
    json.member("detection_source", alert.detection_source);
    json.key("techniques");
    json.raw(texts_json(alert.techniques));
    json.member("table", alert.table);
    json.member("report_id", alert.report_id);
    json.key("evidence");
    json.begin_array();
    for (auto const& entity : alert.evidence) {
        json.begin_object();
        for (auto const& [name, place] : entity_fields)
            if (!(entity.*place).empty()) json.member(name, entity.*place);
        if (entity.file_size != 0) json.member("file_size", entity.file_size);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out;
}

Status read_alert_body(std::string_view text, Alert& into) {
    auto const document = TRY(json::Document::parse(text, "alert"));
    auto const root = document.root();
    into.service_source = json::text(root, "service_source");
    into.detection_source = json::text(root, "detection_source");
    into.techniques.clear();
    for (auto const one : json::array(root, "techniques")) into.techniques.emplace_back(json::text(one));
    into.table = json::text(root, "table");
    into.report_id = json::integer(root, "report_id").value_or(0);
    into.evidence.clear();
    for (auto const one : json::array(root, "evidence")) {
        auto& entity = into.evidence.emplace_back();
        for (auto const& [name, place] : entity_fields) entity.*place = json::text(one, name);
        entity.file_size = json::integer(one, "file_size").value_or(0);
    }
    return {};
}

Status write_alerts(Connection& connection, std::span<Alert const> alerts) {
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_alert AS FROM alert LIMIT 0"));
    std::map<std::string_view, Alert const*> last;  // of two with one id the later counts
    for (auto const& alert : alerts) {
        if (trim(alert.id).empty() || trim(alert.device_id).empty())
            return fail("inventory.bad_alert", clean_text(alert.id, 200), clean_text(alert.title, 200));
        last[alert.id] = &alert;
    }
    auto appender = TRY(connection.appender("stage_alert"));
    constexpr std::size_t most = 65536;
    for (auto const& [id, alert] : last) {
        appender.text(clean_text(id, 200)).text(clean_text(alert->device_id, 200)).int64(alert->time);
        for (auto const* field : {&alert->severity, &alert->category, &alert->title, &alert->status})
            appender.text(clean_text(*field, 4096));
        // Cleaned as a whole: the JSON text has no control characters but escaped ones.
        TRY(appender.text(clean_text(alert->service_source, 200)).text(clean_text(alert_body(*alert), 16 * most)).end_row());
    }
    TRY(appender.close());
    return connection.execute("INSERT OR REPLACE INTO alert FROM stage_alert");
}

Result<std::vector<Alert>> read_alerts(Connection& connection, std::string_view device_id) {
    std::string sql = "SELECT id, device, time, severity, category, title, status, body FROM alert";
    if (!device_id.empty()) sql += " WHERE device = " + quote_text(device_id);
    auto rows = TRY(connection.query(sql + " ORDER BY time, id"));
    std::vector<Alert> alerts;
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            auto& alert = alerts.emplace_back();
            alert.id = c[0].text(i);
            alert.device_id = c[1].text(i);
            alert.time = c[2].int64(i);
            alert.severity = c[3].text(i);
            alert.category = c[4].text(i);
            alert.title = c[5].text(i);
            alert.status = c[6].text(i);
            TRY(read_alert_body(c[7].text(i), alert));
        }
    }
    return alerts;
}

}  // namespace merlon::store
