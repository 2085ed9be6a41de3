// Dynamic values: kql_parse_json, access (kql_member, kql_item, kql_path), arrays, sets, bags. Arguments that may be of any
// type arrive as dynamic already (kql_json_*).
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/dynamic.h"
#include "hunt/functions/runtime/json.h"
#include "hunt/functions/runtime/register.h"

namespace merlon::hunt {

namespace {

using View = std::string_view;
using Views = std::span<View const>;

bool found(Json json, std::string& out) {
    if (json.empty()) return false;
    out += json;
    return true;
}

void add_access(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_parse_json", [](View text, std::string& out) { return parse_json(text, out); });
    define(all, "kql_member", [](View json, View key, std::string& out) { return found(json_member(json, key), out); });
    define(all, "kql_item", [](View json, std::int64_t index, std::string& out) { return found(json_element(json, index), out); });
    // d[expr] where expr is dynamic: a text is a key, a number an index.
    define(all, "kql_member_or_item", [](View json, View key, std::string& out) {
        if (auto const index = json_integer(key)) return found(json_element(json, *index), out);
        std::string scratch;
        return is_text(key) && found(json_member(json, json_text(key, scratch)), out);
    });
    define(all, "kql_path", [](View json, View path, std::string& out) { return found(json_path(json, path), out); });
    // extract_json: the text is parsed first.
    define(all, "kql_extract_json", [](View path, View text, std::string& out) {
        std::string parsed;
        return parse_json(text, parsed) && found(json_path(parsed, path), out);
    });
    // The text under a path without making the dynamic value in between: tostring(d.a.b).
    define(all, "kql_path_text", [](View json, View path, std::string& out) {
        std::string scratch;
        out += dynamic_text(json_path(json, path), scratch);
    });
}

void add_arrays(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_array_length", [](View json) { return array_length(json); });
    define_variadic(all, "kql_array_concat", [](Views arrays, std::string& out) { return array_concat(arrays, out); });
    define(all, "kql_array_slice", [](View json, std::int64_t from, std::int64_t to, std::string& out) {
        return array_slice(json, from, to, out);
    });
    define(all, "kql_array_reverse", [](View json, std::string& out) { return array_reverse(json, out); });
    define(all, "kql_array_rotate_left",
           [](View json, std::int64_t by, std::string& out) { return array_rotate_left(json, by, out); });
    define(all, "kql_array_rotate_right",
           [](View json, std::int64_t by, std::string& out) { return array_rotate_left(json, -by, out); });
    define(all, "kql_array_shift_left", [](View json, std::int64_t by, View fill, std::string& out) {
        return array_shift_left(json, by, fill, out);
    });
    define(all, "kql_array_shift_right", [](View json, std::int64_t by, View fill, std::string& out) {
        return array_shift_left(json, -by, fill, out);
    });
    define(all, "kql_array_split", [](View json, View at, std::string& out) { return array_split(json, at, out); });
    for (auto const order : {Order::ascending, Order::descending}) {
        std::string const name = order == Order::ascending ? "kql_array_sort_asc" : "kql_array_sort_desc";
        define(all, name, [order](View json, bool nulls_last, std::string& out) {
            return array_sort(json, order, nulls_last, out);
        });
        define(all, name + "_by", [order](View keys, View other, bool nulls_last, std::string& out) {
            return array_sort_by(keys, other, order, nulls_last, out);
        });
    }
    define(all, "kql_array_index_of", [](View json, View value, std::int64_t start, std::int64_t length,
                                         std::int64_t occurrence) {
        return array_index_of(json, value, start, length, occurrence);
    });
    define(all, "kql_array_sum", [](View json) { return array_sum(json); });
    define(all, "kql_array_iff",
           [](View condition, View yes, View no, std::string& out) { return array_iff(condition, yes, no, out); });
    define_variadic(all, "kql_zip", [](Views arrays, std::string& out) { return zip(arrays, out); });
    define(all, "kql_strcat_array", [](View json, View delimiter, std::string& out) { strcat_array(json, delimiter, out); });
    define(all, "kql_repeat",
           [](View value, std::int64_t count, std::string& out) { return repeat_value(value, count, out); });
}

void add_sets(std::vector<store::ScalarFunction>& all) {
    define_variadic(all, "kql_set_union", [](Views arrays, std::string& out) { return set_union(arrays, out); });
    define_variadic(all, "kql_set_intersect", [](Views arrays, std::string& out) { return set_intersect(arrays, out); });
    define_variadic(all, "kql_set_difference", [](Views arrays, std::string& out) { return set_difference(arrays, out); });
    define(all, "kql_set_has_element", [](View array, View value) { return set_has_element(array, value); });
    define(all, "kql_set_equals", [](View a, View b) { return set_equals(a, b); });
    define(all, "kql_jaccard_index", [](View a, View b) { return jaccard_index(a, b); });
}

void add_bags(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_bag_keys", [](View json, std::string& out) { return bag_keys(json, out); });
    define_variadic(all, "kql_bag_merge", [](Views bags, std::string& out) { return bag_merge(bags, out); });
    define(all, "kql_bag_remove_keys",
           [](View json, View keys, std::string& out) { return bag_remove_keys(json, keys, out); });
    define(all, "kql_bag_has_key", [](View json, View key) { return bag_has_key(json, key); });
    define(all, "kql_bag_set_key", [](View json, View key, View value, std::string& out) {
        return bag_set_key(json, key, value, out);
    });
    define(all, "kql_bag_zip", [](View keys, View values, std::string& out) { return bag_zip(keys, values, out); });
    define_variadic(all, "kql_bag_pack", [](Views pairs, std::string& out) { bag_pack(pairs, out); });
    define_variadic(all, "kql_pack_array", [](Views values, std::string& out) { pack_array(values, out); });
    // pack_all(true): null and empty values are left out.
    define_variadic(all, "kql_bag_pack_filled", [](Views pairs, std::string& out) {
        std::vector<View> kept;
        for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
            auto const value = pairs[i + 1];
            if (value.empty() || value == "\"\"" || value == "[]" || value == "{}" || value == "null") continue;
            kept.push_back(pairs[i]);
            kept.push_back(value);
        }
        bag_pack(kept, out);
    });
    define(all, "kql_treepath", [](View json, std::string& out) { return treepath(json, out); });
    define(all, "kql_dynamic_to_json", [](View json, std::string& out) { dynamic_to_json(json, out); });
}

}  // namespace

void add_dynamic(std::vector<store::ScalarFunction>& all) {
    add_access(all);
    add_arrays(all);
    add_sets(all);
    add_bags(all);
}

}  // namespace merlon::hunt
