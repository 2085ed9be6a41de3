#include "api/routes/parquet.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "api/auth/secrets.h"

namespace merlon::api {
namespace {

struct File {
    int handle = -1;
    ~File() {
        if (handle >= 0) ::close(handle);
    }
};

store::ParquetColumn column_of(Field const& field) {
    store::ParquetColumn column{field.name, store::ColumnType::text, field.type == FieldType::datetime};
    if (field.type == FieldType::integer || field.type == FieldType::datetime) column.type = store::ColumnType::int64;
    if (field.type == FieldType::real) column.type = store::ColumnType::real;
    if (field.type == FieldType::boolean) column.type = store::ColumnType::boolean;
    return column;
}

}  // namespace

Result<Pieces> stream_parquet(Service& service, store::Rows& rows, std::vector<store::ParquetColumn> const& columns) {
    auto const folder = service.temporary_folder();
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    auto const path = folder / ("export-" + new_id() + ".parquet");
    auto written = store::write_parquet(path, columns, rows, folder);
    auto file = std::make_shared<File>();
    if (written) file->handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::filesystem::remove(path, failed);  // what is open stays readable
    TRY(std::move(written));
    if (file->handle < 0) return fail("file.unreadable", path.string(), std::strerror(errno));
    return Pieces([file](std::string& out) -> Result<bool> {
        std::array<char, 64 * 1024> buffer{};
        auto const got = ::read(file->handle, buffer.data(), buffer.size());
        if (got < 0) return fail("file.unreadable", "export", std::strerror(errno));
        out.append(buffer.data(), static_cast<std::size_t>(got));
        return got > 0;
    });
}

Result<Pieces> stream_parquet(Service& service, odata::Sql const& sql, std::vector<Field const*> const& fields) {
    std::vector<store::ParquetColumn> columns;
    for (auto const* field : fields) columns.push_back(column_of(*field));
    auto connection = TRY(service.lease(service.options().export_seconds));
    auto rows = TRY(connection->query(sql.text, sql.parameters));
    return stream_parquet(service, rows, columns);
}

}  // namespace merlon::api
