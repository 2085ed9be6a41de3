#include "match/hotfixes.h"

#include "base/json_read.h"

namespace merlon::match {

Result<Supersedence> Supersedence::read(store::Connection& connection) {
    Supersedence made;
    auto rows = TRY(connection.query("SELECT id, aliases FROM main.advisory WHERE source = 'windows-kb' AND aliases <> '[]'"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const newer = TRY(json::Document::parse(chunk->columns[1].text(row), "aliases"));
            auto& list = made.replaced_by_[std::string(chunk->columns[0].text(row))];
            for (auto const entry : json::array(newer.root())) list.emplace_back(json::text(entry));
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
