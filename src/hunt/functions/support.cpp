#include "hunt/functions/support.h"

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
}

}  // namespace merlon::hunt
