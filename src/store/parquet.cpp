#include "store/parquet.h"

#include "base/text.h"

namespace merlon::store {
namespace {

constexpr std::string_view memory = "256MB";

std::string_view type_name(ColumnType type) {
    switch (type) {
    case ColumnType::boolean: return "BOOLEAN";
    case ColumnType::int32:
    case ColumnType::int64: return "BIGINT";
    case ColumnType::real: return "DOUBLE";
    default: return "VARCHAR";
    }
}

void append(Appender& appender, ParquetColumn const& column, Column const& values, std::size_t row) {
    if (values.is_null(row)) appender.null();
    else if (column.type == ColumnType::boolean) appender.boolean(values.boolean(row));
    else if (column.type == ColumnType::int64 || column.type == ColumnType::int32) appender.int64(values.integer(row));
    else if (column.type == ColumnType::real) appender.real(values.real(row));
    else if (values.type == ColumnType::text) appender.text(values.text(row));
    else appender.text(values.digits(row));
}

}  // namespace

Status write_parquet(std::filesystem::path const& file, std::vector<ParquetColumn> const& columns, Rows& rows,
                     std::filesystem::path const& folder) {
    auto const scratch = file.string() + ".scratch";
    struct Removed {
        std::string path;
        ~Removed() {
            std::error_code ignored;
            std::filesystem::remove(path, ignored);
            std::filesystem::remove(path + ".wal", ignored);
        }
    } const removed{scratch};
    EngineOptions options;
    options.memory_limit = memory;
    options.threads = 2;
    options.temporary_folder = folder;
    auto database = TRY(Database::open(scratch, options));
    auto connection = TRY(database.connect());
    std::string declared, chosen;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto const name = "c" + std::to_string(i);
        declared += (i > 0 ? ", " : "") + name + " " + std::string(type_name(columns[i].type));
        chosen += i > 0 ? ", " : "";
        chosen += columns[i].time ? "make_timestamp((" + name + " - 621355968000000000) // 10)" : name;
        chosen += " AS " + quote_name(columns[i].name);
    }
    TRY(connection.execute("CREATE TABLE exported (" + declared + ")"));
    auto appender = TRY(connection.appender("exported"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            for (std::size_t i = 0; i < columns.size(); ++i) append(appender, columns[i], chunk->columns[i], row);
            TRY(appender.end_row());
        }
    TRY(appender.close());
    return connection.execute("COPY (SELECT " + chosen + " FROM exported) TO " + quote_text(file.string()) + " (FORMAT parquet, COMPRESSION zstd)");
}

}  // namespace merlon::store
