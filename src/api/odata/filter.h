// OData $filter (OData 4.01, part 2, section 5.1.1) over a resource's fields: one pass reads the text, checks each part
// against the field types and writes SQL with every literal as a parameter.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/resource.h"
#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::api::odata {

// SQL text with $1, $2 ... and the values that stand for them.
struct Sql {
    std::string text;
    std::vector<store::Value> parameters;

    // "$n" for a new parameter.
    std::string bind(store::Value value) {
        parameters.push_back(std::move(value));
        return "$" + std::to_string(parameters.size());
    }
};

// Appends the condition of `filter` to `sql`. Operators eq ne gt ge lt le in and or not, brackets; contains startswith
// endswith tolower toupper length trim concat year month day hour minute second date now; lambda any/all over lists of
// text. Errors carry a span in the filter's text.
Status append_filter(std::string_view filter, Resource const& resource, Ticks now, Sql& sql);

// "name desc, other" as an ORDER BY list, the key appended so that pages are stable.
Result<std::string> order_by(std::string_view text, Resource const& resource, Ticks now);
// A field's SQL with $now filled in.
std::string field_sql(Field const&, Ticks now);

}  // namespace merlon::api::odata
