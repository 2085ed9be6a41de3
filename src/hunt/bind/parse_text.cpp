// parse, parse-where and parse-kv (semantics guide, section 15).
#include <re2/re2.h>

#include "base/json_text.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

std::string_view setting(Settings const& settings, std::string_view name) {
    for (auto const& s : settings)
        if (s.name == name) return s.text;
    return {};
}

int groups_in(std::string_view regex) {
    int count = 0;
    bool in_class = false;
    for (std::size_t i = 0; i < regex.size(); ++i) {
        if (regex[i] == '\\') ++i;
        else if (regex[i] == '[') in_class = true;
        else if (regex[i] == ']') in_class = false;
        else if (regex[i] == '(' && !in_class) {
            bool const plain = i + 1 >= regex.size() || regex[i + 1] != '?';
            bool const named = regex.substr(i).starts_with("(?P<") || (regex.substr(i).starts_with("(?<") && !regex.substr(i).starts_with("(?<=") && !regex.substr(i).starts_with("(?<!"));
            if (plain || named) ++count;
        }
    }
    return count;
}

struct Pattern {
    std::string regex;
    std::vector<std::pair<ParsePart const*, int>> captures;  // and their group numbers
};

Result<Pattern> pattern_of(Parse const& o) {
    using Kind = ParsePart::Kind;
    bool const regex = setting(o.settings, "kind") == "regex";
    auto const flags = setting(o.settings, "flags");
    Pattern made;
    int group = 0;
    std::string letters = "s";
    for (char c : flags)
        if (c == 'i' || c == 'm' || c == 'U') letters += c;
    made.regex = "(?" + letters + ")";
    if (!regex || flags.find('m') == std::string_view::npos) made.regex += regex ? "" : "\\A";
    std::set<std::string> seen;
    for (std::size_t i = 0; i < o.parts.size(); ++i) {
        auto const& part = o.parts[i];
        bool const last = i + 1 == o.parts.size();
        bool const before_text = !last && o.parts[i + 1].kind == Kind::text;
        if (part.kind == Kind::text) {
            made.regex += regex ? "(?:" + part.text + ")" : RE2::QuoteMeta(part.text);
            if (regex) group += groups_in(part.text);
        } else if (part.kind == Kind::star) {
            made.regex += regex ? ".*" : last ? ".*" : ".*?";
        } else {
            if (i > 0 && o.parts[i - 1].kind == Kind::column && !is_number(o.parts[i - 1].type))
                return std::unexpected(error("KS101").with(part.span));
            if (!seen.insert(part.text).second) return std::unexpected(error("KS171", part.text).with(part.span));
            ++group;
            std::string capture = regex || last ? "(.*)" : "(.*?)";
            if (regex && !before_text && !last) capture = "(.*)";
            if (is_integer(part.type) && (regex || !before_text)) capture = last && !regex ? "(.*)" : "\\s*([+-]?\\d+)";
            if (part.type == Type::real && regex) capture = "\\s*([+-]?\\d*\\.?\\d+(?:[eE][+-]?\\d+)?)";
            made.regex += capture;
            made.captures.emplace_back(&part, group);
        }
    }
    if (!regex && o.parts.back().kind != Kind::star) made.regex += "\\z";
    return made;
}

}  // namespace

