#include "hunt/external.h"

#include <zlib.h>

#include "base/files.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::hunt {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Address {
    std::string host, path;
};

// https://HOST/PATH without user, port, query tricks or steps upwards.
std::optional<Address> address_of(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    if (url.size() <= scheme.size() || !equal_ignoring_ascii_case(url.substr(0, scheme.size()), scheme)) return {};
    auto const rest = url.substr(scheme.size());
    auto const slash = rest.find('/');
    Address made{ascii_lower(rest.substr(0, slash)), slash == std::string_view::npos ? "/" : std::string(rest.substr(slash))};
    for (char const c : made.host)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-')) return {};
    for (char const c : made.path)
        if (static_cast<unsigned char>(c) <= ' ' || c == '\\') return {};
    for (auto const part : split(std::string_view(made.path).substr(0, made.path.find('?')), '/'))
        if (part == "..") return {};
    if (made.host.empty()) return {};
    return made;
}

Result<std::string> unpacked(std::string bytes, std::string_view url, std::size_t most) {
    auto const too_large = [&] { return fail("hunt.external_too_large", std::string(url), std::to_string(most >> 20) + " MB"); };
    if (bytes.size() > most) return too_large();
    if (!bytes.starts_with("\x1f\x8b")) return bytes;
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return fail("hunt.external_failed", std::string(url), "it cannot be unpacked");
    std::string out;
    std::array<char, 65536> block{};
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    int state = Z_OK;
    while (state == Z_OK && out.size() <= most) {
        stream.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.avail_out = static_cast<uInt>(block.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(block.data(), block.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (out.size() > most) return too_large();
    if (state != Z_STREAM_END) return fail("hunt.external_failed", std::string(url), "its gzip stream is broken");
    return out;
}

// RFC 4180 with any separator: quoted cells may hold separators, line ends and doubled quotes.
Rows separated(std::string_view bytes, char separator) {
    Rows rows;
    std::vector<std::string> row;
    std::string cell;
    bool quoted = false, any = false;
    auto const end_cell = [&] { row.push_back(std::exchange(cell, {})); };
    auto const end_row = [&] {
        end_cell();
        if (any) rows.push_back(std::move(row));
        row.clear();
        any = false;
    };
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        char const c = bytes[i];
        if (quoted) {
            if (c != '"') cell += c;
            else if (i + 1 < bytes.size() && bytes[i + 1] == '"') cell += bytes[++i];
            else quoted = false;
        } else if (c == '"' && cell.empty()) {
            quoted = any = true;
        } else if (c == separator) {
            any = true;
            end_cell();
        } else if (c == '\n') {
            end_row();
        } else if (c != '\r') {
            any = true;
            cell += c;
        }
    }
    end_row();
    return rows;
}

Rows lines(std::string_view bytes) {
    Rows rows;
    for (auto line : split(bytes, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) rows.push_back({std::string(line)});
    }
    return rows;
}

void add_object(json::Value value, std::vector<std::string> const& columns, Rows& rows) {
    if (json::is_array(value)) {
        for (auto const one : json::array(value)) add_object(one, columns, rows);
        return;
    }
    auto& row = rows.emplace_back();
    for (auto const& column : columns) {
        auto const found = json::member(value, column);
        row.push_back(!found || json::is_null(*found) ? "" : json::is_string(*found) ? std::string(json::text(*found)) : json::dump(*found));
    }
}

// One value, an array of them, or one a line.
Rows objects(std::string_view bytes, std::vector<std::string> const& columns) {
    Rows rows;
    if (auto const whole = json::Document::parse(bytes, "the file"); whole) {
        add_object(whole->root(), columns, rows);
        return rows;
    }
    for (auto const line : split(bytes, '\n'))
        if (auto const one = json::Document::parse(line, "the line"); one && !trim(line).empty()) add_object(one->root(), columns, rows);
    return rows;
}

std::string format_of(std::string_view address) {
    auto path = std::string(address.substr(0, address.find_first_of("?;")));
    if (path.ends_with(".gz")) path.resize(path.size() - 3);
    auto const dot = path.rfind('.');
    auto const ending = dot == std::string::npos ? std::string{} : ascii_lower(path.substr(dot + 1));
    if (ending == "json" || ending == "tsv" || ending == "txt" || ending == "psv") return ending;
    return "csv";
}

}  // namespace

Result<std::string> read_external(ExternalData const* external, std::string_view given) {
    if (!external || external->hosts.empty()) return fail("hunt.externaldata");
    auto const url = given.substr(0, given.find(';'));
    auto const address = address_of(url);
    if (!address) return fail("hunt.external_address", clean_text(url, 200));
    if (std::find(external->hosts.begin(), external->hosts.end(), address->host) == external->hosts.end())
        return fail("hunt.external_host", address->host);
    if (!external->mirror.empty()) {
        auto const file = external->mirror / address->host / address->path.substr(1, address->path.find('?') - 1);
        std::error_code failed;
        if (std::filesystem::is_regular_file(file, failed)) {
            if (std::filesystem::file_size(file, failed) > external->most_bytes)
                return fail("hunt.external_too_large", std::string(url), std::to_string(external->most_bytes >> 20) + " MB");
            return unpacked(TRY(read_file(file)), url, external->most_bytes);
        }
    }
    if (!external->fetch) return fail("hunt.external_failed", std::string(url), "the mirror folder does not hold it");
    auto bytes = external->fetch(std::string(url));
    if (!bytes) return fail("hunt.external_failed", std::string(url), describe(bytes.error()));
    return unpacked(std::move(*bytes), url, external->most_bytes);
}

Result<Rows> external_rows(std::string_view bytes, std::string_view address, std::string format, bool skip_first,
                           std::vector<std::string> const& columns) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    format = format.empty() ? format_of(address) : ascii_lower(format);
    Rows rows;
    if (format == "csv") rows = separated(bytes, ',');
    else if (format == "tsv" || format == "tsve") rows = separated(bytes, '\t');
    else if (format == "scsv") rows = separated(bytes, ';');
    else if (format == "psv") rows = separated(bytes, '|');
    else if (format == "sohsv") rows = separated(bytes, '\x01');
    else if (format == "txt") rows = lines(bytes);
    else if (format == "raw") rows.push_back({std::string(bytes)});
    else if (format == "json" || format == "multijson" || format == "singlejson") return objects(bytes, columns);
    else return fail("hunt.external_format", format);
    if (skip_first && !rows.empty()) rows.erase(rows.begin());
    for (auto& row : rows) row.resize(columns.size());
    return rows;
}

}  // namespace merlon::hunt
