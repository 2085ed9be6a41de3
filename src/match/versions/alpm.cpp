// Arch Linux: vercmp(8) of pacman, lib/libalpm/version.c. epoch:version-release; runs of digits or letters; a longer run
// of separators is newer; letters are older than a number or the end (1.0rc < 1.0 < 1.0.a); the release counts only
// when both have one. The last two rules make it no total order, hence a comparison and no key.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

bool is_word(char c) { return is_digit(c) || is_letter(c); }

std::size_t skip_separators(std::string_view& text) {
    std::size_t count = 0;
    while (count < text.size() && !is_word(text[count])) ++count;
    text.remove_prefix(count);
    return count;
}

std::string_view take_run(std::string_view& text, bool digits) {
    std::size_t count = 0;
    while (count < text.size() && (digits ? is_digit(text[count]) : is_letter(text[count]))) ++count;
    auto const run = text.substr(0, count);
    text.remove_prefix(count);
    return run;
}

int compare_part(std::string_view a, std::string_view b) {
    if (a == b) return 0;
    while (!a.empty() && !b.empty()) {
        auto const left_separators = skip_separators(a);
        auto const right_separators = skip_separators(b);
        if (a.empty() || b.empty()) break;
        if (left_separators != right_separators) return left_separators < right_separators ? -1 : 1;
        bool const digits = is_digit(a.front());
        auto const left = take_run(a, digits);
        auto const right = take_run(b, digits);
        if (right.empty()) return digits ? 1 : -1;
        int const order = digits ? compare_digits(left, right) : left.compare(right);
        if (order != 0) return order < 0 ? -1 : 1;
    }
    if (a.empty() && b.empty()) return 0;
    bool const right_letter = !b.empty() && is_letter(b.front());
    bool const left_letter = !a.empty() && is_letter(a.front());
    return (a.empty() && !right_letter) || left_letter ? -1 : 1;
}

struct Parts {
    std::string_view epoch = "0", version, release;
    bool released = false;
};

Parts parts_of(std::string_view text) {
    Parts parts;
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    if (digits < text.size() && text[digits] == ':') {
        if (digits > 0) parts.epoch = text.substr(0, digits);
        text.remove_prefix(digits + 1);
    }
    auto const hyphen = text.rfind('-');
    parts.version = text.substr(0, hyphen);
    parts.released = hyphen != std::string_view::npos;
    if (parts.released) parts.release = text.substr(hyphen + 1);
    return parts;
}

}  // namespace

int alpm_compare(std::string_view a, std::string_view b) {
    auto const left = parts_of(a);
    auto const right = parts_of(b);
    if (int const order = compare_part(left.epoch, right.epoch); order != 0) return order;
    if (int const order = compare_part(left.version, right.version); order != 0) return order;
    return left.released && right.released ? compare_part(left.release, right.release) : 0;
}

}  // namespace merlon::match
