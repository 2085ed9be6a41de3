#include "hunt/parse/habits.h"

#include <array>

#include "base/text.h"
#include "hunt/parse/cursor.h"

namespace merlon::hunt {
namespace {

struct Habit {
    std::string_view word, instead;
};

template <std::size_t N>
std::string_view found(std::array<Habit, N> const& habits, std::string_view word) {
    for (auto const& h : habits)
        if (equal_ignoring_ascii_case(h.word, word)) return h.instead;
    return {};
}

constexpr std::array<Habit, 28> operators{{
    {"select", "project"},          {"table", "project"},      {"fields", "project"},      {"columns", "project"},
    {"groupby", "summarize ... by"}, {"group", "summarize ... by"}, {"aggregate", "summarize"}, {"stats", "summarize"},
    {"having", "where"},            {"orderby", "sort by"},    {"sortby", "sort by"},      {"eval", "extend"},
    {"let", "extend"},              {"with", "extend"},        {"rename", "project-rename"}, {"drop", "project-away"},
    {"exclude", "project-away"},    {"keep", "project-keep"},  {"dedup", "distinct"},      {"unique", "distinct"},
    {"uniq", "distinct"},           {"head", "take"},          {"left", "join kind=leftouter"}, {"right", "join kind=rightouter"},
    {"inner", "join kind=inner"},   {"full", "join kind=fullouter"}, {"explode", "mv-expand"}, {"flatten", "mv-expand"},
}};

constexpr std::array<Habit, 57> functions{{
    {"concat", "strcat"},           {"concat_ws", "strcat_delim"}, {"len", "strlen"},       {"length", "strlen"},
    {"char_length", "strlen"},      {"size", "array_length"},  {"cardinality", "array_length"}, {"lower", "tolower"},
    {"lcase", "tolower"},           {"upper", "toupper"},      {"ucase", "toupper"},       {"ifnull", "coalesce"},
    {"nvl", "coalesce"},            {"if", "iff"},             {"decode", "case"},         {"switch", "case"},
    {"substr", "substring"},        {"mid", "substring"},      {"left", "substring"},      {"instr", "indexof"},
    {"charindex", "indexof"},       {"position", "indexof"},   {"ltrim", "trim_start"},    {"rtrim", "trim_end"},
    {"datediff", "datetime_diff"},  {"date_diff", "datetime_diff"}, {"timestampdiff", "datetime_diff"}, {"dateadd", "datetime_add"},
    {"date_add", "datetime_add"},   {"datepart", "datetime_part"}, {"date_part", "datetime_part"}, {"date_trunc", "bin"},
    {"datetrunc", "bin"},           {"getdate", "now"},        {"current_timestamp", "now"}, {"today", "startofday(now())"},
    {"date_format", "format_datetime"}, {"strftime", "format_datetime"}, {"to_date", "todatetime"}, {"to_timestamp", "todatetime"},
    {"tonumber", "todouble"},       {"cast", "tostring(), tolong(), todouble() or todatetime"}, {"convert", "tostring(), tolong(), todouble() or todatetime"}, {"regexp_extract", "extract"},
    {"rex", "extract"},             {"regexp_replace", "replace_regex"}, {"json_extract", "parse_json"}, {"from_json", "parse_json"},
    {"to_json", "tostring"},        {"group_concat", "strcat_array(make_list(...), \", \")"}, {"string_agg", "strcat_array(make_list(...), \", \")"}, {"array_agg", "make_list"},
    {"collect_set", "make_set"},    {"approx_count_distinct", "dcount"}, {"mean", "avg"},   {"median", "percentile(x, 50)"},
    {"std", "stdev"},
}};

// Words where an operator that joins tests was meant.
constexpr std::array<Habit, 18> tests{{
    {"notin", "Write !in ( ... )."},
    {"regex", "Write matches regex \"...\"."},
    {"regexp", "Write matches regex \"...\"."},
    {"rlike", "Write matches regex \"...\"."},
    {"matches", "Write matches regex \"...\"."},
    {"ilike", "Write contains, startswith or endswith; % and _ mean nothing there."},
    {"is", "Ask isnull(x), isnotnull(x), isempty(x) or isnotempty(x); text is never null, but it may be empty."},
    {"contains_any", "Write has_any ( ... ), which looks for whole terms, or one contains for each text, joined by or."},
    {"containsany", "Write has_any ( ... ), which looks for whole terms, or one contains for each text, joined by or."},
    {"startswith_any", "Write one startswith for each text, joined by or."},
    {"endswith_any", "Write one endswith for each text, joined by or."},
    {"as", "A name stands before its value: Name = expression."},
    {"group", "Groups come after by: summarize count() by Column."},
    {"having", "Filter after summarize: | where count_ > 1."},
    {"on", "Put what is joined into brackets: join kind=inner (Table | where ...) on Key."},
    {"from", "A query begins with its table: Table | where ... | project ..."},
    {"xor", "Write (a and not(b)) or (not(a) and b)."},
    {"equals", "Write == or, where case does not matter, =~."},
}};

constexpr std::array<std::string_view, 26> beginnings_of_operators{
    "where", "project", "extend", "summarize", "sort", "order", "top", "take", "limit", "distinct", "count", "join", "lookup",
    "union", "parse", "evaluate", "render", "mv", "make", "filter", "serialize", "invoke", "search", "getschema", "sample", "partition"};

constexpr std::array<std::string_view, 16> lower_case_words{
    "and", "or", "in", "by", "on", "has", "contains", "startswith", "endswith", "between", "matches", "asc", "desc", "has_any", "has_all", "kind"};

constexpr std::array<std::string_view, 14> units{"d", "h", "m", "s", "day", "days", "hour", "hours", "minute", "minutes", "second", "seconds", "week", "weeks"};

bool one_of(std::string_view word, auto const& words) { return std::find(words.begin(), words.end(), word) != words.end(); }

std::string habit_of_word(Cursor const& at, Token const& t) {
    auto const lower = ascii_lower(t.text);
    if (lower == "not") {
        auto const& next = at.peek(1);
        return "Negation stands before the word: !" + (next.kind == TokenKind::name ? next.text : std::string("in")) + "; or around a test: not(...).";
    }
    if (t.text != lower && one_of(lower, lower_case_words)) return "KQL minds the case: write " + lower + ".";
    if (auto const known = found(tests, t.text); !known.empty()) return std::string(known);
    if (one_of(t.text, beginnings_of_operators)) return "Put | before " + t.text + ".";
    return {};
}

}  // namespace

std::string habit_at(Cursor const& at, std::string_view expected) {
    auto const& t = at.peek();
    auto const before = at.position() == 0 ? TokenKind::end : at.before().kind;
    if (t.kind == TokenKind::sign) {
        if (t.text == "&&") return "Write and.";
        if (t.text == "||") {
            auto const& next = at.peek(1);
            return next.kind == TokenKind::name && one_of(next.text, beginnings_of_operators) ? "One | stands between operators." : "Write or.";
        }
        return {};
    }
    // Where one word or sign alone is expected, that says it.
    bool const between_values = expected.find_first_of("|,;") != expected.npos && before != TokenKind::end && (before != TokenKind::sign || at.before().text == ")");
    if (t.kind == TokenKind::name) {
        if (before == TokenKind::integer && one_of(t.text, units)) return "A span of time is one word: 7d, 12h, 30m.";
        if (auto made = habit_of_word(at, t); !made.empty()) return made;
        return between_values ? "Is a comma, an operator or a | missing before it? A name with blanks is written ['two words']." : "";
    }
    if ((t.kind == TokenKind::string || t.kind == TokenKind::integer || t.kind == TokenKind::real) && between_values)
        return "Is a comma or an operator missing before it?";
    return {};
}

std::string habit_of_beginning(std::string_view first_word) {
    static constexpr std::array<std::string_view, 7> statements{"select", "from", "show", "describe", "explain", "index", "source"};
    for (auto word : statements)
        if (equal_ignoring_ascii_case(word, first_word)) return "A query begins with its table: Table | where ... | project ...";
    return {};
}

std::string_view operator_for(std::string_view word) { return found(operators, word); }
std::string_view function_for(std::string_view word) { return found(functions, word); }

}  // namespace merlon::hunt
