#include "sensors/import.h"

#include "base/files.h"
#include "base/json_read.h"
#include "base/text.h"
#include "sensors/linux/packages.h"
#include "sensors/merlon/report_json.h"
#include "sensors/openscap/results.h"
#include "sensors/osquery/results.h"
#include "sensors/sbom/cyclonedx.h"
#include "sensors/sbom/spdx.h"

namespace merlon::sensors {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t most_document_bytes = std::uint64_t{1} << 30;

bool is_id(std::string_view device) {
    return device.size() == 40 && device.find_first_not_of("0123456789abcdef") == device.npos;
}

void name_device(DeviceReport& report, std::string_view device) {
    if (device.empty()) return;
    if (is_id(device)) {
        report.device_id = std::string(device);
    } else {
        report.device_id.clear();
        report.identifier = report.name = field(device);
    }
}

Status give(DeviceReport report, std::string_view name, ImportCounts& counts, ReportSink const& sink) {
    if (report.device_id.empty() && report.identifier.empty() && report.name.empty())
        return fail("sensors.no_device", std::string(name));
    ++counts.reports;
    return sink(std::move(report));
}

// A document without any list of software must not read as "nothing is installed".
Status give_sbom(SbomDocument document, std::string_view reader, std::string_view name, ImportOptions const& options,
                 ImportCounts& counts, ReportSink const& sink) {
    if (!document.lists_software) {
        counts.skip("a document without a list of components, no inventory");
        return {};
    }
    return give(sbom_report(std::move(document), reader, options.device, name), name, counts, sink);
}

// ---- whole documents ----------------------------------------------------------------------------------------

Status read_json_document(std::string_view bytes, std::string_view name, ImportOptions const& options,
                          ImportCounts& counts, ReportSink const& sink) {
    auto const document = TRY(json::Document::parse(bytes, name));
    auto const root = document.root();
    if (looks_like_cyclonedx(root))
        return give_sbom(TRY(read_cyclonedx_json(root, name, counts)), "cyclonedx", name, options, counts, sink);
    if (looks_like_spdx2(root))
        return give_sbom(TRY(read_spdx2_json(root, name, counts)), "spdx", name, options, counts, sink);
    if (looks_like_spdx3(root))
        return give_sbom(TRY(read_spdx3_json(root, name, counts)), "spdx", name, options, counts, sink);
    if (looks_like_report(root)) {
        counts.format = "Merlon reports";
        auto report = TRY(read_report_json(root, std::string(name)));
        for (auto const& item : report.software.value_or(std::vector<SoftwareItem>{})) counts.keep(item);
        name_device(report, options.device);
        return give(std::move(report), name, counts, sink);
    }
    auto const log = looks_like_osquery(root);
    if (log || looks_like_osquery_rows(root)) {
        counts.format = log ? "osquery results" : "osquery rows";
        OsqueryLog reader;
        auto const list = json::array(root);
        bool const lines = !log && list.size() > 0 && looks_like_osquery(*list.begin());
        if (lines) {
            for (auto const line : list) TRY(reader.take(line, counts));
        } else if (log) {
            TRY(reader.take(root, counts));
        } else {
            auto const file = fs::path(std::string(name)).filename().string();
            auto const table = osquery_table(file, list);
            if (table.empty())
                return fail("sensors.unknown_format", std::string(name),
                            "a list of rows of no known osquery table; name the file after its table");
            reader.take_rows(file, list, counts);
        }
        return reader.finish(name, options.device, counts, sink);
    }
    return fail("sensors.unknown_format", std::string(name), "JSON of an unknown kind, " + first_bytes(bytes));
}

Status read_packages(std::string_view bytes, std::string_view name, OperatingSystem os, ImportOptions const& options,
                     ImportCounts& counts, ReportSink const& sink) {
    DeviceReport report;
    report.os = std::move(os);
    auto& software = report.software.emplace();
    if (looks_like_dpkg_status(bytes)) {
        counts.format = "dpkg status";
        report.source = "dpkg";
        report.software_sources = {"deb"};
        TRY(read_dpkg_status(bytes, name, software, counts));
    } else {
        counts.format = "apk installed";
        report.source = "apk";
        report.software_sources = {"apk"};
        TRY(read_apk_installed(bytes, name, software, counts));
    }
    name_device(report, options.device);
    return give(std::move(report), name, counts, sink);
}

// A document at hand, of any kind but lines. `os` is what was found beside a package database.
Status read_document(std::string_view bytes, std::string_view name, OperatingSystem os, ImportOptions const& options,
                     ImportCounts& counts, ReportSink const& sink) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    auto const start = trim(bytes.substr(0, 4096));
    if (start.empty()) {
        if (trim(bytes).empty()) return fail("sensors.empty", std::string(name));
        return fail("sensors.unknown_format", std::string(name), "it begins with blanks only");
    }
    if (start.front() == '{' || start.front() == '[') return read_json_document(bytes, name, options, counts, sink);
    if (start.front() == '<' && looks_like_xccdf(bytes))
        return read_xccdf(bytes, name, counts, [&](DeviceReport report) -> Status {
            name_device(report, options.device);
            if (report.name.empty() && report.device_id.empty()) return fail("sensors.no_device", std::string(name));
            return sink(std::move(report));
        });
    // pugixml reads UTF-16 too, which begins with a byte order mark.
    if (start.front() == '<' || bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return give_sbom(TRY(read_cyclonedx_xml(bytes, name, counts)), "cyclonedx", name, options, counts, sink);
    if (looks_like_dpkg_status(bytes) || looks_like_apk_installed(bytes))
        return read_packages(bytes, name, std::move(os), options, counts, sink);
    // Tag-value: comments may come first.
    auto const tag = bytes.substr(0, 4096).find("SPDXVersion:");
    if (tag != bytes.npos && (tag == 0 || bytes[tag - 1] == '\n'))
        return give_sbom(TRY(read_spdx_tag_value(bytes, name, counts)), "spdx", name, options, counts, sink);
    return fail("sensors.unknown_format", std::string(name), first_bytes(bytes));
}

// ---- lines --------------------------------------------------------------------------------------------------

enum class LineKind { none, report, osquery };

// What a line of JSON by itself is; none when it is no whole JSON value.
LineKind kind_of(std::string_view line) {
    line = trim(line);
    if (line.size() < 2 || line.front() != '{' || line.back() != '}') return LineKind::none;
    auto const document = json::Document::parse(line, "line");
    if (!document) return LineKind::none;
    if (looks_like_report(document->root())) return LineKind::report;
    return looks_like_osquery(document->root()) ? LineKind::osquery : LineKind::none;
}

// Reads lines one by one as they come.
struct LineReader {
    std::string name;
    ImportOptions const& options;
    ImportCounts& counts;
    ReportSink const& sink;
    LineKind kind = LineKind::none;
    OsqueryLog log;

