// For the tests of readers: reads a text of a known kind and keeps what the reader gave.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "feeds/read.h"

namespace merlon::feeds {

struct ReadText {
    Status status;
    IntakeCounts counts;
    std::vector<Advisory> advisories;
    std::vector<ExploitFact> facts;
    std::vector<EpssScore> scores;
    std::vector<LifecycleProduct> products;
};

// Recognises and reads.
inline ReadText read_text(std::string text, std::string name = "test") {
    ReadText read;
    Intake intake([&](KnowledgeRecord record) -> Status {
        if (auto* advisory = std::get_if<Advisory>(&record)) read.advisories.push_back(std::move(*advisory));
        else if (auto* fact = std::get_if<ExploitFact>(&record)) read.facts.push_back(std::move(*fact));
        else if (auto* score = std::get_if<EpssScore>(&record)) read.scores.push_back(std::move(*score));
        else if (auto* product = std::get_if<LifecycleProduct>(&record)) read.products.push_back(std::move(*product));
        return {};
    });
    auto const format = recognise(text, name);
    if (format) read.status = read_source({.name = name, .path = {}, .bytes = std::move(text)}, *format, intake);
    else read.status = std::unexpected(format.error());
    read.counts = std::move(intake.counts);
    return read;
}

// Bounds of a range as one text: "[1.0, 2.0)".
inline std::string range_text(VersionRange const& range) {
    return std::string(range.from_inclusive ? "[" : "(") + range.from + ", " + range.to + (range.to_inclusive ? "]" : ")");
}

}  // namespace merlon::feeds
