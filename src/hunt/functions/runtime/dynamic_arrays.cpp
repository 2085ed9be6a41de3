#include <algorithm>
#include <cmath>
#include <numeric>

#include "hunt/functions/runtime/dynamic.h"

namespace merlon::hunt {

namespace {

void append_array(std::string& out, std::span<Json const> values) {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        out += values[i].empty() ? Json("null") : values[i];
    }
    out += ']';
}

constexpr std::int64_t most_repeats = 1 << 20;

}  // namespace

std::optional<std::int64_t> array_length(Json json) {
    if (!is_array(json)) return {};
    return json_length(json);
}

bool array_concat(std::span<Json const> arrays, std::string& out) {
    bool any = false;
    auto const start = out.size();
    out += '[';
    for (auto const array : arrays) {
        if (!is_array(array)) continue;
        any = true;
        if (array.size() <= 2) continue;
        if (out.size() > start + 1) out += ',';
        out += array.substr(1, array.size() - 2);
    }
    out += ']';
    return any;
}

bool array_slice(Json json, std::int64_t from, std::int64_t to, std::string& out) {
    if (!is_array(json)) return false;
    auto const values = json_elements(json);
    auto const size = static_cast<std::int64_t>(values.size());
    if (from < 0) from = std::max<std::int64_t>(0, size + from);
    if (to < 0) to += size;
    to = std::min(to, size - 1);
    if (from > to) out += "[]";
    else append_array(out, std::span(values).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from + 1)));
    return true;
}

bool array_reverse(Json json, std::string& out) {
    if (!is_array(json)) return false;
    auto values = json_elements(json);
    std::reverse(values.begin(), values.end());
    append_array(out, values);
    return true;
}

bool array_rotate_left(Json json, std::int64_t by, std::string& out) {
    if (!is_array(json)) return false;
    auto values = json_elements(json);
    if (!values.empty()) {
        auto const size = static_cast<std::int64_t>(values.size());
        auto const first = ((by % size) + size) % size;
        std::rotate(values.begin(), values.begin() + first, values.end());
    }
    append_array(out, values);
    return true;
}

bool array_shift_left(Json json, std::int64_t by, Json fill, std::string& out) {
    if (!is_array(json)) return false;
    auto const values = json_elements(json);
    auto const size = static_cast<std::int64_t>(values.size());
    std::vector<Json> shifted;
    shifted.reserve(values.size());
    by = std::clamp(by, -size, size);
    for (std::int64_t i = 0; i < size; ++i) {
        auto const source = i + by;
        shifted.push_back(source >= 0 && source < size ? values[static_cast<std::size_t>(source)] : fill);
    }
    append_array(out, shifted);
    return true;
}

bool array_split(Json json, Json at, std::string& out) {
    if (!is_array(json)) return false;
    auto const values = json_elements(json);
    auto const size = static_cast<std::int64_t>(values.size());
    std::vector<std::int64_t> cuts;
    auto const add = [&](Json index) {
        auto place = json_integer(index).value_or(size);
        if (place < 0) place = std::max<std::int64_t>(0, size + place);
        cuts.push_back(std::min(place, size));
        return true;
    };
    if (is_array(at)) each_element(at, add);
    else if (json_integer(at)) add(at);
    else return false;
    cuts.push_back(size);
    out += '[';
    std::int64_t from = 0;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        if (i > 0) out += ',';
        auto const to = std::max(from, cuts[i]);
        append_array(out, std::span(values).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
        from = to;
    }
    out += ']';
    return true;
}

namespace {

// What an element sorts by: its kind's rank, then its number or its text.
struct SortKey {
    int rank = 0;
    double number = 0;
    std::int64_t integer = 0;
    bool whole = false;
    std::string text;
};

SortKey sort_key(Json json) {
    SortKey key;
    std::string scratch;
    switch (json_kind(json)) {
    case JsonKind::integer:
        key.whole = true;
        key.integer = json_integer(json).value_or(0);
        [[fallthrough]];
    case JsonKind::real: key.number = json_number(json).value_or(0); break;
    case JsonKind::string: key.rank = 1, key.text = json_text(json, scratch); break;
    case JsonKind::boolean: key.rank = 2, key.number = json.front() == 't'; break;
    case JsonKind::null: key.rank = 4; break;
    default: key.rank = 3, key.text = json;
    }
    return key;
}

bool before(SortKey const& a, SortKey const& b) {
    if (a.whole && b.whole) return a.integer < b.integer;
    if (a.number != b.number) return a.number < b.number;
    return a.text < b.text;
}

std::vector<std::size_t> sorted_places(std::span<Json const> values, Order order, bool nulls_last) {
    std::vector<SortKey> keys;
    keys.reserve(values.size());
    for (auto const value : values) keys.push_back(sort_key(value));
    std::vector<std::size_t> places(values.size());
    std::iota(places.begin(), places.end(), 0U);
    std::stable_sort(places.begin(), places.end(), [&](std::size_t i, std::size_t j) {
        auto const &a = keys[i], &b = keys[j];
        if (a.rank != b.rank) {
            if (!nulls_last && (a.rank == 4 || b.rank == 4)) return a.rank == 4;
            return a.rank < b.rank;
        }
        return order == Order::ascending ? before(a, b) : before(b, a);
    });
    return places;
}

}  // namespace

