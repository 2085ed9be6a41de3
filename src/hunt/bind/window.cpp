// prev, next, row_number, row_cumsum, row_rank_*: over rows in order (semantics guide, section 16).
#include "hunt/bind/binder.h"

namespace merlon::hunt {
namespace {

struct Window {
    Binder& binder;
    CallNode const& node;
    Span span;
    Rows const& rows;

    std::size_t count() const { return node.arguments.size(); }

    // Parts that begin where `restart` is true: a column computed below tells them apart.
    Result<std::vector<Phrase>> parts(ExprPtr const& restart, std::vector<ExprPtr>& arguments) const {
        if (restart->type != Type::bool_) return std::unexpected(error("KS107", "bool").with(span));
        auto& levels = rows.windows->levels;
        auto const flag = binder.new_id();
        auto const group = binder.new_id();
        levels.push_back({{flag, make_call(Type::long_, Say::one_if, {restart}, false)}});
        levels.push_back({{group, make_window(Type::long_, {Say::running_sum, {in_parts({}, {slot(1)})}},
                                            {make_column({"", flag, Type::long_, false, false}), number()})}});
        arguments.push_back(make_column({"", group, Type::long_, false, false}));
        return std::vector{slot(arguments.size() - 1)};
    }

    // Inside mv-apply and partition a window never looks beyond its group.
    std::vector<Phrase> group(std::vector<ExprPtr>& arguments) const {
        auto const* column = rows.columns ? binder.group_column(*rows.columns) : nullptr;
        if (!column) return {};
        arguments.push_back(make_column(*column));
        return {slot(arguments.size() - 1)};
    }

    ExprPtr number() const {
        return make_column({"", *rows.windows->row_number, Type::long_, false, false});
    }

    Result<ExprPtr> neighbour() const {
        if (count() < 1 || count() > 3) return std::unexpected(error("KS119", node.name, "1 to 3").with(span));
        auto value = TRY(binder.expression(*node.arguments[0], rows));
        auto const offset = count() > 1 ? TRY(binder.constant_integer(*node.arguments[1], "the offset")) : 1;
        auto fallback = make_null(value->type);
        if (count() > 2) {
            auto constant = TRY(binder.constant(*node.arguments[2], "the default"));
            fallback = TRY(binder.convert(make_constant(std::move(constant)), value->type, span));
        }
        auto const type = value->type;
        if (has_window(value)) {
            auto const id = binder.new_id();
            rows.windows->levels.push_back({{id, value}});
            value = make_column({"", id, type, true, true});
        }
        std::vector<ExprPtr> arguments{std::move(value), std::move(fallback), number()};
        auto part = group(arguments);
        return make_window(type, {node.name == "prev" ? Say::previous : Say::next, {std::to_string(offset), in_parts(std::move(part), {slot(2)})}}, std::move(arguments));
    }

    Result<ExprPtr> row_number() const {
        std::vector<ExprPtr> arguments{number()};
        auto const start = count() > 0 ? TRY(binder.constant_integer(*node.arguments[0], "the first number")) : 1;
        auto part = count() > 1 ? std::vector<Phrase>{} : group(arguments);
        if (count() > 1) part = TRY(parts(TRY(binder.expression(*node.arguments[1], rows)), arguments));
        return make_window(Type::long_, {Say::row_number_from, {in_parts(std::move(part), {slot(0)}), std::to_string(start - 1)}}, std::move(arguments));
    }

    Result<ExprPtr> running_sum() const {
        if (count() < 1 || count() > 2) return std::unexpected(error("KS119", node.name, "1 or 2").with(span));
        auto value = TRY(binder.expression(*node.arguments[0], rows));
        auto const type = value->type == Type::int_ ? Type::long_ : value->type;
        if (!is_number(type) && type != Type::timespan) return std::unexpected(error("KS138", node.name).with(span));
        if (has_window(value)) {
            auto const id = binder.new_id();
            rows.windows->levels.push_back({{id, value}});
            value = make_column({"", id, type, true, true});
        }
        std::vector<ExprPtr> arguments{std::move(value), number()};
        auto part = count() > 1 ? std::vector<Phrase>{} : group(arguments);
        if (count() > 1) part = TRY(parts(TRY(binder.expression(*node.arguments[1], rows)), arguments));
        return make_window(type, {Say::running_total, {in_parts(std::move(part), {slot(1)})}}, std::move(arguments));
    }

