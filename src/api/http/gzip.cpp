#include <zlib.h>

#include "api/http/server.h"

namespace merlon::api {
namespace {

constexpr int level = 4;          // half the size of level 1's loss of time against level 9
constexpr int gzip_window = 31;   // 15 bits, and the gzip header (zlib.h)

class Deflater {
public:
    Deflater() { ok_ = deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) == Z_OK; }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(Deflater const&) = delete;

    // Appends what `bytes` come to; `last` ends the stream.
    Status add(std::string_view bytes, bool last, std::string& out) {
        if (!ok_) return fail("http.compress");
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        std::array<char, 32768> buffer{};
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
            stream_.avail_out = static_cast<uInt>(buffer.size());
            if (deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR) return fail("http.compress");
            out.append(buffer.data(), buffer.size() - stream_.avail_out);
        } while (stream_.avail_out == 0);
        return {};
    }

private:
    z_stream stream_{};
    bool ok_ = false;
};

}  // namespace

std::string gzip(std::string_view text) {
    std::string out;
    Deflater deflater;
    if (!deflater.add(text, true, out)) return {};
    return out;
}

Pieces gzip(Pieces pieces, std::string first) {
    struct State {
        Pieces pieces;
        std::string first, plain;
        Deflater deflater;
    };
    auto state = std::make_shared<State>();
    state->pieces = std::move(pieces);
    state->first = std::move(first);
    return [state](std::string& out) -> Result<bool> {
        state->plain = std::exchange(state->first, {});
        auto const more = TRY(state->pieces(state->plain));
        TRY(state->deflater.add(state->plain, !more, out));
        state->plain.clear();
        return more;
    };
}

Unpacked gunzip(std::string_view packed, std::size_t most, std::string& out) {
    constexpr std::size_t most_ratio = 100;
    auto const limit = std::min(most, most_ratio * packed.size());
    z_stream stream{};
    if (inflateInit2(&stream, gzip_window) != Z_OK) return Unpacked::malformed;
    std::unique_ptr<z_stream, int (*)(z_stream*)> const closing(&stream, inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::array<char, 32768> buffer{};
    for (int outcome = Z_OK; outcome != Z_STREAM_END;) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        outcome = inflate(&stream, Z_NO_FLUSH);
        if (outcome != Z_OK && outcome != Z_STREAM_END) return Unpacked::malformed;
        out.append(buffer.data(), buffer.size() - stream.avail_out);
        if (out.size() > limit) return Unpacked::too_large;
    }
    return stream.avail_in == 0 ? Unpacked::whole : Unpacked::malformed;
}

}  // namespace merlon::api
