// Plugins that are queries themselves: schema/functions/plugins/NAME.kql. Its first line names what the call gives:
//   id:column   one column          end         a constant, in the query as __end
//   step:width  a constant that is no text
//   range:from  __start and __end, which may be left out where the column is a datetime
//   dims:columns  all the rest      step:bins   a constant, or "week", "month", "year"; makes bin_of(x) and {tick}
// In the text {id} is the column's name in brackets, {id.name} the bare name, {dims} the names with commas before them,
// {dims.text} one text of them all, {dims.sorted} sort keys with commas behind them, {end.text} the constant as it is written
// in column names. T is the input.
#include <fmt/format.h>

#include "base/embedded.h"
#include "base/text.h"
#include "base/time.h"
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

std::string bracketed(std::string_view name) {
    std::string out = "['";
    for (char const c : name) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "']";
}

std::string written(Constant const& c) {
    if (auto const* whole = std::get_if<std::int64_t>(&c.value)) return std::to_string(*whole);
    if (auto const* real = std::get_if<double>(&c.value)) return replace_all(fmt::format("{}", *real), ".", "_");
    return "";
}

// The call's arguments as they go into the text and into the scope.
struct Template {
    Binder& binder;
    CallNode const& call;
    Relation const& relation;
    Span span;
    std::map<std::string, std::string, std::less<>> words = {};
    std::string lets = {};

    Result<Column> column(Node const& node) {
        auto const* name = form_of<NameNode>(node);
        auto const* found = name ? relation.find_named(name->name) : nullptr;
        if (found) return *found;
        Rows rows;
        rows.columns = &relation.columns;
        if (name) return std::unexpected(binder.unknown_name(name->name, node.span, rows));
        return std::unexpected(error("KS107", "column").with(node.span));
    }
    void put_constant(std::string const& name, Constant value) {
        words[name + ".text"] = written(value);
        binder.scope = std::make_shared<Scope>(Scope{"__" + name, make_constant(std::move(value)), binder.scope});
    }
    // bin_of() puts a time into its window: windows of one width begin at the start of the analysis.
    Status put_bins(std::string const& name, Node const& node, Type time) {
        auto const width = TRY(binder.constant(node, "the width of a window"));
        auto const* unit = width.type == Type::string ? std::get_if<std::string>(&width.value) : nullptr;
        if (unit && (time != Type::datetime || (*unit != "week" && *unit != "month" && *unit != "year")))
            return std::unexpected(error("KS107", "timespan, or one of: week, month, year").with(node.span));
        auto const* ticks = std::get_if<std::int64_t>(&width.value);
        if (!unit && ticks && *ticks <= 0) return std::unexpected(error("hunt.zero_step").with(node.span));
        lets += "let bin_of = (x:" + std::string(type_name(time)) + ") { " +
                (unit ? "startof" + *unit + "(x)" : "bin_at(x, __" + name + ", __start)") + " };\n";
        words["tick"] = time == Type::datetime ? "1tick" : "1";
        put_constant(name, width);
        return {};
    }
    void put_columns(std::string const& name, std::vector<Column> const& columns) {
        std::string names, text = "''", sorted;
        for (auto const& c : columns) {
            names += ", " + bracketed(c.name);
            sorted += bracketed(c.name) + " asc, ";
            text += ", tostring(" + bracketed(c.name) + "), '\\u0001'";
        }
        words[name] = names;
        words[name + ".text"] = text;
        words[name + ".sorted"] = sorted;
    }

    Status take(std::string_view parameters) {
        std::size_t next = 0;
        auto time = Type::datetime;
        for (auto const parameter : split(parameters, ' ')) {
            auto const colon = parameter.find(':');
            auto const name = std::string(parameter.substr(0, colon));
            auto const kind = colon == std::string_view::npos ? std::string_view{} : parameter.substr(colon + 1);
            if (kind == "columns") {
                std::vector<Column> columns;
                for (; next < call.arguments.size(); ++next) columns.push_back(TRY(column(*call.arguments[next])));
                put_columns(name, columns);
                continue;
            }
            // Without a start and an end the analysis takes in all times.
            if (kind == "from" && next < call.arguments.size() && time == Type::datetime &&
                TRY(binder.constant(*call.arguments[next], "the start")).type == Type::timespan) {
                put_constant("start", {Type::datetime, std::int64_t{0}});
                put_constant("end", {Type::datetime, max_datetime_ticks});
                continue;
            }
            if (kind == "from") {
                if (next + 1 >= call.arguments.size()) return std::unexpected(error("KS119", call.name, "more").with(span));
                put_constant("start", TRY(binder.constant(*call.arguments[next++], "the start")));
                put_constant("end", TRY(binder.constant(*call.arguments[next++], "the end")));
                continue;
            }
            if (next >= call.arguments.size()) return std::unexpected(error("KS119", call.name, "more").with(span));
            auto const& node = *call.arguments[next++];
            if (kind == "column") {
                auto const found = TRY(column(node));
                if (name == "time") time = found.type;
                words[name] = bracketed(found.name);
                words[name + ".name"] = found.name;
            } else if (kind == "bins") {
                TRY(put_bins(name, node, time));
            } else {
                auto value = TRY(binder.constant(node, "argument " + std::to_string(next) + " of " + call.name));
                if (kind == "width" && value.type == Type::string) return std::unexpected(error("KS107", "timespan").with(node.span));
                put_constant(name, std::move(value));
            }
        }
        if (next < call.arguments.size()) return std::unexpected(error("KS119", call.name, std::to_string(next)).with(span));
        return {};
    }

