#include "api/odata/filter.h"

#include "base/text.h"

namespace merlon::api::odata {
namespace {

constexpr std::size_t most_search_terms = 32;

std::string_view cast_of(FieldType type) {
    switch (type) {
    case FieldType::integer:
    case FieldType::datetime: return "::BIGINT";
    case FieldType::real: return "::DOUBLE";
    case FieldType::boolean: return "::BOOLEAN";
    case FieldType::string:
    case FieldType::strings:
    case FieldType::json: return "::VARCHAR";
    }
    return "";
}

std::string_view cast_of(Piece const& piece) {
    switch (piece.kind) {
    case Kind::time:
    case Kind::duration: return "::BIGINT";
    case Kind::number: return piece.whole ? "::BIGINT" : "::DOUBLE";
    case Kind::boolean: return "::BOOLEAN";
    default: return "::VARCHAR";
    }
}

// Where a word stands on a scale: 1, 2 ...; 0 where it is none of its words, or null.
std::string place_on_scale(std::string const& sql, std::span<std::string_view const> scale) {
    std::string out = "(CASE " + sql;
    for (std::size_t i = 0; i < scale.size(); ++i) out += " WHEN " + store::quote_text(scale[i]) + " THEN " + std::to_string(i + 1);
    return out + " ELSE 0 END)::BIGINT";
}

// $search: an expression of words over the text of all text fields.
class Search {
public:
    Search(std::string_view text, std::string haystack, Sql& out) : text_(text), haystack_(std::move(haystack)), out_(out) {}

    Result<std::string> whole() {
        auto condition = TRY(either());
        skip();
        if (at_ < text_.size()) return std::unexpected(error("odata.expected", "a word or the end", "«)»").with(Span{at_, at_ + 1}));
        return condition;
    }

private:
    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    // The next bare word, without taking it.
    std::string_view peek() {
        skip();
        auto const end = text_.find_first_of(" ()\"", at_);
        return text_.substr(at_, (end == std::string_view::npos ? text_.size() : end) - at_);
    }
    bool keyword(std::string_view name) {
        if (peek() != name) return false;
        at_ += name.size();
        return true;
    }
    Result<std::string> either() {
        if (++depth_ > 64) return std::unexpected(error("odata.too_deep").with(Span{at_, at_}));
        auto all = TRY(both());
        while (keyword("OR")) all += " OR " + TRY(both());
        --depth_;
        return "(" + all + ")";
    }
    Result<std::string> both() {
        auto all = TRY(term());
        while (true) {
            if (peek() == "OR") return all;
            bool const said = keyword("AND");
            skip();
            if (!said && (at_ >= text_.size() || text_[at_] == ')')) return all;
            all += " AND " + TRY(term());
        }
    }
    Result<std::string> term() {
        if (++terms_ > most_search_terms) return fail("odata.search_terms", std::to_string(most_search_terms));
        if (keyword("NOT")) return "(NOT " + TRY(term()) + ")";
        skip();
        if (at_ < text_.size() && text_[at_] == '(') {
            ++at_;
            auto inner = TRY(either());
            skip();
            if (at_ >= text_.size() || text_[at_] != ')')
                return std::unexpected(error("odata.expected", ")", "the end").with(Span{at_, text_.size()}));
            ++at_;
            return inner;
        }
        std::string word;
        if (at_ < text_.size() && text_[at_] == '"') {
            auto const end = text_.find('"', at_ + 1);
            if (end == std::string_view::npos) return std::unexpected(error("odata.unclosed_text").with(Span{at_, text_.size()}));
            word = text_.substr(at_ + 1, end - at_ - 1);
            at_ = end + 1;
        } else {
            word = peek();
            at_ += word.size();
        }
        if (word.empty())
            return std::unexpected(error("odata.expected", "a word", at_ < text_.size() ? "«)»" : "the end").with(Span{at_, text_.size()}));
        return "contains(" + haystack_ + ", " + out_.bind(ascii_lower(word)) + ")";
    }

    std::string_view text_;
    std::string haystack_;
    Sql& out_;
    std::size_t at_ = 0, terms_ = 0;
    int depth_ = 0;
};

}  // namespace

std::string field_sql(Field const& field, Ticks now) {
    return "(" + replace_all(field.sql, "$now", std::to_string(now)) + ")" + std::string(cast_of(field.type));
}

Status append_filter(std::string_view filter, Resource const& resource, Ticks now, Sql& sql) {
    Reader reader(TRY(read_tokens(filter)), resource, now, sql);
    sql.text += TRY(reader.condition()).sql;
    return {};
}

Status append_search(std::string_view search, Resource const& resource, Ticks now, Sql& sql) {
    // Fields joined by a character that no search holds: one look for each word.
    std::string haystack = "lower(concat_ws(chr(1)";
    for (auto const& field : resource.fields)
        if (field.type == FieldType::string || field.type == FieldType::strings) haystack += ", " + field_sql(field, now);
    sql.text += TRY(Search(search, haystack + "))", sql).whole());
    return {};
}

Result<std::vector<OrderKey>> read_order(std::string_view text, Resource const& resource, Ticks now, Sql& sql) {
    std::vector<OrderKey> all;
    std::vector<Field const*> named;
    auto const order = trim(text).empty() ? std::string_view(resource.order) : text;
    if (!trim(order).empty()) {
        Reader reader(TRY(read_tokens(order)), resource, now, sql);
        for (auto const& one : TRY(reader.ordering())) {
            named.push_back(one.field);
            if (one.field && !one.field->scale.empty()) all.push_back({place_on_scale(one.piece.sql, one.field->scale), one.descending, Kind::number});
            else all.push_back({"(" + one.piece.sql + ")" + std::string(cast_of(one.piece)), one.descending, one.piece.kind});
        }
    } else if (!resource.device.empty()) {
        all.push_back({resource.device, false, Kind::text});
    }
    auto const* key = resource.field(resource.key);
    auto const is_named = [&](Field const* field) { return std::ranges::find(named, field) != named.end(); };
    if (is_named(key)) return all;
    auto const follow = [&](Field const& field) {
        if (!is_named(&field)) all.push_back({field_sql(field, now), false, field.type == FieldType::integer ? Kind::number : Kind::text});
    };
    if (resource.tie.empty()) follow(*key);
    else for (auto const& name : resource.tie) follow(*resource.field(name));
    return all;
}

std::string order_list(std::vector<OrderKey> const& keys) {
    std::string out;
    for (auto const& key : keys)
        out += (out.empty() ? "" : ", ") + key.sql + (key.descending ? " DESC NULLS LAST" : " ASC NULLS FIRST");
    return out;
}

// (a, b, c) after (x, y, z): a > x, or a = x and (b > y, or b = y and c > z).
std::string rows_after(std::vector<OrderKey> const& keys, std::vector<store::Value> const& values, Sql& sql) {
    std::string condition;
    for (std::size_t i = keys.size(); i-- > 0;) {
        auto const& key = keys[i];
        bool const null = std::holds_alternative<std::monostate>(values[i]);
        auto const bound = null ? std::string("NULL") : sql.bind(values[i]);
        std::string after;
        if (null) after = key.descending ? "false" : key.sql + " IS NOT NULL";
        else if (key.descending) after = "(" + key.sql + " < " + bound + " OR " + key.sql + " IS NULL)";
        else after = key.sql + " > " + bound;
        if (condition.empty()) condition = after;
        else
            condition = "(" + after + " OR (" + (null ? key.sql + " IS NULL" : key.sql + " = " + bound) + " AND " + condition + "))";
    }
    return condition;
}

}  // namespace merlon::api::odata