    Status take(std::string_view line, std::size_t number) {
        line = trim(line);
        if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
        if (line.empty()) return {};
        auto const where = name + ", line " + std::to_string(number);
        auto const document = TRY(json::Document::parse(line, where));
        if (kind == LineKind::osquery) return log.take(document.root(), counts);
        auto report = TRY(read_report_json(document.root(), where));
        for (auto const& item : report.software.value_or(std::vector<SoftwareItem>{})) counts.keep(item);
        if (!options.device.empty() && counts.reports > 0)
            return fail("sensors.several_devices", name, "several");
        name_device(report, options.device);
        return give(std::move(report), where, counts, sink);
    }
    Status finish() {
        if (kind != LineKind::osquery) return {};
        return log.finish(name, options.device, counts, sink);
    }
};

char const* format_of(LineKind kind) { return kind == LineKind::osquery ? "osquery results" : "Merlon reports"; }

// The first line that is not blank, when the file has lines of a bounded length; the walk stops there.
std::optional<std::string> first_line(fs::path const& path) {
    std::optional<std::string> first;
    (void)read_lines(path, [&](std::string_view line, std::size_t) -> Status {
        if (trim(line).empty()) return {};
        first = std::string(trim(line));
        return fail("sensors.empty", std::string("stop"));
    });
    return first;
}

// os-release that belongs to a package database: of the root folder that it lies in, or beside it.
OperatingSystem system_beside(fs::path const& file) {
    auto const folder = fs::absolute(file).parent_path();
    for (auto const& place : {folder / "os-release", folder / "../../../usr/lib/os-release", folder / "../../../etc/os-release"}) {
        std::error_code failed;
        if (!fs::is_regular_file(place, failed)) continue;
        if (auto const bytes = read_file(place, 1 << 20)) return read_os_release(*bytes);
    }
    return {};
}

Status read_folder(fs::path const& path, ImportOptions const& options, ImportCounts& counts, ReportSink const& sink) {
    if (looks_like_root_folder(path)) {
        counts.format = "root folder";
        auto report = TRY(read_root_folder(path, counts));
        name_device(report, options.device);
        return give(std::move(report), path.string(), counts, sink);
    }
    if (looks_like_osquery_folder(path)) return read_osquery_folder(path, options.device, counts, sink);
    return fail("sensors.unknown_folder", path.string());
}

}  // namespace

Result<ImportCounts> import_inventory(fs::path const& path, ImportOptions const& options, ReportSink const& sink) {
    ImportCounts counts;
    std::error_code failed;
    if (fs::is_directory(path, failed)) {
        // A package database that was copied away together with its os-release.
        for (auto const* database : {"status", "installed"})
            if (fs::is_regular_file(path / database, failed)) return import_inventory(path / database, options, sink);
        TRY(read_folder(path, options, counts, sink));
        return counts;
    }
    if (auto const line = first_line(path))
        if (auto const kind = kind_of(line->starts_with("\xEF\xBB\xBF") ? line->substr(3) : *line); kind != LineKind::none) {
            counts.format = format_of(kind);
            LineReader reader{path.string(), options, counts, sink, kind, {}};
            TRY(read_lines(path, [&](std::string_view text, std::size_t number) { return reader.take(text, number); }));
            TRY(reader.finish());
            return counts;
        }
    auto const bytes = TRY(read_file(path, most_document_bytes));
    TRY(read_document(bytes, path.string(), system_beside(path), options, counts, sink));
    return counts;
}

Result<ImportCounts> import_text(std::string_view bytes, std::string_view name, ImportOptions const& options,
                                 ReportSink const& sink) {
    ImportCounts counts;
    auto const start = trim(bytes);
    auto const end = start.find('\n');
    if (auto const kind = kind_of(start.substr(0, end)); kind != LineKind::none) {
        counts.format = format_of(kind);
        LineReader reader{std::string(name), options, counts, sink, kind, {}};
        std::size_t number = 0;
        for (auto const line : split(bytes, '\n')) TRY(reader.take(line, ++number));
        TRY(reader.finish());
        return counts;
    }
    TRY(read_document(bytes, name, {}, options, counts, sink));
    return counts;
}

Result<Imported> import_all(fs::path const& path, ImportOptions const& options) {
    Imported all;
    all.counts = TRY(import_inventory(path, options, [&](DeviceReport report) -> Status {
        all.reports.push_back(std::move(report));
        return {};
    }));
    return all;
}

}  // namespace merlon::sensors
