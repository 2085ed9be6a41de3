#include "sensors/osquery/results.h"

#include "base/files.h"
#include "base/text.h"

namespace merlon::sensors {
namespace {

bool is_log_line(json::Value value) {
    return json::member(value, "name") && (json::member(value, "snapshot") || json::member(value, "columns") ||
                                           json::member(value, "diffResults"));
}

// {"deb_packages": [...], "os_version": [...]}: every member is the rows of a table that is known.
bool is_tables(json::Value value) {
    if (!json::is_object(value)) return false;
    bool any = false;
    for (auto const [name, rows] : simdjson::dom::object(value.get_object().value_unsafe())) {
        if (!json::is_array(rows)) return false;
        any = any || osquery_table_is_read(name);
    }
    return any;
}

bool is_id(std::string_view device) {
    return device.size() == 40 && device.find_first_not_of("0123456789abcdef") == device.npos;
}

}  // namespace

bool looks_like_osquery(json::Value root) {
    if (is_log_line(root) || is_tables(root)) return true;
    if (json::member(root, "log_type") && json::member(root, "data")) return true;
    auto const queries = json::member(root, "queries");
    return queries && json::is_object(*queries) && json::member(root, "statuses").has_value();
}

bool looks_like_osquery_rows(json::Value root) {
    if (!json::is_array(root)) return false;
    for (auto const row : json::array(root)) {
        if (!json::is_object(row)) return false;
        if (is_log_line(row)) return true;
        for (auto const [name, value] : simdjson::dom::object(row.get_object().value_unsafe())) {
            (void)name;
            if (json::is_object(value) || json::is_array(value)) return false;
        }
        break;  // the first row speaks for all
    }
    return true;
}

OsqueryLog::Host& OsqueryLog::host(json::Value line) {
    auto const identifier = field(json::text(line, "hostIdentifier"));
    for (auto& one : hosts_)
        if (one.identifier == identifier) return one;
    auto& made = hosts_.emplace_back();
    made.identifier = identifier;
    return made;
}

Status OsqueryLog::take(json::Value value, ImportCounts& counts) {
    if (is_log_line(value)) return take_line(value, counts);
    if (json::member(value, "log_type")) {
        if (json::text(value, "log_type") == "status") {
            counts.skip("a status line", json::array(value, "data").size());
            return {};
        }
        for (auto const line : json::array(value, "data")) TRY(take(line, counts));
        return {};
    }
    if (json::member(value, "queries")) {
        take_distributed(value, counts);
        return {};
    }
    if (is_tables(value)) {
        for (auto const [name, rows] : simdjson::dom::object(value.get_object().value_unsafe()))
            take_rows(name, json::array(rows), counts);
        return {};
    }
    counts.skip("a line that is no result");
    return {};
}

void OsqueryLog::take_rows(std::string_view query, simdjson::dom::array rows, ImportCounts& counts) {
    if (hosts_.empty()) hosts_.emplace_back();
    hosts_.back().device.take(osquery_table(query, rows), rows, counts);
}

void OsqueryLog::take_distributed(json::Value answer, ImportCounts& counts) {
    auto const statuses = json::member(answer, "statuses");
    auto const messages = json::member(answer, "messages");
    auto const queries = *json::member(answer, "queries");
    if (!json::is_object(queries)) return;
    for (auto const [name, rows] : simdjson::dom::object(queries.get_object().value_unsafe())) {
        // A failed query is not an empty one: what was known stays (osquery's protocol, distributed write).
        auto const status = statuses ? json::member(*statuses, name) : std::nullopt;
        auto const code = status ? json::dump(*status) : "0";
        if (code != "0" && code != "\"0\"") {
            ++failed_;
            failure_ = std::string(name) + ": " + field(messages ? json::text(*messages, name) : std::string_view{});
            counts.skip("a query that failed on the device");
            continue;
        }
        take_rows(name, json::array(rows), counts);
    }
}

Status OsqueryLog::take_line(json::Value line, ImportCounts& counts) {
    auto& one = host(line);
    if (auto const time = time_of_seconds(json::integer(line, "unixTime"))) one.newest = std::max(one.newest, *time);
    if (auto const decorations = json::member(line, "decorations"))
        if (auto const name = json::text(*decorations, "hostname"); !name.empty()) one.name = field(name);
    auto const query = json::text(line, "name");
    if (json::member(line, "snapshot")) {
        auto const rows = json::array(line, "snapshot");
        one.device.take(osquery_table(query, rows), rows, counts);
        return {};
    }
    // counter 0 is the whole first result; it starts over when the agent lost its database.
    auto const counter = json::integer(line, "counter").value_or(0);
    auto& kept = one.differential[std::string(query)];
    auto add = [&](json::Value row) { kept.rows.push_back(json::dump(row)); };
    auto remove = [&](json::Value row) {
        auto const found = std::find(kept.rows.begin(), kept.rows.end(), json::dump(row));
        if (found != kept.rows.end()) kept.rows.erase(found);
    };
    if (counter == 0) kept.whole = true;
    constexpr std::size_t most_rows = 1'000'000;
    if (kept.rows.size() > most_rows)
        return fail("sensors.too_many", std::string("osquery results"), std::to_string(most_rows), "rows of one query");
    if (auto const both = json::member(line, "diffResults")) {
        if (counter == 0) kept.rows.clear();
        if (json::is_object(*both)) {
            for (auto const row : json::array(*both, "removed")) remove(row);
            for (auto const row : json::array(*both, "added")) add(row);
        }
        return {};
    }
    auto const columns = json::member(line, "columns");
    if (!columns) return {};
    if (json::text(line, "action") == "removed") remove(*columns);
    else add(*columns);
    return {};
}

Status OsqueryLog::finish(std::string_view file, std::string_view device, ImportCounts& counts,
                          ReportSink const& sink) {
    if (!device.empty() && hosts_.size() > 1)
        return fail("sensors.several_devices", std::string(file), std::to_string(hosts_.size()));
    bool any = false;
    for (auto& one : hosts_) {
        for (auto const& [query, kept] : one.differential) {
            if (!kept.whole) {
                counts.skip("differential results without their beginning", kept.rows.size());
                continue;
            }
            std::string rows = "[";
            for (auto const& row : kept.rows) rows += (rows.size() > 1 ? "," : "") + row;
            rows += "]";
            auto const document = TRY(json::Document::parse(rows, file));
            auto const list = json::array(document.root());
            one.device.take(osquery_table(query, list), list, counts);
        }
        if (one.device.empty()) continue;
        auto report = one.device.report(one.identifier, one.name);
        if (is_id(device)) {
            report.device_id = std::string(device);
        } else if (!device.empty()) {
            report.identifier = report.name = field(device);
        }
        if (report.identifier.empty() && report.name.empty() && report.device_id.empty())
            return fail("sensors.no_device", std::string(file));
        report.collected_at = one.newest;
        any = true;
        ++counts.reports;
        TRY(sink(std::move(report)));
    }
    if (!any && failed_ > 0) return fail("sensors.osquery_failed", std::string(file), failure_);
    return {};
}

// ---- folders ------------------------------------------------------------------------------------------------

namespace {

std::vector<std::filesystem::path> json_files(std::filesystem::path const& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code failed;
    for (auto entry = std::filesystem::directory_iterator(folder, failed);
         !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
        auto const name = entry->path().filename().string();
        if (name.ends_with(".json") || name.ends_with(".json.gz")) files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

bool looks_like_osquery_folder(std::filesystem::path const& folder) {
    for (auto const& file : json_files(folder))
        if (osquery_table_is_read(osquery_table(file.filename().string(), {}))) return true;
    return false;
}

Status read_osquery_folder(std::filesystem::path const& folder, std::string_view device, ImportCounts& counts,
                           ReportSink const& sink) {
    counts.format = "osquery tables";
    OsqueryLog log;
    for (auto const& file : json_files(folder)) {
        auto const bytes = TRY(read_file(file, std::uint64_t{1} << 30));
        auto const document = TRY(json::Document::parse(bytes, file.string()));
        if (!looks_like_osquery_rows(document.root()))
            return fail("sensors.wrong_shape", file.string(), "result of an osquery table", "it is no list of rows");
        log.take_rows(file.filename().string(), json::array(document.root()), counts);
    }
    return log.finish(folder.string(), device, counts, sink);
}

}  // namespace merlon::sensors
