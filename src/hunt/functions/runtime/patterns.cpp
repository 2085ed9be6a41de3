#include "hunt/functions/runtime/patterns.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {
namespace {

constexpr std::size_t most_patterns = 20'000;
constexpr std::size_t most_steps = 50'000'000;  // rows looked at, over all patterns

struct Row {
    std::int64_t a = 0, b = 0;
    std::vector<int> items;  // one for each column; -1: no value
};
struct Table {
    std::vector<Row> rows;
    std::vector<Json> texts;     // of items
    std::vector<std::size_t> column_of;
    std::size_t columns = 0;
    std::int64_t a = 0, b = 0;
};
struct Pattern {
    std::vector<int> items;  // one for each column; -1: any value
    std::vector<std::size_t> rows;
    std::int64_t a = 0, b = 0;
    std::size_t size() const { return static_cast<std::size_t>(std::count_if(items.begin(), items.end(), [](int i) { return i >= 0; })); }
};

Table read_table(std::string_view json) {
    Table table;
    std::vector<std::unordered_map<Json, int>> known;  // by column
    each_element(json, [&](Json written) {
        auto const parts = json_elements(written);
        Row row{json_integer(parts[0]).value_or(0), json_integer(parts[1]).value_or(0), {}};
        std::size_t column = 0;
        each_element(parts[2], [&](Json value) {
            auto const at = column++;
            if (is_null(value) || value == "\"\"") return row.items.push_back(-1), true;
            if (known.size() <= at) known.resize(at + 1);
            auto const [found, added] = known[at].try_emplace(value, static_cast<int>(table.texts.size()));
            if (added) table.texts.push_back(value), table.column_of.push_back(at);
            return row.items.push_back(found->second), true;
        });
        table.columns = std::max(table.columns, column);
        table.a += row.a;
        table.b += row.b;
        if (row.a > 0 || row.b > 0) table.rows.push_back(std::move(row));
        return true;
    });
    return table;
}

double part(std::int64_t count, std::int64_t whole) { return whole > 0 ? static_cast<double>(count) / static_cast<double>(whole) : 0; }

// Whether `least` of one of the sets have what so many rows of each have.
bool frequent(Table const& table, std::int64_t a, std::int64_t b, double least) {
    return std::max(part(a, table.a), part(b, table.b)) >= least;
}

// No pattern has a value that is less frequent than the pattern itself. Without those (ids, addresses, times) many rows are the
// same, and are one.
void merge_rows(Table& table, double least) {
    std::vector<std::pair<std::int64_t, std::int64_t>> counts(table.texts.size());
    for (auto const& row : table.rows)
        for (auto const item : row.items)
            if (item >= 0) counts[static_cast<std::size_t>(item)].first += row.a, counts[static_cast<std::size_t>(item)].second += row.b;
    for (auto& row : table.rows)
        for (auto& item : row.items)
            if (item >= 0 && !frequent(table, counts[static_cast<std::size_t>(item)].first, counts[static_cast<std::size_t>(item)].second, least)) item = -1;
    std::ranges::sort(table.rows, {}, &Row::items);
    std::vector<Row> merged;
    for (auto& row : table.rows) {
        if (merged.empty() || merged.back().items != row.items) merged.push_back(std::move(row));
        else merged.back().a += row.a, merged.back().b += row.b;
    }
    table.rows = std::move(merged);
}

// All patterns in their fullest form that `least` of one of the sets have, made of at most `depth` values; level by level, so
// that each is found by the fewest values that it needs.
Result<std::vector<Pattern>> closed_patterns(Table const& table, double least, std::size_t depth) {
    std::vector<std::size_t> all(table.rows.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    std::size_t steps = 0;
    auto const of_rows = [&](std::vector<std::size_t> rows) {
        Pattern made;
        made.items = rows.empty() ? std::vector<int>(table.columns, -1) : table.rows[rows[0]].items;
        for (auto const r : rows) {
            made.a += table.rows[r].a;
            made.b += table.rows[r].b;
            for (std::size_t c = 0; c < table.columns; ++c)
                if (made.items[c] != table.rows[r].items[c]) made.items[c] = -1;
        }
        steps += rows.size();
        made.rows = std::move(rows);
        return made;
    };
    std::vector<Pattern> found, level{of_rows(all)};
    if (table.rows.empty()) return found;
    std::set<std::vector<int>> seen{level[0].items};
    if (level[0].size() > 0) found.push_back(level[0]);  // what all rows share
    for (std::size_t k = 0; k < depth && !level.empty(); ++k) {
        std::vector<Pattern> next;
        for (auto const& base : level) {
            std::map<int, std::vector<std::size_t>> by_item;
            for (auto const r : base.rows)
                for (std::size_t c = 0; c < table.columns; ++c)
                    if (base.items[c] < 0 && table.rows[r].items[c] >= 0) by_item[table.rows[r].items[c]].push_back(r);
            steps += base.rows.size() * table.columns;
            for (auto& [item, rows] : by_item) {
                std::int64_t a = 0, b = 0;
                for (auto const r : rows) a += table.rows[r].a, b += table.rows[r].b;
                if (!frequent(table, a, b, least)) continue;
                auto made = of_rows(std::move(rows));
                if (!seen.insert(made.items).second) continue;
                found.push_back(made);
                next.push_back(std::move(made));
                if (found.size() > most_patterns || steps > most_steps) return fail("hunt.too_many_patterns");
            }
        }
        level = std::move(next);
    }
    return found;
}

// One pattern holds wherever the other does.
bool comparable(Pattern const& x, Pattern const& y) {
    bool general = true, special = true;
    for (std::size_t c = 0; c < x.items.size(); ++c) {
        if (x.items[c] >= 0 && x.items[c] != y.items[c]) general = false;
        if (y.items[c] >= 0 && x.items[c] != y.items[c]) special = false;
    }
    return general || special;
}

void keep_best(std::vector<std::pair<double, Pattern>>& all) {
    std::vector<std::pair<double, Pattern>> kept;
    for (auto& one : all)  // the best first: what beats a pattern stands before it
        if (std::none_of(kept.begin(), kept.end(), [&](auto const& better) { return comparable(better.second, one.second); })) kept.push_back(std::move(one));
    all = std::move(kept);
}

std::string written(Table const& table, std::vector<std::pair<double, Pattern>> const& patterns) {
    std::string out = "[";
    for (auto const& [score, p] : patterns) {
        auto const a = 100 * part(p.a, table.a), b = 100 * part(p.b, table.b);
        out += (out.size() > 1 ? ",[" : "[") + std::to_string(p.a) + "," + std::to_string(p.b) + ",";
        append_real(out, a);
        out += ',';
        append_real(out, b);
        out += ',';
        append_real(out, std::abs(a - b));
        out += ",[";
        for (std::size_t c = 0; c < p.items.size(); ++c) {
            if (c > 0) out += ',';
            if (p.items[c] < 0) out += "null";
            else out += table.texts[static_cast<std::size_t>(p.items[c])];
        }
        out += "]]";
    }
    return out + "]";
}

}  // namespace

Result<std::string> find_patterns(std::string_view method, std::string_view json, double share, std::int64_t most) {
    auto table = read_table(json);
    bool const basket = method == "basket", cluster = method == "autocluster";
    auto const depth = basket ? static_cast<std::size_t>(std::max<std::int64_t>(0, most)) : table.columns;
    auto const least = cluster ? 0.02 : share;
    merge_rows(table, least);
    auto const found = TRY(closed_patterns(table, least, depth));
    std::vector<std::pair<double, Pattern>> scored;
    for (auto const& p : found) {
        auto const covered = part(p.a, table.a), told = part(static_cast<std::int64_t>(p.size()), static_cast<std::int64_t>(table.columns));
        auto const score = basket ? covered : cluster ? std::pow(covered, share) * std::pow(told, 1 - share) : std::abs(covered - part(p.b, table.b));
        if (!basket && !cluster && score < share) continue;
        scored.emplace_back(score, p);
    }
    std::sort(scored.begin(), scored.end(), [&](auto const& x, auto const& y) {
        if (x.first != y.first) return x.first > y.first;
        auto const left = x.second.size(), right = y.second.size();
        if (left != right) return left > right;
        for (std::size_t c = 0; c < table.columns; ++c) {  // the values themselves, so that the order is always the same
            auto const text = [&](Pattern const& p) { return p.items[c] < 0 ? Json{} : table.texts[static_cast<std::size_t>(p.items[c])]; };
            if (text(x.second) != text(y.second)) return text(x.second) > text(y.second);
        }
        return false;
    });
    if (!basket) keep_best(scored);
    if (cluster && scored.size() > static_cast<std::size_t>(std::max<std::int64_t>(0, most))) scored.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, most)));
    return written(table, scored);
}

}  // namespace merlon::hunt
