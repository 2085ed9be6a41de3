#include "base/text.h"

#include <algorithm>
#include <charconv>

#include <simdjson.h>

namespace merlon {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

}  // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

bool equal_ignoring_ascii_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        auto const at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string join(std::span<std::string const> parts, std::string_view separator) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += separator;
        out += parts[i];
    }
    return out;
}

std::optional<std::int64_t> to_int(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

std::optional<double> to_double(std::string_view text) {
    double value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    if (from.empty()) return text;
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

bool valid_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::string clean_text(std::string_view text, std::size_t most_bytes) {
    std::string out;
    out.reserve(std::min(text.size(), most_bytes));
    std::size_t i = 0;
    while (i < text.size() && out.size() < most_bytes) {
        auto const c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            out += (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f ? ' ' : text[i];
            ++i;
            continue;
        }
        std::size_t const length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 0;
        if (length > 0 && i + length <= text.size() && valid_utf8(text.substr(i, length))) {
            if (out.size() + length > most_bytes) break;
            out += text.substr(i, length);
            i += length;
        } else {
            out += "\xEF\xBF\xBD";
            ++i;
        }
    }
    return out;
}

std::string with_thousands(std::int64_t value) {
    auto digits = std::to_string(value);
    auto const first = value < 0 ? 1 : 0;
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Distances are counted in halves so that a difference of case alone costs less than another letter.
    std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = 2 * i;
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = 2 * j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const change = a[i - 1] == b[j - 1] ? 0 : lower(a[i - 1]) == lower(b[j - 1]) ? 1 : 2;
            rows[i][j] = std::min({rows[i - 1][j] + 2, rows[i][j - 1] + 2, rows[i - 1][j - 1] + change});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 2);
        }
    }
    return (rows[a.size()][b.size()] + 1) / 2;
}

namespace {
bool holds_ignoring_ascii_case(std::string_view text, std::string_view part) {
    for (std::size_t i = 0; i + part.size() <= text.size(); ++i)
        if (equal_ignoring_ascii_case(text.substr(i, part.size()), part)) return true;
    return false;
}
}  // namespace

std::optional<std::string> nearest(std::string_view name, std::span<std::string const> candidates) {
    if (name.empty() || name.size() > 128) return {};
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (auto const& candidate : candidates) {
        bool const holds = name.size() >= 4 && candidate.size() > name.size() && holds_ignoring_ascii_case(candidate, name);
        if (!holds && candidate.size() > name.size() * 2 + 8) continue;
        auto distance = edit_distance(name, candidate);
        // A part of the candidate: Severity for VulnerabilitySeverityLevel.
        if (holds) distance = std::min(distance, std::max<std::size_t>(2, name.size() / 3));
        // A name that the candidate begins with is a likely slip: DeviceNam, DeviceTvmSoftware.
        if (candidate.size() > name.size() && name.size() >= 4 &&
            equal_ignoring_ascii_case(std::string_view(candidate).substr(0, name.size()), name))
            distance = std::min<std::size_t>(distance, 2);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string hex(std::span<unsigned char const> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (auto const byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::string first_bytes(std::string_view bytes) {
    auto const start = bytes.substr(0, 40);
    bool const printable = std::all_of(start.begin(), start.end(), [](char c) {
        return (c >= ' ' && c < 0x7f) || c == '\n' || c == '\t' || c == '\r';
    });
    if (printable) return "it begins with «" + replace_all(replace_all(std::string(start), "\r", " "), "\n", " ") + "»";
    return "it is binary and begins with the bytes " + hex(bytes.substr(0, 8));
}

std::string hex(std::string_view bytes) {
    return hex(std::span(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size()));
}

}  // namespace merlon
