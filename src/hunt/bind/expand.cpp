// mv-expand (semantics guide, section 14): a row for each element; several lists side by side.
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

constexpr std::int64_t most_of_old_name = 128;

std::string const* setting(Settings const& settings, std::string_view name) {
    for (auto const& s : settings)
        if (s.name == name) return &s.text;
    return nullptr;
}

}  // namespace

Result<Relation> Binder::mv_expand(MvExpand const& o, Relation relation, Span span) {
    std::int64_t most = o.old_name ? most_of_old_name : -1;
    if (o.limit) most = TRY(constant_integer(*o.limit, "the limit"));
    return expand_rows(o.settings, o.items, most, std::move(relation), span);
}

Result<Relation> Binder::expand_rows(Settings const& settings, std::vector<ExpandItem> const& expanded, std::int64_t most,
                                     Relation relation, Span span) {
    auto const* kind = setting(settings, "bagexpansion");
    if (!kind) kind = setting(settings, "kind");
    bool const pairs = kind && *kind == "array";
    auto const* index_name = setting(settings, "with_itemindex");

    Rows rows;
    rows.columns = &relation.columns;
    RawPlan raw;
    raw.keeps_input = true;
    raw.inputs = {relation.plan};
    std::string lists, lengths;
    struct Expanded {
        std::string name;
        int id;
        std::optional<Type> type;
        Span span;
    };
    std::vector<Expanded> made;
    for (auto const& item : expanded) {
        auto value = TRY(expression(*item.value, rows));
        if (value->type != Type::dynamic) value = TRY(to_json(std::move(value), item.span));
        auto const place = std::to_string(raw.expressions.size());
        raw.expressions.push_back(std::move(value));
        // What cannot be expanded is a list of one; null too.
        auto list = "json_extract(kql_expandable({" + place + "}, " + (pairs ? "true" : "false") + "), '$[*]')::VARCHAR[]";
        if (most >= 0) list = "list_slice(" + list + ", 1, " + std::to_string(most) + ")";
        auto const id = new_id();
        raw.columns.push_back(id);
        lists += ", nullif(unnest(" + list + "), 'null') AS c" + std::to_string(id);
        lengths += (lengths.empty() ? "len(" : ", len(") + list + ")";
        auto name = item.name.text.empty() ? default_name(*item.value) : item.name.text;
        if (name.empty()) name = "Column" + std::to_string(made.size() + 1);
        made.push_back({std::move(name), id, item.type, item.span});
    }
    if (made.empty()) return std::unexpected(error("KS006").with(span));
    std::optional<int> index;
    if (index_name) {
        index = new_id();
        raw.columns.push_back(*index);
        lists += ", unnest(range(greatest(" + lengths + "))) AS c" + std::to_string(*index);
    }
    raw.sql = "SELECT *" + lists + " FROM {in0} x";
    auto out = relation;
    out.plan = make_plan(std::move(raw));
    out.row_number.reset();
    std::vector<NamedExpr> typed;
    for (auto const& one : made) {
        Column const column{one.name, one.id, Type::dynamic, true, true};
        auto const place = std::find_if(out.columns.begin(), out.columns.end(), [&](Column const& c) { return c.name == one.name; });
        if (place == out.columns.end()) out.columns.push_back(column);
        else *place = column;
        if (one.type && *one.type != Type::dynamic)
            typed.push_back({one.name, true, TRY(convert(make_column(column), *one.type, one.span)), one.span});
    }
    if (!typed.empty()) out = extended(std::move(out), typed);
    if (index) out.columns.push_back({*index_name, *index, Type::long_, false, false});
    return out;
}

}  // namespace merlon::hunt
