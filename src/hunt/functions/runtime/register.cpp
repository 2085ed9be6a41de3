#include "hunt/functions/runtime/register.h"

#include "hunt/functions/runtime/series_transforms.h"
#include "hunt/functions/runtime/sketches.h"

namespace merlon::hunt {

Status register_functions(store::Connection& connection) {
    std::vector<store::ScalarFunction> all;
    add_operators(all);
    add_strings(all);
    add_conversions(all);
    add_dynamic(all);
    add_times(all);
    add_parsers(all);
    add_math(all);
    add_series(all);
    add_geo(all);
    add_units(all);
    add_sketches(all);
    add_series_transforms(all);
    return connection.add_functions(all);
}

}  // namespace merlon::hunt
