#include "hunt/functions/runtime/terms.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

bool equal_bytes(char const* text, char const* needle, std::size_t size, bool fold_ascii) {
    if (!fold_ascii) return std::memcmp(text, needle, size) == 0;
    for (std::size_t i = 0; i < size; ++i)
        if (ascii_fold(text[i]) != needle[i]) return false;
    return true;
}

bool is_lower_letter(char c) { return c >= 'a' && c <= 'z'; }

std::size_t find_plainly(std::string_view text, std::string_view needle, std::size_t from, bool fold_ascii) {
    for (auto at = from; at + needle.size() <= text.size(); ++at)
        if (equal_bytes(text.data() + at, needle.data(), needle.size(), fold_ascii)) return at;
    return std::string_view::npos;
}

#if defined(__SSE2__)
// Sixteen places at a time: the first and the last byte of the needle must both fit before the rest is compared.
// A letter is compared with bit 5 set, which may let other bytes through; the full comparison sorts them out.
std::size_t find_by_ends(std::string_view text, std::string_view needle, std::size_t from, bool fold_ascii) {
    auto const mask_of = [fold_ascii](char c) { return _mm_set1_epi8(fold_ascii && is_lower_letter(c) ? 0x20 : 0); };
    auto const first = _mm_set1_epi8(needle.front());
    auto const last = _mm_set1_epi8(needle.back());
    auto const first_mask = mask_of(needle.front());
    auto const last_mask = mask_of(needle.back());
    auto const span = needle.size() - 1;
    auto at = from;
    for (; at + span + 16 <= text.size(); at += 16) {
        auto const head = _mm_loadu_si128(reinterpret_cast<__m128i const*>(text.data() + at));
        auto const tail = _mm_loadu_si128(reinterpret_cast<__m128i const*>(text.data() + at + span));
        auto const fits = _mm_and_si128(_mm_cmpeq_epi8(_mm_or_si128(head, first_mask), first),
                                        _mm_cmpeq_epi8(_mm_or_si128(tail, last_mask), last));
        auto places = static_cast<unsigned>(_mm_movemask_epi8(fits));
        while (places != 0) {
            auto const place = at + static_cast<std::size_t>(std::countr_zero(places));
            if (equal_bytes(text.data() + place, needle.data(), needle.size(), fold_ascii)) return place;
            places &= places - 1;
        }
    }
    return find_plainly(text, needle, at, fold_ascii);
}
#endif

bool border_char_at(std::string_view text, std::size_t at) {
    auto const c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) return is_ascii_alphanumeric(c);
    return is_term_character(decode_at(text, at).code);
}

bool border_char_before(std::string_view text, std::size_t end) {
    auto const c = text[end - 1];
    if (static_cast<unsigned char>(c) < 0x80) return is_ascii_alphanumeric(c);
    return is_term_character(decode_before(text, end));
}

}  // namespace

std::size_t find_bytes(std::string_view text, std::string_view needle, std::size_t from, bool fold_ascii) {
    if (from > text.size()) return std::string_view::npos;
    if (needle.empty()) return from;
    if (text.size() - from < needle.size()) return std::string_view::npos;
#if defined(__SSE2__)
    return find_by_ends(text, needle, from, fold_ascii);
#else
    return find_plainly(text, needle, from, fold_ascii);
#endif
}

Needle::Needle(TextTest test, Case how, std::string_view needle) : test_(test), how_(how) {
    bool const ascii = is_ascii(needle);
    by_bytes_ = ascii || how == Case::exact;
    if (by_bytes_) {
        bytes_ = needle;
        if (how == Case::fold)
            for (char& c : bytes_) c = ascii_fold(c);
    } else {
        for (std::size_t at = 0; at < needle.size();) {
            auto const [code, next] = decode_at(needle, at);
            folded_ += fold(code);
            at = next;
        }
    }
    if (needle.empty()) return;
    left_border_ = (test == TextTest::has || test == TextTest::has_prefix) && border_char_at(needle, 0);
    right_border_ = (test == TextTest::has || test == TextTest::has_suffix) && border_char_before(needle, needle.size());
}

