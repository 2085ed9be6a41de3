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

}  // namespace merlon::api
