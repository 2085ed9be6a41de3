// Punycode, RFC 3492.
#include <limits>

#include "base/text.h"
#include "hunt/functions/runtime/strings.h"
#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

constexpr std::uint32_t base = 36, t_min = 1, t_max = 26, skew = 38, damp = 700, initial_bias = 72, initial_n = 128;

std::uint32_t adapted(std::uint32_t delta, std::uint32_t points, bool first) {
    delta = first ? delta / damp : delta / 2;
    delta += delta / points;
    std::uint32_t k = 0;
    for (; delta > ((base - t_min) * t_max) / 2; k += base) delta /= base - t_min;
    return k + (base - t_min + 1) * delta / (delta + skew);
}

std::uint32_t threshold(std::uint32_t k, std::uint32_t bias) {
    return k <= bias ? t_min : k >= bias + t_max ? t_max : k - bias;
}

char digit_char(std::uint32_t digit) { return static_cast<char>(digit < 26 ? 'a' + digit : '0' + (digit - 26)); }

std::uint32_t digit_value(char c) {
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a');
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 26);
    return base;
}

}  // namespace

std::optional<std::string> punycode_encode(std::string_view label) {
    std::u32string points;
    std::string out;
    for (std::size_t at = 0; at < label.size();) {
        auto const [code, next] = decode_at(label, at);
        points += code;
        if (code < 0x80) out += static_cast<char>(code);
        at = next;
    }
    auto const basic = static_cast<std::uint32_t>(out.size());
    auto handled = basic;
    if (basic > 0) out += '-';
    std::uint32_t n = initial_n, delta = 0, bias = initial_bias;
    while (handled < points.size()) {
        auto m = std::numeric_limits<std::uint32_t>::max();
        for (auto const c : points)
            if (c >= n && c < m) m = c;
        if (std::uint64_t{m - n} * (handled + 1) + delta > std::numeric_limits<std::uint32_t>::max()) return {};
        delta += (m - n) * (handled + 1);
        n = m;
        for (auto const c : points) {
            if (c < n) ++delta;
            if (c != n) continue;
            auto q = delta;
            for (auto k = base;; k += base) {
                auto const t = threshold(k, bias);
                if (q < t) break;
                out += digit_char(t + (q - t) % (base - t));
                q = (q - t) / (base - t);
            }
            out += digit_char(q);
            bias = adapted(delta, handled + 1, handled == basic);
            delta = 0;
            ++handled;
        }
        ++delta;
        ++n;
    }
    return out;
}

std::optional<std::string> punycode_decode(std::string_view label) {
    std::u32string points;
    auto const hyphen = label.rfind('-');
    std::size_t at = 0;
    if (hyphen != std::string_view::npos) {
        for (char const c : label.substr(0, hyphen)) {
            if (static_cast<unsigned char>(c) >= 0x80) return {};
            points += static_cast<char32_t>(c);
        }
        at = hyphen + 1;
    }
    std::uint32_t n = initial_n, bias = initial_bias;
    std::uint64_t i = 0;
    while (at < label.size()) {
        auto const old = i;
        std::uint64_t weight = 1;
        for (auto k = base;; k += base) {
            if (at >= label.size()) return {};
            auto const digit = digit_value(label[at++]);
            if (digit >= base) return {};
            i += digit * weight;
            if (i > std::numeric_limits<std::uint32_t>::max()) return {};
            auto const t = threshold(k, bias);
            if (digit < t) break;
            weight *= base - t;
        }
        auto const count = static_cast<std::uint32_t>(points.size()) + 1;
        bias = adapted(static_cast<std::uint32_t>(i - old), count, old == 0);
        n += static_cast<std::uint32_t>(i / count);
        i %= count;
        if (n > 0x10FFFF) return {};
        points.insert(points.begin() + static_cast<std::ptrdiff_t>(i), n);
        ++i;
    }
    std::string out;
    for (auto const c : points) append_utf8(out, c);
    return out;
}

namespace {

template <typename Turn>
std::optional<std::string> each_label(std::string_view domain, Turn turn) {
    std::string out;
    bool first = true;
    for (auto const label : split(domain, '.')) {
        auto const turned = turn(label);
        if (!turned) return {};
        if (!first) out += '.';
        first = false;
        out += *turned;
    }
    return out;
}

}  // namespace

std::optional<std::string> punycode_domain_encode(std::string_view domain) {
    return each_label(domain, [](std::string_view label) -> std::optional<std::string> {
        if (is_ascii(label)) return std::string(label);
        auto const encoded = punycode_encode(label);
        return encoded ? std::optional("xn--" + *encoded) : std::nullopt;
    });
}

std::optional<std::string> punycode_domain_decode(std::string_view domain) {
    return each_label(domain, [](std::string_view label) -> std::optional<std::string> {
        if (!label.starts_with("xn--")) return std::string(label);
        return punycode_decode(label.substr(4));
    });
}

}  // namespace merlon::hunt
