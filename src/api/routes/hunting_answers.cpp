#include "api/routes/hunting_answers.h"

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/time.h"
#include "hunt/batch.h"

namespace merlon::api {
namespace {

using hunt::Type;

void append_array(std::string& out, std::vector<hunt::Cell> const& row, std::vector<hunt::AnswerColumn> const& columns,
                  bool dynamic_as_text) {
    out += '[';
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i) out += ',';
        auto const* text = std::get_if<std::string>(&row[i]);
        if (dynamic_as_text && columns[i].type == Type::dynamic && text) append_json_string(out, *text);
        else hunt::append_cell_json(out, row[i], columns[i].type);
    }
    out += ']';
}

std::string cut_message(std::int64_t row_limit) {
    return fmt::format("The answer was cut: it has more than {} rows. Aggregate, filter, or use take.", row_limit);
}

std::string visualization(hunt::Answer const& answer) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("Visualization");
    if (answer.render) json.string(answer.render->kind);
    else json.null();
    if (answer.render)
        for (auto const& [name, value] : answer.render->properties) json.member(name, value);
    json.end_object();
    return out;
}

void kusto_columns(JsonWriter& json, std::vector<hunt::AnswerColumn> const& columns, bool with_clr) {
    json.key("Columns");
    json.begin_array();
    for (auto const& column : columns) {
        json.begin_object();
        json.member("ColumnName", column.name);
        if (with_clr) json.member("DataType", short_clr_name(column.type));
        json.member("ColumnType", hunt::type_name(column.type));
        json.end_object();
    }
    json.end_array();
}

// One frame of the second version.
void frame(JsonWriter& json, int id, std::string_view kind, std::string_view name,
           std::vector<hunt::AnswerColumn> const& columns, std::string const& rows) {
    json.begin_object();
    json.member("FrameType", "DataTable");
    json.member("TableId", id);
    json.member("TableKind", kind);
    json.member("TableName", name);
    kusto_columns(json, columns, false);
    json.key("Rows");
    json.raw(rows);
    json.end_object();
}

std::string rows_json(hunt::Answer const& answer, bool dynamic_as_text) {
    std::string rows = "[";
    for (std::size_t i = 0; i < answer.rows.size(); ++i) {
        if (i) rows += ',';
        append_array(rows, answer.rows[i], answer.columns, dynamic_as_text);
    }
    return rows += ']';
}

std::vector<hunt::Answer const*> tables_of(hunt::Answer const& answer) {
    std::vector<hunt::Answer const*> all{&answer};
    for (auto const& table : answer.further) all.push_back(&table);
    return all;
}

std::string completion_rows(std::string_view request_id) {
    std::string rows = "[[";
    append_json_string(rows, iso_time(now_ticks()));
    rows += ',';
    append_json_string(rows, request_id);
    constexpr std::string_view nil = "\"00000000-0000-0000-0000-000000000000\"";
    rows += fmt::format(R"x(,{0},{0},{0},4,"Info",0,"S_OK (0)",4,"QueryInfo",)x", nil);
    append_json_string(rows, R"({"Count":1,"Text":"Query completed successfully"})");
    return rows += "]]";
}

}  // namespace

std::string_view short_clr_name(Type type) {
    switch (type) {
        case Type::bool_: return "SByte";
        case Type::int_: return "Int32";
        case Type::long_: return "Int64";
        case Type::real: return "Double";
        case Type::decimal: return "SqlDecimal";
        case Type::string: return "String";
        case Type::datetime: return "DateTime";
        case Type::timespan: return "TimeSpan";
        case Type::guid: return "Guid";
        case Type::dynamic: return "Object";
    }
    return "Object";
}

std::vector<HuntWarning> warnings_of(hunt::Answer const& answer, std::int64_t row_limit) {
    std::vector<HuntWarning> found;
    if (answer.truncated) found.push_back({"RowLimit", cut_message(row_limit)});
    if (!answer.further.empty()) {
        std::string names;
        for (auto const& table : answer.further) names += (names.empty() ? "" : ", ") + (table.name.empty() ? std::string("one without a name") : table.name);
        found.push_back({"FurtherTables", fmt::format("This is the first of {} tables; left out: {}. The Kusto protocol gives all.", answer.further.size() + 1, names)});
    }
    for (auto const& table : answer.tables_without_source)
        found.push_back({"NoSource", "No source feeds " + table + "; it has no rows."});
    return found;
}

