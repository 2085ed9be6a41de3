// merlon summary
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/embedded.h"
#include "base/text.h"
#include "cli/front.h"
#include "hunt/hunt.h"

namespace merlon::cli {
namespace {

// Rows of a query as a table; counts with thousands.
Status print_query(store::Connection& connection, std::string_view title, std::vector<std::string> head, std::string_view sql) {
    TextTable table;
    table.head = std::move(head);
    auto rows = TRY(connection.query(sql));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto& cells = table.rows.emplace_back();
            for (auto const& column : chunk->columns) {
                if (column.type == store::ColumnType::text) cells.emplace_back(column.text_or_empty(row));
                else if (column.type == store::ColumnType::real) cells.push_back(column.is_null(row) ? "" : fmt::format("{:.1f}", column.real(row)));
                else cells.push_back(with_thousands(column.integer(row)));
                if (table.to_the_right.size() < cells.size()) table.to_the_right.push_back(column.type != store::ColumnType::text);
            }
        }
    std::cout << "\n" << title << "\n" << (table.rows.empty() ? "  none\n" : print_table(table, 46));
    return {};
}

Status print_seed_query(store::Connection& connection) {
    auto const query = embedded("schema/queries/exposed-devices-with-alerts.kql");
    TRY(hunt::prepare(connection));
    auto const answer = TRY(hunt::run(connection, query, {}));
    TextTable table;
    for (auto const& column : answer.columns) table.head.push_back(column.name);
    constexpr std::size_t most = 5;
    for (auto const& row : answer.rows) {
        if (table.rows.size() == most) break;
        auto& cells = table.rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            std::string text;
            hunt::append_cell_json(text, row[i], answer.columns[i].type);
            cells.push_back(text.starts_with('"') ? text.substr(1, text.size() - 2) : text);
        }
    }
    std::cout << fmt::format("\nHunting: devices with alerts and exploitable CVEs of CVSS 7 or more ({} rows, {:.0f} ms)\n",
                             with_thousands(static_cast<std::int64_t>(answer.rows.size())), answer.elapsed_ms)
              << (table.rows.empty() ? "  none\n" : print_table(table));
    return {};
}

Result<int> summary(Front const& front) {
    auto store = TRY(front.open_store(false));
    auto connection = TRY(store.connect());
    auto const count = [&](std::string_view sql) -> Result<std::string> { return with_thousands(TRY(connection.count(sql))); };
    auto const score = TRY(connection.scalar("SELECT arg_max(score, time) FROM main.exposure_score WHERE device_group = '*'"));
    auto const* number = std::get_if<double>(&score);
    std::cout << fmt::format("Devices    {} ({} exposed)\n", TRY(count("SELECT count(*) FROM main.device")),
                             TRY(count("SELECT count(*) FROM main.device_exposure WHERE hazard > 0")));
    std::cout << fmt::format("Software   {} distinct, {} assessed, {} out of support\n", TRY(count("SELECT count(*) FROM main.software")),
                             TRY(count("SELECT count(*) FROM main.identity WHERE assessed")),
                             TRY(count("SELECT count(*) FROM main.identity WHERE starts_with(support_status, 'EOS')")));
    std::cout << fmt::format("Findings   {} of {} CVEs, {} of them known exploited\n",
                             TRY(count("SELECT count(*) FROM main.finding WHERE NOT hidden")),
                             TRY(count("SELECT count(*) FROM main.cve_exposure WHERE devices > 0")),
                             TRY(count("SELECT count(*) FROM main.cve_exposure x JOIN main.cve c ON c.id = x.cve WHERE c.known_exploited AND x.devices > 0")));
    std::cout << fmt::format("Exposure   {} of 100 (docs/exposure-score.md)\n", number ? fmt::format("{:.1f}", *number) : "not computed yet");
    TRY(print_query(connection, "Exposure by device group", {"group", "score", "devices"},
                    "SELECT CASE WHEN device_group = '' THEN 'Unassigned' ELSE device_group END, score, devices FROM main.exposure_score "
                    "WHERE time = (SELECT max(time) FROM main.exposure_score) AND device_group <> '*' ORDER BY score DESC"));
    TRY(print_query(connection, "Most exposed CVEs that are known to be exploited", {"CVE", "title", "CVSS", "devices"},
                    "SELECT c.id, c.title, c.cvss, x.devices FROM main.cve_exposure x JOIN main.cve c ON c.id = x.cve "
                    "WHERE c.known_exploited AND x.devices > 0 ORDER BY x.devices DESC, c.cvss DESC, c.id LIMIT 5"));
    TRY(print_query(connection, "What to fix first: products by their part of the score", {"product", "score points", "exposed", "CVEs"},
                    "SELECT vendor || ' ' || product, impact, exposed_devices, weaknesses FROM main.product_exposure "
                    "WHERE impact > 0 ORDER BY impact DESC LIMIT 5"));
    TRY(print_query(connection, "Out of support or soon to be", {"product", "version", "status", "devices"},
                    "SELECT y.vendor || ' ' || y.product, y.version, y.support_status, count(DISTINCT i.device) AS devices FROM main.identity y "
                    "JOIN main.installation i ON i.software = y.software WHERE y.support_status <> '' GROUP BY ALL ORDER BY devices DESC LIMIT 5"));
    TRY(print_seed_query(connection));
    return done;
}

}  // namespace

void add_summary(CLI::App& app, Front& front) {
    app.add_subcommand("summary", "Devices, software, findings, exposure, and what to fix first")->callback([&front] {
        throw run(summary(front));
    });
}

}  // namespace merlon::cli
