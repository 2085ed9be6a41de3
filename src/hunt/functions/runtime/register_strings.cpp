#include "base/json_text.h"
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/json.h"
#include "hunt/functions/runtime/regex.h"
#include "hunt/functions/runtime/register.h"
#include "hunt/functions/runtime/strings.h"
#include "hunt/functions/runtime/terms.h"
#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

using Regex = std::shared_ptr<RE2 const>;
using View = std::string_view;

void add_regex_functions(std::vector<store::ScalarFunction>& all) {
    define_prepared<0>(all, "kql_extract", regex_or_error,
                       [](Regex const& regex, std::int64_t group, View text) { return extract(*regex, group, text); });
    define_prepared<0>(all, "kql_extract_all", regex_or_error, [](Regex const& regex, View text, std::string& out) {
        return extract_all(*regex, {}, text, out);
    });
    // Groups by number, as a JSON array.
    define_prepared<0>(all, "kql_extract_all", regex_or_error,
                       [](Regex const& regex, View groups, View text, std::string& out) {
                           std::vector<int> picked;
                           std::string scratch;
                           each_element(groups, [&](Json group) {
                               if (auto const number = json_integer(group)) {
                                   picked.push_back(static_cast<int>(*number));
                               } else if (is_text(group)) {
                                   auto const& names = regex->NamedCapturingGroups();
                                   auto const named = names.find(std::string(json_text(group, scratch)));
                                   picked.push_back(named == names.end() ? -1 : named->second);
                               }
                               return true;
                           });
                           return extract_all(*regex, picked, text, out);
                       });
    define_prepared<1>(all, "kql_replace_regex", regex_or_error,
                       [](Regex const& regex, View text, View rewrite, std::string& out) {
                           replace_regex(*regex, text, rewrite, out);
                       });
    define_prepared<1>(all, "kql_countof_regex", regex_or_error,
                       [](Regex const& regex, View text) { return count_matches(*regex, text); });
    define_prepared<1>(all, "kql_indexof_regex", regex_or_error,
                       [](Regex const& regex, View text, std::int64_t start, std::int64_t length,
                          std::int64_t occurrence) { return index_of_match(*regex, text, start, length, occurrence); });
    // The pattern is checked once; trimming looks its compiled forms up by text.
    auto const checked = [](View pattern) -> Result<std::string> {
        TRY(check_regex(pattern));
        return std::string(pattern);
    };
    define_prepared<0>(all, "kql_trim", checked,
                       [](std::string const& re, View text) { return trim_regex(re, TrimEnd::both, text); });
    define_prepared<0>(all, "kql_trim_start", checked,
                       [](std::string const& re, View text) { return trim_regex(re, TrimEnd::start, text); });
    define_prepared<0>(all, "kql_trim_end", checked,
                       [](std::string const& re, View text) { return trim_regex(re, TrimEnd::end, text); });
    define(all, "kql_regex_quote", [](View text) { return regex_quote(text); });
}

// replace_strings: each lookup in turn, but never inside what an earlier one has replaced. A lookup whose replacement is no
// text stays as it is, and is out of reach of the later ones as well.
void replace_strings(View text, View from, View to, std::string& out) {
    struct Piece {
        std::string text;
        bool done = false;
    };
    std::vector<Piece> pieces{{std::string(text)}};
    auto const replacements = json_elements(to);
    std::string scratch;
    std::size_t i = 0;
    each_element(from, [&](Json entry) {
        auto const place = i++;
        if (!is_text(entry) || place >= replacements.size()) return true;
        auto const lookup = std::string(json_text(entry, scratch));
        if (lookup.empty()) return true;
        auto const with = is_text(replacements[place]) ? std::string(json_text(replacements[place], scratch)) : lookup;
        std::vector<Piece> next;
        for (auto& piece : pieces) {
            if (piece.done) {
                next.push_back(std::move(piece));
                continue;
            }
            std::size_t at = 0;
            for (auto hit = piece.text.find(lookup); hit != std::string::npos; hit = piece.text.find(lookup, at)) {
                if (hit > at) next.push_back({piece.text.substr(at, hit - at)});
                next.push_back({with, true});
                at = hit + lookup.size();
            }
            if (at < piece.text.size()) next.push_back({piece.text.substr(at)});
        }
        pieces = std::move(next);
        return true;
    });
    for (auto const& piece : pieces) out += piece.text;
}

