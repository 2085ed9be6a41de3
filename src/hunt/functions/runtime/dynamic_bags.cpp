#include <algorithm>
#include <unordered_set>

#include "base/json_text.h"
#include "hunt/functions/runtime/dynamic.h"

namespace merlon::hunt {

namespace {

// The steps of "$.a['b'].c"; one step for a plain key. Indexes into arrays are no bag keys and end the path.
std::vector<std::string> steps_of(std::string_view path) {
    if (!path.starts_with("$.") && !path.starts_with("$[")) return {std::string(path)};
    std::vector<std::string> steps;
    path.remove_prefix(1);
    while (!path.empty()) {
        if (path.starts_with("['") || path.starts_with("[\"")) {
            auto const end = path.find(path[1], 2);
            if (end == std::string_view::npos) return {};
            steps.emplace_back(path.substr(2, end - 2));
            path.remove_prefix(std::min(end + 2, path.size()));
        } else {
            if (path.front() == '.') path.remove_prefix(1);
            auto const end = std::min(path.find_first_of(".["), path.size());
            steps.emplace_back(path.substr(0, end));
            path.remove_prefix(end);
            if (end == 0) return {};
        }
    }
    return steps;
}

// The member even where it is JSON null.
std::optional<Json> raw_member(Json bag, std::string_view name) {
    std::optional<Json> found;
    std::string scratch;
    each_member(bag, [&](Json key, Json value) {
        if (json_text(key, scratch) != name) return true;
        found = value;
        return false;
    });
    return found;
}

void append_member(std::string& out, Json key, Json value) {
    if (out.back() != '{') out += ',';
    out += key;
    out += ':';
    out += value.empty() ? Json("null") : value;
}

void remove_path(Json json, std::span<std::string const> steps, std::string& out) {
    if (!is_bag(json)) {
        out += json;
        return;
    }
    std::string made = "{";
    std::string scratch;
    each_member(json, [&](Json key, Json value) {
        if (json_text(key, scratch) != steps.front()) {
            append_member(made, key, value);
        } else if (steps.size() > 1) {
            std::string inner;
            remove_path(value, steps.subspan(1), inner);
            append_member(made, key, inner);
        }
        return true;
    });
    out += made + "}";
}

void set_path(Json json, std::span<std::string const> steps, Json value, std::string& out) {
    if (steps.empty()) {
        out += value.empty() ? Json("null") : value;
        return;
    }
    std::string made = "{";
    bool done = false;
    std::string scratch;
    each_member(json, [&](Json key, Json old) {
        if (json_text(key, scratch) != steps.front()) {
            append_member(made, key, old);
            return true;
        }
        std::string inner;
        set_path(old, steps.subspan(1), value, inner);
        append_member(made, key, inner);
        done = true;
        return true;
    });
    if (!done) {
        std::string inner;
        set_path({}, steps.subspan(1), value, inner);
        append_member(made, json_string(steps.front()), inner);
    }
    out += made + "}";
}

}  // namespace

bool bag_keys(Json json, std::string& out) {
    if (!is_bag(json)) return false;
    std::string made = "[";
    each_member(json, [&](Json key, Json) {
        if (made.size() > 1) made += ',';
        made += key;
        return true;
    });
    out += made + "]";
    return true;
}

bool bag_merge(std::span<Json const> bags, std::string& out) {
    bool any = false;
    std::unordered_set<std::string_view> seen;
    std::string made = "{";
    for (auto const bag : bags) {
        if (!is_bag(bag)) continue;
        any = true;
        each_member(bag, [&](Json key, Json value) {
            if (seen.insert(key).second) append_member(made, key, value);
            return true;
        });
    }
    if (any) out += made + "}";
    return any;
}

bool bag_remove_keys(Json json, Json keys, std::string& out) {
    if (!is_bag(json) || !is_array(keys)) return false;
    std::string current(json), scratch;
    each_element(keys, [&](Json key) {
        if (!is_text(key)) return true;
        auto const steps = steps_of(json_text(key, scratch));
        if (steps.empty()) return true;
        std::string next;
        remove_path(current, steps, next);
        current = std::move(next);
        return true;
    });
    out += current;
    return true;
}

std::optional<bool> bag_has_key(Json json, std::string_view path) {
    if (!is_bag(json)) return {};
    auto const steps = steps_of(path);
    if (steps.empty()) return false;
    for (auto const& step : steps) {
        auto const found = raw_member(json, step);
        if (!found) return false;
        json = *found;
    }
    return true;
}

bool bag_set_key(Json json, std::string_view path, Json value, std::string& out) {
    if (!is_bag(json)) return false;
    auto const steps = steps_of(path);
    if (steps.empty()) return false;
    set_path(json, steps, value, out);
    return true;
}

bool bag_zip(Json keys, Json values, std::string& out) {
    if (!is_array(keys) || !is_array(values)) return false;
    auto const all = json_elements(values);
    std::size_t i = 0;
    std::unordered_set<std::string_view> seen;
    std::string made = "{";
    each_element(keys, [&](Json key) {
        auto const value = i < all.size() ? all[i] : Json{};
        ++i;
        if (is_text(key) && seen.insert(key).second) append_member(made, key, value);
        return true;
    });
    out += made + "}";
    return true;
}

void bag_pack(std::span<std::string_view const> pairs, std::string& out) {
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        if (pairs[i].empty()) continue;
        if (!first) out += ',';
        first = false;
        append_json_string(out, pairs[i]);
        out += ':';
        out += pairs[i + 1].empty() ? Json("null") : pairs[i + 1];
    }
    out += '}';
}

void pack_array(std::span<std::string_view const> values, std::string& out) {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        out += values[i].empty() ? Json("null") : values[i];
    }
    out += ']';
}

namespace {

// An array shows as one step [0] whatever its length; paths below any of its elements stand under it.
void tree_paths(Json json, std::string const& prefix, std::unordered_set<std::string>& seen, std::string& out) {
    std::string scratch;
    auto const add = [&](std::string const& path) {
        if (!seen.insert(path).second) return;
        if (out.back() != '[') out += ',';
        append_json_string(out, path);
    };
    each_element(json, [&](Json value) {
        add(prefix + "[0]");
        tree_paths(value, prefix + "[0]", seen, out);
        return true;
    });
    each_member(json, [&](Json key, Json value) {
        auto const path = prefix + "['" + std::string(json_text(key, scratch)) + "']";
        add(path);
        tree_paths(value, path, seen, out);
        return true;
    });
}

}  // namespace

bool treepath(Json json, std::string& out) {
    if (!is_bag(json) && !is_array(json)) return false;
    std::unordered_set<std::string> seen;
    std::string made = "[";
    tree_paths(json, "", seen, made);
    out += made + "]";
    return true;
}

void dynamic_to_json(Json json, std::string& out) {
    if (is_array(json)) {
        out += '[';
        bool first = true;
        each_element(json, [&](Json value) {
            if (!first) out += ',';
            first = false;
            dynamic_to_json(value, out);
            return true;
        });
        out += ']';
    } else if (is_bag(json)) {
        std::vector<std::pair<Json, Json>> all;
        each_member(json, [&](Json key, Json value) { return all.emplace_back(key, value), true; });
        std::stable_sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
        out += '{';
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i > 0) out += ',';
            out += all[i].first;
            out += ':';
            dynamic_to_json(all[i].second, out);
        }
        out += '}';
    } else {
        out += json;
    }
}

}  // namespace merlon::hunt