Result<Relation> Binder::parse_columns(Parse const& o, Relation relation, Span span) {
    auto const kind = setting(o.settings, "kind");
    if (!kind.empty() && kind != "simple" && kind != "regex" && kind != "relaxed")
        return std::unexpected(error("KS005", "one of: simple, regex, relaxed", "'" + std::string(kind) + "'").with(span));
    bool const relaxed = kind == "relaxed";
    Rows rows;
    rows.columns = &relation.columns;
    auto text = TRY(to_text(TRY(expression(*o.source, rows)), o.source->span));
    auto const pattern = TRY(pattern_of(o));
    if (RE2 const compiled(pattern.regex, RE2::Quiet); !compiled.ok())
        return std::unexpected(error("hunt.bad_regex", pattern.regex, compiled.error()).with(span));
    // Captures as text, then converted, then all or nothing: each a level of its own.
    auto const base = relation.columns;
    auto const level = [&](std::vector<Item> added, std::vector<int> const& kept) {
        std::vector<Item> items;
        for (auto const& c : base) items.push_back({c.id, make_column(c)});
        for (auto const id : kept) items.push_back({id, make_column({"", id, Type::string, true, true})});
        for (auto& a : added) items.push_back(std::move(a));
        relation.plan = project_plan(relation, std::move(items));
    };
    auto const regex = make_text(pattern.regex);
    std::vector<Item> captured;
    auto const matched = new_id();
    captured.push_back({matched, make_call(Type::bool_, Say::matches_regex, {text, regex}, false)});
    std::vector<int> text_ids{matched};
    for (auto const& [part, group] : pattern.captures) {
        auto const id = new_id();
        captured.push_back({id, make_call(Type::string, Say::extract_group, {regex, make_long(group), text}, false)});
        text_ids.push_back(id);
    }
    level(std::move(captured), {});
    std::vector<Item> converted;
    std::vector<int> ids;
    std::vector<ExprPtr> good{make_column({"", matched, Type::bool_, false, false})};
    for (std::size_t i = 0; i < pattern.captures.size(); ++i) {
        auto const type = pattern.captures[i].first->type;
        auto value = TRY(convert(make_column({"", text_ids[i + 1], Type::string, false, false}), type, span));
        ids.push_back(new_id());
        converted.push_back({ids.back(), std::move(value)});
    }
    level(std::move(converted), {matched});
    for (std::size_t i = 0; i < ids.size() && !relaxed; ++i)
        if (pattern.captures[i].first->type != Type::string)
            good.push_back(make_call(Type::bool_, over_arguments(Say::is_not_null, 1), {make_column({"", ids[i], Type::long_, true, true})}, false));
    auto const test = make_and(std::move(good));
    if (o.keep_matching_only) relation.plan = make_plan(FilterPlan{relation.plan, test});
    std::vector<NamedExpr> made;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto const type = pattern.captures[i].first->type;
        made.push_back({pattern.captures[i].first->text, true,
                        make_call(type, type == Type::string ? Say::text_if : Say::value_if, {test, make_column({"", ids[i], type, true, true})}), span});
    }
    return extended(std::move(relation), made);
}

Result<Relation> Binder::parse_kv(ParseKv const& o, Relation relation, Span span) {
    Rows rows;
    rows.columns = &relation.columns;
    auto const text = TRY(to_text(TRY(expression(*o.source, rows)), o.source->span));
    std::string pair, kv, open, close, escape, pattern;
    bool greedy = false;
    for (auto const& s : o.settings) {
        auto value = s.value ? s.text : s.text;
        if (s.name == "pair_delimiter") pair = value;
        else if (s.name == "kv_delimiter") kv = value;
        else if (s.name == "quote") open = close = value;
        else if (s.name == "escape") escape = value;
        else if (s.name == "greedy") greedy = value == "true" || (s.value && form_of<LiteralNode>(*s.value) && std::get_if<bool>(&form_of<LiteralNode>(*s.value)->value.value) && std::get<bool>(form_of<LiteralNode>(*s.value)->value.value));
        else if (s.name == "regex") pattern = value;
        else return std::unexpected(error("hunt.not_supported", "parse-kv with " + s.name).with(s.span));
    }
    for (auto const& s : o.settings)
        if (s.name == "quote" && s.text.size() == 2) open = s.text.substr(0, 1), close = s.text.substr(1, 1);
    std::vector<NamedExpr> made;
    std::string keys = "[";
    for (auto const& c : o.columns) keys += (keys.size() > 1 ? "," : "") + json_string(c.name.text);
    keys += "]";
    auto const bag = !pattern.empty() ? make_call(Type::dynamic, Say::parse_kv_regex, {text, make_text(pattern)}, false)
        : make_call(Type::dynamic, Say::parse_kv,
        {text, make_text(pair), make_text(kv), make_text(open), make_text(close), make_text(escape), make_bool(greedy), make_constant({Type::dynamic, keys})}, false);
    auto const id = new_id();
    std::vector<Item> items;
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    items.push_back({id, bag});
    relation.plan = project_plan(relation, std::move(items));
    Column const found{"", id, Type::dynamic, true, true};
    for (auto const& c : o.columns) {
        auto value = make_call(Type::dynamic, Say::member, {make_column(found), make_text(c.name.text)});
        auto as_text = TRY(to_text(std::move(value), span));
        auto converted = TRY(convert(std::move(as_text), c.type, span));
        made.push_back({c.name.text, true, std::move(converted), c.name.span});
    }
    return extended(std::move(relation), made);
}

}  // namespace merlon::hunt
