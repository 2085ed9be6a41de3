#include "store/knowledge_reach.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/text.h"
#include "store/knowledge.h"

namespace merlon::store {

std::int32_t year_of_last_cve(std::string_view cves) {
    constexpr std::string_view mark = "CVE-";
    for (auto at = cves.rfind(mark); at != std::string_view::npos; at = at == 0 ? std::string_view::npos : cves.rfind(mark, at - 1)) {
        auto const year = cves.substr(at + mark.size(), 4);
        auto const rest = cves.substr(at + mark.size() + year.size());
        if (year.size() == 4 && rest.starts_with('-') && std::ranges::all_of(year, [](char c) { return c >= '0' && c <= '9'; }))
            return static_cast<std::int32_t>(to_int(year).value_or(0));
    }
    return 0;
}

void EcosystemReach::note(std::int32_t subject, std::string_view name, Ticks newest, std::int32_t year) {
    auto const at = static_cast<std::size_t>(subject);
    if (at >= of_subject_.size()) of_subject_.resize(at + at / 2 + 1);
    auto& place = of_subject_[at];
    if (!place.known) place = {true, name.starts_with("pkg:") ? &reach_[std::string(name.substr(0, name.find('/')))] : nullptr};
    if (place.reach) *place.reach = {std::max(place.reach->newest, newest), std::max(place.reach->year, year)};
}

Result<std::vector<std::string>> EcosystemReach::settle(Connection& connection, std::span<std::string const> changed_subjects, bool some_went) {
    std::set<std::string, std::less<>> changed;
    for (auto const& subject : changed_subjects)
        if (auto const name = std::string_view(subject); name.starts_with("pkg:"))
            if (auto const ecosystem = name.substr(0, name.find('/')); !changed.contains(ecosystem)) changed.emplace(ecosystem);
    std::vector<std::string> came_or_went;
    if (changed.empty()) return came_or_went;
    auto const stored = TRY(ecosystems(connection));
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE loading_ecosystem (name VARCHAR)"));
    auto names = TRY(connection.appender("loading_ecosystem"));
    for (auto const& name : changed) TRY(names.text(name).end_row());
    TRY(names.close());
    TRY(connection.execute("DELETE FROM ecosystem WHERE name IN (SELECT name FROM loading_ecosystem)"));
    if (some_went) {
        TRY(connection.execute(
            "INSERT INTO ecosystem SELECT w.ecosystem, max(greatest(a.modified, a.published)), "
            "coalesce(max(CASE WHEN a.published = 0 THEN try_cast(regexp_extract(a.cves, '.*CVE-([0-9]{4})-', 1) AS INTEGER) END), 0) "
            "FROM (SELECT number, split_part(name, '/', 1) AS ecosystem FROM subject WHERE starts_with(name, 'pkg:')) w "
            "SEMI JOIN loading_ecosystem l ON l.name = w.ecosystem JOIN statement f ON f.subject = w.number JOIN advisory a ON a.number = f.advisory GROUP BY 1"));
    } else {
        auto table = TRY(connection.appender("ecosystem"));
        for (auto const& name : changed) {
            auto reach = reach_[name];
            if (auto const before = std::ranges::find(stored, name, &Ecosystem::name); before != stored.end())
                reach = {std::max(reach.newest, before->newest), std::max(reach.year, before->year)};
            TRY(table.text(name).int64(reach.newest).int32(reach.year).end_row());
        }
        TRY(table.close());
    }
    TRY(connection.execute("DROP TABLE loading_ecosystem"));
    std::set<std::string> before, after;
    for (auto const& one : stored) before.insert(one.name);
    for (auto& one : TRY(ecosystems(connection))) after.insert(std::move(one.name));
    std::ranges::set_symmetric_difference(before, after, std::back_inserter(came_or_went));
    return came_or_went;
}

}  // namespace merlon::store
