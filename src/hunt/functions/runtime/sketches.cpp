#include "hunt/functions/runtime/sketches.h"

#include <algorithm>
#include <memory>

#include "base/json_text.h"
#include "hunt/functions/runtime/define.h"

namespace merlon::hunt {
namespace {

using Hashes = std::vector<std::int64_t>;

Hashes hashes_of(Json state) {
    Hashes made;
    each_element(state, [&](Json value) {
        if (auto const hash = json_integer(value)) made.push_back(*hash);
        return true;
    });
    return made;
}

void make_set(Hashes& hashes) {
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    if (hashes.size() > hll_size) hashes.resize(hll_size);
}

std::int64_t count_of(Hashes const& hashes) {
    if (hashes.size() < hll_size) return static_cast<std::int64_t>(hashes.size());
    // The k-th least of n numbers spread evenly over the range lies near k/n of it.
    auto const place = (static_cast<double>(hashes.back()) + 9223372036854775808.0) / 18446744073709551616.0;
    return static_cast<std::int64_t>(static_cast<double>(hashes.size() - 1) / place + 0.5);
}

struct Centroid {
    double value, weight;
};

void append_centroids(Json state, std::vector<Centroid>& out) {
    each_element(state, [&](Json pair) {
        auto const value = json_number(json_element(pair, 0)), weight = json_number(json_element(pair, 1));
        if (value && weight && *weight > 0) out.push_back({*value, *weight});
        return true;
    });
}

// What was seen at one place of the values.
struct Seen {
    std::vector<std::string> scalars;  // type names in order of appearance
    std::vector<std::string> keys;
    std::vector<Seen> members;  // of these keys; pairs of the two would need a complete Seen (clang says so)
    std::unique_ptr<Seen> elements;

    void take(Json value) {
        if (is_bag(value)) {
            bag = true;
            each_member(value, [&](Json key, Json member) {
                std::string scratch;
                std::string const name(json_text(key, scratch));
                auto const at = static_cast<std::size_t>(std::ranges::find(keys, name) - keys.begin());
                if (at == keys.size()) keys.push_back(name), members.emplace_back();
                members[at].take(member);
                return true;
            });
            return;
        }
        if (is_array(value)) {
            if (!elements) elements = std::make_unique<Seen>();
            each_element(value, [&](Json element) {
                elements->take(element);
                return true;
            });
            return;
        }
        std::string_view type;
        switch (json_kind(value)) {
            case JsonKind::boolean: type = "bool"; break;
            case JsonKind::integer: type = "long"; break;
            case JsonKind::real: type = "double"; break;
            case JsonKind::string: type = "string"; break;
            default: return;
        }
        if (std::find(scalars.begin(), scalars.end(), type) == scalars.end()) scalars.emplace_back(type);
    }

    void print(std::string& out) const {
        auto const alternatives = scalars.size() + (bag ? 1 : 0) + (elements ? 1 : 0);
        if (alternatives == 0) {
            out += "\"null\"";
            return;
        }
        if (alternatives > 1) out += '[';
        auto const begin = out.size();
        auto const next = [&] {
            if (out.size() > begin) out += ',';
        };
        for (auto const& type : scalars) next(), append_json_string(out, type);
        if (bag) {
            next();
            out += '{';
            for (std::size_t i = 0; i < members.size(); ++i) {
                if (i > 0) out += ',';
                append_json_string(out, keys[i]);
                out += ':';
                members[i].print(out);
            }
            out += '}';
        }
        if (elements) {
            next();
            out += "{\"`indexer`\":";
            elements->print(out);
            out += '}';
        }
        if (alternatives > 1) out += ']';
    }

    bool bag = false;
};

}  // namespace

void hll_merge(Json states, std::string& out) {
    Hashes all;
    each_element(states, [&](Json state) {
        auto const one = hashes_of(state);
        all.insert(all.end(), one.begin(), one.end());
        if (all.size() > 4 * hll_size) make_set(all);
        return true;
    });
    make_set(all);
    out += '[';
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) out += ',';
        out += std::to_string(all[i]);
    }
    out += ']';
}

std::optional<std::int64_t> dcount_hll(Json state) {
    if (!is_array(state)) return {};
    auto hashes = hashes_of(state);
    make_set(hashes);
    return count_of(hashes);
}

