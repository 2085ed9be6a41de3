#include "hunt/functions/runtime/ip.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "base/json_text.h"
#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Four octets at the front of `text`; tells how long they are.
std::optional<std::uint32_t> read_octets(std::string_view text, std::size_t& length) {
    std::uint32_t address = 0;
    std::size_t at = 0;
    for (int i = 0; i < 4; ++i) {
        if (i > 0) {
            if (at >= text.size() || text[at] != '.') return {};
            ++at;
        }
        auto const start = at;
        std::uint32_t octet = 0;
        while (at < text.size() && is_digit(text[at]) && at - start < 4) octet = octet * 10 + static_cast<std::uint32_t>(text[at++] - '0');
        if (at == start || at - start > 3 || octet > 255 || (at - start > 1 && text[start] == '0')) return {};
        address = (address << 8) | octet;
    }
    length = at;
    return address;
}

std::optional<int> read_prefix(std::string_view text, int most) {
    int prefix = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), prefix);
    if (failed != std::errc{} || end != text.data() + text.size() || prefix < 0 || prefix > most) return {};
    return prefix;
}

std::uint32_t mask_of(std::int64_t prefix) { return prefix <= 0 ? 0 : ~std::uint32_t{0} << (32 - std::min<std::int64_t>(prefix, 32)); }

}  // namespace

std::optional<Ipv4> read_ipv4(std::string_view text) {
    text = trim(text);
    std::size_t length = 0;
    auto const address = read_octets(text, length);
    if (!address) return {};
    Ipv4 out{*address};
    if (length == text.size()) return out;
    if (text[length] != '/') return {};
    auto const prefix = read_prefix(text.substr(length + 1), 32);
    if (!prefix) return {};
    out.prefix = *prefix;
    return out;
}

std::optional<std::int64_t> parse_ipv4(std::string_view text) {
    auto const ip = read_ipv4(text);
    if (!ip) return {};
    return ip->address & mask_of(ip->prefix);
}

std::optional<std::int64_t> parse_ipv4_mask(std::string_view text, std::int64_t prefix) {
    auto const ip = read_ipv4(text);
    if (!ip || prefix < 0 || prefix > 32) return {};
    return ip->address & mask_of(std::min<std::int64_t>(prefix, ip->prefix));
}

std::optional<bool> ipv4_is_private(std::string_view text) {
    auto const ip = read_ipv4(text);
    if (!ip) return {};
    struct Block {
        std::uint32_t start;
        int prefix;
    };
    // RFC 1918; a network counts when it lies inside one of them.
    for (auto const& [start, prefix] : {Block{0x0A000000, 8}, Block{0xAC100000, 12}, Block{0xC0A80000, 16}})
        if (ip->prefix >= prefix && (ip->address & mask_of(prefix)) == start) return true;
    return false;
}

std::optional<bool> ipv4_is_in_range(std::string_view text, std::string_view range_text) {
    auto const ip = read_ipv4(text);
    auto const range = read_ipv4(range_text);
    if (!ip || !range) return {};
    auto const mask = mask_of(range->prefix);
    return (ip->address & mask) == (range->address & mask);
}

std::optional<bool> ipv4_is_in_any_range(std::string_view text, Json ranges) {
    if (!read_ipv4(text)) return {};
    bool found = false;
    std::string scratch;
    each_element(ranges, [&](Json range) {
        found = ipv4_is_in_range(text, dynamic_text(range, scratch)).value_or(false);
        return !found;
    });
    return found;
}

std::optional<std::int64_t> ipv4_compare(std::string_view a, std::string_view b, std::int64_t prefix) {
    auto const left = read_ipv4(a), right = read_ipv4(b);
    if (!left || !right || prefix < 0 || prefix > 32) return {};
    auto const mask = mask_of(std::min<std::int64_t>({prefix, left->prefix, right->prefix}));
    auto const x = left->address & mask, y = right->address & mask;
    return x < y ? -1 : x > y ? 1 : 0;
}

