#include "api/odata/expression.h"

namespace merlon::api::odata {

std::string_view kind_name(Kind kind) {
    constexpr std::array<std::string_view, 8> names{"text", "number", "true/false", "date", "duration", "list", "value", "null"};
    return names[static_cast<std::size_t>(kind)];
}

// Times are ticks; the engine's dates start at 1970.
#define MERLON_DATE "make_timestamp(TRY_CAST(({0}) - 621355968000000000 AS BIGINT) // 10)"
std::vector<Function> const& functions() {
    using enum Kind;
    static std::vector<Function> const all{
        {"contains", {text, text}, boolean, false, "contains(lower({0}), lower({1}))"},
        {"startswith", {text, text}, boolean, false, "starts_with(lower({0}), lower({1}))"},
        {"endswith", {text, text}, boolean, false, "ends_with(lower({0}), lower({1}))"},
        {"substringof", {text, text}, boolean, false, "contains(lower({1}), lower({0}))"},  // of OData 3, in old scripts
        {"matchespattern", {text, text}, boolean, false, "regexp_matches({0}, {1})"},
        {"tolower", {text}, text, false, "lower({0})"},
        {"toupper", {text}, text, false, "upper({0})"},
        {"trim", {text}, text, false, "trim({0})"},
        {"length", {text}, number, true, "length({0})"},
        {"indexof", {text, text}, number, true, "(strpos(lower({0}), lower({1})) - 1)"},
        {"concat", {text, text}, text, false, "(({0}) || ({1}))"},
        {"substring", {text, number}, text, false, "substr({0}, greatest(0, least(1e9, {1}))::BIGINT + 1)"},
        {"substring", {text, number, number}, text, false,
         "substr({0}, greatest(0, least(1e9, {1}))::BIGINT + 1, greatest(0, least(1e9, {2}))::BIGINT)"},
        {"round", {number}, number, true, "round(({0})::DOUBLE)"},
        {"floor", {number}, number, true, "floor(({0})::DOUBLE)"},
        {"ceiling", {number}, number, true, "ceil(({0})::DOUBLE)"},
        {"year", {time}, number, true, "year(" MERLON_DATE ")"},
        {"month", {time}, number, true, "month(" MERLON_DATE ")"},
        {"day", {time}, number, true, "day(" MERLON_DATE ")"},
        {"hour", {time}, number, true, "((({0}) // 36000000000) % 24)"},
        {"minute", {time}, number, true, "((({0}) // 600000000) % 60)"},
        {"second", {time}, number, true, "((({0}) // 10000000) % 60)"},
        {"fractionalseconds", {time}, number, false, "((({0}) % 10000000) / 1e7)"},
        {"totaloffsetminutes", {time}, number, true, "(({0}) * 0)"},
        {"date", {time}, time, false, "((({0}) // 864000000000) * 864000000000)"},
        {"time", {time}, duration, false, "(({0}) % 864000000000)"},
        {"totalseconds", {duration}, number, false, "(({0}) / 1e7)"},
        {"mindatetime", {}, time, false, "0::BIGINT"},
        {"maxdatetime", {}, time, false, "3155378975999999999::BIGINT"},
    };
    return all;
}
#undef MERLON_DATE

}  // namespace merlon::api::odata
