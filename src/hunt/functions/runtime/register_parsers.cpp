// Hashes, encodings, parse_* and IP addresses.
#include <bit>

#include "base/json_text.h"
#include "base/text.h"
#include "hunt/functions/runtime/convert.h"
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/encoding.h"
#include "hunt/functions/runtime/hash.h"
#include "hunt/functions/runtime/ip.h"
#include "hunt/functions/runtime/parse_pattern.h"
#include "hunt/functions/runtime/parse_text.h"
#include "hunt/functions/runtime/register.h"
#include "hunt/functions/runtime/strings.h"

namespace merlon::hunt {

namespace {

using View = std::string_view;
using Views = std::span<View const>;

// Decoded text, or "" where it is no UTF-8.
std::string text_or_empty(std::optional<std::string> bytes) {
    return bytes && valid_utf8(*bytes) ? std::move(*bytes) : std::string();
}

void add_hashes(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_hash", [](View text) { return hash_long(text, 0); });
    define(all, "kql_hash", [](View text, std::int64_t modulus) { return hash_long(text, modulus); });
    define(all, "kql_hash_word", [](std::int64_t word) { return hash_word(word, 0); });
    define(all, "kql_hash_word", [](std::int64_t word, std::int64_t modulus) { return hash_word(word, modulus); });
    define(all, "kql_hash_real", [](double value) { return hash_word(std::bit_cast<std::int64_t>(value), 0); });
    define(all, "kql_hash_real",
           [](double value, std::int64_t modulus) { return hash_word(std::bit_cast<std::int64_t>(value), modulus); });
    define(all, "kql_hash_md5", [](View text) { return digest_hex(Digest::md5, text); });
    define(all, "kql_hash_sha1", [](View text) { return digest_hex(Digest::sha1, text); });
    define(all, "kql_hash_sha256", [](View text) { return digest_hex(Digest::sha256, text); });
}

void add_encodings(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_base64_encode", [](View text) { return base64_encode(text); });
    define(all, "kql_base64_decode", [](View text) { return text_or_empty(base64_decode(text)); });
    define(all, "kql_base64_decode_toarray", [](View text, std::string& out) {
        auto const bytes = base64_decode(text);
        if (!bytes) return false;
        return bytes_json(*bytes, out), true;
    });
    define(all, "kql_base64_encode_fromarray", [](View json) {
        auto const bytes = bytes_of_json(json);
        return bytes ? base64_encode(*bytes) : std::string();
    });
    // Sixteen bytes in the mixed order of Windows: the first three groups little-endian.
    define(all, "kql_base64_decode_toguid", [](View text) -> std::optional<std::string> {
        auto const bytes = base64_decode(text);
        if (!bytes || bytes->size() != 16) return {};
        std::string ordered;
        for (std::size_t const i : {3U, 2U, 1U, 0U, 5U, 4U, 7U, 6U}) ordered += (*bytes)[i];
        ordered += bytes->substr(8);
        return to_guid(hex(ordered));
    });
    define(all, "kql_base64_encode_fromguid", [](View guid) {
        std::string bytes;
        std::string digits;
        for (char const c : guid)
            if (c != '-') digits += c;
        if (digits.size() != 32) return std::string();
        for (std::size_t const i : {3U, 2U, 1U, 0U, 5U, 4U, 7U, 6U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U})
            bytes += static_cast<char>(std::stoi(digits.substr(2 * i, 2), nullptr, 16));
        return base64_encode(bytes);
    });
    define(all, "kql_url_encode", [](View text, std::string& out) { url_encode(text, out); });
    define(all, "kql_url_encode_component", [](View text, std::string& out) { url_encode_component(text, out); });
    define(all, "kql_url_decode", [](View text) { return url_decode(text); });
    for (auto const packing : {Packing::gzip, Packing::zlib}) {
        std::string const name = packing == Packing::gzip ? "kql_gzip" : "kql_zlib";
        define(all, name + "_compress", [packing](View text) {
            auto const packed = compress(packing, text);
            return packed ? base64_encode(*packed) : std::string();
        });
        define(all, name + "_decompress", [packing](View text) {
            auto const packed = base64_decode(text);
            return packed ? text_or_empty(decompress_text(packing, *packed)) : std::string();
        });
    }
    auto const puny = [&all](char const* name, std::optional<std::string> (*f)(View)) {
        define(all, name, [f](View text) { return f(text).value_or(""); });
    };
    puny("kql_punycode_encode", punycode_encode);
    puny("kql_punycode_decode", punycode_decode);
    puny("kql_punycode_domain_encode", punycode_domain_encode);
    puny("kql_punycode_domain_decode", punycode_domain_decode);
}

void add_structures(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_parse_url", [](View text, std::string& out) { return parse_url(text, out), true; });
    define(all, "kql_parse_urlquery", [](View text, std::string& out) { return parse_url_query(text, out), true; });
    define(all, "kql_parse_path", [](View text, std::string& out) { return parse_path(text, out), true; });
    define(all, "kql_parse_command_line", [](View text, std::string& out) { return parse_command_line(text, out); });
    define(all, "kql_parse_csv", [](View text, std::string& out) { return parse_csv(text, out), true; });
    define(all, "kql_parse_xml", [](View text, std::string& out) { return parse_xml(text, out); });
    define(all, "kql_version_digits", [](View text) { return version_digits(text); });
}

// What the compiler's parse and parse-kv call, the pattern made ready once.
void add_matchers(std::vector<store::ScalarFunction>& all) {
    define_prepared<1>(all, "kql_parse", Pattern::read, [](Pattern const& pattern, std::string_view text, std::string& out) {
        return pattern.match(text, out);
    });
    define_prepared<1>(all, "kql_parse_kv", KeyValueReader::read,
                       [](KeyValueReader const& reader, std::string_view text, std::string& out) { reader.match(text, out); });
}

void add_addresses(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_parse_ipv4", [](View text) { return parse_ipv4(text); });
    define(all, "kql_parse_ipv4_mask", [](View text, std::int64_t prefix) { return parse_ipv4_mask(text, prefix); });
    define(all, "kql_ipv4_is_private", [](View text) { return ipv4_is_private(text); });
    define(all, "kql_ipv4_is_in_range", [](View ip, View range) { return ipv4_is_in_range(ip, range); });
    define(all, "kql_ipv4_is_in_any_range", [](View ip, View ranges) { return ipv4_is_in_any_range(ip, ranges); });
    define(all, "kql_ipv4_compare", [](View a, View b, std::int64_t prefix) { return ipv4_compare(a, b, prefix); });
    define(all, "kql_ipv4_netmask_suffix", [](View text) { return ipv4_netmask_suffix(text); });
    define(all, "kql_format_ipv4", [](std::int64_t address, std::int64_t prefix) { return format_ipv4(address, prefix, false); });
    define(all, "kql_format_ipv4_mask", [](std::int64_t address, std::int64_t prefix) { return format_ipv4(address, prefix, true); });
    // Of an address as text: the shorter of its own prefix and the one given holds.
    for (bool const with_mask : {false, true})
        define(all, with_mask ? "kql_format_ipv4_mask_text" : "kql_format_ipv4_text",
               [with_mask](View text, std::int64_t prefix) {
                   auto const ip = read_ipv4(text);
                   return ip ? format_ipv4(ip->address, std::min<std::int64_t>(prefix, ip->prefix), with_mask) : std::string();
               });
    define(all, "kql_ipv4_range_to_cidr_list",
           [](View first, View last, std::string& out) { return ipv4_range_to_cidr_list(first, last, out); });
    define(all, "kql_parse_ipv6", [](View text, std::int64_t prefix) { return parse_ipv6(text, prefix); });
    define(all, "kql_ipv6_compare", [](View a, View b, std::int64_t prefix) { return ipv6_compare(a, b, prefix); });
    define(all, "kql_ipv6_is_in_range", [](View ip, View range) { return ipv6_is_in_range(ip, range); });
    define(all, "kql_ipv6_is_in_any_range", [](View ip, View ranges) { return ipv6_is_in_any_range(ip, ranges); });
    define(all, "kql_has_ipv4", [](View text, View ip) { return has_ipv4(text, ip); });
    define(all, "kql_has_ipv4_prefix", [](View text, View prefix) { return has_ipv4_prefix(text, prefix); });
    auto const any_of = [&all](char const* name, bool (*test)(View, View)) {
        define(all, name, [test](View text, View list) {
            bool found = false;
            std::string scratch;
            each_element(list, [&](Json ip) { return found = test(text, dynamic_text(ip, scratch)), !found; });
            return found;
        });
    };
    any_of("kql_has_any_ipv4", has_ipv4);
    any_of("kql_has_any_ipv4_prefix", has_ipv4_prefix);
}

}  // namespace

void add_parsers(std::vector<store::ScalarFunction>& all) {
    add_hashes(all);
    add_encodings(all);
    add_structures(all);
    add_addresses(all);
    add_matchers(all);
}

}  // namespace merlon::hunt
