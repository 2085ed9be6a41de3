#include "feeds/csv.h"

#include "base/text.h"

namespace merlon::feeds {
namespace {

// Adds a line's fields; true while a quoted field goes on in the next line.
bool add_fields(std::string_view line, std::vector<std::string>& fields, bool in_quotes) {
    if (!in_quotes) fields.emplace_back();
    else fields.back() += '\n';
    for (std::size_t i = 0; i < line.size(); ++i) {
        char const c = line[i];
        if (in_quotes) {
            if (c != '"') fields.back() += c;
            else if (i + 1 < line.size() && line[i + 1] == '"') fields.back() += line[++i];
            else in_quotes = false;
        } else if (c == '"' && fields.back().empty()) {
            in_quotes = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    return in_quotes;
}

}  // namespace

std::string const& CsvRow::operator[](std::string const& column) const {
    static std::string const none;
    auto const found = columns_.find(column);
    return found == columns_.end() || found->second >= fields_.size() ? none : fields_[found->second];
}

Status each_csv_row(Source const& source, std::function<Status(CsvRow const&, std::size_t)> const& take) {
    std::map<std::string, std::size_t> columns;
    std::vector<std::string> fields;
    bool in_quotes = false;
    std::size_t held = 0;
    std::size_t opened = 0;
    TRY(lines_of(source, [&](std::string_view line, std::size_t number) -> Status {
        if (!in_quotes) {
            if (line.empty()) return {};
            fields.clear();
            held = 0;
            opened = number;
        }
        held += line.size();
        if (held > (std::size_t{1} << 20))
            return fail("feeds.damaged_line", source.name, std::to_string(opened), "a row goes on for over 1 MB");
        in_quotes = add_fields(line, fields, in_quotes);
        if (in_quotes) return {};
        if (columns.empty()) {
            for (std::size_t i = 0; i < fields.size(); ++i) columns.emplace(fields[i], i);
            return {};
        }
        for (auto& field : fields)
            if (!valid_utf8(field)) field = clean_text(field, field.size() * 3);
        return take(CsvRow(columns, fields), number);
    }));
    if (in_quotes) return fail("feeds.damaged_line", source.name, std::to_string(opened), "its quotation mark is never closed");
    return {};
}

}  // namespace merlon::feeds
