// externaldata: the files are read while compiling, and their rows travel in the statement as one JSON text.
#include "base/json_text.h"
#include "base/text.h"
#include "hunt/bind/binder.h"
#include "hunt/external.h"

namespace merlon::hunt {
namespace {

constexpr std::size_t most_rows = 1'000'000;

struct Form {
    std::string format;
    bool skip_first = false;
};

Form form_of_settings(Settings const& settings) {
    Form form;
    for (auto const& s : settings) {
        auto const name = ascii_lower(s.name);
        auto const* literal = s.value ? form_of<LiteralNode>(*s.value) : nullptr;
        auto const* flag = literal ? std::get_if<bool>(&literal->value.value) : nullptr;
        if (name == "format") form.format = s.text;
        if (name == "ignorefirstrecord") form.skip_first = flag ? *flag : equal_ignoring_ascii_case(s.text, "true");
    }
    return form;
}

}  // namespace

Result<Relation> Binder::external_data(Externaldata const& o, Span span) {
    std::vector<std::string> names;
    for (auto const& c : o.columns) names.push_back(c.name.text);
    auto const form = form_of_settings(o.settings);
    std::string text = "[";
    std::size_t count = 0;
    for (auto const& place : o.places) {
        auto const address = TRY(constant_text(*place, "the address"));
        auto const bad = [&](Error e) { return std::unexpected(std::move(e).with(e.code == "hunt.externaldata" ? span : place->span)); };
        if (!options.reads_data && options.external && !options.external->hosts.empty()) continue;
        auto const bytes = read_external(options.external, address);
        if (!bytes) return bad(bytes.error());
        auto const rows = external_rows(*bytes, address, form.format, form.skip_first, names);
        if (!rows) return bad(rows.error());
        if ((count += rows->size()) > most_rows)
            return bad(error("hunt.external_too_large", clean_text(address, 200), with_thousands(most_rows) + " rows"));
        for (auto const& row : *rows) {
            text += text.size() > 1 ? ",[" : "[";
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (i > 0) text += ',';
                append_json_string(text, clean_text(row[i], row[i].size()));
            }
            text += ']';
        }
    }
    text += ']';
    RawPlan raw;
    std::vector<Phrase> cells;
    std::vector<Item> items;
    Relation made;
    for (std::size_t i = 0; i < o.columns.size(); ++i) {
        auto const& declared = o.columns[i];
        Column const cell{"", new_id(), Type::string, false, false};
        raw.columns.push_back(cell.id);
        cells.push_back({Say::named, {{Say::cell_of_row, {std::to_string(i + 1)}}, column_name(cell.id)}});
        auto value = make_column(cell);
        if (declared.type == Type::dynamic) value = TRY(call_table(*find_scalar("parse_json"), {std::move(value)}, span));
        else value = TRY(convert(std::move(value), declared.type, span));
        Column const c{declared.name.text, new_id(), declared.type, declared.type != Type::string, declared.type == Type::real};
        items.push_back({c.id, std::move(value)});
        made.columns.push_back(c);
    }
    raw.phrase = {Say::rows_of_json, std::move(cells)};
    raw.expressions.push_back(make_text(std::move(text)));
    made.plan = make_plan(ProjectPlan{make_plan(std::move(raw)), std::move(items)});
    return made;
}

}  // namespace merlon::hunt
