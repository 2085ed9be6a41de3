// The member names at the top of a JSON document that may be cut off anywhere.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace merlon::feeds {

struct Outline {
    char root = 0;  // '{' or '['
    // Names by the number of containers around them: names[1] are the members of a root object, or names[2] those of
    // the objects in a root array. Each name once, in order.
    std::array<std::vector<std::string>, 5> names;
    char after_result = 0;  // first character of the value of a top-level "result"

    bool has(std::size_t depth, std::string_view name) const;
};
Outline outline_of(std::string_view head);

}  // namespace merlon::feeds
