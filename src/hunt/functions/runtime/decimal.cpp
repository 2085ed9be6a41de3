#include "hunt/functions/runtime/decimal.h"

#include <algorithm>

#include "base/wide.h"

namespace merlon::hunt {
namespace {

constexpr int scale = 18;
constexpr std::uint64_t unit = 1'000'000'000'000'000'000;  // 10^scale

struct Decimal {
    bool negative = false;
    UnsignedWide whole = 0;          // below 10^20
    std::uint64_t part = 0;  // units of 10^-18
};

std::optional<Decimal> read(std::string_view text) {
    Decimal out;
    if (text.starts_with('-')) out.negative = true, text.remove_prefix(1);
    auto const point = std::min(text.find('.'), text.size());
    auto const after = text.substr(std::min(point + 1, text.size()));
    if (point > 20 || after.size() > scale || text.empty()) return {};
    auto const digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!std::ranges::all_of(text.substr(0, point), digit) || !std::ranges::all_of(after, digit)) return {};
    for (auto const c : text.substr(0, point)) out.whole = out.whole * 10 + static_cast<unsigned>(c - '0');
    for (std::size_t i = 0; i < scale; ++i) out.part = out.part * 10 + (i < after.size() ? static_cast<unsigned>(after[i] - '0') : 0U);
    return out;
}

std::string digits_of(UnsignedWide value) {
    std::string out;
    do out += static_cast<char>('0' + static_cast<int>(value % 10));
    while (value /= 10);
    std::ranges::reverse(out);
    return out;
}

}  // namespace

std::optional<std::string> decimal_product(std::string_view left, std::string_view right) {
    auto const a = read(left), b = read(right);
    if (!a || !b) return {};
    // Whole times whole may be too much; the other three products hold in 128 bits.
    UnsignedWide whole = 0;
    if (__builtin_mul_overflow(a->whole, b->whole, &whole)) return {};
    auto const parts = UnsignedWide{a->part} * b->part;
    UnsignedWide rest = a->whole * b->part + b->whole * a->part + parts / unit + (parts % unit >= unit / 2 ? 1 : 0);
    whole += rest / unit;
    auto const before = digits_of(whole), after = digits_of(rest % unit);
    if (before.size() > 20) return {};
    bool const zero = whole == 0 && rest % unit == 0;
    return (a->negative != b->negative && !zero ? "-" : "") + before + "." + std::string(scale - after.size(), '0') + after;
}

}  // namespace merlon::hunt
