// What a name means, what an expression without a name is called, and numbers for names that are taken.
#include <array>

#include "base/text.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {

std::string_view current_name(std::string_view name) {
    if (name == "TimeGenerated" || name == "EventTime") return "Timestamp";
    if (name == "MachineId") return "DeviceId";
    if (name == "ComputerName") return "DeviceName";
    return {};
}

bool Binder::may_be_unpacked(std::string const& name) const {
    auto const quoted = [&](char quote) { return options.text.find(quote + name + quote) != options.text.npos; };
    return open_names_ || (unpacked_ && (quoted('"') || quoted('\'')));
}

Column const* Binder::group_column(std::vector<Column> const& columns) const {
    if (group_row_.empty()) return nullptr;
    for (auto const& c : columns)
        if (c.name == group_row_) return &c;
    return nullptr;
}

Scope const* Binder::lookup(std::string_view wanted) const {
    for (auto const* s = scope.get(); s; s = s->parent.get())
        if (s->name == wanted) return s;
    return nullptr;
}

namespace {

std::string joined(std::vector<Column> const& columns) {
    std::string out;
    for (auto const& c : columns) {
        if (out.size() > 300) return out + " ...";
        out += (out.empty() ? "" : ", ") + c.name;
    }
    return out;
}

}  // namespace

Error Binder::unknown_name(std::string_view wanted, Span span, Rows const& rows) const {
    auto made = error("KS142", std::string(wanted)).with(span);
    std::vector<std::string> candidates;
    for (auto const* list : {rows.columns, rows.left, rows.right})
        if (list)
            for (auto const& c : *list) candidates.push_back(c.name);
    for (auto const* s = scope.get(); s; s = s->parent.get()) candidates.push_back(s->name);
    if (!rows.columns) candidates.insert(candidates.end(), options.catalog->names().begin(), options.catalog->names().end());
    constexpr std::array<std::string_view, 8> tests{"==", "!=", "=~", "!~", "has", "contains", "startswith", "endswith"};
    auto const before = trim(options.text.substr(0, std::min(span.begin, options.text.size())));
    if (wanted == "null" || wanted == "NULL")
        made.hint = "Ask isnull(x) or, of text, isempty(x); a value that is null is written long(null).";
    else if (find_aggregate(wanted) || find_scalar(wanted)) made.hint = "Write " + std::string(wanted) + "(...).";
    else if (auto const near = nearest(wanted, candidates)) made.hint = "Did you mean " + *near + "?";
    else if (before.ends_with("--")) made.hint = "A comment begins with //.";
    else if (std::any_of(tests.begin(), tests.end(), [&](std::string_view test) { return before.ends_with(test); })) made.hint = "Text stands in quotes.";
    if (rows.columns && !rows.columns->empty())
        made.hint += (made.hint.empty() ? "" : " ") + std::string("Columns here: ") + joined(*rows.columns) + ".";
    return made;
}

std::string Binder::default_name(Node const& node) const {
    if (auto const* n = form_of<NameNode>(node)) return n->name;
    if (auto const* m = form_of<MemberNode>(node)) {
        if (auto const* object = form_of<NameNode>(*m->object); object && (object->name == "$left" || object->name == "$right"))
            return m->name;
        auto const base = default_name(*m->object);
        return base.empty() ? m->name : base + "_" + m->name;
    }
    if (auto const* i = form_of<IndexNode>(node)) {
        auto const base = default_name(*i->object);
        auto const* literal = form_of<LiteralNode>(*i->index);
        if (base.empty()) return "";
        if (!literal) return base + "_";
        if (auto const* text = std::get_if<std::string>(&literal->value.value)) return base + "_" + *text;
        if (auto const* number = std::get_if<std::int64_t>(&literal->value.value)) return base + "_" + std::to_string(*number);
        return "";
    }
    auto const* c = form_of<CallNode>(node);
    if (!c) return "";
    auto const* function = find_aggregate(c->name);
    // hll_merge and tdigest_merge of several states are no aggregates.
    if (!function || (c->name.find("_merge") != c->name.npos && c->arguments.size() > 1)) function = find_scalar(c->name);
    if (!function) return "";
    if (c->name.starts_with("covariance") && c->arguments.size() > 1)
        return c->name + "_" + default_name(*c->arguments[0]) + "_" + default_name(*c->arguments[1]);
    auto const argument = [&]() -> std::string { return c->arguments.empty() ? "" : default_name(*c->arguments[0]); };
    switch (function->result_name) {
        case ResultName::none: return "";
        case ResultName::first_argument: return argument();
        case ResultName::function_and_argument: return c->name + "_" + argument();
        case ResultName::prefix_and_argument:
            return (function->prefix.empty() ? c->name : function->prefix) + "_" + argument();
        case ResultName::prefix: return function->prefix;
    }
    return "";
}

std::string Binder::unique_name(std::string wanted, std::set<std::string> const& taken) const {
    if (!taken.contains(wanted)) return wanted;
    for (int i = 1;; ++i)
        if (auto numbered = wanted + std::to_string(i); !taken.contains(numbered)) return numbered;
}

std::vector<Item> Binder::looked_up(Relation const& left, Relation const& right, std::function<bool(Column const&)> const& keep, Relation& result) {
    std::vector<Item> items;
    std::set<std::string> taken;
    for (auto const& c : left.columns) {
        taken.insert(c.name);
        items.push_back({c.id, make_column(c)});
        result.columns.push_back(c);
    }
    for (auto const& c : right.columns) {
        if (!keep(c)) continue;
        bool const is_text = c.type == Type::string;
        Column made{unique_name(c.name, taken), new_id(), c.type, !is_text, true};
        taken.insert(made.name);
        items.push_back({made.id, is_text ? make_call(Type::string, over_arguments(Say::text_or_empty, 1), {make_column(c)}) : make_column(c)});
        result.columns.push_back(std::move(made));
    }
    return items;
}

}  // namespace merlon::hunt
