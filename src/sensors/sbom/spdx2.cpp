#include "base/text.h"
#include "sensors/sbom/spdx.h"

namespace merlon::sensors {

void take_reference(SbomComponent& component, std::string_view type, std::string_view locator) {
    auto const kind = ascii_lower(type);
    if ((kind == "purl" || kind == "packageurl") && component.purl.empty()) component.purl = trim(locator);
    // 2.3 names win over the older URI form; of several the first, since tools that guess name the best one first.
    if ((kind == "cpe23type" || kind == "cpe23") && !component.cpe.starts_with("cpe:2.3:")) component.cpe = trim(locator);
    if ((kind == "cpe22type" || kind == "cpe22") && component.cpe.empty()) component.cpe = trim(locator);
}

std::string_view spdx_value(std::string_view text) {
    text = trim(text);
    return text == "NOASSERTION" || text == "NONE" ? std::string_view{} : text;
}

std::string_view spdx_party(std::string_view text) {
    text = spdx_value(text);
    for (auto const* prefix : {"Organization:", "Person:", "Tool:"})
        if (text.starts_with(prefix)) return trim(text.substr(std::string_view(prefix).size()));
    return text;
}

std::string component_type(std::string_view purpose) {
    std::string out;
    for (std::size_t i = 0; i < purpose.size(); ++i) {
        char const c = purpose[i];
        // camelCase of SPDX 3, dashes or underscores of SPDX 2.
        bool const upper = c >= 'A' && c <= 'Z';
        if (upper && i > 0 && purpose[i - 1] >= 'a' && purpose[i - 1] <= 'z') out += '-';
        out += c == '_' ? '-' : upper ? static_cast<char>(c + 32) : c;
    }
    return out.empty() ? "library" : out;
}

void take_source_info(SbomComponent& component, std::string_view text) {
    constexpr std::string_view mark = "built package from: ";
    auto const at = text.find(mark);
    if (at == std::string_view::npos) return;
    auto const rest = trim(text.substr(at + mark.size()));
    auto const blank = rest.find(' ');
    component.source_name = rest.substr(0, blank);
    if (blank != rest.npos) component.source_version = trim(rest.substr(blank + 1));
}

namespace {
// "SPDX-2.3" -> "2.3".
std::string_view number_of(std::string_view version) { return version.starts_with("SPDX-") ? version.substr(5) : version; }
}  // namespace

bool looks_like_spdx2(json::Value root) { return json::text(root, "spdxVersion").starts_with("SPDX-"); }

Result<SbomDocument> read_spdx2_json(json::Value root, std::string_view file, ImportCounts& counts) {
    auto const version = json::text(root, "spdxVersion");
    if (!version.starts_with("SPDX-2."))
        return fail("sensors.sbom_version", std::string(file), "SPDX", field(number_of(version)), "2.2, 2.3 and 3.0");
    counts.format = "SPDX " + field(version.substr(5)) + " JSON";
    if (auto const packages = json::member(root, "packages"); packages && !json::is_array(*packages))
        return fail("sensors.wrong_shape", std::string(file), "SPDX", "\"packages\" is no list");
    SbomDocument document;
    document.subject = json::text(root, "name");
    document.serial = json::text(root, "documentNamespace");
    for (auto const package : json::array(root, "packages")) {
        if (!json::is_object(package)) {
            counts.skip("not an object");
            continue;
        }
        SbomComponent component;
        component.type = component_type(json::text(package, "primaryPackagePurpose"));
        component.name = json::text(package, "name");
        component.version = spdx_value(json::text(package, "versionInfo"));
        component.supplier = spdx_party(json::text(package, "supplier"));
        if (component.supplier.empty()) component.supplier = spdx_party(json::text(package, "originator"));
        for (auto const reference : json::array(package, "externalRefs"))
            take_reference(component, json::text(reference, "referenceType"), json::text(reference, "referenceLocator"));
        take_source_info(component, json::text(package, "sourceInfo"));
        take_component(document, component, counts);
    }
    return document;
}

Result<SbomDocument> read_spdx_tag_value(std::string_view bytes, std::string_view file, ImportCounts& counts) {
    SbomDocument document;
    SbomComponent component;
    bool in_package = false;
    auto finish = [&] {
        if (in_package) take_component(document, component, counts);
        component = {};
        component.type = "library";
        in_package = false;
    };
    bool inside_text = false;  // between <text> and </text>, which may hold anything
    std::size_t number = 0;
    for (auto line : split(bytes, '\n')) {
        ++number;
        if (inside_text) {
            if (line.find("</text>") != line.npos) inside_text = false;
            continue;
        }
        line = trim(line);
        if (line.empty() || line.front() == '#') continue;
        auto const colon = line.find(':');
        if (colon == line.npos)
            return fail("sensors.bad_line", std::string(file), std::to_string(number), "no «tag: value»");
        auto const tag = line.substr(0, colon);
        auto value = trim(line.substr(colon + 1));
        if (value.starts_with("<text>")) {
            inside_text = value.find("</text>") == value.npos;
            value = value.substr(6, value.find("</text>") == value.npos ? value.npos : value.find("</text>") - 6);
        }
        if (tag == "SPDXVersion") {
            if (!value.starts_with("SPDX-2."))
                return fail("sensors.sbom_version", std::string(file), "SPDX", field(number_of(value)), "2.2, 2.3 and 3.0");
            counts.format = "SPDX " + field(value.substr(5)) + " tag-value";
        } else if (tag == "DocumentName") {
            document.subject = value;
        } else if (tag == "DocumentNamespace") {
            document.serial = value;
        } else if (tag == "PackageName") {
            finish();
            in_package = true;
            component.name = value;
        } else if (tag == "FileName" || tag == "SnippetSPDXID") {
            finish();
        } else if (in_package && tag == "PackageVersion") {
            component.version = spdx_value(value);
        } else if (in_package && (tag == "PackageSupplier" || tag == "PackageOriginator")) {
            if (component.supplier.empty()) component.supplier = spdx_party(value);
        } else if (in_package && tag == "PrimaryPackagePurpose") {
            component.type = component_type(value);
        } else if (in_package && tag == "PackageSourceInfo") {
            take_source_info(component, value);
        } else if (in_package && tag == "ExternalRef") {
            auto const first = value.find(' ');
            auto const second = first == value.npos ? first : value.find(' ', first + 1);
            if (second != value.npos)
                take_reference(component, value.substr(first + 1, second - first - 1), value.substr(second + 1));
        }
    }
    if (inside_text) return fail("sensors.wrong_shape", std::string(file), "SPDX", "<text> without </text>");
    finish();
    return document;
}

}  // namespace merlon::sensors
