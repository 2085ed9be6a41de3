#include "base/text.h"
#include "sensors/sbom/spdx.h"

namespace merlon::sensors {
namespace {

// SPDX 3 writes "software_Package"; early tools wrote "software:Package" and "@type".
std::string_view type_of(json::Value element) {
    auto const type = json::text(element, "type");
    return type.empty() ? json::text(element, "@type") : type;
}
std::string_view text_of(json::Value element, std::string_view profile, std::string_view key) {
    for (auto const* separator : {"_", ":", ""}) {
        auto const name = *separator ? std::string(profile) + separator + std::string(key) : std::string(key);
        if (auto const text = json::text(element, name); !text.empty()) return text;
    }
    return {};
}
std::string_view id_of(json::Value element) {
    auto const id = json::text(element, "spdxId");
    return id.empty() ? json::text(element, "@id") : id;
}

bool is_type(json::Value element, std::string_view name) {
    auto const type = type_of(element);
    return type == name || (type.size() > name.size() && type.ends_with(name) &&
                            (type[type.size() - name.size() - 1] == '_' || type[type.size() - name.size() - 1] == ':'));
}

SbomComponent component_of(json::Value element, std::map<std::string_view, std::string_view> const& names) {
    SbomComponent component;
    component.type = component_type(text_of(element, "software", "primaryPurpose"));
    component.name = json::text(element, "name");
    component.version = spdx_value(text_of(element, "software", "packageVersion"));
    component.purl = text_of(element, "software", "packageUrl");
    for (auto const identifier : json::array(element, "externalIdentifier"))
        take_reference(component, json::text(identifier, "externalIdentifierType"), json::text(identifier, "identifier"));
    take_source_info(component, text_of(element, "software", "sourceInfo"));
    // Suppliers are elements of their own, named by reference.
    auto const party = json::text(element, "suppliedBy");
    if (auto const found = names.find(party); found != names.end()) component.supplier = found->second;
    return component;
}

}  // namespace

bool looks_like_spdx3(json::Value root) {
    if (!json::member(root, "@graph")) return false;
    auto const context = json::member(root, "@context");
    if (!context) return false;
    return json::dump(*context).find("spdx.org") != std::string::npos;
}

Result<SbomDocument> read_spdx3_json(json::Value root, std::string_view file, ImportCounts& counts) {
    auto const graph = json::member(root, "@graph");
    if (!graph || !json::is_array(*graph))
        return fail("sensors.wrong_shape", std::string(file), "SPDX 3", "\"@graph\" is no list");
    SbomDocument document;
    std::string version = "3.0";
    std::map<std::string_view, std::string_view> names;
    for (auto const element : json::array(*graph)) {
        if (auto const id = id_of(element); !id.empty()) names[id] = json::text(element, "name");
        if (is_type(element, "CreationInfo"))
            if (auto const told = json::text(element, "specVersion"); !told.empty()) version = field(told);
        if (is_type(element, "SpdxDocument")) {
            document.subject = json::text(element, "name");
            document.serial = id_of(element);
        }
    }
    if (!version.starts_with("3."))
        return fail("sensors.sbom_version", std::string(file), "SPDX", version, "2.2, 2.3 and 3.0");
    counts.format = "SPDX " + version + " JSON-LD";
    for (auto const element : json::array(*graph))
        if (is_type(element, "Package")) take_component(document, component_of(element, names), counts);
    return document;
}

}  // namespace merlon::sensors
