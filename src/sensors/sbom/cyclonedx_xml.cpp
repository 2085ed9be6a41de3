#include "base/text.h"
#include "base/xml.h"
#include "model/purl.h"
#include "sensors/sbom/cyclonedx.h"

namespace merlon::sensors {
namespace {

constexpr int most_depth = 64;

std::string text(pugi::xml_node node, std::string_view name) { return xml::child(node, name).child_value(); }

SbomComponent component_of(pugi::xml_node element) {
    SbomComponent component;
    component.type = ascii_lower(element.attribute("type").value());
    component.group = text(element, "group");
    component.name = text(element, "name");
    component.version = text(element, "version");
    component.supplier = text(xml::child(element, "supplier"), "name");
    for (auto const* key : {"publisher", "author"})
        if (component.supplier.empty()) component.supplier = text(element, key);
    component.purl = text(element, "purl");
    component.cpe = text(element, "cpe");
    ComponentProperties properties;
    for (auto const property : xml::child(element, "properties").children())
        properties.take(component, property.attribute("name").value(), property.child_value());
    properties.finish(component);
    return component;
}

void take_all(SbomDocument& document, pugi::xml_node components, ImportCounts& counts, int depth) {
    for (auto const element : components.children()) {
        if (xml::local_name(element) != "component") continue;
        take_component(document, component_of(element), counts);
        if (depth < most_depth) take_all(document, xml::child(element, "components"), counts, depth + 1);
    }
}

// "http://cyclonedx.org/schema/bom/1.4" -> "1.4".
std::string version_of(pugi::xml_node bom) {
    for (auto const attribute : bom.attributes()) {
        std::string_view const value = attribute.value();
        if (auto const at = value.find("cyclonedx.org/schema/bom/"); at != value.npos)
            return field(value.substr(at + 25));
    }
    return {};
}

}  // namespace

Result<SbomDocument> read_cyclonedx_xml(std::string_view bytes, std::string_view file, ImportCounts& counts) {
    pugi::xml_document xml;
    // pugixml expands no external entities and resolves no document types, so there is nothing to disarm.
    auto const parsed = xml.load_buffer(bytes.data(), bytes.size(), pugi::parse_default, pugi::encoding_auto);
    if (!parsed)
        return fail("sensors.bad_xml", std::string(file), parsed.description(), std::to_string(parsed.offset));
    auto const bom = xml.document_element();
    auto const version = version_of(bom);
    if (xml::local_name(bom) != "bom" || version.empty())
        return fail("sensors.unknown_format", std::string(file), "XML that begins with <" + field(bom.name()) + ">");
    if (!version.starts_with("1."))
        return fail("sensors.sbom_version", std::string(file), "CycloneDX", version, "1.2 to 1.7");
    counts.format = "CycloneDX " + version + " XML";
    SbomDocument document;
    document.serial = bom.attribute("serialNumber").value();
    if (auto const subject = xml::child(xml::child(bom, "metadata"), "component")) {
        auto const component = component_of(subject);
        document.subject = component.name;
        document.subject_type = component.type;
        if (component.type == "operating-system" || parse_purl(component.purl) || !component.cpe.empty())
            take_component(document, component, counts);
        take_all(document, xml::child(subject, "components"), counts, 0);
    }
    take_all(document, xml::child(bom, "components"), counts, 0);
    document.lists_software = !document.software.empty() || !xml::child(bom, "components").empty();
    return document;
}

}  // namespace merlon::sensors
