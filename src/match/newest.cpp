#include "match/newest.h"

#include <array>

#include "base/text.h"
#include "match/versions/versions.h"

namespace merlon::match {
namespace {

Status newest_of_rows(store::ScalarCall& call) {
    for (std::size_t row = 0; row < call.rows; ++row) {
        auto const scheme = call.arguments[0].text_or_empty(row);
        std::string_view newest;
        for (auto const version : split(call.arguments[1].text_or_empty(row), '\n')) {
            if (version.empty()) continue;
            if (newest.empty() || compare(scheme, version, newest).value_or(0) > 0) newest = version;
        }
        call.out.text(row, newest);
    }
    return {};
}

}  // namespace

Status add_newest_function(store::Connection& connection) {
    std::array const functions{store::ScalarFunction{.name = "merlon_newest",
                                                     .parameters = {store::ColumnType::text, store::ColumnType::text},
                                                     .variadic = {},
                                                     .returns = store::ColumnType::text,
                                                     .body = newest_of_rows}};
    return connection.add_functions(functions);
}

}  // namespace merlon::match
