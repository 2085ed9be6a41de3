#include "store/appending.h"

#include <simdjson.h>

namespace merlon::store {
namespace {

// Most texts are short and without a byte above 127: these are told by their highest bits, without a call.
bool is_utf8(std::string_view text) {
    constexpr std::size_t short_enough = 64;
    if (text.size() > short_enough) return simdjson::validate_utf8(text.data(), text.size());
    std::uint64_t seen = 0;
    auto const* at = text.data();
    auto left = text.size();
    for (; left >= sizeof seen; at += sizeof seen, left -= sizeof seen) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, at, sizeof bytes);
        seen |= bytes;
    }
    for (; left > 0; ++at, --left) seen |= static_cast<unsigned char>(*at);
    return (seen & 0x8080808080808080) == 0 || simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace

Appender::Appender(std::unique_ptr<State> state) : state_(std::move(state)) {}
Appender::Appender(Appender&&) noexcept = default;
Appender& Appender::operator=(Appender&&) noexcept = default;
Appender::~Appender() = default;

Appender& Appender::null() {
    if (auto* column = state_->next()) {
        if (!column->validity) {
            duckdb_vector_ensure_validity_writable(column->vector);
            column->validity = duckdb_vector_get_validity(column->vector);
        }
        duckdb_validity_set_row_invalid(column->validity, state_->rows);
    }
    return *this;
}
Appender& Appender::boolean(bool v) {
    auto* column = state_->next();
    if (column && column->type == DUCKDB_TYPE_BOOLEAN) static_cast<bool*>(column->data)[state_->rows] = v;
    else state_->refuse(fmt::format("column {} is no truth value", state_->at));
    return *this;
}
Appender& Appender::int32(std::int32_t v) { state_->whole(v); return *this; }
Appender& Appender::int64(std::int64_t v) { state_->whole(v); return *this; }
Appender& Appender::real(double v) {
    auto* column = state_->next();
    if (column && column->type == DUCKDB_TYPE_DOUBLE) static_cast<double*>(column->data)[state_->rows] = v;
    else state_->refuse(fmt::format("column {} is no number", state_->at));
    return *this;
}
Appender& Appender::text(std::string_view v) {
    auto const at = state_->at;
    if (at < state_->columns.size() && state_->columns[at].type != DUCKDB_TYPE_VARCHAR) state_->refuse(fmt::format("column {} is no text", at + 1));
    else if (!is_utf8(v)) state_->refuse("a text is no UTF-8");
    else state_->bytes(v);
    return *this;
}
Appender& Appender::blob(std::string_view v) {
    auto const at = state_->at;
    if (at < state_->columns.size() && state_->columns[at].type != DUCKDB_TYPE_BLOB) state_->refuse(fmt::format("column {} holds no bytes", at + 1));
    else state_->bytes(v);
    return *this;
}
Status Appender::end_row() {
    if (state_->at != state_->columns.size()) state_->refuse("a row has fewer values than the table has columns");
    if (state_->failed) return state_->failure();
    state_->at = 0;
    if (++state_->rows == duckdb_vector_size()) return state_->flush();
    return {};
}
Status Appender::close() {
    if (state_->failed) return state_->failure();
    TRY(state_->flush());
    auto const held = committing(state_->changes != nullptr);
    if (duckdb_appender_close(state_->handle) == DuckDBError) return state_->failure();
    if (state_->changes) ++*state_->changes;
    return {};
}

}  // namespace merlon::store
