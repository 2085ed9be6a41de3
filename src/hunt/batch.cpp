#include "hunt/batch.h"

#include <istream>
#include <ostream>

#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::hunt {
namespace {

// A value of a setup table as a KQL literal of the declared type.
std::string literal_of(json::Value value, std::string_view type) {
    if (json::is_null(value)) return type == "string" ? "\"\"" : std::string(type) + "(null)";
    if (type == "dynamic") return "dynamic(" + json::dump(value) + ")";
    if (json::is_string(value)) {
        auto const text = json::text(value);
        if (type == "string") return json_string(text);
        if (type == "real" && text == "NaN") return "real(nan)";
        if (type == "real" && text == "Infinity") return "real(+inf)";
        if (type == "real" && text == "-Infinity") return "real(-inf)";
        return std::string(type) + "(" + std::string(text) + ")";
    }
    if (type == "string") return json_string(json::dump(value));
    return std::string(type) + "(" + json::dump(value) + ")";
}

// let T = datatable(...)[...]; for each table of the setup: an object by name or an array of objects with "table".
std::string setup_text(json::Value setup) {
    std::string out;
    auto const add = [&](std::string_view name, json::Value table) {
        std::vector<std::string> types;
        for (auto const type : json::array(table, "types")) types.emplace_back(json::text(type));
        out += "let ['" + std::string(name) + "'] = datatable(";
        std::size_t i = 0;
        for (auto const column : json::array(table, "columns")) {
            if (i >= types.size()) types.emplace_back("string");
            out += (i > 0 ? ", ['" : "['") + std::string(json::text(column)) + "']:" + types[i];
            ++i;
        }
        out += ")[";
        bool first = true;
        for (auto const row : json::array(table, "rows")) {
            std::size_t k = 0;
            for (auto const cell : json::array(row)) {
                out += (first ? "" : ", ") + literal_of(cell, k < types.size() ? types[k] : "string");
                first = false;
                ++k;
            }
        }
        out += "];\n";
    };
    if (json::is_array(setup)) {
        for (auto const table : json::array(setup)) add(json::text(table, "table"), table);
    } else if (json::is_object(setup)) {
        simdjson::dom::object all;
        if (setup.get(all) == simdjson::SUCCESS)
            for (auto const [name, table] : all) add(name, table);
    }
    return out;
}

std::string error_line(std::string_view id, Error const& e, std::string_view query, std::size_t skipped_lines) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("id");
    json.raw(id);
    json.key("error");
    json.begin_object();
    json.member("code", e.code);
    auto message = describe(e);
    if (auto const hint = hint_of(e); !hint.empty()) message += " " + hint;
    json.member("message", message);
    if (e.span) {
        auto const at = line_column(query, e.span->begin);
        json.member("line", at.line > skipped_lines ? at.line - skipped_lines : 1);
        json.member("column", at.column);
    }
    json.end_object();
    json.end_object();
    return out;
}

void append_table(std::string& out, Answer const& answer) {
    out += "\"columns\":[";
    for (std::size_t i = 0; i < answer.columns.size(); ++i) {
        out += i > 0 ? ",{\"name\":" : "{\"name\":";
        append_json_string(out, answer.columns[i].name);
        out += ",\"type\":\"" + std::string(type_name(answer.columns[i].type)) + "\"}";
    }
    out += "],\"rows\":[";
    for (std::size_t r = 0; r < answer.rows.size(); ++r) {
        out += r > 0 ? ",[" : "[";
        for (std::size_t k = 0; k < answer.columns.size(); ++k) {
            if (k > 0) out += ',';
            append_cell_json(out, answer.rows[r][k], answer.columns[k].type);
        }
        out += ']';
    }
    out += ']';
    if (!answer.name.empty()) {
        out += ",\"name\":";
        append_json_string(out, answer.name);
    }
    if (answer.truncated) out += ",\"truncated\":true";
    if (answer.further.empty()) return;
    out += ",\"further\":[";
    for (std::size_t i = 0; i < answer.further.size(); ++i) {
        out += i > 0 ? ",{" : "{";
        append_table(out, answer.further[i]);
        out += '}';
    }
    out += ']';
}

}  // namespace

std::string answer_json(Answer const& answer) {
    std::string out = "{";
    append_table(out, answer);
    if (!answer.tables_without_source.empty()) {
        out += ",\"tablesWithoutSource\":[";
        for (std::size_t i = 0; i < answer.tables_without_source.size(); ++i) {
            if (i > 0) out += ',';
            append_json_string(out, answer.tables_without_source[i]);
        }
        out += ']';
    }
    return out + ",\"elapsed_ms\":" + std::to_string(answer.elapsed_ms) + "}";
}

BatchCounts run_batch(std::istream& in, std::ostream& out, Answering const& answer) {
    BatchCounts counts;
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (trim(line).empty()) continue;
        line.reserve(line.size() + 64);
        auto const document = json::Document::parse(line, "line " + std::to_string(number));
        if (!document || json::text(document->root(), "query").empty()) {
            auto const problem = document ? error("hunt.batch_line", std::to_string(number)) : document.error();
            out << error_line("\"line " + std::to_string(number) + "\"", problem, {}, 0) << "\n";
            ++counts.unread;
            continue;
        }
        auto const root = document->root();
        auto const id_value = json::member(root, "id");
        auto const id = id_value ? json::dump(*id_value) : std::string("null");
        std::string before;
        if (auto const setup = json::member(root, "setup")) before = setup_text(*setup);
        auto const query = before + std::string(json::text(root, "query"));
        auto const answered = answer(query);
        if (!answered) {
            auto const skipped = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
            out << error_line(id, answered.error(), query, skipped) << "\n";
            ++counts.failed;
            continue;
        }
        out << "{\"id\":" << id << ',' << std::string_view(*answered).substr(1) << "\n";
        ++counts.answered;
    }
    return counts;
}

}  // namespace merlon::hunt
