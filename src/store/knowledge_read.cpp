#include <algorithm>
#include <unordered_map>

#include "store/knowledge.h"
#include "store/knowledge_json.h"
#include "store/texts.h"

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

// Puts the keys into a temporary table to join with, and gives them back sorted, each once.
Result<std::vector<std::string_view>> ask_for(Connection& connection, std::span<std::string const> keys) {
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE asked_subject (subject VARCHAR, place INTEGER)"));
    std::vector<std::string_view> distinct(keys.begin(), keys.end());
    std::ranges::sort(distinct);
    auto const repeated = std::ranges::unique(distinct);
    distinct.erase(repeated.begin(), repeated.end());
    auto asked = TRY(connection.appender("asked_subject"));
    for (std::int32_t place = 0; auto const key : distinct) TRY(asked.text(key).int32(place++).end_row());
    TRY(asked.close());
    return distinct;
}

struct StatementRow {
    std::int64_t advisory = 0, row = 0;  // row: place in the table, the order in which the advisory gives them
    std::int32_t subject = 0;            // place among the keys
    std::size_t head = 0;                // place among the advisories
    std::string_view body;
};

struct HeadRow {
    std::int64_t number = 0;
    std::string_view source, id, cves, aliases, state;
    Ticks modified = 0, published = 0;
};

