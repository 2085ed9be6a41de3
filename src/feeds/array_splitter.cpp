#include "feeds/array_splitter.h"

#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "feeds/source.h"

namespace merlon::feeds {
namespace {

constexpr std::size_t most_around_bytes = std::size_t{16} << 20;

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

#if defined(__SSE2__)
struct Masks {
    std::uint64_t quotes = 0, slashes = 0, opens = 0, closes = 0;
};

Masks masks_of(char const* block) {
    Masks masks;
    for (int part = 0; part < 4; ++part) {
        auto const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(block + 16 * part));
        auto const where = [&](char c) {
            auto const hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c))));
            return static_cast<std::uint64_t>(hits) << (16 * part);
        };
        masks.quotes |= where('"');
        masks.slashes |= where('\\');
        masks.opens |= where('{');
        masks.closes |= where('}');
    }
    return masks;
}

// Bit i tells whether an odd number of quotes stands at or before i.
std::uint64_t parity_of(std::uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}
#endif

}  // namespace

ArraySplitter::ArraySplitter(std::string name, std::string key, Take take)
    : name_(std::move(name)), key_(std::move(key)), take_(std::move(take)) {}

// Copies the document's head until the array opens; returns how much of the piece it took.
std::size_t ArraySplitter::skip_before(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
        char const c = piece[i];
        around_ += c;
        if (in_string_) {
            if (escaped_) escaped_ = false;
            else if (c == '\\') escaped_ = true;
            else if (c == '"') in_string_ = false;
            if (in_string_ && text_.size() < 256) text_ += c;
            continue;
        }
        if (is_blank(c)) continue;
        if (c == '"') {
            in_string_ = true;
            key_found_ = false;
            text_.clear();
            continue;
        }
        bool const opens_wanted =
            c == '[' && (key_.empty() ? depth_ == 0 : depth_ == 1 && want_value_);
        if (opens_wanted) {
            state_ = State::between;
            return i + 1;
        }
        want_value_ = c == ':' && depth_ == 1 && text_ == key_;
        if (c == '{' || c == '[') ++depth_;
        if (c == '}' || c == ']') --depth_;
    }
    return piece.size();
}

Result<std::size_t> ArraySplitter::skip_between(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
        char const c = piece[i];
        if (is_blank(c) || c == ',') continue;
        if (c == ']') {
            around_ += c;
            state_ = State::after;
            return i + 1;
        }
        if (c != '{')
            return fail("feeds.no_object", name_, std::to_string(offset_ + i), key_.empty() ? "the document" : key_);
        state_ = State::inside;
        object_offset_ = offset_ + i;
        depth_ = 0;
        in_string_ = escaped_ = false;
        return i;
    }
    return piece.size();
}

// Offset one past the object's end, or npos when it goes on in the next piece.
std::size_t ArraySplitter::scan_object(std::string_view piece) {
    std::size_t i = 0;
    auto const step = [&](char c) {
        if (in_string_) {
            if (escaped_) escaped_ = false;
            else if (c == '\\') escaped_ = true;
            else if (c == '"') in_string_ = false;
        } else if (c == '"') in_string_ = true;
        else if (c == '{') ++depth_;
        else if (c == '}') return --depth_ == 0;
        return false;
    };
    while (i < piece.size()) {
#if defined(__SSE2__)
        if (i + 64 <= piece.size() && !escaped_) {
            auto const masks = masks_of(piece.data() + i);
            if (masks.slashes == 0) {
                auto const inside = parity_of(masks.quotes) ^ (in_string_ ? ~std::uint64_t{0} : 0);
                auto braces = (masks.opens | masks.closes) & ~inside;
                while (braces != 0) {
                    auto const place = std::countr_zero(braces);
                    braces &= braces - 1;
                    depth_ += (masks.opens >> place & 1) != 0 ? 1 : -1;
                    if (depth_ == 0) return i + static_cast<std::size_t>(place) + 1;
                }
                in_string_ = (inside >> 63) != 0;
                i += 64;
                continue;
            }
        }
#endif
        auto const end = std::min(i + 64, piece.size());
        for (; i < end; ++i)
            if (step(piece[i])) return i + 1;
    }
    return std::string_view::npos;
}

Status ArraySplitter::take_object(std::string_view piece, std::size_t end) {
    state_ = State::between;
    if (held_.empty()) return take_(piece.substr(0, end), object_offset_);
    held_ += piece.substr(0, end);
    auto taken = take_(held_, object_offset_);
    held_.clear();
    return taken;
}

Status ArraySplitter::feed(std::string_view piece) {
    if (offset_ == 0 && piece.starts_with("\xEF\xBB\xBF")) {
        piece.remove_prefix(3);
        offset_ = 3;
    }
    while (!piece.empty()) {
        std::size_t used = piece.size();
        if (state_ == State::before) {
            used = skip_before(piece);
        } else if (state_ == State::between) {
            used = TRY(skip_between(piece));
        } else if (state_ == State::inside) {
            auto const end = scan_object(piece);
            if (end == std::string_view::npos) {
                held_ += piece;
                if (held_.size() > most_record_bytes)
                    return fail("feeds.record_too_large", name_, std::to_string(object_offset_),
                                std::to_string(most_record_bytes));
            } else {
                TRY(take_object(piece, end));
                used = end;
            }
        } else {
            around_ += piece;
        }
        if (around_.size() > most_around_bytes) return fail("feeds.no_array", name_, key_.empty() ? "[" : key_);
        offset_ += used;
        piece.remove_prefix(used);
    }
    return {};
}

Result<std::string> ArraySplitter::finish() {
    if (state_ == State::before) return fail("feeds.no_array", name_, key_.empty() ? "[" : key_);
    if (state_ != State::after)
        return fail("feeds.cut_off", name_, std::to_string(offset_),
                    std::to_string(state_ == State::inside ? object_offset_ : offset_));
    return std::move(around_);
}

}  // namespace merlon::feeds
