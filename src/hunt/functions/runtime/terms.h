// KQL's string operators: has and its relatives, contains, startswith, endswith, =~.
//
// A term is a maximal run of Unicode letters and digits; everything else, `_` included, ends it. `has` is a substring
// test with a border at each end of the needle whose outermost character belongs to a term: there the neighbour in
// the text must not. hasprefix asks for the left border only, hassuffix for the right one. An empty needle matches
// everything. Without `_cs` the comparison folds case for all of Unicode (see fold()).
// Source: shared semantics guide, section 7.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace merlon::hunt {

enum class TextTest {
    has,
    has_prefix,
    has_suffix,
    contains,
    starts_with,
    ends_with,
    equals,
};
enum class Case { fold, exact };

// A needle made ready once and used for many texts.
class Needle {
public:
    Needle(TextTest test, Case how, std::string_view needle);
    bool matches(std::string_view text) const;

private:
    bool accepts(std::string_view text, std::size_t begin, std::size_t end) const;
    bool search_bytes(std::string_view text) const;
    bool search_code_points(std::string_view text) const;

    TextTest test_;
    Case how_;
    bool left_border_ = false;
    bool right_border_ = false;
    bool by_bytes_ = true;      // an ASCII or case-sensitive needle is compared byte by byte
    std::string bytes_;         // ASCII letters in lower case when folding
    std::u32string folded_;     // for a needle beyond ASCII
};

// has_any / has_all over a list.
class NeedleList {
public:
    NeedleList(TextTest test, Case how, std::vector<std::string> const& needles);
    bool any(std::string_view text) const;
    bool all(std::string_view text) const;
    // The place of the first entry that matches, or -1.
    std::ptrdiff_t first(std::string_view text) const;

private:
    std::vector<Needle> needles_;
};

// Ordinal comparison ignoring case.
bool equal_folded(std::string_view, std::string_view);

// The offset of `needle` (ASCII letters in lower case when `fold_ascii`) in `text` from `from` on, or npos.
std::size_t find_bytes(std::string_view text, std::string_view needle, std::size_t from, bool fold_ascii);

}  // namespace merlon::hunt
