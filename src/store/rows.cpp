#include "store/rows.h"

namespace merlon::store {

Status stage_ids(Connection& connection, std::span<std::int64_t const> ids) {
    TRY(connection.execute("CREATE OR REPLACE TEMP TABLE stage_id (id BIGINT NOT NULL)"));
    auto appender = TRY(connection.appender("stage_id"));
    for (auto const id : ids) TRY(appender.int64(id).end_row());
    return appender.close();
}

Status delete_rows(Connection& connection, std::string_view table, std::span<std::int64_t const> rows) {
    if (rows.empty()) return {};
    TRY(stage_ids(connection, rows));
    return connection.execute("DELETE FROM " + std::string(table) + " WHERE rowid IN (SELECT id FROM stage_id)");
}

}  // namespace merlon::store
