#include "feeds/kev/read.h"

#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {

Status read_kev(Source const& source, Intake& intake) {
    std::int64_t seen = 0;
    auto const around = TRY(each_in_array(source, "vulnerabilities", [&](json::Value entry, std::uint64_t offset) -> Status {
        ++seen;
        auto const cve = std::string(json::text(entry, "cveID"));
        if (!is_cve_id(cve)) {
            intake.reject(cve.empty() ? "byte " + std::to_string(offset) : cve, "its cveID is no CVE number");
            return {};
        }
        std::vector<ExploitFact> facts;
        facts.push_back({.cve = cve, .source = "kev", .kind = "exploited", .date = time_of(json::text(entry, "dateAdded")),
                         .due = time_of(json::text(entry, "dueDate")),
                         .detail = std::string(json::text(entry, "requiredAction"))});
        if (facts[0].date == 0) {
            intake.reject(cve, "its dateAdded is no date");
            return {};
        }
        if (json::text(entry, "knownRansomwareCampaignUse") == "Known")
            facts.push_back({.cve = cve, .source = "kev", .kind = "ransomware", .date = facts[0].date});
        return intake.keep(std::move(facts));
    }));
    auto const document = TRY(json::Document::parse(around, source.name));
    intake.data_time(time_of(json::text(document.root(), "dateReleased")));
    if (auto const said = json::integer(document.root(), "count"); said && *said != seen)
        intake.note("it says that it holds " + std::to_string(*said) + " entries, but it holds " + std::to_string(seen));
    return {};
}

}  // namespace merlon::feeds
