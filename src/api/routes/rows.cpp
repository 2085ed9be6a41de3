#include "api/routes/rows.h"

#include "base/csv.h"
#include "base/json_text.h"
#include "base/time.h"

namespace merlon::api {

using odata::Format;

RowWriter::RowWriter(Format format, std::vector<Field const*> fields, bool pascal_case) : format_(format), fields_(std::move(fields)) {
    for (auto const* field : fields_) {
        auto name = field->name;
        if (pascal_case && !name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
        names_.push_back(format_ == Format::csv ? name : json_string(name) + ":");
    }
}

void RowWriter::head(std::string& out) const {
    if (format_ != Format::csv) return;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (i > 0) out += ',';
        append_csv_cell(out, names_[i]);
    }
    out += "\r\n";
}

void RowWriter::row(std::string& out, store::Chunk const& chunk, std::size_t row) const {
    if (format_ == Format::csv) {
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            if (i > 0) out += ',';
            cell(out, *fields_[i], chunk.columns[i], row);
        }
        out += "\r\n";
        return;
    }
    out += '{';
    members(out, chunk, row);
    out += format_ == Format::ndjson ? "}\n" : "}";
}

void RowWriter::members(std::string& out, store::Chunk const& chunk, std::size_t row) const {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (i > 0) out += ',';
        out += names_[i];
        value(out, *fields_[i], chunk.columns[i], row);
    }
}

// Datetimes as ISO text, lists and objects as the JSON they are kept as.
void RowWriter::value(std::string& out, Field const& field, store::Column const& column, std::size_t row) const {
    if (column.is_null(row)) {
        out += "null";
        return;
    }
    switch (field.type) {
    case FieldType::string: append_json_string(out, column.text(row)); break;
    case FieldType::integer: out += std::to_string(column.integer(row)); break;
    case FieldType::real: append_json_number(out, column.real(row)); break;
    case FieldType::boolean: out += column.boolean(row) ? "true" : "false"; break;
    case FieldType::datetime: append_json_string(out, iso_time(column.int64(row))); break;
    case FieldType::strings:
    case FieldType::json: out += column.text(row).empty() ? std::string_view("null") : column.text(row); break;
    }
}

void RowWriter::cell(std::string& out, Field const& field, store::Column const& column, std::size_t row) const {
    if (column.is_null(row)) return;
    switch (field.type) {
    case FieldType::datetime: append_csv_cell(out, iso_time(column.int64(row))); break;
    case FieldType::string:
    case FieldType::strings:
    case FieldType::json: append_csv_cell(out, column.text(row)); break;
    default: value(out, field, column, row); break;
    }
}

}  // namespace merlon::api
