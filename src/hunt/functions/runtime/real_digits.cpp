#include "hunt/functions/runtime/real_digits.h"

#include <array>
#include <bit>
#include <cstdint>

#include "base/wide.h"

namespace merlon::hunt {
namespace {

// f * 2^e with all 64 bits of f in use.
struct Floating {
    std::uint64_t f = 0;
    int e = 0;
};

constexpr Floating powers[] = {
#include "hunt/functions/runtime/power_table.inc"
};

Floating product(Floating a, Floating b) {
    auto const whole = static_cast<UnsignedWide>(a.f) * b.f;
    auto high = static_cast<std::uint64_t>(whole >> 64);
    if (static_cast<std::uint64_t>(whole) >> 63) ++high;  // rounded
    return {high, a.e + b.e + 64};
}

Floating normal(std::uint64_t f, int e) {
    auto const shift = std::countl_zero(f);
    return {f << shift, e - shift};
}

constexpr std::uint64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

// Moves the last digit towards the value while the result stays within the interval.
void nearer(std::string& digits, std::uint64_t interval, std::uint64_t rest, std::uint64_t unit, std::uint64_t distance) {
    while (rest < distance && interval - rest >= unit && (rest + unit < distance || distance - rest > rest + unit - distance)) {
        --digits.back();
        rest += unit;
    }
}

void generate(Floating value, Floating upper, std::uint64_t interval, RealDigits& out) {
    auto const shift = -upper.e;
    auto const one = std::uint64_t{1} << shift;
    auto const distance = upper.f - value.f;
    auto whole = upper.f >> shift;
    auto part = upper.f & (one - 1);
    int left = 1;
    while (left < 10 && whole >= tens[left]) ++left;
    while (left > 0) {
        auto const digit = whole / tens[left - 1];
        whole %= tens[left - 1];
        if (digit || !out.digits.empty()) out.digits += static_cast<char>('0' + digit);
        --left;
        auto const rest = (whole << shift) + part;
        if (rest <= interval) {
            out.exponent += left;
            return nearer(out.digits, interval, rest, tens[left] << shift, distance);
        }
    }
    while (true) {
        part *= 10;
        interval *= 10;
        auto const digit = part >> shift;
        if (digit || !out.digits.empty()) out.digits += static_cast<char>('0' + digit);
        part &= one - 1;
        --left;
        if (part < interval) {
            out.exponent += left;
            return nearer(out.digits, interval, part, one, -left < 9 ? distance * tens[-left] : 0);
        }
    }
}

}  // namespace

RealDigits real_digits(double value) {
    auto const bits = std::bit_cast<std::uint64_t>(value);
    auto const biased = static_cast<int>(bits >> 52 & 0x7ff);
    auto const fraction = bits & ((std::uint64_t{1} << 52) - 1);
    auto const f = biased ? fraction | std::uint64_t{1} << 52 : fraction;
    auto const e = biased ? biased - 1075 : -1074;
    auto const upper = normal((f << 1) + 1, e - 1);
    // Below a power of two the neighbours are nearer.
    Floating lower = fraction == 0 && biased > 1 ? Floating{(f << 2) - 1, e - 2} : Floating{(f << 1) - 1, e - 1};
    lower = {lower.f << (lower.e - upper.e), upper.e};
    // A power of ten that brings the exponent into -60 .. -32.
    auto const wanted = (-61 - upper.e) * 0.30102999566398114 + 347;
    auto k = static_cast<int>(wanted);
    if (wanted - k > 0) ++k;
    auto const index = (k >> 3) + 1;
    RealDigits out;
    out.exponent = 348 - index * 8;
    auto const power = powers[index];
    auto const high = product(upper, power), low = product(lower, power);
    generate(product(normal(f, e), power), {high.f - 1, high.e}, high.f - 1 - (low.f + 1), out);
    while (out.digits.size() > 1 && out.digits.back() == '0') {
        out.digits.pop_back();
        ++out.exponent;
    }
    return out;
}

}  // namespace merlon::hunt
