#include "hunt/types.h"

#include <array>
#include <map>

namespace merlon::hunt {
namespace {

struct Names {
    std::string_view kusto, clr, engine;
};
constexpr std::array<Names, 10> names{{{"bool", "System.SByte", "BOOLEAN"},
                                       {"int", "System.Int32", "INTEGER"},
                                       {"long", "System.Int64", "BIGINT"},
                                       {"real", "System.Double", "DOUBLE"},
                                       {"decimal", "System.Data.SqlTypes.SqlDecimal", "DECIMAL(38,18)"},
                                       {"string", "System.String", "VARCHAR"},
                                       {"datetime", "System.DateTime", "BIGINT"},
                                       {"timespan", "System.TimeSpan", "BIGINT"},
                                       {"guid", "System.Guid", "VARCHAR"},
                                       {"dynamic", "System.Object", "VARCHAR"}}};

}  // namespace

std::string_view type_name(Type t) { return names[static_cast<std::size_t>(t)].kusto; }
std::string_view clr_name(Type t) { return names[static_cast<std::size_t>(t)].clr; }
std::string_view engine_type(Type t) { return names[static_cast<std::size_t>(t)].engine; }

std::optional<Type> type_named(std::string_view word) {
    static std::map<std::string_view, Type> const all{
        {"bool", Type::bool_},       {"boolean", Type::bool_},     {"int", Type::int_},       {"int8", Type::int_},
        {"int16", Type::int_},       {"int32", Type::int_},        {"uint", Type::int_},      {"uint8", Type::int_},
        {"uint16", Type::int_},      {"uint32", Type::long_},      {"int64", Type::long_},    {"uint64", Type::long_},
        {"ulong", Type::long_},      {"byte", Type::int_},
        {"long", Type::long_},       {"real", Type::real},         {"double", Type::real},    {"float", Type::real},
        {"decimal", Type::decimal},  {"string", Type::string},     {"datetime", Type::datetime}, {"date", Type::datetime},
        {"timespan", Type::timespan}, {"time", Type::timespan},    {"guid", Type::guid},      {"uuid", Type::guid},
        {"uniqueid", Type::guid},    {"dynamic", Type::dynamic}};
    auto const found = all.find(word);
    if (found == all.end()) return {};
    return found->second;
}

}  // namespace merlon::hunt
