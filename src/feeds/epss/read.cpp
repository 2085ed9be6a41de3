#include "feeds/epss/read.h"

#include "base/text.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

// "#model_version:v2023.03.01,score_date:2023-03-07T00:00:00+0000"
void read_comment(std::string_view line, EpssScore& common) {
    for (auto const part : split(line.substr(1), ',')) {
        auto const colon = part.find(':');
        if (colon == std::string_view::npos) continue;
        auto const value = part.substr(colon + 1);
        if (part.substr(0, colon) == "model_version") common.model = value;
        // The zone is always +0000; the day is what counts.
        if (part.substr(0, colon) == "score_date") common.date = time_of(value.substr(0, 10));
    }
}

std::optional<double> probability(std::string_view text) {
    auto const value = to_double(text);
    return value && *value >= 0 && *value <= 1 ? value : std::nullopt;
}

}  // namespace

Status read_epss(Source const& source, Intake& intake) {
    EpssScore common;
    std::vector<std::string_view> columns;
    bool header_seen = false;
    bool has_percentile = false;
    TRY(lines_of(source, [&](std::string_view line, std::size_t number) -> Status {
        if (line.empty()) return {};
        if (line.front() == '#') {
            read_comment(line, common);
            return {};
        }
        if (!header_seen) {
            header_seen = true;
            has_percentile = line == "cve,epss,percentile";
            if (!has_percentile && line != "cve,epss")
                return fail("feeds.damaged_line", source.name, std::to_string(number),
                            "the columns are not cve,epss or cve,epss,percentile");
            return {};
        }
        columns = split(line, ',');
        auto const where = "line " + std::to_string(number);
        if (columns.size() != (has_percentile ? 3U : 2U))
            return fail("feeds.damaged_line", source.name, std::to_string(number),
                        "it has " + std::to_string(columns.size()) + " columns");
        auto const score = probability(columns[1]);
        auto const percentile = has_percentile ? probability(columns[2]) : std::optional(0.0);
        if (!is_cve_id(columns[0]) || !score || !percentile) {
            intake.reject(where, "it is no CVE with a probability");
            return {};
        }
        return intake.keep(EpssScore{std::string(columns[0]), *score, *percentile, common.date, common.model});
    }));
    if (!header_seen) return fail("feeds.wrong_shape", source.name, "it has no line with column names");
    intake.data_time(common.date);
    return {};
}

}  // namespace merlon::feeds
