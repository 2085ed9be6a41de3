// How the answer of a hunt is written on the wire: one shape for each door (specification, sections 13 and 5 of hunting).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "hunt/hunt.h"

namespace merlon::api {

// "Int64", "SByte" ...: .NET names without their namespace, as Defender and Kusto v1 print them.
std::string_view short_clr_name(hunt::Type);

// What the reader of an answer must know besides its rows: that it was cut, that no source feeds a table.
struct HuntWarning {
    std::string code;
    std::string message;
};
std::vector<HuntWarning> warnings_of(hunt::Answer const&, std::int64_t row_limit);

enum class HuntShape : std::uint8_t {
    device,  // {"Schema":[{"Name","Type"}],"Results":[{...}]}
    suite,   // the same with "Stats"
    graph,   // {"schema":[{"name","type"}],"results":[{...}]}
    whole,   // with all its tables: hunt::answer_json()
};
// Null is JSON null, text is never null. Warnings stand in "Warnings" ("warnings" in the graph's shape) when there are any.
std::string hunting_json(hunt::Answer const&, HuntShape, std::int64_t row_limit);

// ---- Kusto's protocol -----------------------------------------------------------------------------------------

// {"Tables":[{"TableName","Columns":[{"ColumnName","DataType","ColumnType"}],"Rows":[[...]]}]}. An answer that was cut
// has a last row {"Exceptions":["..."]}, as the service does it.
std::string kusto_v1_json(hunt::Answer const&, std::int64_t row_limit);
// Frames: header, properties, primary result, completion information, completion. A cut answer has "HasErrors": true and
// the reason.
std::string kusto_v2_json(hunt::Answer const&, std::int64_t row_limit, std::string_view request_id);
// {"error":{"code","message","@type","@message","@context","@permanent"}}.
std::string kusto_error_json(Error const&, std::string_view query, std::string_view request_id);

}  // namespace merlon::api
