#include "sensors/sbom/component.h"

#include "base/text.h"
#include "model/knowledge.h"
#include "model/purl.h"

namespace merlon::sensors {
namespace {

// purl types and the words of SoftwareItem::source.
std::string source_of(std::string const& type) {
    static std::map<std::string_view, std::string_view> const known{
        {"deb", "deb"},       {"rpm", "rpm"},     {"apk", "apk"},       {"alpm", "pacman"},  {"ebuild", "portage"},
        {"snap", "snap"},     {"flatpak", "flatpak"}, {"pypi", "pypi"}, {"npm", "npm"},      {"maven", "maven"},
        {"gem", "gem"},       {"nuget", "nuget"}, {"golang", "golang"}, {"cargo", "cargo"},  {"composer", "composer"},
        {"hex", "hex"},       {"pub", "pub"},     {"cran", "cran"},     {"conan", "conan"},  {"swift", "swift"},
        {"brew", "homebrew"}, {"vscode-extension", "vscode_extensions"}};
    auto const found = known.find(type);
    return found == known.end() ? "generic" : std::string(found->second);
}

// "openssl@3.0.7-1", "openssl" or "openssl-3.0.7-1.el9.src.rpm": what Syft writes as `upstream`.
void take_upstream(SoftwareItem& item, std::string const& upstream) {
    if (!item.source_name.empty() || upstream.empty()) return;
    if (split_source_rpm(upstream, item.source_name, item.source_version)) return;
    auto const at = upstream.find('@');
    item.source_name = field(upstream.substr(0, at));
    if (at != upstream.npos) item.source_version = field(upstream.substr(at + 1));
}

// The distribution of a package whose purl does not name it: of what has no releases by its namespace, of Enterprise Linux,
// Fedora, Amazon Linux and Debian by the mark that their builds carry in the version (1.1.1k-7.el8_6, 7.88.1-10+deb12u5).
std::string distribution_of_build(Purl const& purl) {
    auto const space = distribution_id(purl.space);
    if (purl.type == "apk" && (space == "wolfi" || space == "chainguard")) return space;
    if (purl.type == "alpm" && space == "arch") return space;
    auto const number_behind = [&](std::string_view mark) {
        auto const at = purl.version.rfind(mark);
        if (at == purl.version.npos) return std::string{};
        auto const begin = at + mark.size();
        auto const end = purl.version.find_first_not_of("0123456789", begin);
        return purl.version.substr(begin, end == purl.version.npos ? end : end - begin);
    };
    auto const released = [](std::string const& name, std::string const& number) { return number.empty() ? std::string{} : name + ":" + number; };
    if (purl.type == "rpm") {
        if (space == "amzn") return released(space, number_behind(".amzn"));
        if (space == "fedora") return released(space, number_behind(".fc"));
        for (auto const* const enterprise : {"rhel", "centos", "rocky", "almalinux", "ol"})
            if (space == enterprise) return released(space, number_behind(".el"));
    }
    if (purl.type == "deb" && space == "debian") {
        auto const plus = number_behind("+deb");
        return released(space, plus.empty() ? number_behind("~deb") : plus);
    }
    return {};
}

void take_purl(SoftwareItem& item, Purl purl) {
    item.source = source_of(purl.type);
    item.name = field(ecosystem_name(purl));
    auto qualifier = [&](char const* key) {
        auto const found = purl.qualifiers.find(key);
        return found == purl.qualifiers.end() ? std::string{} : found->second;
    };
    if (!purl.version.empty()) item.version = field(purl.version);
    // purl-spec: the epoch of an rpm is a qualifier, that of a deb part of the version. Trivy writes it as a qualifier
    // for deb too.
    auto const epoch = qualifier("epoch");
    if (!epoch.empty() && epoch != "0" && (item.source == "rpm" || item.source == "deb") &&
        item.version.find(':') == item.version.npos)
        item.version = field(epoch) + ":" + item.version;
    if (item.architecture.empty()) item.architecture = field(qualifier("arch"));
    if (item.source == "deb" || item.source == "rpm" || item.source == "apk" || item.source == "pacman") {
        item.distribution = distribution_release_of(qualifier("distro"));
        if (item.distribution.empty()) item.distribution = distribution_release_of(qualifier("distro_name"));
        if (item.distribution.empty()) item.distribution = distribution_of_build(purl);
        take_upstream(item, qualifier("upstream"));
        // Red Hat's own documents: rpmmod=nodejs:18:8060020...
        if (item.edition.empty()) item.edition = field(module_stream(qualifier("rpmmod")));
    }
    purl.qualifiers.clear();
    purl.subpath.clear();
    item.purl = field(purl_text(purl));
}

bool names_no_software(std::string const& type) {
    return type == "file" || type == "data" || type == "machine-learning-model" || type == "cryptographic-asset" ||
           type == "container" || type == "platform" || type == "device-driver-data";
}

void take_system(SbomDocument& document, SbomComponent const& component, ImportCounts& counts) {
    auto& os = document.os;
    if (os.distribution.empty()) {
        os.distribution = distribution_id(component.name);
        if (os.distribution.find("windows") != os.distribution.npos) {
            os.name = field(component.name);
            os.distribution = "windows";
        }
        os.version = field(component.version);
        complete_platform(os);
    }
    counts.keep_fact();
}

}  // namespace

void ComponentProperties::take(SbomComponent& component, std::string_view name, std::string_view value) {
    if (name == "aquasecurity:trivy:SrcName") component.source_name = value;
    else if (name == "aquasecurity:trivy:SrcVersion") version_ = value;
    else if (name == "aquasecurity:trivy:SrcRelease") release_ = value;
    else if (name == "aquasecurity:trivy:SrcEpoch") epoch_ = value;
    else if (name == "aquasecurity:trivy:FilePath") component.path = value;
    else if (name == "syft:metadata:source") component.source_name = value;
    else if (name == "syft:metadata:sourceVersion") component.source_version = value;
    else if (name == "syft:metadata:originPackage") component.source_name = value;
    else if (name == "syft:metadata:architecture") component.architecture = value;
    else if (name == "syft:metadata:sourceRpm") split_source_rpm(value, component.source_name, component.source_version);
    else if (name == "aquasecurity:trivy:Modularitylabel" || name == "syft:metadata:modularityLabel") component.module = value;
    else if (name == "syft:location:0:path") component.path = value;
    else if (name == "SrcFile") component.path = value;  // cdxgen
}

void ComponentProperties::finish(SbomComponent& component) const {
    if (version_.empty()) return;
    component.source_version = release_.empty() ? version_ : version_ + "-" + release_;
    if (!epoch_.empty() && epoch_ != "0") component.source_version = epoch_ + ":" + component.source_version;
}

void take_component(SbomDocument& document, SbomComponent const& component, ImportCounts& counts) {
    if (component.type == "operating-system") return take_system(document, component, counts);
    if (names_no_software(component.type) && component.purl.empty() && component.cpe.empty())
        return counts.skip("a " + component.type + ", no software");
    SoftwareItem item;
    item.vendor = field(component.supplier);
    item.version = field(component.version);
    item.architecture = field(component.architecture);
    item.source_name = field(component.source_name);
    item.source_version = field(component.source_version);
    item.path = field(component.path);
    if (auto const stream = module_stream(component.module); !stream.empty()) item.edition = field(stream);
    if (parse_cpe(component.cpe)) item.cpe = field(component.cpe);
    if (auto purl = parse_purl(component.purl)) {
        take_purl(item, std::move(*purl));
    } else {
        item.source = item.cpe.empty() ? "generic" : "cpe";
        item.name = field(component.group.empty() ? component.name : component.group + "/" + component.name);
    }
    if (item.name.empty()) return counts.skip("no name");
    if (item.version.empty() && item.purl.empty() && item.cpe.empty() && component.type == "application")
        return counts.skip("an application without version, purl and CPE");
    if (item.source_name == item.name && (item.source_version.empty() || item.source_version == item.version)) {
        item.source_name.clear();
        item.source_version.clear();
    }
    counts.keep(item);
    document.software.push_back(std::move(item));
}

DeviceReport sbom_report(SbomDocument document, std::string_view reader, std::string_view device,
                         std::string_view file) {
    DeviceReport report;
    report.source = std::string(reader);
    // Packages of a distribution say which one it is even when no component does.
    if (document.os.distribution.empty())
        for (auto const& item : document.software)
            if (auto const at = item.distribution.find(':'); at != item.distribution.npos) {
                document.os.distribution = item.distribution.substr(0, at);
                document.os.version = item.distribution.substr(at + 1);
                complete_platform(document.os);
                break;
            }
    auto const is_id = device.size() == 40 && device.find_first_not_of("0123456789abcdef") == device.npos;
    if (is_id) {
        report.device_id = std::string(device);
    } else {
        auto name = field(device);
        if (name.empty()) name = field(document.subject);
        if (name.empty()) name = field(document.serial);
        if (name.empty()) name = field(file);
        report.identifier = name;
        report.name = std::move(name);
    }
    report.os = std::move(document.os);
    report.software = std::move(document.software);
    return report;
}

}  // namespace merlon::sensors
