#include "hunt/functions/support.h"

#include <limits>

#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/dynamic.h"
#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {
namespace {

std::vector<Json> elements(Json array) {
    std::vector<Json> made;
    each_element(array, [&](Json e) { return made.push_back(e), true; });
    return made;
}

void append_flat(Json array, std::int64_t most, std::string& out) {
    out += '[';
    std::int64_t count = 0;
    auto const add = [&](Json value) {
        if (is_null(value)) return true;
        if (count == most) return false;
        if (count++ > 0) out += ',';
        out += value;
        return true;
    };
    each_element(array, [&](Json value) {
        if (!is_array(value)) return add(value);
        each_element(value, add);
        return count < most;
    });
    out += ']';
}

}  // namespace

void add_support(std::vector<store::ScalarFunction>& all) {
    // An array of bags as one bag; the first value of a key wins. Nothing to merge gives {}.
    define(all, "kql_merge_bags", [](std::string_view bags, std::string& out) {
        auto const list = elements(bags);
        if (!bag_merge(list, out)) out += "{}";
        return true;
    });
    // What mv-expand goes through: an array as it is, a bag as an array of bags of one member (or of pairs), anything else
    // as an array of itself.
    define(all, "kql_expandable", [](std::string_view value, bool pairs, std::string& out) {
        if (is_array(value)) return out += value, true;
        if (!is_bag(value)) return out += is_null(value) ? std::string("[null]") : "[" + std::string(value) + "]", true;
        out += '[';
        each_member(value, [&](Json key, Json member) {
            if (out.back() != '[') out += ',';
            out += pairs ? '[' : '{';
            out += key;
            out += pairs ? ',' : ':';
            out += member;
            out += pairs ? ']' : '}';
            return true;
        });
        out += ']';
        return true;
    });
    // What make_list collected: arrays among the values are replaced by their elements, at most `most` of them.
    define(all, "kql_list", [](std::string_view array, std::int64_t most, std::string& out) {
        append_flat(array, most, out);
        return true;
    });
    // The same for make_set: each value once.
    define(all, "kql_set", [](std::string_view array, std::int64_t most, std::string& out) {
        std::string flat, distinct;
        append_flat(array, std::numeric_limits<std::int64_t>::max(), flat);
        std::array<Json, 1> const one{flat};
        if (!set_union(one, distinct)) distinct = "[]";
        append_flat(distinct, most, out);
        return true;
    });
}

}  // namespace merlon::hunt
