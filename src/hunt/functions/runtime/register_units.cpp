// convert_*: schema/functions/units.json holds each unit's size (and, for temperatures, its zero) in the base unit.
// beta_*: the distribution functions of Boost.Math.
#include <cmath>

#include <boost/math/special_functions/beta.hpp>

#include "base/embedded.h"
#include "base/json_read.h"
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/register.h"

namespace merlon::hunt {
namespace {

struct Unit {
    double size = 1, zero = 0;
};
using Units = std::map<std::string, Unit, std::less<>>;

// "length.Foot" -> its size.
Units const& units() {
    static Units const all = [] {
        Units made;
        auto const document = json::Document::parse(embedded("schema/functions/units.json"), "schema/functions/units.json");
        simdjson::dom::object kinds;
        if (!document || document->root().get(kinds)) return made;
        for (auto const [kind, list] : kinds) {
            simdjson::dom::object members;
            if (list.get(members)) continue;
            for (auto const [name, value] : members) {
                Unit unit;
                double size = 1;
                if (value.get(size) == simdjson::SUCCESS) {
                    unit.size = size;
                } else {
                    std::size_t place = 0;
                    for (auto const part : json::array(value))
                        if (part.get(size) == simdjson::SUCCESS) (place++ == 0 ? unit.size : unit.zero) = size;
                }
                made.emplace(std::string(kind) + "." + std::string(name), unit);
            }
        }
        return made;
    }();
    return all;
}

std::optional<double> convert(std::string_view kind, double value, std::string_view from, std::string_view to) {
    auto const a = units().find(std::string(kind) + "." + std::string(from));
    auto const b = units().find(std::string(kind) + "." + std::string(to));
    if (a == units().end() || b == units().end()) return {};
    return (value * a->second.size + a->second.zero - b->second.zero) / b->second.size;
}

// Errors are values: no exception for arguments out of range.
using Quiet = boost::math::policies::policy<boost::math::policies::domain_error<boost::math::policies::ignore_error>,
                                            boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                            boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

}  // namespace

void add_units(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_convert_unit", [](std::string_view kind, double value, std::string_view from, std::string_view to) {
        return convert(kind, value, from, to);
    });
    // Parameters out of range as the engine answers them: see beta_cdf and beta_inv in Kusto's documentation.
    define(all, "kql_beta_cdf", [](double x, double alpha, double beta) {
        if (!(x >= 0 && x <= 1)) return std::nan("");
        if (!(alpha > 0) || !(beta > 0)) return 1.0;
        return boost::math::ibeta(alpha, beta, x, Quiet{});
    });
    define(all, "kql_beta_inv", [](double p, double alpha, double beta) -> std::optional<double> {
        if (!(p >= 0 && p <= 1)) return {};
        if (!(alpha > 0) || !(beta > 0)) return std::nan("");
        return boost::math::ibeta_inv(alpha, beta, p, Quiet{});
    });
    define(all, "kql_beta_pdf", [](double x, double alpha, double beta) {
        if (!(x >= 0 && x <= 1) || !(alpha > 0) || !(beta > 0)) return std::nan("");
        return boost::math::ibeta_derivative(alpha, beta, x, Quiet{});
    });
}

}  // namespace merlon::hunt
