#include "hunt/functions/support.h"

#include <optional>
#include <set>

#include "base/json_text.h"
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/dynamic.h"
#include "hunt/functions/runtime/json.h"
#include "hunt/functions/runtime/regex.h"

namespace merlon::hunt {
namespace {

std::vector<Json> elements(Json array) {
    std::vector<Json> made;
    each_element(array, [&](Json e) { return made.push_back(e), true; });
    return made;
}

// Texts of the wanted keys as a bag: the first occurrence of a key wins, blanks around keys and values are dropped.
bool parse_kv(std::string_view text, std::string_view pair, std::string_view kv, std::string_view open,
              std::string_view close, std::string_view escape, bool greedy, std::string_view wanted, std::string& out) {
    auto const blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    auto const starts = [&](std::size_t at, std::string_view what) { return !what.empty() && text.substr(at).starts_with(what); };
    std::vector<std::pair<std::string, std::string>> found;
    auto const is_wanted = [&](std::string const& key) {
        bool hit = false;
        auto const quoted = json_string(key);
        each_element(wanted, [&](Json e) { return hit = hit || e == quoted, true; });
        return hit;
    };
    auto const trimmed = [&](std::string_view v) {
        while (!v.empty() && blank(v.front())) v.remove_prefix(1);
        while (!v.empty() && blank(v.back())) v.remove_suffix(1);
        return std::string(v);
    };
    auto const read_quoted = [&](std::size_t& at) {
        std::string value;
        at += open.size();
        while (at < text.size() && !starts(at, close)) {
            if (starts(at, escape) && at + escape.size() < text.size()) at += escape.size();
            value += text[at++];
        }
        at = std::min(text.size(), at + close.size());
        return value;
    };
    std::string_view const between_pairs = pair.empty() ? std::string_view(" ") : pair;
    std::string_view const between_kv = kv.empty() ? std::string_view("=") : kv;
    std::size_t at = 0;
    // Without any delimiter every character that is no letter or digit separates: a wanted key, then its value.
    if (pair.empty() && kv.empty()) {
        auto const in_word = [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
        };
        std::optional<std::string> waiting;
        while (at < text.size()) {
            std::string word;
            if (starts(at, open)) {
                word = read_quoted(at);
            } else if (in_word(text[at])) {
                while (at < text.size() && in_word(text[at])) word += text[at++];
            } else {
                ++at;
                continue;
            }
            if (waiting) found.emplace_back(*std::exchange(waiting, std::nullopt), std::move(word));
            else if (is_wanted(word) && std::none_of(found.begin(), found.end(), [&](auto const& f) { return f.first == word; })) waiting = std::move(word);
        }
    }
    while (at < text.size()) {
        while (at < text.size() && blank(text[at]) && !starts(at, between_pairs)) ++at;
        if (starts(at, between_pairs)) {
            at += between_pairs.size();
            continue;
        }
        std::string key;
        if (starts(at, open)) {
            key = read_quoted(at);
            while (at < text.size() && blank(text[at]) && !starts(at, between_kv)) ++at;
        } else {
            auto const begin = at;
            while (at < text.size() && !starts(at, between_kv) && !starts(at, between_pairs)) ++at;
            key = trimmed(text.substr(begin, at - begin));
        }
        if (!starts(at, between_kv)) continue;
        at += between_kv.size();
        while (at < text.size() && blank(text[at]) && !starts(at, between_pairs)) ++at;
        std::string value;
        if (starts(at, open)) {
            value = read_quoted(at);
            while (at < text.size() && !starts(at, between_pairs)) ++at;
        } else {
            auto const begin = at;
            auto end = at;
            while (at < text.size()) {
                if (starts(at, between_pairs)) {
                    if (!greedy) break;
                    // Greedy: the value goes on unless a key and its delimiter follow.
                    auto const next = text.find(between_kv, at + between_pairs.size());
                    auto const stop = text.find(between_pairs, at + between_pairs.size());
                    if (next != std::string_view::npos && (stop == std::string_view::npos || next < stop)) break;
                }
                ++at;
            }
            end = at;
            value = trimmed(text.substr(begin, end - begin));
        }
        bool const known = std::any_of(found.begin(), found.end(), [&](auto const& f) { return f.first == key; });
        if (!known && is_wanted(key)) found.emplace_back(std::move(key), std::move(value));
    }
    out += '{';
    for (auto const& [key, value] : found) {
        if (out.back() != '{') out += ',';
        append_json_string(out, key);
        out += ':';
        append_json_string(out, value);
    }
    out += '}';
    return true;
}

}  // namespace

void add_support(std::vector<store::ScalarFunction>& all) {
    // An array of bags as one bag; the first value of a key wins. Nothing to merge gives {}.
    define(all, "kql_merge_bags", [](std::string_view bags, std::string& out) {
        auto const list = elements(bags);
        if (!bag_merge(list, out)) out += "{}";
        return true;
    });
    // The elements of an array, arrays among them replaced by their own elements.
    define(all, "kql_distinct", [](std::string_view array, std::string& out) {
        std::array<Json, 1> const one{array};
        if (!set_union(one, out)) out += "[]";
        return true;
    });
    // At most `count` elements of an array.
    define(all, "kql_first_elements", [](std::string_view array, std::int64_t count, std::string& out) {
        out += '[';
        std::int64_t taken = 0;
        each_element(array, [&](Json e) {
            if (taken >= count) return false;
            if (taken++ > 0) out += ',';
            out += e;
            return true;
        });
        out += ']';
        return true;
    });
    // What mv-expand walks over: an array as it is, a bag as its members, anything else (null too) as an array of one.
    define(all, "kql_expandable", [](std::string_view value, bool pairs, std::string& out) {
        if (is_array(value)) return out += value, true;
        out += '[';
        if (is_bag(value)) {
            bool first = true;
            each_member(value, [&](Json key, Json member) {
                if (!first) out += ',';
                first = false;
                out += pairs ? '[' : '{';
                out += key;
                out += pairs ? ',' : ':';
                out += member;
                out += pairs ? ']' : '}';
                return true;
            });
        } else {
            out += value.empty() ? std::string_view("null") : value;
        }
        out += ']';
        return true;
    });
    // make-series: [[place, value], ...] as an array of `count` values, `fill` where there is none.
    define(all, "kql_fill_series", [](std::string_view pairs, std::int64_t count, std::string_view fill, std::string& out) {
        std::vector<Json> values(static_cast<std::size_t>(std::max<std::int64_t>(0, count)), fill);
        each_element(pairs, [&](Json pair) {
            auto const place = json_element(pair, 0);
            std::int64_t at = -1;
            std::from_chars(place.data(), place.data() + place.size(), at);
            auto const value = json_element(pair, 1);
            if (at >= 0 && at < count) values[static_cast<std::size_t>(at)] = value.empty() ? Json("null") : value;
            return true;
        });
        out += '[';
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) out += ',';
            out += values[i];
        }
        out += ']';
        return true;
    });
    define(all, "kql_parse_kv", [](std::string_view text, std::string_view pair, std::string_view kv, std::string_view open,
                                   std::string_view close, std::string_view escape, bool greedy, std::string_view wanted,
                                   std::string& out) { return parse_kv(text, pair, kv, open, close, escape, greedy, wanted, out); });
    // parse-kv with a regular expression: its first group is the key, its second the value.
    define(all, "kql_parse_kv_regex", [](std::string_view text, std::string_view pattern, std::string& out) {
        std::string pairs;
        auto const regex = compiled(pattern);
        out += '{';
        std::set<std::string, std::less<>> seen;
        if (regex->ok() && regex->NumberOfCapturingGroups() >= 2 && extract_all(*regex, std::array{1, 2}, text, pairs))
            each_element(pairs, [&](Json pair) {
                auto const key = json_element(pair, 0);
                if (!seen.emplace(key).second) return true;
                if (out.back() != '{') out += ',';
                out += key;
                out += ':';
                out += json_element(pair, 1);
                return true;
            });
        out += '}';
        return true;
    });
    // The place (from 1) in an array of weights up to which they reach the fraction of their sum.
    define(all, "kql_weighted_place", [](std::string_view weights, double fraction) -> std::optional<std::int64_t> {
        double sum = 0, reached = 0;
        each_element(weights, [&](Json w) { return sum += json_number(w).value_or(0), true; });
        std::int64_t place = 0;
        each_element(weights, [&](Json w) {
            ++place;
            reached += json_number(w).value_or(0);
            return reached < fraction * sum;
        });
        if (place == 0) return {};
        return place;
    });
    // The elements of an array with the elements of arrays among them in their place; nulls left out.
    define(all, "kql_flatten", [](std::string_view array, std::string& out) {
        out += '[';
        bool first = true;
        auto const add = [&](Json e) {
            if (is_null(e)) return true;
            if (!first) out += ',';
            first = false;
            out += e;
            return true;
        };
        each_element(array, [&](Json e) {
            if (is_array(e)) each_element(e, add);
            else add(e);
            return true;
        });
        out += ']';
        return true;
    });
}

}  // namespace merlon::hunt
