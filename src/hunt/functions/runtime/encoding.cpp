#include "hunt/functions/runtime/encoding.h"

#include <array>

#include <zlib.h>

#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t most_unpacked_bytes = std::size_t{64} << 20;

std::array<signed char, 256> const& places() {
    static auto const made = [] {
        std::array<signed char, 256> out;
        out.fill(-1);
        for (std::size_t i = 0; i < alphabet.size(); ++i)
            out[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
        return out;
    }();
    return made;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = ascii_fold(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void put_escape(std::string& out, unsigned char byte, std::string_view digits) {
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    auto const byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto const group = (byte(i) << 16) | (byte(i + 1) << 8) | byte(i + 2);
        out += alphabet[(group >> 18) & 63];
        out += alphabet[(group >> 12) & 63];
        out += i + 1 < bytes.size() ? alphabet[(group >> 6) & 63] : '=';
        out += i + 2 < bytes.size() ? alphabet[group & 63] : '=';
    }
    return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    unsigned group = 0;
    std::size_t symbols = 0, padding = 0;
    for (char const c : text) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        if (c == '=') {
            ++padding;
            ++symbols;
            group <<= 6;
        } else {
            auto const value = places()[static_cast<unsigned char>(c)];
            if (value < 0 || padding > 0) return {};
            group = (group << 6) | static_cast<unsigned>(value);
            ++symbols;
        }
        if (symbols % 4 != 0) continue;
        if (padding > 2) return {};
        out += static_cast<char>((group >> 16) & 255);
        if (padding < 2) out += static_cast<char>((group >> 8) & 255);
        if (padding < 1) out += static_cast<char>(group & 255);
        group = 0;
    }
    if (symbols % 4 != 0) return {};
    return out;
}

void bytes_json(std::string_view bytes, std::string& json) {
    json += '[';
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0) json += ',';
        json += std::to_string(static_cast<unsigned char>(bytes[i]));
    }
    json += ']';
}

std::optional<std::string> bytes_of_json(Json array) {
    if (!is_array(array)) return {};
    std::string out;
    bool good = true;
    each_element(array, [&](Json value) {
        auto const byte = json_integer(value);
        if (!byte || *byte < 0 || *byte > 255) return good = false;
        out += static_cast<char>(static_cast<unsigned char>(*byte));
        return true;
    });
    if (!good) return {};
    return out;
}

namespace {

void put_url(std::string& out, std::string_view text, std::string_view blank) {
    for (char const c : text) {
        if (is_ascii_alphanumeric(c) || std::string_view("-_.!*()").find(c) != std::string_view::npos) out += c;
        else if (c == ' ') out += blank;
        else put_escape(out, static_cast<unsigned char>(c), "0123456789abcdef");
    }
}

}  // namespace

void url_encode(std::string_view text, std::string& out) { put_url(out, text, "+"); }

void url_encode_component(std::string_view text, std::string& out) { put_url(out, text, "%20"); }

std::string url_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else if (text[i] == '+') {
            out += ' ';
        } else {
            out += text[i];
        }
    }
    return out;
}

namespace {

void append_little_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

// One block without compression, for text that deflate cannot shorten.
std::string stored_block(std::string_view bytes) {
    std::string out(1, '\1');
    append_little_endian(out, bytes.size(), 2);
    append_little_endian(out, ~bytes.size(), 2);
    out += bytes;
    return out;
}

}  // namespace

// Deflate (RFC 1951) between the header and the check value of gzip (RFC 1952) or zlib (RFC 1950).
std::optional<std::string> compress(Packing packing, std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
    std::string body(deflateBound(&stream, bytes.size()), '\0');
    auto const* const data = reinterpret_cast<Bytef const*>(bytes.data());
    stream.next_in = const_cast<Bytef*>(data);
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(body.data());
    stream.avail_out = static_cast<uInt>(body.size());
    auto const done = deflate(&stream, Z_FINISH);
    body.resize(stream.total_out);
    deflateEnd(&stream);
    if (done != Z_STREAM_END) return {};
    if (body.size() >= bytes.size() && bytes.size() < 65536) body = stored_block(bytes);
    std::string out;
    if (packing == Packing::gzip) {
        out = std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + body;
        append_little_endian(out, crc32(0, data, static_cast<uInt>(bytes.size())), 4);
        append_little_endian(out, bytes.size(), 4);
    } else {
        out = "\x78\x01" + body;
        auto const check = adler32(1, data, static_cast<uInt>(bytes.size()));
        for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(check >> shift);
    }
    return out;
}

std::optional<std::string> decompress_text(Packing packing, std::string_view bytes) {
    z_stream stream{};
    if (inflateInit2(&stream, packing == Packing::gzip ? 31 : 15) != Z_OK) return {};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    char buffer[16384];
    int state = Z_OK;
    while (state == Z_OK && out.size() < most_unpacked_bytes) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer);
        stream.avail_out = sizeof buffer;
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(buffer, sizeof buffer - stream.avail_out);
        if (state == Z_BUF_ERROR) break;
    }
    inflateEnd(&stream);
    if (state != Z_STREAM_END) return {};
    return out;
}

}  // namespace merlon::hunt
