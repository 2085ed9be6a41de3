#include "api/routes/hunting_stream.h"

#include "api/routes/parquet.h"
#include "base/csv.h"
#include "base/json_text.h"

namespace merlon::api {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

// JSON strings lose their quotes: dates and time spans are text in CSV.
void append_cell(std::string& out, hunt::Cell const& cell, hunt::Type type) {
    if (std::holds_alternative<std::monostate>(cell)) return;
    if (auto const* text = std::get_if<std::string>(&cell)) return append_csv_cell(out, *text);
    std::string value;
    hunt::append_cell_json(value, cell, type);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    out += value;
}

void append_row(std::string& out, hunt::RowStream const& stream, store::Chunk const& chunk, std::size_t row, bool csv) {
    if (!csv) out += '{';
    for (std::size_t i = 0; i < stream.columns.size(); ++i) {
        auto const& column = stream.columns[i];
        auto const cell = hunt::cell_of(chunk.columns[i], row, column.type);
        if (i > 0) out += ',';
        if (csv) {
            append_cell(out, cell, column.type);
        } else {
            append_json_string(out, column.name);
            out += ':';
            hunt::append_cell_json(out, cell, column.type);
        }
    }
    out += csv ? "\r\n" : "}\n";
}

std::vector<store::ParquetColumn> parquet_columns(hunt::RowStream const& stream) {
    std::vector<store::ParquetColumn> columns;
    for (std::size_t i = 0; i < stream.columns.size(); ++i)
        columns.push_back({stream.columns[i].name, stream.rows.column_type(i), stream.columns[i].type == hunt::Type::datetime});
    return columns;
}

}  // namespace

Result<HttpResponse> stream_hunt(Service& service, std::string_view kql, hunt::Options const& options, odata::Format format) {
    struct Running {
        Service::Lease connection;
        std::optional<hunt::RowStream> stream;
        bool begun = false;
    };
    auto lease = TRY(service.lease(service.options().export_seconds));
    auto run = std::make_shared<Running>(Running{std::move(lease), {}, false});
    auto started = hunt::stream(*run->connection, kql, options);
    if (!started) return error_response(started.error(), kql);
    run->stream.emplace(std::move(*started));
    HttpResponse response;
    response.content_type = odata::media_type(format);
    bool const csv = format == odata::Format::csv;
    auto const ending = csv ? "csv" : format == odata::Format::ndjson ? "ndjson" : "parquet";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"hunting." + std::string(ending) + "\"");
    if (format == odata::Format::parquet) {
        response.rest = TRY(stream_parquet(service, run->stream->rows, parquet_columns(*run->stream)));
        return response;
    }
    response.rest = [run, csv](std::string& out) -> Result<bool> {
        auto const begin = out.size();
        if (csv && !std::exchange(run->begun, true)) {
            for (std::size_t i = 0; i < run->stream->columns.size(); ++i) {
                if (i > 0) out += ',';
                append_csv_cell(out, run->stream->columns[i].name);
            }
            out += "\r\n";
        }
        while (out.size() - begin < piece_bytes) {
            auto const chunk = TRY(run->stream->rows.next());
            if (!chunk) return false;
            for (std::size_t row = 0; row < chunk->rows; ++row) append_row(out, *run->stream, *chunk, row, csv);
        }
        return true;
    };
    return response;
}

}  // namespace merlon::api
