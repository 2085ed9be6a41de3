#include "match/cyclonedx_head.h"

#include "base/digest.h"

namespace merlon::match {

std::string document_id(std::string_view content) {
    return "urn:uuid:" + uuid_of(sha256_hex(content), '5');
}

void write_cyclonedx_head(JsonWriter& json, std::string_view serial_number, Ticks now, std::string_view version) {
    json.member("bomFormat", "CycloneDX");
    json.member("specVersion", "1.6");
    json.member("serialNumber", serial_number);
    json.member("version", 1);
    json.key("metadata");
    json.begin_object();
    json.member("timestamp", iso_seconds(now));
    json.key("tools");
    json.begin_object();
    json.key("components");
    json.begin_array();
    json.begin_object();
    json.member("type", "application");
    json.member("name", tooling);
    if (!version.empty()) json.member("version", version);
    json.end_object();
    json.end_array();
    json.end_object();
    json.end_object();
}

}  // namespace merlon::match
