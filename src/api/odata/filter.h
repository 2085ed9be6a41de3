// $filter, $orderby and $search as SQL over a resource's fields.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/odata/expression.h"

namespace merlon::api::odata {

// Appends the condition of `filter` to `sql`. Operators eq ne gt ge lt le in and or not add sub mul div divby mod, brackets;
// the functions of functions(); lambda any/all over lists of text and of objects. Errors carry a span in the text.
Status append_filter(std::string_view filter, Resource const& resource, Ticks now, Sql& sql);

// Appends the condition of `search` (part 2, section 5.1.7): words and "phrases", AND, OR, NOT, brackets; a word is looked
// for in every text field, without regard to case.
Status append_search(std::string_view search, Resource const& resource, Ticks now, Sql& sql);

// One column of the order. Null comes before every value; descending turns that round too.
struct OrderKey {
    std::string sql;  // cast to a type that a skip token can hold
    bool descending = false;
    Kind kind = Kind::text;
};
// The order of `text` ("name desc, length(x)"), or else of the resource (where each row is about a device: device after device),
// with the key, or what the resource has in its place, appended so that it is total.
Result<std::vector<OrderKey>> read_order(std::string_view text, Resource const& resource, Ticks now, Sql& sql);
std::string order_list(std::vector<OrderKey> const&);
// Condition for the rows that come after the one with `values`.
std::string rows_after(std::vector<OrderKey> const&, std::vector<store::Value> const& values, Sql& sql);

// A field's SQL with $now filled in, cast to the type of the wire.
std::string field_sql(Field const&, Ticks now);

}  // namespace merlon::api::odata
