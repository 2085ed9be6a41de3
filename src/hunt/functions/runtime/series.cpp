#include "hunt/functions/runtime/series.h"

#include <algorithm>
#include <cmath>

#include "base/json_text.h"

namespace merlon::hunt {

namespace {

bool is_comparison(char operation) { return std::string_view("<l>g=!").find(operation) != std::string_view::npos; }

bool compared(char operation, double a, double b) {
    switch (operation) {
    case '<': return a < b;
    case 'l': return a <= b;
    case '>': return a > b;
    case 'g': return a >= b;
    case '=': return a == b;
    default: return a != b;
    }
}

double computed(char operation, double a, double b) {
    switch (operation) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return a / b;
    default: return std::pow(a, b);
    }
}

void append_result(char operation, Json a, Json b, std::string& out) {
    auto const x = json_number(a), y = json_number(b);
    if (!x || !y) {
        out += "null";
        return;
    }
    if (is_comparison(operation)) {
        out += compared(operation, *x, *y) ? "true" : "false";
        return;
    }
    auto const i = json_integer(a), j = json_integer(b);
    std::int64_t whole = 0;
    if (i && j && operation != '/' && operation != '^' &&
        !(operation == '+'   ? __builtin_add_overflow(*i, *j, &whole)
          : operation == '-' ? __builtin_sub_overflow(*i, *j, &whole)
                             : __builtin_mul_overflow(*i, *j, &whole)))
        out += std::to_string(whole);
    else append_real(out, computed(operation, *x, *y));
}

bool is_gap(Json value, Json missing) { return is_null(value) || (!is_null(missing) && json_equal(value, missing)); }

void append_values(std::vector<Json> const& values, std::string& out) {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        out += values[i].empty() ? Json("null") : values[i];
    }
    out += ']';
}

}  // namespace

bool series_binary(char operation, Json left, Json right, std::string& out) {
    if (!is_array(left) && !is_array(right)) return false;
    auto const a = json_elements(left), b = json_elements(right);
    auto const size = std::max(a.size(), b.size());
    auto const at = [](std::vector<Json> const& values, Json whole, std::size_t i) {
        if (!is_array(whole)) return whole;
        return i < values.size() ? values[i] : Json{};
    };
    out += '[';
    for (std::size_t i = 0; i < size; ++i) {
        if (i > 0) out += ',';
        append_result(operation, at(a, left, i), at(b, right, i), out);
    }
    out += ']';
    return true;
}

bool series_unary(double (*f)(double), Json json, std::string& out) {
    if (!is_array(json)) return false;
    out += '[';
    bool first = true;
    each_element(json, [&](Json value) {
        if (!first) out += ',';
        first = false;
        if (auto const number = json_number(value)) append_real(out, f(*number));
        else out += "null";
        return true;
    });
    out += ']';
    return true;
}

bool series_fill_const(Json json, Json fill, Json missing, std::string& out) {
    if (!is_array(json)) return false;
    auto values = json_elements(json);
    for (auto& value : values)
        if (is_gap(value, missing)) value = fill;
    append_values(values, out);
    return true;
}

bool series_fill_forward(Json json, Json missing, bool backward, std::string& out) {
    if (!is_array(json)) return false;
    auto values = json_elements(json);
    if (backward) std::reverse(values.begin(), values.end());
    Json last;
    for (auto& value : values) {
        if (!is_gap(value, missing)) last = value;
        else if (!last.empty()) value = last;
    }
    if (backward) std::reverse(values.begin(), values.end());
    append_values(values, out);
    return true;
}

bool series_stats(Json json, std::string& out) {
    if (!is_array(json)) return false;
    double least = 0, most = 0, sum = 0, squares = 0, mean = 0;
    std::int64_t least_at = 0, most_at = 0, count = 0, place = 0;
    each_element(json, [&](Json value) {
        auto const at = place++;
        auto const number = json_number(value);
        if (!number) return true;
        if (count == 0 || *number < least) least = *number, least_at = at;
        if (count == 0 || *number > most) most = *number, most_at = at;
        ++count;
        sum += *number;
        // Welford's running mean and sum of squared differences.
        auto const before = *number - mean;
        mean += before / static_cast<double>(count);
        squares += before * (*number - mean);
        return true;
    });
    if (count == 0) return false;
    auto const variance = count > 1 ? squares / static_cast<double>(count - 1) : 0.0;
    JsonWriter writer(out);
    writer.begin_object();
    writer.member("min", least);
    writer.member("min_idx", least_at);
    writer.member("max", most);
    writer.member("max_idx", most_at);
    writer.member("avg", sum / static_cast<double>(count));
    writer.member("stdev", std::sqrt(variance));
    writer.member("variance", variance);
    writer.member("sum", sum);
    writer.member("len", place);
    writer.end_object();
    return true;
}

}  // namespace merlon::hunt
