#include "feeds/outline.h"

#include <algorithm>

namespace merlon::feeds {
namespace {
bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
}

bool Outline::has(std::size_t depth, std::string_view name) const {
    return std::ranges::find(names.at(depth), name) != names.at(depth).end();
}

Outline outline_of(std::string_view head) {
    Outline outline;
    std::size_t depth = 0;
    std::string text;
    for (std::size_t i = 0; i < head.size(); ++i) {
        char const c = head[i];
        if (c == '"') {
            text.clear();
            for (++i; i < head.size() && head[i] != '"'; ++i) {
                if (head[i] == '\\') ++i;
                else if (text.size() < 256) text += head[i];
            }
        } else if (c == ':' && depth < outline.names.size()) {
            auto& names = outline.names[depth];
            if (names.size() < 200 && std::ranges::find(names, text) == names.end()) names.push_back(text);
            if (depth == 1 && text == "result") {
                auto const value = std::find_if_not(head.begin() + static_cast<std::ptrdiff_t>(i) + 1, head.end(), is_blank);
                if (value != head.end()) outline.after_result = *value;
            }
        } else if (c == '{' || c == '[') {
            if (depth == 0 && outline.root == 0) outline.root = c;
            ++depth;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return outline;
}

}  // namespace merlon::feeds