std::optional<std::int64_t> ipv4_netmask_suffix(std::string_view text) {
    auto const ip = read_ipv4(text);
    if (!ip) return {};
    return ip->prefix;
}

std::string format_ipv4(std::int64_t address, std::int64_t prefix, bool with_mask) {
    if (address < 0 || address > 0xFFFFFFFF || prefix < 0 || prefix > 32) return {};
    auto const ip = static_cast<std::uint32_t>(address) & mask_of(prefix);
    auto out = fmt::format("{}.{}.{}.{}", ip >> 24, (ip >> 16) & 255, (ip >> 8) & 255, ip & 255);
    if (with_mask) out += fmt::format("/{}", prefix);
    return out;
}

bool ipv4_range_to_cidr_list(std::string_view first, std::string_view last, std::string& json) {
    auto const from = read_ipv4(first), to = read_ipv4(last);
    if (!from || !to || from->address > to->address) return false;
    std::uint64_t at = from->address;
    json += '[';
    while (at <= to->address) {
        int prefix = 32;
        // The largest block that begins here and does not pass the end.
        while (prefix > 0) {
            auto const size = std::uint64_t{1} << (33 - prefix);
            if (at % size != 0 || at + size - 1 > to->address) break;
            --prefix;
        }
        if (json.back() != '[') json += ',';
        append_json_string(json, format_ipv4(static_cast<std::int64_t>(at), 32, false) + fmt::format("/{}", prefix));
        at += std::uint64_t{1} << (32 - prefix);
    }
    json += ']';
    return true;
}

namespace {

// Groups of one side of "::", the last of which may be a dotted IPv4 address.
bool read_groups(std::string_view text, std::vector<std::uint16_t>& out) {
    if (text.empty()) return true;
    while (true) {
        auto const colon = std::min(text.find(':'), text.size());
        auto const part = text.substr(0, colon);
        if (part.find('.') != std::string_view::npos) {
            std::size_t length = 0;
            auto const address = read_octets(part, length);
            if (!address || length != part.size() || colon != text.size()) return false;
            out.push_back(static_cast<std::uint16_t>(*address >> 16));
            out.push_back(static_cast<std::uint16_t>(*address & 0xFFFF));
        } else {
            unsigned value = 0;
            auto const [end, failed] = std::from_chars(part.data(), part.data() + part.size(), value, 16);
            if (failed != std::errc{} || end != part.data() + part.size() || part.size() > 4) return false;
            out.push_back(static_cast<std::uint16_t>(value));
        }
        if (colon == text.size()) return out.size() <= 8;
        text.remove_prefix(colon + 1);
        if (text.empty() || out.size() >= 8) return false;
    }
}

void clear_behind(Ipv6& ip, std::int64_t prefix) {
    for (std::int64_t i = 0; i < 8; ++i) {
        auto const bits = std::clamp<std::int64_t>(prefix - 16 * i, 0, 16);
        auto const mask = static_cast<std::uint16_t>(bits == 0 ? 0 : 0xFFFFU << (16 - bits));
        auto& group = ip.groups[static_cast<std::size_t>(i)];
        group = static_cast<std::uint16_t>(group & mask);
    }
}

}  // namespace

