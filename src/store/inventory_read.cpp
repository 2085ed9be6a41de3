#include "base/json_read.h"
#include "base/json_text.h"
#include "store/inventory.h"

namespace merlon::store {

std::string texts_json(std::span<std::string const> texts) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& text : texts) json.string(text);
    json.end_array();
    return out;
}

std::vector<std::string> texts_of(std::string_view text) {
    std::vector<std::string> out;
    if (text.empty() || text == "[]") return out;
    auto const document = json::Document::parse(text, "list");
    if (!document) return out;
    for (auto const one : json::array(document->root())) out.emplace_back(json::text(one));
    return out;
}

std::string interfaces_json(std::span<NetworkInterface const> interfaces) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& one : interfaces) {
        json.begin_object();
        json.member("name", one.name);
        json.member("mac", one.mac);
        json.key("addresses");
        json.raw(texts_json(one.addresses));
        json.end_object();
    }
    json.end_array();
    return out;
}

std::vector<NetworkInterface> interfaces_of(std::string_view text) {
    std::vector<NetworkInterface> out;
    if (text.empty() || text == "[]") return out;
    auto const document = json::Document::parse(text, "interfaces");
    if (!document) return out;
    for (auto const one : json::array(document->root())) {
        auto& made = out.emplace_back();
        made.name = json::text(one, "name");
        made.mac = json::text(one, "mac");
        for (auto const address : json::array(one, "addresses")) made.addresses.emplace_back(json::text(address));
    }
    return out;
}

namespace {

DeviceRow device_row(std::span<Column const> c, std::size_t i) {
    auto text = [&](std::size_t column) { return std::string(c[column].text_or_empty(i)); };
    DeviceRow row;
    row.id = text(0);
    row.identifier = text(1);
    row.name = text(2);
    row.os = {text(3), text(4), text(5), text(6), text(7), text(8), text(9), text(10), text(11)};
    row.group = text(12);
    row.value = text(13);
    row.internet_facing = c[14].boolean(i);
    row.public_address = text(15);
    row.interfaces = interfaces_of(c[16].text_or_empty(i));
    row.tags = texts_of(c[17].text_or_empty(i));
    row.excluded = c[18].boolean(i);
    row.source = text(19);
    row.first_seen = c[20].integer(i);
    row.last_seen = c[21].integer(i);
    row.software_seen = c[22].integer(i);
    return row;
}

}  // namespace

Status read_devices(Connection& connection, std::function<Status(DeviceRow)> const& take, std::string_view condition) {
    std::string sql =
        "SELECT id, identifier, name, os_platform, os_distribution, os_name, os_version, os_release, os_edition, "
        "os_build, os_architecture, kernel, device_group, value, internet_facing, public_address, interfaces, tags, "
        "excluded, source, first_seen, last_seen, software_seen FROM device";
    if (!condition.empty()) sql += " WHERE " + std::string(condition);
    auto rows = TRY(connection.query(sql + " ORDER BY id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) TRY(take(device_row(chunk->columns, i)));
    return {};
}

Result<std::optional<DeviceRow>> read_device(Connection& connection, std::string_view device_id) {
    std::optional<DeviceRow> found;
    TRY(read_devices(
        connection,
        [&](DeviceRow row) -> Status {
            found = std::move(row);
            return {};
        },
        "id = " + quote_text(device_id)));
    return found;
}

Status read_software(Connection& connection, std::function<Status(SoftwareRow)> const& take,
                     std::span<std::int64_t const> only) {
    std::string sql =
        "SELECT id, source, name, vendor, version, architecture, source_name, source_version, distribution, "
        "bundle_id, edition, purl, cpe, platform FROM software";
    if (!only.empty()) {
        TRY(connection.execute("CREATE OR REPLACE TEMP TABLE asked_software (id BIGINT)"));
        auto asked = TRY(connection.appender("asked_software"));
        for (auto const id : only) TRY(asked.int64(id).end_row());
        TRY(asked.close());
        sql += " WHERE id IN (SELECT id FROM asked_software)";
    }
    auto rows = TRY(connection.query(sql + " ORDER BY id"));
    while (auto const chunk = TRY(rows.next())) {
        auto const& c = chunk->columns;
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            SoftwareRow row;
            row.id = c[0].int64(i);
            auto& item = row.key.item;
            std::size_t column = 1;
            for (auto* field : {&item.source, &item.name, &item.vendor, &item.version, &item.architecture,
                                &item.source_name, &item.source_version, &item.distribution, &item.bundle_id,
                                &item.edition, &item.purl, &item.cpe, &row.key.platform})
                *field = c[column++].text_or_empty(i);
            TRY(take(std::move(row)));
        }
    }
    return {};
}

}  // namespace merlon::store
