// What CycloneDX and SPDX say of one component, in common; made into software by one rule for all of them.
#pragma once
#include <string>
#include <vector>

#include "sensors/reading.h"

namespace merlon::sensors {

struct SbomComponent {
    std::string type;  // CycloneDX's word, lower case: library, application, operating-system, file, container ...
    std::string group, name, version;
    std::string supplier;
    std::string purl, cpe;
    std::string source_name, source_version;  // of properties or notes; those of the purl come second
    std::string architecture;
    std::string path;
    std::string module;  // of an rpm, as its label says: "ruby:2.5:8010020190711095715:..."
};

// What Trivy, Syft and cdxgen hang on properties, for which CycloneDX has no place; both of its forms read it here.
class ComponentProperties {
public:
    void take(SbomComponent&, std::string_view name, std::string_view value);
    // The version of the source package, which Trivy tells in parts.
    void finish(SbomComponent&) const;

private:
    std::string epoch_, version_, release_;
};

// A document as it is read: what it is about and its software.
struct SbomDocument {
    std::string subject;       // name of what the document describes
    std::string subject_type;  // likewise, CycloneDX's word
    std::string serial;        // serial number or namespace of the document
    OperatingSystem os;
    std::vector<SoftwareItem> software;
    bool lists_software = true;  // false: statements about vulnerabilities only (VEX), no inventory
};

// Adds the component to the document: as software, as its operating system, or not at all with a reason in `counts`.
void take_component(SbomDocument&, SbomComponent const&, ImportCounts& counts);

// The report of a whole document. `device` overrides what the document calls its subject.
DeviceReport sbom_report(SbomDocument, std::string_view reader, std::string_view device, std::string_view file);

}  // namespace merlon::sensors
