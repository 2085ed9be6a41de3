#include "sensors/merlon/report_json.h"

#include "base/json_text.h"
#include "base/text.h"

namespace merlon::sensors {
namespace {

template <typename Record>
struct TextMember {
    char const* name;
    std::string Record::* place;
};

constexpr TextMember<OperatingSystem> os_members[] = {
    {"platform", &OperatingSystem::platform}, {"distribution", &OperatingSystem::distribution},
    {"name", &OperatingSystem::name},         {"version", &OperatingSystem::version},
    {"release", &OperatingSystem::release},   {"edition", &OperatingSystem::edition},
    {"build", &OperatingSystem::build},       {"architecture", &OperatingSystem::architecture},
    {"kernel", &OperatingSystem::kernel},
};
constexpr TextMember<SoftwareItem> item_members[] = {
    {"source", &SoftwareItem::source},
    {"name", &SoftwareItem::name},
    {"vendor", &SoftwareItem::vendor},
    {"version", &SoftwareItem::version},
    {"architecture", &SoftwareItem::architecture},
    {"source_name", &SoftwareItem::source_name},
    {"source_version", &SoftwareItem::source_version},
    {"distribution", &SoftwareItem::distribution},
    {"bundle_id", &SoftwareItem::bundle_id},
    {"edition", &SoftwareItem::edition},
    {"purl", &SoftwareItem::purl},
    {"cpe", &SoftwareItem::cpe},
    {"path", &SoftwareItem::path},
    {"installed_at", &SoftwareItem::installed_at},
};
constexpr TextMember<DeviceReport> report_members[] = {
    {"device_id", &DeviceReport::device_id}, {"identifier", &DeviceReport::identifier},
    {"name", &DeviceReport::name},           {"group", &DeviceReport::group},
    {"value", &DeviceReport::value},         {"public_address", &DeviceReport::public_address},
    {"source", &DeviceReport::source},
};
constexpr TextMember<SettingFact> setting_members[] = {{"key", &SettingFact::key}, {"value", &SettingFact::value}};

template <typename Record, std::size_t N>
void write_texts(JsonWriter& json, Record const& record, TextMember<Record> const (&members)[N]) {
    for (auto const& [name, place] : members)
        if (!(record.*place).empty()) json.member(name, record.*place);
}

void write_list(JsonWriter& json, char const* name, std::vector<std::string> const& texts) {
    json.key(name);
    json.begin_array();
    for (auto const& text : texts) json.string(text);
    json.end_array();
}

// ---- reading ------------------------------------------------------------------------------------------------

std::unexpected<Error> refuse(std::string const& where, std::string_view member, std::string_view why) {
    return fail("sensors.bad_member", where, field(member), std::string(why));
}

Result<std::string> read_text(json::Value value, std::string_view member, std::string const& where) {
    if (!json::is_string(value)) return refuse(where, member, "it is no text");
    return field(json::text(value));
}

Result<std::vector<std::string>> read_texts(json::Value value, std::string_view member, std::string const& where) {
    if (!json::is_array(value)) return refuse(where, member, "it is no list");
    std::vector<std::string> out;
    for (auto const one : json::array(value)) out.push_back(TRY(read_text(one, member, where)));
    return out;
}

template <typename Record, std::size_t N>
std::unexpected<Error> unknown(std::string const& where, std::string_view member,
                               TextMember<Record> const (&members)[N], std::vector<std::string> names) {
    for (auto const& known : members) names.emplace_back(known.name);
    auto const near = nearest(field(member), names);
    return refuse(where, member, near ? "no such member; is «" + *near + "» meant?" : "no such member");
}

template <typename Record, std::size_t N>
Result<bool> read_member(Record& into, std::string_view name, json::Value value,
                         TextMember<Record> const (&members)[N], std::string const& where) {
    for (auto const& known : members)
        if (name == known.name) {
            into.*known.place = TRY(read_text(value, name, where));
            return true;
        }
    return false;
}

template <typename Record, std::size_t N>
Result<Record> read_record(json::Value value, std::string_view member, TextMember<Record> const (&members)[N],
                           std::string const& where) {
    if (!json::is_object(value)) return refuse(where, member, "it is no object");
    Record record;
    for (auto const [name, inner] : simdjson::dom::object(value.get_object().value_unsafe()))
        if (!TRY(read_member(record, name, inner, members, where))) return unknown(where, name, members, {});
    return record;
}

template <typename Record, std::size_t N>
Result<std::vector<Record>> read_records(json::Value value, std::string_view member,
                                         TextMember<Record> const (&members)[N], std::string const& where) {
    if (!json::is_array(value)) return refuse(where, member, "it is no list");
    std::vector<Record> out;
    for (auto const one : json::array(value)) out.push_back(TRY(read_record(one, member, members, where)));
    return out;
}

Result<std::vector<NetworkInterface>> read_interfaces(json::Value value, std::string const& where) {
    if (!json::is_array(value)) return refuse(where, "interfaces", "it is no list");
    std::vector<NetworkInterface> out;
    for (auto const one : json::array(value)) {
        if (!json::is_object(one)) return refuse(where, "interfaces", "it holds something other than objects");
        auto& made = out.emplace_back();
        for (auto const [name, inner] : simdjson::dom::object(one.get_object().value_unsafe())) {
            if (name == "name") made.name = TRY(read_text(inner, name, where));
            else if (name == "mac") made.mac = TRY(read_text(inner, name, where));
            else if (name == "addresses") made.addresses = TRY(read_texts(inner, name, where));
            else return refuse(where, name, "no such member of an interface");
        }
    }
    return out;
}

}  // namespace

std::string report_json(DeviceReport const& report) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("merlon_report", 1);
    write_texts(json, report, report_members);
    if (!(report.os == OperatingSystem{})) {
        json.key("os");
        json.begin_object();
        write_texts(json, report.os, os_members);
        json.end_object();
    }
    if (!report.interfaces.empty()) {
        json.key("interfaces");
        json.begin_array();
        for (auto const& one : report.interfaces) {
            json.begin_object();
            json.member("name", one.name);
            json.member("mac", one.mac);
            write_list(json, "addresses", one.addresses);
            json.end_object();
        }
        json.end_array();
    }
    if (report.software) {
        json.key("software");
        json.begin_array();
        for (auto const& item : *report.software) {
            json.begin_object();
            write_texts(json, item, item_members);
            json.end_object();
        }
        json.end_array();
    }
    if (!report.software_sources.empty()) write_list(json, "software_sources", report.software_sources);
    if (report.hotfixes) write_list(json, "hotfixes", *report.hotfixes);
    if (report.settings) {
        json.key("settings");
        json.begin_array();
        for (auto const& fact : *report.settings) {
            json.begin_object();
            json.member("key", fact.key);
            json.member("value", fact.value);
            json.end_object();
        }
        json.end_array();
    }
    if (!report.setting_families.empty()) write_list(json, "setting_families", report.setting_families);
    if (!report.tags.empty()) write_list(json, "tags", report.tags);
    if (report.internet_facing) json.member("internet_facing", *report.internet_facing);
    if (report.collected_at != 0) json.member("collected_at", iso_time(report.collected_at));
    json.end_object();
    return out;
}

