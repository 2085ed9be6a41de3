// Packagist: PHP's version_compare (ext/standard/versioning.c). '-', '_' and '+' read '.', a '.' goes between digits and
// letters; parts: any other text < dev < alpha = a < beta = b < RC = rc < a number or the end < pl = p. It is not
// transitive around its own "#" mark, hence a comparison and no key.
#include <vector>

#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

std::string canonical(std::string_view version) {
    if (version.starts_with('v') || version.starts_with('V')) version.remove_prefix(1);
    std::string out;
    auto const dot = [&] {
        if (!out.empty() && out.back() != '.') out += '.';
    };
    char last = '\0';
    for (char const c : version) {
        bool const special = c == '-' || c == '_' || c == '+';
        bool const changes = last != '\0' && last != '.' && c != '.' && is_digit(last) != is_digit(c);
        if (special || (!is_digit(c) && !is_letter(c) && c != '#')) dot();
        else if (changes) (dot(), out += c);
        else out += c;
        last = c;
    }
    return out;
}

// A form is recognised by its beginning, as PHP's strncmp does.
int form_rank(std::string_view part) {
    struct Form {
        std::string_view name;
        int rank;
    };
    static constexpr std::array<Form, 10> forms{{{"dev", 0}, {"alpha", 1}, {"a", 1}, {"beta", 2}, {"b", 2},
                                                 {"RC", 3}, {"rc", 3}, {"#", 4}, {"pl", 5}, {"p", 5}}};
    for (auto const& form : forms)
        if (part.starts_with(form.name)) return form.rank;
    return -1;
}

int compare_ranks(int a, int b) { return a < b ? -1 : a > b ? 1 : 0; }

std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at < text.size();) {
        auto const dot = std::min(text.find('.', at), text.size());
        parts.push_back(text.substr(at, dot - at));
        at = dot + 1;
    }
    return parts;
}

}  // namespace

int packagist_compare(std::string_view a, std::string_view b) {
    auto const left_text = canonical(a);
    auto const right_text = canonical(b);
    auto const left = parts_of(left_text);
    auto const right = parts_of(right_text);
    constexpr int number_rank = 4;
    auto const numeric = [](std::string_view part) { return !part.empty() && is_digit(part.front()); };
    std::size_t i = 0;
    for (; i < left.size() && i < right.size(); ++i) {
        bool const left_number = numeric(left[i]);
        bool const right_number = numeric(right[i]);
        int const order = left_number && right_number
                              ? compare_digits(left[i], right[i])
                              : compare_ranks(left_number ? number_rank : form_rank(left[i]),
                                              right_number ? number_rank : form_rank(right[i]));
        if (order != 0) return order;
    }
    if (i < left.size()) return numeric(left[i]) ? 1 : compare_ranks(form_rank(left[i]), number_rank);
    if (i < right.size()) return numeric(right[i]) ? -1 : compare_ranks(number_rank, form_rank(right[i]));
    return 0;
}

}  // namespace merlon::match