// Code points given one by one, or as JSON arrays of them.
bool make_string(std::span<View const> arguments, std::string& out) {
    bool good = true;
    auto const add = [&](Json value) {
        auto const code = json_integer(value);
        if (!code || *code < 0 || *code > 0x10FFFF) return good = false;
        append_utf8(out, static_cast<char32_t>(*code));
        return true;
    };
    for (auto const argument : arguments) {
        if (is_array(argument)) each_element(argument, add);
        else if (!argument.empty()) add(argument);
    }
    if (!good) out.clear();
    return true;
}

}  // namespace

void add_strings(std::vector<store::ScalarFunction>& all) {
    add_regex_functions(all);
    define(all, "kql_strlen", [](View text) { return static_cast<std::int64_t>(count_code_points(text)); });
    define(all, "kql_string_size", [](View text) { return static_cast<std::int64_t>(text.size()); });
    define(all, "kql_tolower", [](View text, std::string& out) { append_lower(out, text); });
    define(all, "kql_toupper", [](View text, std::string& out) { append_upper(out, text); });
    define(all, "kql_substring", [](View text, std::int64_t start) { return substring(text, start, {}); });
    define(all, "kql_substring",
           [](View text, std::int64_t start, std::int64_t length) { return substring(text, start, length); });
    define(all, "kql_indexof", [](View text, View needle, std::int64_t start, std::int64_t length,
                                  std::int64_t occurrence) { return index_of(text, needle, start, length, occurrence); });
    define(all, "kql_countof", [](View text, View needle) { return count_of(text, needle); });
    define(all, "kql_split", [](View text, View delimiter, std::string& out) { split_json(text, delimiter, out); });
    define(all, "kql_split", [](View text, View delimiter, std::int64_t index, std::string& out) {
        return split_part(text, delimiter, index, out);
    });
    define(all, "kql_replace_string",
           [](View text, View from, View to, std::string& out) { replace_string(text, from, to, out); });
    define(all, "kql_replace_strings",
           [](View text, View from, View to, std::string& out) { replace_strings(text, from, to, out); });
    define(all, "kql_reverse", [](View text, std::string& out) { reverse_text(text, out); });
    define(all, "kql_strcmp", [](View a, View b) { return std::int64_t{compare_ordinal(a, b)}; });
    define(all, "kql_translate",
           [](View from, View to, View text, std::string& out) { translate(from, to, text, out); });
    define(all, "kql_strrep", [](View text, std::int64_t count, View delimiter, std::string& out) {
        repeat_text(text, count, delimiter, out);
    });
    define_variadic(all, "kql_strcat", [](std::span<View const> texts, std::string& out) {
        for (auto const text : texts) out += text;
    });
    define_variadic(all, "kql_strcat_delim", [](std::span<View const> texts, std::string& out) {
        for (std::size_t i = 1; i < texts.size(); ++i) {
            if (i > 1) out += texts[0];
            out += texts[i];
        }
    });
    // coalesce of texts: the first that is not empty.
    define_variadic(all, "kql_coalesce_text", [](std::span<View const> texts, std::string& out) {
        for (auto const text : texts)
            if (!text.empty()) return void(out += text);
    });
    define_variadic(all, "kql_make_string", make_string);
    define(all, "kql_codepoints", [](View text, std::string& out) { codepoints_json(text, out); });
    define(all, "kql_tohex", [](std::int64_t value, std::int64_t digits, std::string& out) {
        to_hex(value, digits, false, out);
    });
    define(all, "kql_tohex", [](std::int32_t value, std::int64_t digits, std::string& out) {
        to_hex(value, digits, true, out);
    });
    define(all, "kql_format_bytes", [](double size, std::int64_t precision, View unit, std::string& out) {
        format_bytes(size, precision, unit, out);
    });
    define(all, "kql_isascii", [](View text) { return is_ascii(text); });
    define(all, "kql_isutf8", [](View text) { return text.find("\xEF\xBF\xBD") == View::npos || !text.empty(); });
}

}  // namespace merlon::hunt