bool looks_like_report(json::Value root) { return json::member(root, "merlon_report").has_value(); }

Result<DeviceReport> read_report_json(json::Value root, std::string const& where) {
    if (!json::is_object(root)) return refuse(where, "merlon_report", "the report is no object");
    if (json::integer(root, "merlon_report") != 1)
        return refuse(where, "merlon_report", "only version 1 of the form is known");
    DeviceReport report;
    for (auto const [name, value] : simdjson::dom::object(root.get_object().value_unsafe())) {
        if (name == "merlon_report") continue;
        if (TRY(read_member(report, name, value, report_members, where))) continue;
        if (name == "os") report.os = TRY(read_record(value, name, os_members, where));
        else if (name == "interfaces") report.interfaces = TRY(read_interfaces(value, where));
        else if (name == "software") report.software = TRY(read_records(value, name, item_members, where));
        else if (name == "software_sources") report.software_sources = TRY(read_texts(value, name, where));
        else if (name == "hotfixes") report.hotfixes = TRY(read_texts(value, name, where));
        else if (name == "settings") report.settings = TRY(read_records(value, name, setting_members, where));
        else if (name == "setting_families") report.setting_families = TRY(read_texts(value, name, where));
        else if (name == "tags") report.tags = TRY(read_texts(value, name, where));
        else if (name == "internet_facing") {
            auto const told = json::boolean(root, name);
            if (!told) return refuse(where, name, "it is neither true nor false");
            report.internet_facing = *told;
        } else if (name == "collected_at") {
            auto const time = parse_iso_time(json::text(value));
            if (!time) return refuse(where, name, "it is no time like 2024-01-02T03:04:05Z");
            report.collected_at = *time;
        } else {
            return unknown(where, name, report_members,
                           {"os", "interfaces", "software", "software_sources", "hotfixes", "settings",
                            "setting_families", "tags", "internet_facing", "collected_at"});
        }
    }
    if (!report.value.empty() && report.value != "Low" && report.value != "Normal" && report.value != "High")
        return refuse(where, "value", "it is none of Low, Normal, High");
    if (report.software)
        for (auto const& item : *report.software)
            if (item.name.empty() || item.source.empty()) return refuse(where, "software", "an item has no source or no name");
    return report;
}

Result<DeviceReport> read_report_json(std::string_view line, std::string const& where) {
    auto const document = TRY(json::Document::parse(line, where));
    return read_report_json(document.root(), where);
}

}  // namespace merlon::sensors
