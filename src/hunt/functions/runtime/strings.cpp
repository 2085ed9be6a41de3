#include "hunt/functions/runtime/strings.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/json_text.h"
#include "hunt/functions/runtime/terms.h"
#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::int64_t most_repeats = 1024;

// Calls `take(part)` for each part until it returns false.
template <typename Take>
void each_part(std::string_view text, std::string_view delimiter, Take take) {
    if (delimiter.empty()) {
        take(text);
        return;
    }
    std::size_t from = 0;
    while (true) {
        auto const at = text.find(delimiter, from);
        if (!take(text.substr(from, at == npos ? npos : at - from)) || at == npos) return;
        from = at + delimiter.size();
    }
}

}  // namespace

std::string_view substring(std::string_view text, std::int64_t start, std::optional<std::int64_t> length) {
    if (length && *length <= 0) return {};
    bool const ascii = is_ascii(text);
    auto const size = static_cast<std::int64_t>(ascii ? text.size() : count_code_points(text));
    if (start < 0) start += size;
    // A start before the text is not moved: substring('abc', -10) is ''.
    if (start < 0 || start >= size) return {};
    auto const count = std::min(size - start, length.value_or(size));
    if (ascii) return text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(count));
    auto const begin = byte_offset(text, static_cast<std::size_t>(start));
    auto const rest = text.substr(begin);
    return rest.substr(0, byte_offset(rest, static_cast<std::size_t>(count)));
}

std::optional<std::int64_t> index_of(std::string_view text, std::string_view needle, std::int64_t start,
                                     std::int64_t length, std::int64_t occurrence) {
    if (needle.empty()) return {};
    if (occurrence < 1 || length < -1) return {};
    auto const size = static_cast<std::int64_t>(count_code_points(text));
    if (start < 0) start = std::max<std::int64_t>(0, size + start);
    if (start >= size) return -1;
    auto const end = length < 0 ? size : start + std::min(length, size - start);
    auto const begin_byte = byte_offset(text, static_cast<std::size_t>(start));
    auto const end_byte = end == size ? text.size() : byte_offset(text, static_cast<std::size_t>(end));
    // The hit must begin within the range; it may reach beyond.
    auto at = text.find(needle, begin_byte);
    for (; at != npos && occurrence > 1; --occurrence) at = text.find(needle, at + 1);
    if (at == npos || at >= end_byte) return -1;
    return static_cast<std::int64_t>(count_code_points(text.substr(0, at)));
}

std::int64_t count_of(std::string_view text, std::string_view needle) {
    if (needle.empty()) return 0;
    std::int64_t count = 0;
    for (auto at = find_bytes(text, needle, 0, false); at != npos; at = find_bytes(text, needle, at + 1, false)) ++count;
    return count;
}

void split_json(std::string_view text, std::string_view delimiter, std::string& json) {
    json += '[';
    bool first = true;
    each_part(text, delimiter, [&](std::string_view part) {
        if (!first) json += ',';
        first = false;
        append_json_string(json, part);
        return true;
    });
    json += ']';
}

bool split_part(std::string_view text, std::string_view delimiter, std::int64_t index, std::string& json) {
    bool found = false;
    each_part(text, delimiter, [&](std::string_view part) {
        if (index-- != 0) return true;
        json += '[';
        append_json_string(json, part);
        json += ']';
        found = true;
        return false;
    });
    return found;
}

void replace_string(std::string_view text, std::string_view from, std::string_view to, std::string& out) {
    if (from.empty()) {
        out += text;
        return;
    }
    std::size_t at = 0;
    for (auto hit = text.find(from); hit != npos; hit = text.find(from, at)) {
        out += text.substr(at, hit - at);
        out += to;
        at = hit + from.size();
    }
    out += text.substr(at);
}

void reverse_text(std::string_view text, std::string& out) {
    out.reserve(out.size() + text.size());
    for (auto end = text.size(); end > 0;) {
        auto begin = end - 1;
        while (begin > 0 && is_continuation(text[begin])) --begin;
        out += text.substr(begin, end - begin);
        end = begin;
    }
}

int compare_ordinal(std::string_view left, std::string_view right) {
    auto const order = left.compare(right);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

void translate(std::string_view from, std::string_view to, std::string_view text, std::string& out) {
    auto const points = [](std::string_view of) {
        std::u32string all;
        for (std::size_t at = 0; at < of.size();) {
            auto const [code, next] = decode_at(of, at);
            all += code;
            at = next;
        }
        return all;
    };
    auto const wanted = points(from);
    auto const given = points(to);
    for (char32_t const c : points(text)) {
        auto const place = wanted.find(c);
        if (place == std::u32string::npos) append_utf8(out, c);
        else if (!given.empty()) append_utf8(out, given[std::min(place, given.size() - 1)]);
    }
}

void repeat_text(std::string_view text, std::int64_t count, std::string_view delimiter, std::string& out) {
    count = std::min(count, most_repeats);
    for (std::int64_t i = 0; i < count; ++i) {
        if (i > 0) out += delimiter;
        out += text;
    }
}

void codepoints_json(std::string_view text, std::string& json) {
    json += '[';
    for (std::size_t at = 0; at < text.size();) {
        auto const [code, next] = decode_at(text, at);
        if (at > 0) json += ',';
        json += std::to_string(static_cast<std::uint32_t>(code));
        at = next;
    }
    json += ']';
}

void to_hex(std::int64_t value, std::int64_t least_digits, bool of_int, std::string& out) {
    // Two's complement of the argument's own width.
    auto const bits = of_int ? static_cast<std::uint64_t>(static_cast<std::uint32_t>(value))
                             : static_cast<std::uint64_t>(value);
    auto const digits = fmt::format("{:x}", bits);
    auto const least = static_cast<std::size_t>(std::clamp<std::int64_t>(least_digits, 0, 16));
    if (digits.size() < least) out.append(least - digits.size(), '0');
    out += digits;
}

void format_bytes(double size, std::int64_t precision, std::string_view unit, std::string& out) {
    static constexpr std::string_view units[] = {"Bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
    std::size_t index = 0;
    bool const forced = !unit.empty();
    if (forced) {
        auto const at = std::find_if(std::begin(units), std::end(units),
                                     [&](std::string_view name) { return equal_folded(name, unit); });
        if (at == std::end(units)) return;
        index = static_cast<std::size_t>(at - std::begin(units));
        for (std::size_t i = 0; i < index; ++i) size /= 1024;
    } else {
        while (std::fabs(size) >= 1024 && index + 1 < std::size(units)) {
            size /= 1024;
            ++index;
        }
    }
    // Digits after the point are at most `precision`; trailing zeros go.
    auto const digits = static_cast<int>(std::clamp<std::int64_t>(precision, 0, 15));
    auto const scale = std::pow(10.0, digits);
    auto const rounded = std::round(size * scale) / scale;
    auto text = fmt::format("{:.{}f}", rounded, digits);
    if (text.find('.') != std::string::npos) {
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.') text.pop_back();
    }
    out += text;
    out += ' ';
    out += units[index];
}

}  // namespace merlon::hunt
