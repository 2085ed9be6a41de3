#include "base/text.h"
#include "store/backup.h"
#include "store/ledger.h"

namespace merlon::store {
namespace {

Result<std::vector<std::string>> names(Connection& connection, std::string_view sql) {
    std::vector<std::string> all;
    auto rows = TRY(connection.query(sql));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) all.emplace_back(chunk->columns[0].text(row));
    return all;
}

// What must not be: rows that speak of something that is not there.
struct Rule {
    std::string_view what, sql;
};
constexpr std::array rules{
    Rule{"installations name a device", "SELECT count(*) FROM main.installation i WHERE NOT EXISTS (SELECT 1 FROM main.device d WHERE d.id = i.device)"},
    Rule{"installations name a software", "SELECT count(*) FROM main.installation i WHERE NOT EXISTS (SELECT 1 FROM main.software s WHERE s.id = i.software)"},
    Rule{"findings name a software", "SELECT count(*) FROM main.finding f WHERE NOT EXISTS (SELECT 1 FROM main.software s WHERE s.id = f.software)"},
};

}  // namespace

Status check_store(Store const& store, std::function<void(Checked const&)> const& take) {
    auto connection = TRY(store.connect());
    auto const version = TRY(connection.count("SELECT max(number) FROM main.schema_version"));
    take({"schema " + std::to_string(version), 0, version == schema_version() ? "" : "this program writes schema " + std::to_string(schema_version())});
    for (auto const& table : TRY(names(connection, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY 1"))) {
        Checked one{"table " + table, 0, {}};
        // The hash needs every value, so every block is read and its checksum compared.
        auto rows = connection.query("SELECT count(*), bit_xor(hash(t))::VARCHAR FROM main." + quote_name(table) + " t");
        auto chunk = rows ? rows->next() : Result<std::optional<Chunk>>(std::unexpected(rows.error()));
        if (!chunk) one.problem = describe(chunk.error());
        else if (*chunk) one.rows = (*chunk)->columns[0].integer(0);
        take(one);
    }
    for (auto const& view : TRY(names(connection, "SELECT view_name FROM duckdb_views() WHERE schema_name = 'hunting' ORDER BY 1"))) {
        Checked one{"view " + view, 0, {}};
        auto rows = connection.query("SELECT * FROM hunting." + quote_name(view) + " LIMIT 1");
        auto const chunk = rows ? rows->next() : Result<std::optional<Chunk>>(std::unexpected(rows.error()));
        if (!chunk) one.problem = describe(chunk.error());
        take(one);
    }
    for (auto const& rule : rules) {
        auto const count = connection.count(rule.sql);
        take({std::string(rule.what), 0, !count ? describe(count.error()) : *count > 0 ? std::to_string(*count) + " do not" : ""});
    }
    auto const ledger = store.folder() / "audit.ndjson";
    std::error_code failed;
    if (store.folder().empty() || !std::filesystem::exists(ledger, failed)) return {};
    auto const lines = read_ledger(ledger, {});
    Checked one{"audit ledger", lines.value_or(0), lines ? "" : describe(lines.error())};
    auto const mirrored = TRY(connection.count("SELECT coalesce(max(number), 0) FROM main.audit_event"));
    if (lines && mirrored > *lines) one.problem = "the database knows of line " + std::to_string(mirrored) + ": lines are missing at its end";
    take(one);
    return {};
}

}  // namespace merlon::store
