#include "sensors/linux/packages.h"

#include "base/text.h"

namespace merlon::sensors {

OperatingSystem read_os_release(std::string_view bytes) {
    std::map<std::string, std::string, std::less<>> values;
    for (auto line : split(bytes, '\n')) {
        line = trim(line);
        auto const equals = line.find('=');
        if (line.empty() || line.front() == '#' || equals == line.npos) continue;
        auto value = trim(line.substr(equals + 1));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
            value = value.substr(1, value.size() - 2);
        values[std::string(line.substr(0, equals))] = field(replace_all(std::string(value), "\\", ""));
    }
    OperatingSystem os;
    os.distribution = distribution_id(values["ID"]);
    os.name = values["PRETTY_NAME"].empty() ? values["NAME"] : values["PRETTY_NAME"];
    os.version = values["VERSION_ID"];
    os.release = values["VERSION_CODENAME"];
    complete_platform(os);
    return os;
}

namespace {

// One paragraph of "Field: value" lines; continuation lines are dropped, for no field read here has any.
using Paragraph = std::map<std::string, std::string_view, std::less<>>;

// Calls `take` with each paragraph; stops at the first line that is neither a field nor a continuation.
template <typename Take>
Status each_paragraph(std::string_view bytes, std::string_view file, Take take) {
    Paragraph paragraph;
    std::size_t number = 0;
    while (!bytes.empty()) {
        ++number;
        auto const end = bytes.find('\n');
        auto line = bytes.substr(0, end);
        bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (trim(line).empty()) {
            if (!paragraph.empty()) take(paragraph);
            paragraph.clear();
            continue;
        }
        if (line.front() == ' ' || line.front() == '\t') continue;
        auto const colon = line.find(':');
        if (colon == line.npos || colon == 0)
            return fail("sensors.bad_line", std::string(file), std::to_string(number), "no «Field: value»");
        paragraph[ascii_lower(line.substr(0, colon))] = trim(line.substr(colon + 1));
    }
    if (!paragraph.empty()) take(paragraph);
    return {};
}

std::string_view value(Paragraph const& paragraph, std::string_view name) {
    auto const found = paragraph.find(name);
    return found == paragraph.end() ? std::string_view{} : found->second;
}

void take_dpkg(Paragraph const& paragraph, std::vector<SoftwareItem>& out, ImportCounts& counts) {
    auto const status = value(paragraph, "status");
    // deb-status: "want flag state"; only "installed" means that its files are there (distroless has no Status).
    if (!status.empty() && !status.ends_with(" installed")) return counts.skip("package not installed: " + field(status));
    SoftwareItem item;
    item.source = "deb";
    item.name = field(value(paragraph, "package"));
    item.version = field(value(paragraph, "version"));
    item.architecture = field(value(paragraph, "architecture"));
    item.vendor = field(value(paragraph, "maintainer"));
    if (item.name.empty()) return counts.skip("no name");
    auto const source = value(paragraph, "source");
    auto const open = source.find(" (");
    item.source_name = field(source.substr(0, open));
    if (open != source.npos && source.ends_with(')'))
        item.source_version = field(source.substr(open + 2, source.size() - open - 3));
    counts.keep(item);
    out.push_back(std::move(item));
}

}  // namespace

bool looks_like_dpkg_status(std::string_view bytes) {
    bytes = bytes.substr(0, 65536);
    if (!bytes.starts_with("Package: ")) return false;
    return bytes.find("\nVersion: ") != bytes.npos || bytes.find("\nStatus: ") != bytes.npos;
}

Status read_dpkg_status(std::string_view bytes, std::string_view file, std::vector<SoftwareItem>& out,
                        ImportCounts& counts) {
    return each_paragraph(bytes, file, [&](Paragraph const& paragraph) { take_dpkg(paragraph, out, counts); });
}

bool looks_like_apk_installed(std::string_view bytes) {
    bytes = bytes.substr(0, 65536);
    return (bytes.starts_with("C:Q") || bytes.starts_with("P:")) && bytes.find("\nV:") != bytes.npos;
}

Status read_apk_installed(std::string_view bytes, std::string_view file, std::vector<SoftwareItem>& out,
                          ImportCounts& counts) {
    SoftwareItem item;
    bool any = false;
    auto finish = [&] {
        if (!any) return;
        item.source = "apk";
        if (item.source_name == item.name) item.source_name.clear();
        if (item.name.empty()) {
            counts.skip("no name");
        } else {
            counts.keep(item);
            out.push_back(std::move(item));
        }
        item = {};
        any = false;
    };
    std::size_t number = 0;
    for (auto line : split(bytes, '\n')) {
        ++number;
        line = trim(line);
        if (line.empty()) {
            finish();
            continue;
        }
        if (line.size() < 2 || line[1] != ':')
            return fail("sensors.bad_line", std::string(file), std::to_string(number), "no «X:value»");
        auto const value = line.substr(2);
        // Alpine wiki, "Apk spec": upper and lower case letters are different fields.
        switch (line[0]) {
        case 'P': item.name = field(value); any = true; break;
        case 'V': item.version = field(value); break;
        case 'A': item.architecture = field(value); break;
        case 'o': item.source_name = field(value); break;
        case 'm': item.vendor = field(value); break;
        default: break;
        }
    }
    finish();
    return {};
}

bool read_rpm_line(std::string_view line, SoftwareItem& item) {
    auto const fields = split(line, '\t');
    if (fields.size() < 8) return false;
    auto told = [&](std::size_t i) { return fields[i] == "(none)" ? std::string{} : field(fields[i]); };
    item.source = "rpm";
    item.name = told(0);
    // Keys of the database itself, no packages.
    if (item.name.empty() || item.name == "gpg-pubkey") return false;
    item.version = told(2) + "-" + told(3);
    if (auto const epoch = told(1); !epoch.empty() && epoch != "0") item.version = epoch + ":" + item.version;
    item.architecture = told(4);
    item.vendor = told(5);
    split_source_rpm(told(6), item.source_name, item.source_version);
    if (item.source_name == item.name && item.source_version == item.version) {
        item.source_name.clear();
        item.source_version.clear();
    }
    if (fields.size() > 8)
        if (auto const label = told(8); label.contains(':')) item.edition = module_stream(label);
    if (auto const seconds = to_int(told(7))) item.installed_at = iso_seconds(unix_epoch_ticks + *seconds * ticks_per_second);
    return true;
}

}  // namespace merlon::sensors
