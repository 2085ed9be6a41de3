// Arithmetic as Kusto does it: longs wrap, integer division truncates, a remainder is never negative, and what divides
// by zero is null. Source: shared semantics guide, section 5.
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <fmt/format.h>

#include "base/time.h"
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/register.h"

namespace merlon::hunt {

namespace {

std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::int64_t wrapped(std::uint64_t value) { return static_cast<std::int64_t>(value); }
constexpr auto least = std::numeric_limits<std::int64_t>::min();

std::optional<std::int64_t> modulo(std::int64_t a, std::int64_t b) {
    if (b == 0) return {};
    if (b == -1) return 0;
    auto const rest = a % b;
    if (rest >= 0) return rest;
    return b == least ? wrapped(bits(rest) - bits(b)) : rest + std::abs(b);
}

std::optional<double> modulo(double a, double b) {
    if (b == 0) return {};
    auto const rest = std::fmod(a, b);
    return rest < 0 ? rest + std::fabs(b) : rest;
}

void add_arithmetic(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_add", [](std::int64_t a, std::int64_t b) { return wrapped(bits(a) + bits(b)); });
    define(all, "kql_sub", [](std::int64_t a, std::int64_t b) { return wrapped(bits(a) - bits(b)); });
    define(all, "kql_mul", [](std::int64_t a, std::int64_t b) { return wrapped(bits(a) * bits(b)); });
    define(all, "kql_neg", [](std::int64_t a) { return wrapped(0 - bits(a)); });
    define(all, "kql_abs", [](std::int64_t a) { return a < 0 ? wrapped(0 - bits(a)) : a; });
    define(all, "kql_div", [](std::int64_t a, std::int64_t b) -> std::optional<std::int64_t> {
        if (b == 0) return {};
        return b == -1 ? wrapped(0 - bits(a)) : a / b;
    });
    define(all, "kql_mod", [](std::int64_t a, std::int64_t b) { return modulo(a, b); });
    define(all, "kql_mod", [](double a, double b) { return modulo(a, b); });
    // Datetime and timespan sums leave their range as null.
    define(all, "kql_add_datetime", [](std::int64_t a, std::int64_t b) -> std::optional<std::int64_t> {
        std::int64_t sum = 0;
        if (__builtin_add_overflow(a, b, &sum) || sum < 0 || sum > max_datetime_ticks) return {};
        return sum;
    });
    define(all, "kql_sub_datetime", [](std::int64_t a, std::int64_t b) -> std::optional<std::int64_t> {
        std::int64_t rest = 0;
        if (__builtin_sub_overflow(a, b, &rest) || rest < 0 || rest > max_datetime_ticks) return {};
        return rest;
    });
    define(all, "kql_mul_timespan", [](std::int64_t span, double by) -> std::optional<std::int64_t> {
        auto const ticks = static_cast<double>(span) * by;
        if (!(std::fabs(ticks) < 9.2e18)) return {};
        return static_cast<std::int64_t>(ticks);
    });
}

void add_bits(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_binary_and", [](std::int64_t a, std::int64_t b) { return a & b; });
    define(all, "kql_binary_or", [](std::int64_t a, std::int64_t b) { return a | b; });
    define(all, "kql_binary_xor", [](std::int64_t a, std::int64_t b) { return a ^ b; });
    define(all, "kql_binary_not", [](std::int64_t a) { return ~a; });
    // A shift by n is one by n modulo 64; a negative one gives null.
    define(all, "kql_shift_left", [](std::int64_t a, std::int64_t by) -> std::optional<std::int64_t> {
        if (by < 0) return {};
        return wrapped(bits(a) << (by % 64));
    });
    define(all, "kql_shift_right", [](std::int64_t a, std::int64_t by) -> std::optional<std::int64_t> {
        if (by < 0) return {};
        return a >> (by % 64);
    });
    define(all, "kql_bitset_count_ones", [](std::int64_t a) { return std::int64_t{std::popcount(bits(a))}; });
}

// Half away from zero, at 10^-digits.
double round_to(double value, std::int64_t digits) {
    if (!std::isfinite(value) || digits > 17) return value;
    if (digits == 0) return std::round(value);
    if (digits < -308) return 0;
    auto const scale = std::pow(10.0, static_cast<double>(std::abs(digits)));
    if (digits < 0) return std::round(value / scale) * scale;
    auto const scaled = value * scale;
    return std::isfinite(scaled) ? std::round(scaled) / scale : value;
}

void add_reals(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_round", [](double value, std::int64_t digits) { return round_to(value, digits); });
    define(all, "kql_sqrt", [](double value) { return value < 0 ? std::nan("") : std::sqrt(value); });
    // log of a negative number is null, of zero -inf (E).
    auto const logarithm = [&all](char const* name, double (*f)(double)) {
        define(all, name, [f](double value) -> std::optional<double> {
            if (value < 0) return {};
            return f(value);
        });
    };
    logarithm("kql_log", [](double v) { return std::log(v); });
    logarithm("kql_log2", [](double v) { return std::log2(v); });
    logarithm("kql_log10", [](double v) { return std::log10(v); });
    define(all, "kql_exp", [](double v) { return std::exp(v); });
    define(all, "kql_exp2", [](double v) { return std::exp2(v); });
    define(all, "kql_exp10", [](double v) { return std::pow(10.0, v); });
    define(all, "kql_pow", [](double a, double b) { return std::pow(a, b); });
    define(all, "kql_sign", [](double v) { return v > 0 ? 1.0 : v < 0 ? -1.0 : 0.0; });
    define(all, "kql_asin", [](double v) { return std::asin(v); });
    define(all, "kql_acos", [](double v) { return std::acos(v); });
    define(all, "kql_cot", [](double v) { return 1 / std::tan(v); });
    define(all, "kql_sin", [](double v) { return std::sin(v); });
    define(all, "kql_cos", [](double v) { return std::cos(v); });
    define(all, "kql_tan", [](double v) { return std::tan(v); });
    define(all, "kql_gamma", [](double v) { return std::tgamma(v); });
    define(all, "kql_loggamma", [](double v) { return std::lgamma(v); });
    define(all, "kql_erf", [](double v) { return std::erf(v); });
    define(all, "kql_erfc", [](double v) { return std::erfc(v); });
    // IEEE comparison: the engine itself holds NaN to be equal to NaN and above every number.
    define(all, "kql_isnan", [](double v) { return std::isnan(v); });
    define(all, "kql_isinf", [](double v) { return std::isinf(v); });
    define(all, "kql_isfinite", [](double v) { return std::isfinite(v); });
}

// Another value for each row; the generator is the thread's own.
std::uint64_t random_bits() {
    thread_local std::mt19937_64 generator{std::random_device{}()};
    return generator();
}

void add_random(std::vector<store::ScalarFunction>& all) {
    // rand() in [0, 1); rand(n) a whole number in [0, n), as a real.
    define(all, "kql_rand", [](std::int64_t most) {
        if (most > 0) return static_cast<double>(random_bits() % bits(most));
        return static_cast<double>(random_bits() >> 11) * 0x1p-53;
    }, true);
    // A random guid of version 4.
    define(all, "kql_new_guid", [](std::string& out) {
        auto const high = (random_bits() & ~std::uint64_t{0xF000}) | 0x4000;
        auto const low = (random_bits() & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
        out += fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF,
                           low >> 48, low & 0xFFFFFFFFFFFF);
    }, true);
}

}  // namespace

void add_math(std::vector<store::ScalarFunction>& all) {
    add_arithmetic(all);
    add_bits(all);
    add_reals(all);
    add_random(all);
}

}  // namespace merlon::hunt
