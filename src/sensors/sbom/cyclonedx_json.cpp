#include "base/text.h"
#include "model/purl.h"
#include "sensors/sbom/cyclonedx.h"

namespace merlon::sensors {
namespace {

constexpr int most_depth = 64;

std::string_view supplier_of(json::Value element) {
    for (auto const* key : {"supplier", "manufacturer", "manufacture"})
        if (auto const one = json::member(element, key))
            if (auto const name = json::text(*one, "name"); !name.empty()) return name;
    for (auto const* key : {"publisher", "author"})
        if (auto const text = json::text(element, key); !text.empty()) return text;
    return {};
}

SbomComponent component_of(json::Value element) {
    SbomComponent component;
    component.type = ascii_lower(json::text(element, "type"));
    component.group = json::text(element, "group");
    component.name = json::text(element, "name");
    component.version = json::text(element, "version");
    component.supplier = supplier_of(element);
    component.purl = json::text(element, "purl");
    component.cpe = json::text(element, "cpe");
    if (auto const evidence = json::member(element, "evidence"))
        for (auto const place : json::array(*evidence, "occurrences")) {
            component.path = json::text(place, "location");
            break;
        }
    ComponentProperties properties;
    for (auto const property : json::array(element, "properties")) properties.take(component, json::text(property, "name"), json::text(property, "value"));
    properties.finish(component);
    return component;
}

void take_all(SbomDocument& document, simdjson::dom::array components, ImportCounts& counts, int depth) {
    for (auto const element : components) {
        if (!json::is_object(element)) {
            counts.skip("not an object");
            continue;
        }
        take_component(document, component_of(element), counts);
        if (depth < most_depth) take_all(document, json::array(element, "components"), counts, depth + 1);
    }
}

}  // namespace

bool looks_like_cyclonedx(json::Value root) {
    return equal_ignoring_ascii_case(json::text(root, "bomFormat"), "CycloneDX") ||
           json::text(root, "$schema").find("cyclonedx.org") != std::string_view::npos;
}

Result<SbomDocument> read_cyclonedx_json(json::Value root, std::string_view file, ImportCounts& counts) {
    auto const version = json::text(root, "specVersion");
    if (!version.starts_with("1."))
        return fail("sensors.sbom_version", std::string(file), "CycloneDX", field(version), "1.2 to 1.7");
    counts.format = "CycloneDX " + field(version) + " JSON";
    if (auto const components = json::member(root, "components"); components && !json::is_array(*components))
        return fail("sensors.wrong_shape", std::string(file), "CycloneDX", "\"components\" is no list");
    SbomDocument document;
    document.serial = json::text(root, "serialNumber");
    if (auto const metadata = json::member(root, "metadata"))
        if (auto const subject = json::member(*metadata, "component")) {
            auto const component = component_of(*subject);
            document.subject = component.name;
            document.subject_type = component.type;
            if (component.type == "operating-system" || parse_purl(component.purl) || !component.cpe.empty())
                take_component(document, component, counts);
            take_all(document, json::array(*subject, "components"), counts, 0);
        }
    take_all(document, json::array(root, "components"), counts, 0);
    document.lists_software = !document.software.empty() || json::member(root, "components").has_value();
    return document;
}

}  // namespace merlon::sensors
