#include "match/hotfixes.h"

#include "base/json_read.h"

namespace merlon::match {

Result<Supersedence> Supersedence::read(store::Connection& connection) {
    Supersedence made;
    auto rows = TRY(connection.query("SELECT id, aliases, source = 'msrc-kb' FROM main.advisory WHERE source IN ('windows-kb', 'msrc-kb') AND aliases <> '[]'"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const others = TRY(json::Document::parse(chunk->columns[1].text(row), "aliases"));
            std::string const kb(chunk->columns[0].text(row));
            bool const replaces_them = chunk->columns[2].boolean(row);
            for (auto const other : json::array(others.root())) {
                std::string const name(json::text(other));
                made.replaced_by_[replaces_them ? name : kb].push_back(replaces_them ? kb : name);
            }
        }
    return made;
}

std::vector<std::string> Supersedence::as_good_as(std::string const& kb) const {
    std::set<std::string> seen{kb};
    std::vector<std::string> open{kb};
    while (!open.empty()) {
        auto const at = std::move(open.back());
        open.pop_back();
        auto const found = replaced_by_.find(at);
        if (found == replaced_by_.end()) continue;
        for (auto const& newer : found->second)
            if (seen.insert(newer).second) open.push_back(newer);
    }
    return {seen.begin(), seen.end()};
}

}  // namespace merlon::match