std::string hunting_json(hunt::Answer const& answer, HuntShape shape, std::int64_t row_limit) {
    if (shape == HuntShape::whole) return hunt::answer_json(answer);
    bool const graph = shape == HuntShape::graph;
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    if (graph) json.member("@odata.type", "#microsoft.graph.security.huntingQueryResults");
    if (shape == HuntShape::suite) {
        json.key("Stats");
        json.raw(fmt::format(R"({{"ExecutionTime":{:.7f},"resource_usage":{{"cache":{{"memory":{{"hits":0,"misses":0,"total":0}},)"
                             R"("disk":{{"hits":0,"misses":0,"total":0}}}},"cpu":{{"user":"00:00:00","kernel":"00:00:00",)"
                             R"("total cpu":"{}"}},"memory":{{"peak_per_node":0}}}},"dataset_statistics":[{{"table_row_count":{},)"
                             R"("table_size":0}}]}})",
                             answer.elapsed_ms / 1000,
                             timespan_text(static_cast<Ticks>(answer.elapsed_ms * 10'000)), answer.rows.size()));
    }
    json.key(graph ? "schema" : "Schema");
    json.begin_array();
    for (auto const& column : answer.columns) {
        json.begin_object();
        json.member(graph ? "name" : "Name", column.name);
        json.member(graph ? "type" : "Type", short_clr_name(column.type));
        json.end_object();
    }
    json.end_array();
    json.key(graph ? "results" : "Results");
    json.begin_array();
    std::string cell;
    for (auto const& row : answer.rows) {
        json.begin_object();
        for (std::size_t i = 0; i < row.size(); ++i) {
            cell.clear();
            hunt::append_cell_json(cell, row[i], answer.columns[i].type);
            json.key(answer.columns[i].name);
            json.raw(cell);
        }
        json.end_object();
    }
    json.end_array();
    if (auto const warnings = warnings_of(answer, row_limit); !warnings.empty()) {
        json.key(graph ? "warnings" : "Warnings");
        json.begin_array();
        for (auto const& warning : warnings) {
            json.begin_object();
            json.member(graph ? "code" : "Code", warning.code);
            json.member(graph ? "message" : "Message", warning.message);
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
    return out;
}

std::string kusto_v1_json(hunt::Answer const& answer, std::int64_t row_limit) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("Tables");
    json.begin_array();
    std::size_t count = 0;
    auto const table = [&](std::vector<hunt::AnswerColumn> const& columns, std::string const& rows) {
        json.begin_object();
        json.member("TableName", fmt::format("Table_{}", count++));
        kusto_columns(json, columns, true);
        json.key("Rows");
        json.raw(rows);
        json.end_object();
    };
    // With more than one table of the query, the last table tells what each one is.
    std::string contents;
    auto const listed = [&](std::string_view kind, std::string_view name) {
        contents += fmt::format(R"({}[{},"{}",{},"","{}"])", contents.empty() ? "[" : ",", count, kind, json_string(name), count);
    };
    auto const results = tables_of(answer);
    for (auto const* one : results) {
        auto rows = rows_json(*one, true);
        if (one->truncated) {
            rows.pop_back();
            if (!one->rows.empty()) rows += ',';
            rows += "{\"Exceptions\":[" + json_string(cut_message(row_limit)) + "]}]";
        }
        listed("QueryResult", one->name.empty() ? "PrimaryResult" : one->name);
        table(one->columns, rows);
    }
    listed("QueryProperties", "@ExtendedProperties");
    table({{"Value", Type::string}}, "[[" + json_string(visualization(answer)) + "]]");
    if (results.size() > 1)
        table({{"Ordinal", Type::long_}, {"Kind", Type::string}, {"Name", Type::string}, {"Id", Type::string}, {"PrettyName", Type::string}}, contents + "]");
    json.end_array();
    json.end_object();
    return out;
}

std::string kusto_v2_json(hunt::Answer const& answer, std::int64_t row_limit, std::string_view request_id) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    json.raw(R"({"FrameType":"DataSetHeader","IsProgressive":false,"Version":"v2.0"})");
    frame(json, 0, "QueryProperties", "@ExtendedProperties",
          {{"TableId", Type::int_}, {"Key", Type::string}, {"Value", Type::dynamic}},
          "[[1,\"Visualization\"," + json_string(visualization(answer)) + "]]");
    int id = 1;
    bool cut = false;
    for (auto const* one : tables_of(answer)) {
        frame(json, id++, "PrimaryResult", one->name.empty() ? "PrimaryResult" : one->name, one->columns, rows_json(*one, false));
        cut = cut || one->truncated;
    }
    frame(json, id, "QueryCompletionInformation", "QueryCompletionInformation",
          {{"Timestamp", Type::datetime}, {"ClientRequestId", Type::string}, {"ActivityId", Type::guid},
           {"SubActivityId", Type::guid}, {"ParentActivityId", Type::guid}, {"Level", Type::int_},
           {"LevelName", Type::string}, {"StatusCode", Type::int_}, {"StatusCodeName", Type::string},
           {"EventType", Type::int_}, {"EventTypeName", Type::string}, {"Payload", Type::string}},
          completion_rows(request_id));
    json.begin_object();
    json.member("FrameType", "DataSetCompletion");
    json.member("HasErrors", cut);
    json.member("Cancelled", false);
    if (cut) {
        json.key("OneApiErrors");
        json.raw(R"([{"error":{"code":"LimitsExceeded","message":"The answer was cut.","@type":)"
                 R"("Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException","@message":)" +
                 json_string(cut_message(row_limit)) + R"(,"@context":{},"@permanent":false}}])");
    }
    json.end_object();
    json.end_array();
    return out;
}

std::string kusto_error_json(Error const& e, std::string_view query, std::string_view request_id) {
    std::string message = fault_of(e) == Fault::user ? describe(e) : "The query could not be answered.";
    if (e.span) {
        auto const at = line_column(query, e.span->begin);
        message += fmt::format(" [line:position={}:{}]", at.line, at.column);
    }
    if (auto const hint = hint_of(e); !hint.empty() && fault_of(e) == Fault::user) message += " " + hint;
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("error");
    json.begin_object();
    json.member("code", fault_of(e) == Fault::user ? "General_BadRequest" : "General_InternalServerError");
    json.member("message", fault_of(e) == Fault::user ? "Request is invalid and cannot be executed."
                                                      : "The request could not be answered.");
    json.member("@type", e.code.starts_with("KS0") ? "Kusto.Data.Exceptions.SyntaxException"
                                                   : "Kusto.Data.Exceptions.SemanticException");
    json.member("@message", e.code + ": " + message);
    json.key("@context");
    json.begin_object();
    json.member("clientRequestId", request_id);
    json.end_object();
    json.member("@permanent", fault_of(e) == Fault::user);
    json.end_object();
    json.end_object();
    return out;
}

}  // namespace merlon::api
