// IP addresses. An IPv4 address is four decimal octets without leading zeros, with blanks around it allowed and a
// prefix "/24" where the function takes one. Invalid input gives nothing. Source: semantics guide, section 18.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

struct Ipv4 {
    std::uint32_t address = 0;
    int prefix = 32;  // 0..32; 32 when none was written
};
std::optional<Ipv4> read_ipv4(std::string_view text);
// The address with the bits behind the prefix cleared.
std::optional<std::int64_t> parse_ipv4(std::string_view text);
std::optional<std::int64_t> parse_ipv4_mask(std::string_view text, std::int64_t prefix);
// 10/8, 172.16/12, 192.168/16.
std::optional<bool> ipv4_is_private(std::string_view text);
std::optional<bool> ipv4_is_in_range(std::string_view ip, std::string_view range);
// Of any of the ranges; nothing when the address is invalid. Invalid ranges are passed over.
std::optional<bool> ipv4_is_in_any_range(std::string_view ip, Json ranges);
// -1, 0, 1 under the smallest of the prefixes.
std::optional<std::int64_t> ipv4_compare(std::string_view a, std::string_view b, std::int64_t prefix);
std::optional<std::int64_t> ipv4_netmask_suffix(std::string_view text);
// "192.168.1.0", with "/24" behind it for format_ipv4_mask. "" when invalid.
std::string format_ipv4(std::int64_t address, std::int64_t prefix, bool with_mask);
bool ipv4_range_to_cidr_list(std::string_view first, std::string_view last, std::string& json);

struct Ipv6 {
    std::array<std::uint16_t, 8> groups{};
    int prefix = 128;
};
// IPv4 addresses are read as ::ffff:a.b.c.d, their prefix counted from bit 96. A zone (%eth0) is dropped.
std::optional<Ipv6> read_ipv6(std::string_view text);
std::string parse_ipv6(std::string_view text, std::int64_t prefix);
std::optional<std::int64_t> ipv6_compare(std::string_view a, std::string_view b, std::int64_t prefix);
std::optional<bool> ipv6_is_in_range(std::string_view ip, std::string_view range);
std::optional<bool> ipv6_is_in_any_range(std::string_view ip, Json ranges);

// The address stands in the text with no letter, digit or dot of another number at its sides.
bool has_ipv4(std::string_view text, std::string_view address);
// The same of a beginning such as "192.168." (which ends in a dot, or is a whole address).
bool has_ipv4_prefix(std::string_view text, std::string_view prefix);

}  // namespace merlon::hunt
