#include "hunt/functions/table.h"

#include <deque>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::hunt {
namespace {

struct Table {
    std::deque<Function> functions;
    std::unordered_map<std::string_view, Function const*> scalar, aggregate;
    std::vector<std::string> scalar_names, aggregate_names, faults;
};

std::optional<Parameter> read_parameter(std::string_view word) {
    Parameter parameter;
    while (!word.empty()) {
        if (word.ends_with('?')) parameter.optional = true;
        else if (word.ends_with('!')) parameter.constant = true;
        else break;
        word.remove_suffix(1);
    }
    using Kind = Parameter::Kind;
    static std::map<std::string_view, Kind> const kinds{{"any", Kind::any},     {"scalar", Kind::scalar},
                                                        {"number", Kind::number}, {"integer", Kind::integer},
                                                        {"text", Kind::text},   {"json", Kind::json}};
    if (auto const found = kinds.find(word); found != kinds.end()) {
        parameter.kind = found->second;
        return parameter;
    }
    auto const type = type_named(word);
    if (!type) return {};
    parameter.kind = Kind::exact;
    parameter.type = *type;
    return parameter;
}

std::optional<Signature> read_signature(json::Value value, json::Value entry) {
    Signature made;
    for (auto item : json::array(value, "params")) {
        auto word = json::text(item);
        if (word.ends_with("...")) {
            made.repeats = true;
            word.remove_suffix(3);
        }
        auto const parameter = read_parameter(word);
        if (!parameter) return {};
        made.parameters.push_back(*parameter);
    }
    auto const returns = json::text(value, "returns");
    if (returns == "common") {
        made.returns = Signature::Returns::common;
    } else if (returns.starts_with("arg") && returns.size() == 4) {
        made.returns = Signature::Returns::argument;
        made.argument = static_cast<std::size_t>(returns[3] - '0');
    } else {
        auto const type = type_named(returns);
        if (!type) return {};
        made.type = *type;
    }
    for (auto const& dialect : Dialect::all()) {
        auto const own = json::text(value, dialect.name());
        auto const text = own.empty() ? json::text(entry, dialect.name()) : own;
        made.forms.push_back(text.empty() ? std::nullopt : std::optional(Wording::parse(text, false)));
    }
    return made;
}

std::pair<std::string_view, std::string_view> cut(std::string_view text, char at) {
    auto const place = text.find(at);
    return {text.substr(0, place), place == std::string_view::npos ? std::string_view{} : text.substr(place + 1)};
}

std::optional<ResultName> read_result_name(std::string_view word) {
    static std::map<std::string_view, ResultName> const rules{
        {"", ResultName::none},
        {"none", ResultName::none},
        {"first_argument", ResultName::first_argument},
        {"function_and_argument", ResultName::function_and_argument},
        {"prefix_and_argument", ResultName::prefix_and_argument},
        {"prefix", ResultName::prefix}};
    auto const found = rules.find(word);
    if (found == rules.end()) return {};
    return found->second;
}

void read_entry(Table& table, json::Value value, bool aggregate, std::string_view path) {
    Function made;
    made.name = json::text(value, "name");
    auto const fault = [&](std::string_view what) {
        table.faults.push_back(std::string(path) + ": " + made.name + ": " + std::string(what));
    };
    for (auto alias : json::array(value, "aliases")) made.aliases.emplace_back(json::text(alias));
    made.doc = json::text(value, "doc");
    made.prefix = json::text(value, "prefix");
    made.refused = json::text(value, "refused");
    made.total = json::boolean(value, "total").value_or(false);
    made.is_volatile = json::boolean(value, "volatile").value_or(false);
    made.is_aggregate = aggregate;
    if (auto const rule = read_result_name(json::text(value, "result_name"))) made.result_name = *rule;
    else fault("unknown result_name");
    for (auto item : json::array(value, "columns")) {
        auto const [name, type] = cut(json::text(item), ':');
        if (auto const known = type_named(type)) made.columns.push_back({std::string(name), *known});
        else fault("bad column " + std::string(json::text(item)));
    }
    for (auto item : json::array(value, "signatures")) {
        if (auto signature = read_signature(item, value))
            made.signatures.push_back(std::move(*signature));
        else fault("bad signature " + json::dump(item));
    }
    if (made.name.empty()) fault("no name");
    if (made.signatures.empty() && made.refused.empty()) fault("no signatures");
    table.functions.push_back(std::move(made));
    auto const& kept = table.functions.back();
    auto& index = aggregate ? table.aggregate : table.scalar;
    auto& names = aggregate ? table.aggregate_names : table.scalar_names;
    if (!index.emplace(kept.name, &kept).second) fault("named twice");
    names.push_back(kept.name);
    for (auto const& alias : kept.aliases)
        if (!index.emplace(alias, &kept).second) fault("alias " + alias + " named twice");
}

void read_folder(Table& table, std::string_view folder, bool aggregate) {
    for (auto const& file : embedded_under(folder)) {
        if (!file.path.ends_with(".json")) continue;
        auto const document = json::Document::parse(file.bytes, file.path);
        if (!document) {
            table.faults.push_back(std::string(file.path) + ": " + describe(document.error()));
            continue;
        }
        for (auto item : json::array(document->root())) read_entry(table, item, aggregate, file.path);
    }
}

Table const& table() {
    static Table const made = [] {
        Table t;
        read_folder(t, "schema/functions/scalar/", false);
        read_folder(t, "schema/functions/aggregate/", true);
        return t;
    }();
    return made;
}

Function const* find_in(std::unordered_map<std::string_view, Function const*> const& index, std::string_view name) {
    auto const found = index.find(name);
    return found == index.end() ? nullptr : found->second;
}

}  // namespace

Function const* find_scalar(std::string_view name) { return find_in(table().scalar, name); }
Function const* find_aggregate(std::string_view name) { return find_in(table().aggregate, name); }
std::vector<std::string> const& scalar_names() { return table().scalar_names; }
std::vector<std::string> const& aggregate_names() { return table().aggregate_names; }
Wording const* form_in(Signature const& signature, Dialect const& dialect) {
    auto const& form = signature.forms[dialect.number()];
    return form ? &*form : nullptr;
}
std::vector<std::string> const& table_faults() { return table().faults; }

}  // namespace merlon::hunt
