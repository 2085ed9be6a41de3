#include "feeds/csaf/lists.h"

#include <algorithm>

#include "base/json_text.h"
#include "base/text.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {
constexpr std::size_t most_documents = 200'000;
}

bool is_plain_file_name(std::string_view name) {
    return !name.empty() && !name.starts_with('.') && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || c == '+';
    });
}
bool is_document_path(std::string_view path) {
    if (path.size() > 200 || !path.ends_with(".json")) return false;
    auto const parts = split(path, '/');
    return std::ranges::all_of(parts, is_plain_file_name);
}

Ticks day_in_name(std::string_view name) {
    for (std::size_t at = 0; at + 10 <= name.size(); ++at)
        if (name[at + 4] == '-' && name[at + 7] == '-')
            if (auto const day = time_of(name.substr(at, 10)); day > 0) return day;
    return 0;
}

Ticks day_before(std::string_view http_date) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (http_date.size() < 16) return 0;
    auto const at = months.find(http_date.substr(8, 3));
    if (at == std::string_view::npos || at % 3 != 0) return 0;
    auto const month = std::to_string(at / 3 + 1);
    auto const day = time_of(std::string(http_date.substr(12, 4)) + (month.size() < 2 ? "-0" : "-") + month + "-" + std::string(http_date.substr(5, 2)));
    return day > ticks_per_day ? day - ticks_per_day : 0;
}

Result<DocumentTimes> document_times(std::string_view text, std::string const& address, Ticks since) {
    DocumentTimes rows;
    std::size_t number = 0;
    for (auto line : split(text, '\n')) {
        ++number;
        line = trim(line);
        if (line.empty()) continue;
        auto const comma = line.rfind(',');
        auto const unquoted = [](std::string_view field) {
            field = trim(field);
            return field.size() >= 2 && field.starts_with('"') && field.ends_with('"') ? field.substr(1, field.size() - 2) : field;
        };
        auto const path = unquoted(line.substr(0, comma));
        auto const time = comma == std::string_view::npos ? 0 : time_of(unquoted(line.substr(comma + 1)));
        if (time == 0 || !is_document_path(path))
            return fail("feeds.wrong_shape", address, "line " + std::to_string(number) + " is no document with a time");
        if (time < since) continue;
        auto& known = rows[std::string(path)];
        known = std::max(known, time);
        if (rows.size() > most_documents) return fail("feeds.wrong_shape", address, "it names too many documents");
    }
    return rows;
}

DocumentTimes document_times_of_ours(std::string_view text) {
    DocumentTimes rows;
    for (auto const line : split(text, '\n'))
        if (auto const comma = line.rfind(','); comma != std::string_view::npos) rows[std::string(line.substr(0, comma))] = time_of(line.substr(comma + 1));
    return rows;
}

std::string withdrawal_of(std::string_view path, Ticks time, std::string const& source) {
    auto name = path.substr(path.rfind('/') + 1);
    name.remove_suffix(5);
    auto id = ascii_upper(name);
    if (id.starts_with("RHSA-") && id.size() > 9 && id[9] == '_') id[9] = ':';
    else if (!is_cve_id(id)) return {};
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("kind", "advisory");
    json.member("id", id);
    json.member("source", source);
    json.member("state", "withdrawn");
    json.member("modified", iso_seconds(time));
    if (is_cve_id(id)) {
        json.key("cves");
        json.begin_array();
        json.string(id);
        json.end_array();
    }
    json.end_object();
    return line + '\n';
}

}  // namespace merlon::feeds
