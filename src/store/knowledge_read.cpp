#include <algorithm>
#include <deque>
#include <unordered_map>

#include "store/knowledge.h"
#include "store/knowledge_json.h"

namespace merlon::store {
namespace {

Result<json::Value> parsed(simdjson::dom::parser& parser, std::string_view text) {
    json::Value value;
    if (parser.parse(text.data(), text.size()).get(value) != simdjson::SUCCESS)
        return fail("store.statement_damaged", std::string(text));
    return value;
}

AdvisoryState state_of(std::string_view name) {
    for (auto const state : {AdvisoryState::rejected, AdvisoryState::withdrawn, AdvisoryState::disputed})
        if (advisory_state_name(state) == name) return state;
    return AdvisoryState::published;
}

// Puts the keys into a temporary table to join with.
Status ask_for(Connection& connection, std::span<std::string const> keys) {
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE asked_subject (subject VARCHAR)"));
    std::vector<std::string_view> distinct(keys.begin(), keys.end());
    std::ranges::sort(distinct);
    auto const repeated = std::ranges::unique(distinct);
    distinct.erase(repeated.begin(), repeated.end());
    auto asked = TRY(connection.appender("asked_subject"));
    for (auto const key : distinct) TRY(asked.text(key).end_row());
    return asked.close();
}

}  // namespace

Result<std::vector<StoredStatement>> statements_for(Connection& connection, std::span<std::string const> subject_keys) {
    if (subject_keys.empty()) return std::vector<StoredStatement>{};
    std::deque<StoredStatement> statements;  // does not move what it holds when it grows
    TRY(ask_for(connection, subject_keys));
    simdjson::dom::parser parser;
    std::unordered_map<std::int64_t, std::shared_ptr<AdvisoryHead const>> heads;
    auto head_rows = TRY(connection.query(
        "SELECT number, source, id, cves, aliases, state, modified, published FROM advisory WHERE number IN (SELECT advisory FROM "
        "affected SEMI JOIN asked_subject USING (subject))"));
    while (auto const chunk = TRY(head_rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& columns = chunk->columns;
            auto head = std::make_shared<AdvisoryHead>();
            head->number = columns[0].int64(row);
            head->source = columns[1].text(row);
            head->id = columns[2].text(row);
            head->cves = texts_of(TRY(parsed(parser, columns[3].text(row))));
            head->aliases = texts_of(TRY(parsed(parser, columns[4].text(row))));
            head->state = state_of(columns[5].text(row));
            head->modified = columns[6].int64(row);
            head->published = columns[7].int64(row);
            heads.emplace(head->number, std::move(head));
        }
    std::vector<std::pair<std::int64_t, std::size_t>> order;  // row in the table, place in `statements`
    auto rows = TRY(connection.query("SELECT advisory, subject, body, affected.rowid FROM affected SEMI JOIN "
                                     "asked_subject USING (subject)"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const head = heads.find(chunk->columns[0].int64(row));
            if (head == heads.end()) continue;  // no advisory: cannot be, both are written in one transaction
            auto const subject = chunk->columns[1].text(row);
            auto const body = TRY(parsed(parser, chunk->columns[2].text(row)));
            order.emplace_back(chunk->columns[3].int64(row), statements.size());
            auto affected = TRY(affected_of(subject, body));
            statements.push_back({std::string(subject), head->second, std::move(affected)});
        }
    TRY(connection.execute("DROP TABLE asked_subject"));
    std::ranges::sort(order, [&](auto const& left, auto const& right) {
        auto const& a = statements[left.second];
        auto const& b = statements[right.second];
        return std::tie(a.subject, a.advisory->source, a.advisory->id, left.first) <
               std::tie(b.subject, b.advisory->source, b.advisory->id, right.first);
    });
    std::vector<StoredStatement> sorted;
    sorted.reserve(statements.size());
    for (auto const& [row, place] : order) sorted.push_back(std::move(statements[place]));
    return sorted;
}

Result<std::vector<std::string>> known_subjects(Connection& connection, std::span<std::string const> subject_keys) {
    std::vector<std::string> known;
    if (subject_keys.empty()) return known;
    TRY(ask_for(connection, subject_keys));
    auto rows = TRY(connection.query("SELECT subject FROM asked_subject SEMI JOIN affected USING (subject)"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) known.emplace_back(chunk->columns[0].text(row));
    TRY(connection.execute("DROP TABLE asked_subject"));
    std::ranges::sort(known);
    return known;
}

Result<std::vector<LifecycleProduct>> lifecycle_products(Connection& connection) {
    std::vector<LifecycleProduct> products;
    simdjson::dom::parser parser;
    auto rows = TRY(connection.query("SELECT body FROM lifecycle ORDER BY source, slug"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            products.push_back(lifecycle_of(TRY(parsed(parser, chunk->columns[0].text(row)))));
    return products;
}

Result<std::vector<StoredFeed>> stored_feeds(Connection& connection) {
    std::vector<StoredFeed> feeds;
    auto rows = TRY(connection.query(
        "SELECT name, file, digest, loaded_at, data_time, records, kept, rejected FROM feed ORDER BY name, file"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& columns = chunk->columns;
            feeds.push_back({std::string(columns[0].text(row)), std::string(columns[1].text(row)),
                             std::string(columns[2].text(row)), columns[3].int64(row), columns[4].int64(row),
                             columns[5].int64(row), columns[6].int64(row), columns[7].int64(row)});
        }
    return feeds;
}

}  // namespace merlon::store