std::int64_t hll_intersect(Json states) {
    std::vector<Hashes> sets;
    Hashes all;
    each_element(states, [&](Json state) {
        sets.push_back(hashes_of(state));
        make_set(sets.back());
        all.insert(all.end(), sets.back().begin(), sets.back().end());
        return true;
    });
    make_set(all);
    // Of the least hashes of the union, those that are in every set; the union's count scales them up.
    double shared = 0;
    for (auto const hash : all)
        shared += std::all_of(sets.begin(), sets.end(), [&](Hashes const& set) { return std::binary_search(set.begin(), set.end(), hash); });
    if (all.size() < hll_size) return static_cast<std::int64_t>(shared);
    return static_cast<std::int64_t>(shared / static_cast<double>(all.size()) * static_cast<double>(count_of(all)) + 0.5);
}

void tdigest_merge(Json states, std::string& out) {
    std::vector<Centroid> all;
    each_element(states, [&](Json state) {
        append_centroids(state, all);
        return true;
    });
    std::sort(all.begin(), all.end(), [](Centroid const& a, Centroid const& b) { return a.value < b.value; });
    std::vector<Centroid> merged;
    double total = 0;
    for (auto const& c : all) {
        total += c.weight;
        if (!merged.empty() && merged.back().value == c.value) merged.back().weight += c.weight;
        else merged.push_back(c);
    }
    if (merged.size() > tdigest_size) {
        std::vector<Centroid> fewer;
        double const share = total / static_cast<double>(tdigest_size);
        for (auto const& c : merged) {
            if (!fewer.empty() && fewer.back().weight + c.weight <= share) {
                auto& last = fewer.back();
                last.value = (last.value * last.weight + c.value * c.weight) / (last.weight + c.weight);
                last.weight += c.weight;
            } else {
                fewer.push_back(c);
            }
        }
        merged = std::move(fewer);
    }
    out += '[';
    for (std::size_t i = 0; i < merged.size(); ++i) {
        out += i > 0 ? ",[" : "[";
        append_real(out, merged[i].value);
        out += ',';
        append_real(out, merged[i].weight);
        out += ']';
    }
    out += ']';
}

std::optional<double> percentile_tdigest(Json state, double percent) {
    std::vector<Centroid> all;
    append_centroids(state, all);
    if (all.empty() || !(percent >= 0 && percent <= 100)) return {};
    double total = 0, reached = 0;
    for (auto const& c : all) total += c.weight;
    for (auto const& c : all) {
        reached += c.weight;
        if (reached >= percent / 100 * total - 1e-9) return c.value;
    }
    return all.back().value;
}

std::optional<Rank> rank_tdigest(Json state, double value) {
    std::vector<Centroid> all;
    append_centroids(state, all);
    if (all.empty()) return {};
    Rank rank{0, 0};
    for (auto const& c : all) {
        rank.total += c.weight;
        if (c.value <= value) rank.below += c.weight;
    }
    return rank;
}

// Nothing where there was no value at all.
bool build_schema(Json values, std::string& out) {
    Seen seen;
    bool any = false;
    each_element(values, [&](Json value) {
        seen.take(value);
        return any = true;
    });
    if (any) seen.print(out);
    return any;
}

void add_sketches(std::vector<store::ScalarFunction>& all) {
    using View = std::string_view;
    define(all, "kql_hll_merge", [](View states, std::string& out) { hll_merge(states, out); });
    define(all, "kql_dcount_hll", [](View state) { return dcount_hll(state); });
    define(all, "kql_hll_intersect", [](View states) { return hll_intersect(states); });
    define(all, "kql_tdigest_merge", [](View states, std::string& out) { tdigest_merge(states, out); });
    define(all, "kql_percentile_tdigest", [](View state, double percent) { return percentile_tdigest(state, percent); });
    define(all, "kql_rank_tdigest", [](View state, double value) -> std::optional<double> {
        auto const rank = rank_tdigest(state, value);
        return rank ? std::optional(rank->below) : std::nullopt;
    });
    define(all, "kql_percentrank_tdigest", [](View state, double value) -> std::optional<double> {
        auto const rank = rank_tdigest(state, value);
        return rank ? std::optional(100 * rank->below / rank->total) : std::nullopt;
    });
    define(all, "kql_percentiles_tdigest", [](View state, View percents, std::string& out) {
        // Each percentage may be a number or an array of them.
        std::vector<double> points;
        each_element(percents, [&](Json one) {
            if (auto const number = json_number(one)) points.push_back(*number);
            each_element(one, [&](Json inner) {
                if (auto const number = json_number(inner)) points.push_back(*number);
                return true;
            });
            return true;
        });
        out += '[';
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (i > 0) out += ',';
            if (auto const value = percentile_tdigest(state, points[i])) append_real(out, *value);
            else out += "null";
        }
        out += ']';
    });
    define(all, "kql_build_schema", [](View values, std::string& out) { return build_schema(values, out); });
}

}  // namespace merlon::hunt
