#include "hunt/functions/runtime/series_transforms.h"

#include <cmath>
#include <complex>
#include <numbers>

#include "hunt/functions/runtime/define.h"

namespace merlon::hunt {
namespace {

using Complex = std::complex<double>;
using Signal = std::vector<Complex>;

bool read_numbers(Json json, std::vector<double>& out) {
    if (!is_array(json)) return false;
    bool all = true;
    each_element(json, [&](Json value) {
        auto const number = json_number(value);
        all = all && number.has_value();
        out.push_back(number.value_or(0));
        return all;
    });
    return all;
}

template <typename Of>
void append_numbers(std::string& out, std::size_t count, Of of) {
    out += '[';
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        auto const value = of(i);
        if (std::isfinite(value)) append_real(out, value);
        else out += "null";
    }
    out += ']';
}

// In place; the length is a power of two. `sign` -1: forward.
void transform_power_of_two(Signal& x, double sign) {
    auto const n = x.size();
    for (std::size_t i = 1, j = 0; i < n; ++i) {
        auto bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) std::swap(x[i], x[j]);
    }
    for (std::size_t length = 2; length <= n; length <<= 1) {
        auto const step = sign * 2 * std::numbers::pi / static_cast<double>(length);
        for (std::size_t begin = 0; begin < n; begin += length)
            for (std::size_t k = 0; k < length / 2; ++k) {
                auto const turned = x[begin + k + length / 2] * std::polar(1.0, step * static_cast<double>(k));
                x[begin + k + length / 2] = x[begin + k] - turned;
                x[begin + k] += turned;
            }
    }
}

// Any length, as a convolution of a power of two (Bluestein, 1970).
void transform(Signal& x, double sign) {
    auto const n = x.size();
    if (n < 2) return;
    if ((n & (n - 1)) == 0) return transform_power_of_two(x, sign);
    std::size_t m = 1;
    while (m < 2 * n) m <<= 1;
    Signal chirp(n), a(m), b(m);
    for (std::size_t i = 0; i < n; ++i) {
        auto const square = static_cast<double>((i * i) % (2 * n));
        chirp[i] = std::polar(1.0, sign * std::numbers::pi * square / static_cast<double>(n));
        a[i] = x[i] * chirp[i];
        b[i] = std::conj(chirp[i]);
        if (i > 0) b[m - i] = b[i];
    }
    transform_power_of_two(a, -1);
    transform_power_of_two(b, -1);
    for (std::size_t i = 0; i < m; ++i) a[i] *= b[i];
    transform_power_of_two(a, 1);
    for (std::size_t i = 0; i < n; ++i) x[i] = a[i] / static_cast<double>(m) * chirp[i];
}

// Solves matrix * result = right by elimination with pivots; false where it has no single answer.
bool solve(std::vector<std::vector<long double>> matrix, std::vector<long double> right, std::vector<double>& result) {
    auto const n = right.size();
    for (std::size_t column = 0; column < n; ++column) {
        auto pivot = column;
        for (auto row = column + 1; row < n; ++row)
            if (std::fabs(matrix[row][column]) > std::fabs(matrix[pivot][column])) pivot = row;
        if (std::fabs(matrix[pivot][column]) < 1e-30L) return false;
        std::swap(matrix[pivot], matrix[column]);
        std::swap(right[pivot], right[column]);
        for (auto row = column + 1; row < n; ++row) {
            auto const factor = matrix[row][column] / matrix[column][column];
            for (auto k = column; k < n; ++k) matrix[row][k] -= factor * matrix[column][k];
            right[row] -= factor * right[column];
        }
    }
    result.resize(n);
    for (auto row = n; row-- > 0;) {
        auto sum = right[row];
        for (auto k = row + 1; k < n; ++k) sum -= matrix[row][k] * static_cast<long double>(result[k]);
        result[row] = static_cast<double>(sum / matrix[row][row]);
    }
    return true;
}

}  // namespace

bool series_fft(Json real, Json imaginary, bool inverse, std::string& out) {
    std::vector<double> re, im;
    if (!read_numbers(real, re)) return false;
    if (is_null(imaginary)) im.assign(re.size(), 0.0);
    else if (!read_numbers(imaginary, im) || im.size() != re.size()) return false;
    Signal x(re.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = {re[i], im[i]};
    transform(x, inverse ? 1 : -1);
    auto const scale = inverse && !x.empty() ? 1.0 / static_cast<double>(x.size()) : 1.0;
    out += '[';
    append_numbers(out, x.size(), [&](std::size_t i) { return x[i].real() * scale; });
    out += ',';
    append_numbers(out, x.size(), [&](std::size_t i) { return x[i].imag() * scale; });
    out += ']';
    return true;
}

bool series_fit_poly(Json y_series, Json x_series, std::int64_t degree, std::string& out) {
    std::vector<double> y, x;
    if (!read_numbers(y_series, y) || y.empty() || degree < 0 || degree > 30) return false;
    if (is_null(x_series)) {
        for (std::size_t i = 1; i <= y.size(); ++i) x.push_back(static_cast<double>(i));
    } else if (!read_numbers(x_series, x) || x.size() != y.size()) {
        return false;
    }
    auto const terms = static_cast<std::size_t>(degree) + 1;
    if (y.size() < terms) return false;
    std::vector<std::vector<long double>> matrix(terms, std::vector<long double>(terms, 0));
    std::vector<long double> right(terms, 0);
    for (std::size_t i = 0; i < y.size(); ++i) {
        std::vector<long double> powers(2 * terms - 1, 1);
        for (std::size_t k = 1; k < powers.size(); ++k) powers[k] = powers[k - 1] * static_cast<long double>(x[i]);
        for (std::size_t a = 0; a < terms; ++a) {
            for (std::size_t b = 0; b < terms; ++b) matrix[a][b] += powers[a + b];
            right[a] += powers[a] * static_cast<long double>(y[i]);
        }
    }
    std::vector<double> coefficients;
    if (!solve(std::move(matrix), std::move(right), coefficients)) return false;
    std::vector<double> fitted;
    double mean = 0, total = 0, rest = 0;
    for (auto const v : y) mean += v / static_cast<double>(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
        double value = 0;
        for (auto k = terms; k-- > 0;) value = value * x[i] + coefficients[k];
        fitted.push_back(value);
        total += (y[i] - mean) * (y[i] - mean);
        rest += (y[i] - value) * (y[i] - value);
    }
    auto const count = static_cast<double>(y.size() > 1 ? y.size() - 1 : 1);
    out += '[';
    append_real(out, total > 0 ? 1 - rest / total : 1);
    out += ',';
    append_numbers(out, terms, [&](std::size_t i) { return coefficients[terms - 1 - i]; });
    out += ',';
    append_real(out, total / count);
    out += ',';
    append_real(out, rest / count);
    out += ',';
    append_numbers(out, fitted.size(), [&](std::size_t i) { return fitted[i]; });
    out += ']';
    return true;
}

void add_series_transforms(std::vector<store::ScalarFunction>& all) {
    using View = std::string_view;
    for (bool const inverse : {false, true})
        define(all, inverse ? "kql_series_ifft" : "kql_series_fft",
               [inverse](View real, View imaginary, std::string& out) { return series_fft(real, imaginary, inverse, out); });
    define(all, "kql_series_fit_poly", [](View y, View x, std::int64_t degree, std::string& out) { return series_fit_poly(y, x, degree, out); });
}

}  // namespace merlon::hunt