bool array_sort(Json json, Order order, bool nulls_last, std::string& out) {
    return array_sort_by(json, json, order, nulls_last, out);
}

bool array_sort_by(Json keys, Json other, Order order, bool nulls_last, std::string& out) {
    if (!is_array(keys) || !is_array(other)) return false;
    auto const by = json_elements(keys);
    auto const values = json_elements(other);
    if (by.size() != values.size()) return false;
    std::vector<Json> sorted;
    sorted.reserve(values.size());
    for (auto const place : sorted_places(by, order, nulls_last)) sorted.push_back(values[place]);
    append_array(out, sorted);
    return true;
}

std::optional<std::int64_t> array_index_of(Json json, Json value, std::int64_t start, std::int64_t length,
                                           std::int64_t occurrence) {
    if (!is_array(json)) return {};
    auto const values = json_elements(json);
    auto const size = static_cast<std::int64_t>(values.size());
    if (occurrence < 1) return {};
    if (start < 0) start = std::max<std::int64_t>(0, size + start);
    auto const end = length < 0 || length > size - start ? size : start + length;
    for (auto i = start; i < end; ++i)
        if (json_equal(values[static_cast<std::size_t>(i)], value) && --occurrence == 0) return i;
    return -1;
}

std::optional<double> array_sum(Json json) {
    if (!is_array(json)) return {};
    double sum = 0;
    bool any = false, bad = false;
    each_element(json, [&](Json value) {
        if (is_null(value)) return true;
        auto const number = json_number(value);
        if (!number) return bad = true, false;
        any = true;
        sum += *number;
        return true;
    });
    if (bad || !any) return {};
    return sum;
}

bool array_iff(Json condition, Json yes, Json no, std::string& out) {
    if (!is_array(condition)) return false;
    auto const pick = [](Json from) {
        return [from, values = is_array(from) ? json_elements(from) : std::vector<Json>{}](std::size_t i) -> Json {
            if (!is_array(from)) return from;
            return i < values.size() ? values[i] : Json{};
        };
    };
    auto const if_true = pick(yes), if_false = pick(no);
    std::vector<Json> chosen;
    each_element(condition, [&](Json value) {
        auto const i = chosen.size();
        auto const kind = json_kind(value);
        bool const number = kind == JsonKind::integer || kind == JsonKind::real;
        if (kind == JsonKind::boolean || number)
            chosen.push_back((number ? json_number(value) != 0.0 : value == "true") ? if_true(i) : if_false(i));
        else chosen.push_back({});
        return true;
    });
    append_array(out, chosen);
    return true;
}

bool zip(std::span<Json const> arrays, std::string& out) {
    std::vector<std::vector<Json>> columns;
    std::size_t longest = 0;
    for (auto const array : arrays) {
        if (!is_array(array)) return false;
        columns.push_back(json_elements(array));
        longest = std::max(longest, columns.back().size());
    }
    out += '[';
    std::vector<Json> row(columns.size());
    for (std::size_t i = 0; i < longest; ++i) {
        for (std::size_t c = 0; c < columns.size(); ++c) row[c] = i < columns[c].size() ? columns[c][i] : Json{};
        if (i > 0) out += ',';
        append_array(out, row);
    }
    out += ']';
    return true;
}

void strcat_array(Json json, std::string_view delimiter, std::string& out) {
    std::string scratch;
    if (!is_array(json)) {
        out += dynamic_text(json, scratch);
        return;
    }
    bool first = true;
    each_element(json, [&](Json value) {
        if (!first) out += delimiter;
        first = false;
        out += dynamic_text(value, scratch);
        return true;
    });
}

bool repeat_value(Json value, std::int64_t count, std::string& out) {
    if (count < 0 || count > most_repeats) return false;
    append_array(out, std::vector<Json>(static_cast<std::size_t>(count), value));
    return true;
}

}  // namespace merlon::hunt