Result<std::vector<StatementRow>> read_statement_rows(Connection& connection, Texts& texts) {
    std::vector<StatementRow> all;
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE asked_number AS SELECT s.number, a.place FROM subject s JOIN asked_subject a ON a.subject = s.name"));
    auto rows = TRY(connection.query("SELECT f.advisory, n.place, f.body, f.rowid FROM statement f JOIN asked_number n ON n.number = f.subject"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            all.push_back({c[0].int64(row), c[3].int64(row), c[1].int32(row), 0, texts.keep(c[2].text(row))});
        }
    return all;
}

// Of the advisories that made these statements, by number.
Result<std::vector<HeadRow>> read_head_rows(Connection& connection, std::span<StatementRow const> statements, Texts& texts) {
    std::vector<std::int64_t> numbers;
    numbers.reserve(statements.size());
    for (auto const& one : statements) numbers.push_back(one.advisory);
    std::ranges::sort(numbers);
    auto const repeated = std::ranges::unique(numbers);
    numbers.erase(repeated.begin(), repeated.end());
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE asked_advisory (number BIGINT)"));
    auto asked = TRY(connection.appender("asked_advisory"));
    for (auto const number : numbers) TRY(asked.int64(number).end_row());
    TRY(asked.close());
    std::vector<HeadRow> heads;
    heads.reserve(numbers.size());
    auto rows = TRY(connection.query("SELECT number, source, id, cves, aliases, state, modified, published FROM advisory SEMI JOIN asked_advisory USING (number)"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            auto& head = heads.emplace_back();
            head.number = c[0].int64(row);
            std::size_t at = 1;
            for (auto* text : {&head.source, &head.id, &head.cves, &head.aliases, &head.state}) *text = texts.keep(c[at++].text(row));
            head.modified = c[6].int64(row);
            head.published = c[7].int64(row);
        }
    std::ranges::sort(heads, {}, &HeadRow::number);
    TRY(connection.execute("DROP TABLE asked_advisory"));
    return heads;
}

Result<std::shared_ptr<AdvisoryHead const>> head_of(HeadRow const& row) {
    auto head = std::make_shared<AdvisoryHead>();
    head->number = row.number;
    head->source = row.source;
    head->id = row.id;
    auto cves = text_list(row.cves), aliases = text_list(row.aliases);
    if (!cves || !aliases) return fail("store.statement_damaged", std::string(cves ? row.aliases : row.cves));
    head->cves = std::move(*cves);
    head->aliases = std::move(*aliases);
    head->state = state_of(row.state);
    head->modified = row.modified;
    head->published = row.published;
    return head;
}

}  // namespace

struct Statements::State {
    Texts texts;  // what the rows look into
    std::vector<StatementRow> rows;  // of one subject after the other
    std::vector<HeadRow> heads;      // by number
    std::unordered_map<std::string, std::span<StatementRow const>> of_subject;
};

std::size_t Statements::count() const { return state_->rows.size(); }

Result<std::vector<StoredStatement>> Statements::of(std::string_view subject) const {
    std::vector<StoredStatement> statements;
    std::string const key(subject);
    auto const found = state_->of_subject.find(key);
    if (found == state_->of_subject.end()) return statements;
    std::vector<std::pair<HeadRow const*, StatementRow const*>> order;
    order.reserve(found->second.size());
    for (auto const& row : found->second) order.emplace_back(&state_->heads[row.head], &row);
    std::ranges::sort(order, [](auto const& a, auto const& b) {
        return std::tie(a.first->source, a.first->id, a.second->row) < std::tie(b.first->source, b.first->id, b.second->row);
    });
    statements.reserve(order.size());
    thread_local simdjson::dom::parser parser;
    HeadRow const* last = nullptr;
    std::shared_ptr<AdvisoryHead const> head;
    for (auto const& [head_row, row] : order) {
        if (head_row != last) head = TRY(head_of(*head_row));
        last = head_row;
        auto affected = TRY(affected_of(key, TRY(parsed(parser, row->body))));
        statements.push_back({key, head, std::move(affected)});
    }
    return statements;
}

Result<Statements> statements_for(Connection& connection, std::span<std::string const> subject_keys) {
    auto state = std::make_shared<Statements::State>();
    if (subject_keys.empty()) return Statements(std::move(state));
    auto const subjects = TRY(ask_for(connection, subject_keys));
    auto rows = TRY(read_statement_rows(connection, state->texts));
    TRY(connection.execute("DROP TABLE asked_subject; DROP TABLE asked_number"));
    auto& heads = state->heads;
    heads = TRY(read_head_rows(connection, rows, state->texts));
    std::erase_if(rows, [&](StatementRow& row) {  // none goes: both are written in one transaction
        row.head = static_cast<std::size_t>(std::ranges::lower_bound(heads, row.advisory, {}, &HeadRow::number) - heads.begin());
        return row.head == heads.size() || heads[row.head].number != row.advisory;
    });
    std::vector<std::size_t> begins(subjects.size() + 1);
    for (auto const& row : rows) ++begins[static_cast<std::size_t>(row.subject) + 1];
    for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
    state->rows.resize(rows.size());
    auto next = begins;
    for (auto const& row : rows) state->rows[next[static_cast<std::size_t>(row.subject)]++] = row;
    for (std::size_t i = 0; i < subjects.size(); ++i)
        if (begins[i] != begins[i + 1])
            state->of_subject.emplace(subjects[i], std::span<StatementRow const>(state->rows).subspan(begins[i], begins[i + 1] - begins[i]));
    return Statements(std::move(state));
}

Result<std::vector<std::string>> known_subjects(Connection& connection, std::span<std::string const> subject_keys) {
    std::vector<std::string> known;
    if (subject_keys.empty()) return known;
    TRY(ask_for(connection, subject_keys));
    auto rows = TRY(connection.query("SELECT a.subject FROM asked_subject a SEMI JOIN subject s ON s.name = a.subject"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) known.emplace_back(chunk->columns[0].text(row));
    TRY(connection.execute("DROP TABLE asked_subject"));
    std::ranges::sort(known);
    return known;
}

Result<std::vector<std::string>> cpe_subjects(Connection& connection) {
    std::vector<std::string> names;
    auto rows = TRY(connection.query("SELECT name FROM main.subject WHERE NOT starts_with(name, 'pkg:')"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) names.emplace_back(chunk->columns[0].text(row));
    return names;
}

Result<std::vector<Ecosystem>> ecosystems(Connection& connection) {
    std::vector<Ecosystem> all;
    auto rows = TRY(connection.query("SELECT name, newest, year FROM main.ecosystem ORDER BY name"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            all.push_back({std::string(chunk->columns[0].text(row)), chunk->columns[1].int64(row), chunk->columns[2].int32(row)});
    return all;
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