    std::string filled(std::string_view text) const {
        std::string out = lets;
        while (!text.empty()) {
            auto const open = text.find('{');
            auto const close = open == std::string_view::npos ? open : text.find('}', open);
            auto const word = close == std::string_view::npos ? words.end() : words.find(text.substr(open + 1, close - open - 1));
            if (open == std::string_view::npos) break;
            if (word == words.end()) {
                out += text.substr(0, open + 1);
                text.remove_prefix(open + 1);
                continue;
            }
            out += text.substr(0, open);
            out += word->second;
            text.remove_prefix(close + 1);
        }
        return out + std::string(text);
    }
};

}  // namespace

std::optional<Result<Relation>> Binder::written_plugin(CallNode const& call, Relation relation, Span span) {
    auto const text = embedded("schema/functions/plugins/" + call.name + ".kql");
    if (text.empty() || !text.starts_with("// ")) return {};
    auto const before = scope;
    auto made = [&]() -> Result<Relation> {
        relation.row_number.reset();
        scope = std::make_shared<Scope>(Scope{"T", relation, scope});
        Template plugin{*this, call, relation, span};
        auto const line = text.find('\n');
        TRY(plugin.take(text.substr(3, line - 3)));
        auto const program_text = plugin.filled(text.substr(line + 1));
        auto const parsed = parse(program_text, options.limits);
        if (!parsed) return std::unexpected(error("hunt.plugin_text", call.name, describe(parsed.error())).with(span));
        std::optional<Relation> rows;
        for (auto const& statement : parsed->statements) {
            Status done;
            if (auto const* l = std::get_if<LetStatement>(&statement.form)) done = let(*l);
            else if (auto const* q = std::get_if<std::unique_ptr<Query>>(&statement.form)) {
                auto result = query(**q);
                if (result) rows = std::move(*result);
                else done = std::unexpected(std::move(result).error());
            }
            if (!done) return std::unexpected(std::move(done).error().with(span));
        }
        if (!rows) return std::unexpected(error("hunt.plugin_text", call.name, "no query").with(span));
        return std::move(*rows);
    }();
    scope = before;
    return made;
}

// rows_near(condition, before[, after]): the rows around those where the condition holds.
Result<Relation> Binder::rows_near(CallNode const& call, Relation relation, Span span) {
    auto const& args = call.arguments;
    if (args.size() < 2 || args.size() > 3) return std::unexpected(error("KS119", call.name, "2 or 3").with(span));
    if (!relation.serialized) return std::unexpected(error("hunt.not_serialized", call.name).with(span));
    auto const around = TRY(constant_integer(*args[1], "the number of rows"));
    auto const after = args.size() > 2 ? TRY(constant_integer(*args[2], "the number of rows")) : around;
    if (around < 0 || after < 0) return std::unexpected(error("KS107", "number of rows that is not negative").with(args[1]->span));
    relation = numbered(std::move(relation));
    Rows rows;
    rows.columns = &relation.columns;
    auto const condition = TRY(predicate(*args[0], rows));
    auto const near = new_id();
    std::vector<Item> items;
    for (auto const& c : relation.columns) items.push_back({c.id, make_column(c)});
    items.push_back({near, make_window(Type::bool_, {Say::any_near, {std::to_string(after), std::to_string(around)}},
                                       {condition, make_column({"", *relation.row_number, Type::long_, false, false})}, false)});
    auto plan = project_plan(relation, std::move(items));
    relation.plan = make_plan(FilterPlan{std::move(plan), make_column({"", near, Type::bool_, false, false})});
    return relation;
}

}  // namespace merlon::hunt
