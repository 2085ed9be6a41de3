// What a change of knowledge touches.
#include <algorithm>
#include <unordered_set>

#include "base/json_text.h"
#include "base/parallel.h"
#include "match/run.h"
#include "store/inventory.h"

namespace merlon::match {
namespace {

// Software that is identified by one of these subjects, by the lists in table identity.
Status add_identified(store::Connection& connection, std::span<std::string const> subjects, std::vector<std::int64_t>& software) {
    std::unordered_set<std::string> wanted;  // as JSON writes them
    for (auto const& subject : subjects) {
        std::string text;
        append_json_string(text, subject);
        wanted.insert(text.substr(1, text.size() - 2));
    }
    constexpr std::string_view before = "{\"subject\":\"", behind = "\",\"confidence\":";
    std::string name;
    auto rows = TRY(connection.query("SELECT software, candidates FROM main.identity"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto list = chunk->columns[1].text(row);
            for (auto at = list.find(before); at != std::string_view::npos; at = list.find(before)) {
                list.remove_prefix(at + before.size());
                name = list.substr(0, list.find(behind));
                if (!wanted.contains(name)) continue;
                software.push_back(chunk->columns[0].int64(row));
                break;
            }
        }
    return {};
}

// Software that may now be taken for something else. A dictionary of the changed names alone finds at least what the whole one
// finds of them.
Status add_renamed(store::Connection& connection, std::span<std::string const> names, int threads, std::vector<std::int64_t>& software) {
    static auto const rules = IdentityRules::embedded();
    if (!rules) return std::unexpected(rules.error());
    std::vector<SoftwareKey> keys;
    std::vector<std::int64_t> ids;
    TRY(store::read_software(connection, [&](store::SoftwareRow row) -> Status {
        ids.push_back(row.id);
        keys.push_back(std::move(row.key));
        return {};
    }));
    std::unordered_set<std::string_view> const changed(names.begin(), names.end());
    VendorCatalog const catalog(names);
    std::vector<char> hit(keys.size());
    for_each_parallel(keys.size(), threads, [&](std::size_t i) {
        auto const identity = identify(keys[i], *rules, catalog);
        hit[i] = std::any_of(identity.candidates.begin(), identity.candidates.end(), [&](auto const& it) { return changed.contains(it.subject); });
    });
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (hit[i]) software.push_back(ids[i]);
    return {};
}

}  // namespace

Result<Touched> touched_by(store::Connection& connection, std::span<std::string const> changed_subjects, std::span<std::string const> changed_names,
                           int threads) {
    constexpr std::size_t most_subjects = 5'000;
    Touched touched;
    auto const is_ecosystem = [](std::string const& name) { return name.starts_with("pkg:") && name.find('/') == std::string::npos; };
    // Packages of a new ecosystem are assessed from now on, also those of which nothing is said.
    touched.everything = changed_subjects.size() > most_subjects || std::any_of(changed_names.begin(), changed_names.end(), is_ecosystem);
    if (touched.everything || changed_subjects.empty()) return touched;
    TRY(add_identified(connection, changed_subjects, touched.software));
    if (!changed_names.empty()) TRY(add_renamed(connection, changed_names, threads, touched.software));
    // What counted only as long as the distribution was silent has to be looked at again.
    if (std::any_of(changed_subjects.begin(), changed_subjects.end(), [](auto const& it) { return it.starts_with("pkg:"); })) {
        auto rows = TRY(connection.query(
            "SELECT DISTINCT f.software FROM main.finding f JOIN main.software s ON s.id = f.software WHERE s.distribution <> '' AND s.source IN "
            "('deb', 'rpm', 'apk', 'pacman') AND (starts_with(f.advisories, '[\"nvd:') OR starts_with(f.advisories, '[\"cve5:'))"));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row) touched.software.push_back(chunk->columns[0].int64(row));
    }
    std::sort(touched.software.begin(), touched.software.end());
    touched.software.erase(std::unique(touched.software.begin(), touched.software.end()), touched.software.end());
    return touched;
}

}  // namespace merlon::match
