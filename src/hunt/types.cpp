#include "hunt/types.h"

#include <array>
#include <map>

namespace merlon::hunt {
namespace {

struct Names {
    std::string_view kusto, clr;
};
constexpr std::array<Names, 10> names{{{"bool", "System.SByte"},
                                       {"int", "System.Int32"},
                                       {"long", "System.Int64"},
                                       {"real", "System.Double"},
                                       {"decimal", "System.Data.SqlTypes.SqlDecimal"},
                                       {"string", "System.String"},
                                       {"datetime", "System.DateTime"},
                                       {"timespan", "System.TimeSpan"},
                                       {"guid", "System.Guid"},
                                       {"dynamic", "System.Object"}}};

}  // namespace

std::string_view type_name(Type t) { return names[static_cast<std::size_t>(t)].kusto; }
std::string_view clr_name(Type t) { return names[static_cast<std::size_t>(t)].clr; }

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
