// parse, parse-where, parse-kv (semantics guide, section 15): the matchers are engine functions, made ready once from a
// description of the pattern; here the pattern is described and its captures become typed columns.
#include "base/json_text.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

std::string setting(Settings const& settings, std::string_view name, std::string fallback) {
    for (auto const& s : settings)
        if (s.name == name) return s.text;
    return fallback;
}

}  // namespace

Result<Relation> Binder::parse_columns(Parse const& o, Relation relation, Span span) {
    Rows rows;
    rows.columns = &relation.columns;
    auto source = TRY(to_text(TRY(expression(*o.source, rows)), o.source->span));
    auto const mode = setting(o.settings, "kind", "simple");
    if (mode != "simple" && mode != "relaxed" && mode != "regex")
        return std::unexpected(error("hunt.not_supported", "parse kind=" + mode).with(span));
    std::string spec;
    JsonWriter json(spec);
    json.begin_object();
    json.member("mode", mode);
    json.member("flags", setting(o.settings, "flags", ""));
    json.key("steps");
    json.begin_array();
    struct Capture {
        std::string name;
        Type type;
        Span span;
    };
    std::vector<Capture> captures;
    for (auto const& part : o.parts) {
        json.begin_object();
        if (part.kind == ParsePart::Kind::star) json.member("skip", true);
        else if (part.kind == ParsePart::Kind::text) json.member("lit", part.text);
        else {
            json.member("col", type_name(part.type));
            captures.push_back({part.text, part.type, part.span});
        }
        json.end_object();
    }
    json.end_array();
    json.end_object();
    // The match is computed once, below; captures read it.
    auto const id = new_id();
    std::vector<Item> items;
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    items.push_back({id, make_call(Type::dynamic, "kql_parse({0}, {1})", {std::move(source), make_text(spec)})});
    relation.plan = project_plan(relation, std::move(items));
    Column const match{"", id, Type::dynamic, true, false};
    if (o.keep_matching_only)
        relation.plan = make_plan(FilterPlan{relation.plan, make_call(Type::bool_, "({0} IS NOT NULL)", {make_column(match)}, false)});
    std::vector<NamedExpr> named;
    for (std::size_t i = 0; i < captures.size(); ++i) {
        auto text = make_call(Type::string, "coalesce(json_extract_string({0}, '$[" + std::to_string(i) + "]'), '')", {make_column(match)}, false);
        auto const& capture = captures[i];
        auto value = capture.type == Type::string ? std::move(text) : TRY(convert(std::move(text), capture.type, capture.span));
        named.push_back({capture.name, true, std::move(value), capture.span});
    }
    return extended(std::move(relation), named);
}

Result<Relation> Binder::parse_kv(ParseKv const& o, Relation relation, Span) {
    Rows rows;
    rows.columns = &relation.columns;
    auto source = TRY(to_text(TRY(expression(*o.source, rows)), o.source->span));
    std::string spec;
    JsonWriter json(spec);
    json.begin_object();
    json.member("pair", setting(o.settings, "pair_delimiter", ""));
    json.member("kv", setting(o.settings, "kv_delimiter", ""));
    json.member("escape", setting(o.settings, "escape", ""));
    json.member("regex", setting(o.settings, "regex", ""));
    json.member("greedy", setting(o.settings, "greedy", "false") == "true");
    json.key("quotes");
    json.begin_array();
    for (auto const& s : o.settings) {
        if (s.name != "quote" && s.name != "quotes") continue;
        // Two signs are the opening and the closing one.
        bool const two = s.text.size() == 2;
        json.begin_array();
        json.string(two ? s.text.substr(0, 1) : s.text);
        json.string(two ? s.text.substr(1) : s.text);
        json.end_array();
    }
    json.end_array();
    json.key("keys");
    json.begin_array();
    for (auto const& column : o.columns) json.string(column.name.text);
    json.end_array();
    json.end_object();
    auto const id = new_id();
    std::vector<Item> items;
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    items.push_back({id, make_call(Type::dynamic, "kql_parse_kv({0}, {1})", {std::move(source), make_text(spec)})});
    relation.plan = project_plan(relation, std::move(items));
    Column const match{"", id, Type::dynamic, true, false};
    std::vector<NamedExpr> named;
    for (std::size_t i = 0; i < o.columns.size(); ++i) {
        auto text = make_call(Type::string, "coalesce(json_extract_string({0}, '$[" + std::to_string(i) + "]'), '')", {make_column(match)}, false);
        auto const& column = o.columns[i];
        auto value = column.type == Type::string ? std::move(text) : TRY(convert(std::move(text), column.type, column.name.span));
        named.push_back({column.name.text, true, std::move(value), column.name.span});
    }
    return extended(std::move(relation), named);
}

}  // namespace merlon::hunt