std::optional<Ipv6> read_ipv6(std::string_view text) {
    text = trim(text);
    if (auto const ip = read_ipv4(text)) {
        Ipv6 mapped;
        mapped.groups[5] = 0xFFFF;
        mapped.groups[6] = static_cast<std::uint16_t>(ip->address >> 16);
        mapped.groups[7] = static_cast<std::uint16_t>(ip->address & 0xFFFF);
        mapped.prefix = 96 + ip->prefix;
        return mapped;
    }
    Ipv6 out;
    if (auto const slash = text.find('/'); slash != std::string_view::npos) {
        auto const prefix = read_prefix(text.substr(slash + 1), 128);
        if (!prefix) return {};
        out.prefix = *prefix;
        text = text.substr(0, slash);
        // Behind a dotted tail the prefix counts the bits of the IPv4 address ('::1.2.3.4/24'); more than 32 is refused.
        if (text.find('.') != std::string_view::npos) {
            if (out.prefix > 32) return {};
            out.prefix += 96;
        }
    }
    if (auto const zone = text.find('%'); zone != std::string_view::npos) text = text.substr(0, zone);
    if (text.find(':') == std::string_view::npos) return {};
    std::vector<std::uint16_t> head, tail;
    auto const gap = text.find("::");
    if (gap == std::string_view::npos) {
        if (!read_groups(text, head) || head.size() != 8) return {};
    } else {
        if (!read_groups(text.substr(0, gap), head) || !read_groups(text.substr(gap + 2), tail)) return {};
        if (head.size() + tail.size() > 7) return {};
    }
    std::copy(head.begin(), head.end(), out.groups.begin());
    std::copy_backward(tail.begin(), tail.end(), out.groups.end());
    return out;
}

std::string parse_ipv6(std::string_view text, std::int64_t prefix) {
    auto ip = read_ipv6(text);
    if (!ip || prefix < 0 || prefix > 128) return {};
    clear_behind(*ip, std::min<std::int64_t>(prefix, ip->prefix));
    std::string out;
    for (auto const group : ip->groups) out += fmt::format("{}{:04x}", out.empty() ? "" : ":", group);
    return out;
}

std::optional<std::int64_t> ipv6_compare(std::string_view a, std::string_view b, std::int64_t prefix) {
    auto left = read_ipv6(a), right = read_ipv6(b);
    if (!left || !right || prefix < 0 || prefix > 128) return {};
    for (auto* ip : {&*left, &*right})  // ::1.2.3.4 compares as the IPv4 address 1.2.3.4
        if ((ip == &*left ? a : b).find('.') != std::string_view::npos) ip->groups[5] = 0xFFFF;
    auto const bits = std::min<std::int64_t>({prefix, left->prefix, right->prefix});
    clear_behind(*left, bits);
    clear_behind(*right, bits);
    return left->groups < right->groups ? -1 : left->groups > right->groups ? 1 : 0;
}

std::optional<bool> ipv6_is_in_range(std::string_view ip, std::string_view range_text) {
    auto const range = read_ipv6(range_text);
    auto address = read_ipv6(ip);
    if (!range || !address) return {};
    auto start = *range;
    clear_behind(start, range->prefix);
    clear_behind(*address, range->prefix);
    return address->groups == start.groups;
}

std::optional<bool> ipv6_is_in_any_range(std::string_view ip, Json ranges) {
    if (!read_ipv6(ip)) return {};
    bool found = false;
    std::string scratch;
    each_element(ranges, [&](Json range) {
        found = ipv6_is_in_range(ip, dynamic_text(range, scratch)).value_or(false);
        return !found;
    });
    return found;
}

bool has_ipv4(std::string_view text, std::string_view address) {
    std::size_t length = 0;
    if (!read_octets(address, length) || length != address.size()) return false;
    for (auto at = text.find(address); at != std::string_view::npos; at = text.find(address, at + 1)) {
        auto const end = at + address.size();
        bool const left = at == 0 || !is_term_character(decode_before(text, at));
        bool const right = end == text.size() || !is_term_character(decode_at(text, end).code);
        if (left && right) return true;
    }
    return false;
}

bool has_ipv4_prefix(std::string_view text, std::string_view prefix) {
    std::size_t whole = 0;
    bool const is_address = read_octets(prefix, whole) && whole == prefix.size();
    if (prefix.empty() || (!is_address && prefix.back() != '.')) return false;
    for (auto at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
        if (at > 0 && is_term_character(decode_before(text, at))) continue;
        std::size_t length = 0;
        if (!read_octets(text.substr(at), length)) continue;
        if (at + length == text.size() || !is_term_character(decode_at(text, at + length).code)) return true;
    }
    return false;
}

}  // namespace merlon::hunt
