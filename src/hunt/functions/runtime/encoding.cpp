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

void url_encode(std::string_view text, std::string& out) {
    for (char const c : text) {
        if (is_ascii_alphanumeric(c) || std::string_view("-_.!*()").find(c) != std::string_view::npos) out += c;
        else if (c == ' ') out += '+';
        else put_escape(out, static_cast<unsigned char>(c), "0123456789abcdef");
    }
}

void url_encode_component(std::string_view text, std::string& out) {
    for (char const c : text) {
        if (is_ascii_alphanumeric(c) || std::string_view("-_.~").find(c) != std::string_view::npos) out += c;
        else put_escape(out, static_cast<unsigned char>(c), "0123456789ABCDEF");
    }
}

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

// gzip adds 16 to the window bits, by zlib's convention.
std::optional<std::string> compress(Packing packing, std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, packing == Packing::gzip ? 31 : 15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    auto const done = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (done != Z_STREAM_END) return {};
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