bool Needle::matches(std::string_view text) const {
    bool const folds = how_ == Case::fold;
    if (by_bytes_) {
        auto const size = bytes_.size();
        switch (test_) {
        case TextTest::equals:
            return text.size() == size && equal_bytes(text.data(), bytes_.data(), size, folds);
        case TextTest::starts_with:
            return text.size() >= size && equal_bytes(text.data(), bytes_.data(), size, folds);
        case TextTest::ends_with:
            return text.size() >= size && equal_bytes(text.data() + text.size() - size, bytes_.data(), size, folds);
        case TextTest::contains:
            return find_bytes(text, bytes_, 0, folds) != std::string_view::npos;
        default:
            return search_bytes(text);
        }
    }
    return search_code_points(text);
}

// A border holds where the neighbour does not continue the term.
bool Needle::accepts(std::string_view text, std::size_t begin, std::size_t end) const {
    if (left_border_ && begin > 0 && border_char_before(text, begin)) return false;
    return !(right_border_ && end < text.size() && border_char_at(text, end));
}

bool Needle::search_bytes(std::string_view text) const {
    bool const folds = how_ == Case::fold;
    if (bytes_.empty()) return true;
    for (auto at = find_bytes(text, bytes_, 0, folds); at != std::string_view::npos;
         at = find_bytes(text, bytes_, at + 1, folds))
        if (accepts(text, at, at + bytes_.size())) return true;
    return false;
}

bool Needle::search_code_points(std::string_view text) const {
    auto const matches_at = [&](std::size_t start, std::size_t& end) {
        auto at = start;
        for (char32_t const wanted : folded_) {
            if (at >= text.size()) return false;
            auto const [code, next] = decode_at(text, at);
            if (fold(code) != wanted) return false;
            at = next;
        }
        end = at;
        return true;
    };
    for (std::size_t start = 0; start < text.size(); start = decode_at(text, start).next) {
        std::size_t end = 0;
        bool const found = matches_at(start, end);
        switch (test_) {
        case TextTest::equals: return found && end == text.size();
        case TextTest::starts_with: return found;
        case TextTest::ends_with:
            if (found && end == text.size()) return true;
            break;
        case TextTest::contains:
            if (found) return true;
            break;
        default:
            if (found && accepts(text, start, end)) return true;
        }
    }
    return false;
}

NeedleList::NeedleList(TextTest test, Case how, std::vector<std::string> const& needles) {
    needles_.reserve(needles.size());
    for (auto const& needle : needles) needles_.emplace_back(test, how, needle);
}

bool NeedleList::any(std::string_view text) const { return first(text) >= 0; }

bool NeedleList::all(std::string_view text) const {
    for (auto const& needle : needles_)
        if (!needle.matches(text)) return false;
    return true;
}

std::ptrdiff_t NeedleList::first(std::string_view text) const {
    for (std::size_t i = 0; i < needles_.size(); ++i)
        if (needles_[i].matches(text)) return static_cast<std::ptrdiff_t>(i);
    return -1;
}

bool equal_folded(std::string_view left, std::string_view right) {
    std::size_t i = 0, j = 0;
    while (i < left.size() && j < right.size()) {
        auto const a = static_cast<unsigned char>(left[i]);
        auto const b = static_cast<unsigned char>(right[j]);
        if (a < 0x80 || b < 0x80) {
            if (ascii_fold(left[i]) != ascii_fold(right[j])) return false;
            ++i, ++j;
            continue;
        }
        auto const [code_a, next_a] = decode_at(left, i);
        auto const [code_b, next_b] = decode_at(right, j);
        if (code_a != code_b && fold(code_a) != fold(code_b)) return false;
        i = next_a;
        j = next_b;
    }
    return i == left.size() && j == right.size();
}

}  // namespace merlon::hunt
