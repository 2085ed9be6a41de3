// Which of several ratings of one vulnerability to show, and whose words.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/knowledge.h"

namespace merlon::store {

struct Rating {
    int rank = 0;  // 0: there is none
    std::optional<double> score;
    std::string_view vector, version, word, rater;  // version "3.1"; word Low, Medium, High, Critical, None; as long as the advisory
};

// Newest CVSS version first; then NVD's own before the CNA's before CISA's; a mere word comes last.
Rating best_rating(Advisory const&);

// Lower is better: NVD, then CVE records, our own, vendors, collections; those without a description come last.
int text_rank(Advisory const&);

// "IMPORTANT", "moderate", "NEGLIGIBLE" ... as one of None, Low, Medium, High, Critical; "" when it is none of them.
std::string_view severity_word_of(std::string_view vendor_word);

}  // namespace merlon::store
