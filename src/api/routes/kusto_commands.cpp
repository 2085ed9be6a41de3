#include "api/routes/kusto_commands.h"

#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api {
namespace {

using hunt::Answer;
using hunt::AnswerColumn;
using hunt::Type;

// The hunting functions that the service adds; their bodies are built in.
struct StoredFunction {
    std::string_view name, parameters, doc;
};
constexpr StoredFunction stored_functions[] = {
    {"FileProfile", "(T:(*), Hash:string='SHA1', Limit:long=100)", "Adds what is known of the file with this hash."},
    {"SeenBy", "(T:(DeviceId:string))", "Adds the devices that saw this one."},
};

std::string unquoted(std::string_view word) {
    if (word.size() > 4 && (word.starts_with("['") || word.starts_with("[\""))) return std::string(word.substr(2, word.size() - 4));
    if (word.size() > 1 && (word.front() == '"' || word.front() == '\'')) return std::string(word.substr(1, word.size() - 2));
    return std::string(word);
}

std::vector<std::string> words_of(std::string_view command) {
    std::vector<std::string> words;
    std::string word;
    for (char const c : command) {
        bool const blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';';
        if (!blank) word += c;
        else if (!word.empty()) words.push_back(std::exchange(word, {}));
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

std::vector<AnswerColumn> texts(std::initializer_list<std::string_view> names) {
    std::vector<AnswerColumn> made;
    for (auto const name : names) made.push_back({std::string(name), Type::string});
    return made;
}

void columns_json(JsonWriter& json, hunt::Table const& table) {
    json.key("OrderedColumns");
    json.begin_array();
    for (auto const& column : table.columns) {
        json.begin_object();
        json.member("Name", column.name);
        json.member("Type", hunt::clr_name(column.type));
        json.member("CslType", hunt::type_name(column.type));
        json.member("DocString", column.description);
        json.end_object();
    }
    json.end_array();
}

void table_members(JsonWriter& json, hunt::Table const& table) {
    json.member("Name", table.name);
    json.member("Folder", table.section);
    json.member("DocString", table.notes);
    columns_json(json, table);
}

std::string schema_json(hunt::Catalog const& catalog) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("Plugins");
    json.raw("[]");
    json.key("Databases");
    json.begin_object();
    json.key(kusto_database);
    json.begin_object();
    json.member("Name", kusto_database);
    json.key("Tables");
    json.begin_object();
    for (auto const& table : catalog.tables()) {
        json.key(table.name);
        json.begin_object();
        table_members(json, table);
        json.end_object();
    }
    json.end_object();
    for (auto const* none : {"ExternalTables", "MaterializedViews", "Graphs"}) {
        json.key(none);
        json.raw("{}");
    }
    json.member("MajorVersion", 1);
    json.member("MinorVersion", 0);
    json.key("Functions");
    json.begin_object();
    for (auto const& function : stored_functions) {
        json.key(function.name);
        json.begin_object();
        json.member("Name", function.name);
        json.key("InputParameters");
        json.raw("[]");
        json.member("Body", "{ }");
        json.member("DocString", function.doc);
        json.member("FunctionKind", "Unknown");
        json.end_object();
    }
    json.end_object();
    json.end_object();
    json.end_object();
    json.end_object();
    return out;
}

std::string csl_schema(hunt::Table const& table) {
    std::string out;
    for (auto const& column : table.columns) {
        if (!out.empty()) out += ',';
        out += column.name + ":" + std::string(hunt::type_name(column.type));
    }
    return out;
}

Answer database_schema(hunt::Catalog const& catalog) {
    Answer answer;
    answer.columns = texts({"DatabaseName", "TableName", "ColumnName", "ColumnType"});
    answer.columns.push_back({"IsDefaultTable", Type::bool_});
    answer.columns.push_back({"IsDefaultColumn", Type::bool_});
    for (auto const& column : texts({"PrettyName", "Version", "Folder", "DocString"})) answer.columns.push_back(column);
    std::string const database(kusto_database);
    answer.rows.push_back({database, "", "", "", false, false, database, "v1.0", "", ""});
    for (auto const& table : catalog.tables()) {
        answer.rows.push_back({database, table.name, "", "", false, false, "", "", table.section, table.notes});
        for (auto const& column : table.columns)
            answer.rows.push_back({database, table.name, column.name, std::string(hunt::clr_name(column.type)), false, false,
                                   "", "", "", column.description});
    }
    return answer;
}

Answer tables(hunt::Catalog const& catalog) {
    Answer answer;
    answer.columns = texts({"TableName", "DatabaseName", "Folder", "DocString"});
    for (auto const& table : catalog.tables())
        answer.rows.push_back({table.name, std::string(kusto_database), table.section, table.notes});
    return answer;
}

Answer functions(std::string_view only) {
    Answer answer;
    answer.columns = texts({"Name", "Parameters", "Body", "Folder", "DocString"});
    for (auto const& function : stored_functions)
        if (only.empty() || only == function.name)
            answer.rows.push_back({std::string(function.name), std::string(function.parameters), "{ }", "",
                                   std::string(function.doc)});
    return answer;
}

Result<Answer> table(hunt::Catalog const& catalog, std::vector<std::string> const& words) {
    auto const name = unquoted(words[2]);
    auto const* found = catalog.find(name);
    if (!found) return fail("kusto.no_such_table", name);
    Answer answer;
    auto const form = words.size() > 3 ? words[3] : std::string();
    if (form.empty()) {
        answer.columns = texts({"AttributeName", "AttributeType"});
        for (auto const& column : found->columns)
            answer.rows.push_back({column.name, std::string(hunt::clr_name(column.type))});
        return answer;
    }
    std::string schema;
    if (form == "schema") {
        JsonWriter json(schema);
        json.begin_object();
        table_members(json, *found);
        json.end_object();
    } else if (form == "cslschema") {
        schema = csl_schema(*found);
    } else if (form == "details") {
        answer.columns = texts({"TableName", "DatabaseName", "Folder", "DocString"});
        answer.rows.push_back({found->name, std::string(kusto_database), found->section, found->notes});
        return answer;
    } else {
        return fail("kusto.unknown_command", ".show table NAME " + form);
    }
    answer.columns = texts({"TableName", "Schema", "DatabaseName", "Folder", "DocString"});
    answer.rows.push_back({found->name, schema, std::string(kusto_database), found->section, found->notes});
    return answer;
}

Answer one_text(std::string_view column, std::string text) {
    Answer answer;
    answer.columns = texts({column});
    answer.rows.push_back({std::move(text)});
    return answer;
}

}  // namespace

Result<Answer> run_command(std::string_view command, hunt::Catalog const& catalog) {
    auto const words = words_of(command);
    auto const word = [&](std::size_t i) { return i < words.size() ? std::string_view(words[i]) : std::string_view(); };
    auto const unknown = [&] { return fail("kusto.unknown_command", clean_text(command, 100)); };
    if (word(0) != ".show") return unknown();
    auto const what = word(1);
    bool const as_json = words.size() >= 2 && words[words.size() - 2] == "as" && words.back() == "json";
    if (what == "databases") {
        Answer answer;
        answer.columns = texts({"DatabaseName", "PersistentStorage", "Version", "PrettyName", "DatabaseAccessMode"});
        answer.columns.push_back({"IsCurrent", Type::bool_});
        answer.rows.push_back({std::string(kusto_database), "", "v1.0", std::string(kusto_database), "ReadOnly", true});
        return answer;
    }
    if (what == "schema" || ((what == "database" || what == "databases") && (word(2) == "schema" || word(3) == "schema")))
        return as_json ? one_text("DatabaseSchema", schema_json(catalog)) : database_schema(catalog);
    if (what == "tables") return tables(catalog);
    if (what == "table" && words.size() > 2) return table(catalog, words);
    if (what == "functions") return functions({});
    if (what == "function" && words.size() > 2) return functions(unquoted(word(2)));
    if (what == "version") {
        Answer answer;
        answer.columns = texts({"BuildVersion", "BuildTime", "ServiceType", "ProductVersion"});
        answer.rows.push_back({"1.0.0", "2026-01-01T00:00:00Z", "Merlon", "Merlon"});
        return answer;
    }
    if (what == "materialized-views") {
        Answer answer;
        answer.columns = texts({"Name", "SourceTable", "Query"});
        return answer;
    }
    if (what == "external" && word(2) == "tables") {
        Answer answer;
        answer.columns = texts({"TableName", "TableType", "Folder", "DocString"});
        return answer;
    }
    return unknown();
}

}  // namespace merlon::api