    // The value's rank by changes of the value: dense counts them, min gives the row number of the first equal one.
    Result<ExprPtr> rank() const {
        if (count() < 1 || count() > 2) return std::unexpected(error("KS119", node.name, "1 or 2").with(span));
        auto value = TRY(binder.expression(*node.arguments[0], rows));
        // row_rank(x[, dense]) is the old name of both others.
        bool const old = node.name == "row_rank";
        bool dense = node.name == "row_rank_dense" || old;
        if (old && count() > 1) {
            auto const wanted = TRY(binder.constant(*node.arguments[1], "the second argument of row_rank"));
            if (wanted.type != Type::bool_) return std::unexpected(error("KS107", "bool").with(node.arguments[1]->span));
            dense = !wanted.is_null() && std::get<bool>(wanted.value);
        }
        auto const changed = binder.new_id();
        auto const column = [&](int id) { return make_column({"", id, Type::long_, false, false}); };
        std::vector<ExprPtr> none;
        rows.windows->levels.push_back({{changed, make_window(Type::long_, Say::one_if_changed, {value, number()})}});
        std::vector<ExprPtr> arguments{column(changed), number()};
        std::vector<Phrase> part;
        if (count() > 1 && !old) part = TRY(parts(TRY(binder.expression(*node.arguments[1], rows)), arguments));
        auto const window = in_parts(part, {slot(1)});
        if (dense) return make_window(Type::long_, {part.empty() ? Say::dense_rank : Say::dense_rank_in_part, {window}}, std::move(arguments));
        // row number of the latest change within the part
        auto const place = binder.new_id();
        rows.windows->levels.push_back({{place, make_window(Type::long_, {Say::row_number, {window}}, arguments)}});
        arguments.push_back(column(place));
        auto const at = slot(arguments.size() - 1);
        return make_window(Type::long_, {Say::place_of_change, {at, window}}, std::move(arguments));
    }

    // row_window_session(t, max_from_start, max_between[, restart]): the start of the session that each row belongs to.
    // Each row folds the rows before it, so this costs the square of a part's length.
    Result<ExprPtr> session() const {
        if (count() < 3 || count() > 4) return std::unexpected(error("KS119", node.name, "3 or 4").with(span));
        auto time = TRY(binder.expression(*node.arguments[0], rows));
        if (time->type != Type::datetime) return std::unexpected(error("KS107", "datetime").with(node.arguments[0]->span));
        std::vector<ExprPtr> arguments{std::move(time), number()};
        for (std::size_t i = 1; i < 3; ++i) {
            auto const limit = TRY(binder.constant(*node.arguments[i], "the longest time"));
            if (limit.type != Type::timespan) return std::unexpected(error("KS107", "timespan").with(node.arguments[i]->span));
            arguments.push_back(make_constant(limit));
        }
        auto part = count() > 3 ? std::vector<Phrase>{} : group(arguments);
        if (count() > 3) {
            auto restart = TRY(binder.expression(*node.arguments[3], rows));
            if (has_window(restart)) {
                auto const id = binder.new_id();
                rows.windows->levels.push_back({{id, restart}});
                restart = make_column({"", id, Type::bool_, true, false});
            }
            part = TRY(parts(restart, arguments));
        }
        return make_window(Type::datetime, {Say::session_start, {in_parts(std::move(part), {slot(1)})}}, std::move(arguments));
    }
};

}  // namespace

std::optional<Result<ExprPtr>> Binder::window_call(CallNode const& node, Span span, Rows const& rows) {
    static std::set<std::string_view> const names{"prev", "next", "row_number", "row_cumsum", "row_rank_dense", "row_rank_min", "row_rank", "row_window_session"};
    if (!names.contains(node.name)) return {};
    if (!rows.windows || !rows.relation)
        return std::unexpected(error("KS144", node.name).with(node.name_span).with_hint("Use it in extend, project or where."));
    if (!rows.relation->serialized)
        return std::unexpected(error("hunt.not_serialized", node.name).with(node.name_span));
    if (!rows.windows->row_number) rows.windows->row_number = rows.relation->row_number ? *rows.relation->row_number : new_id();
    Window const window{*this, node, span, rows};
    if (node.name == "prev" || node.name == "next") return window.neighbour();
    if (node.name == "row_number") return window.row_number();
    if (node.name == "row_cumsum") return window.running_sum();
    if (node.name == "row_window_session") return window.session();
    return window.rank();
}

}  // namespace merlon::hunt
