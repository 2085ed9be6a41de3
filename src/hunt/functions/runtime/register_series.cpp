#include <cmath>

#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/register.h"
#include "hunt/functions/runtime/patterns.h"
#include "hunt/functions/runtime/series.h"
#include "hunt/functions/runtime/series_models.h"

namespace merlon::hunt {

namespace {

// kql_patterns(method, rows, share, most): an array of patterns, or an error where they are too many.
void add_patterns(std::vector<store::ScalarFunction>& all) {
    store::ScalarFunction made;
    made.name = "kql_patterns";
    made.parameters = {store::ColumnType::text, store::ColumnType::text, store::ColumnType::real, store::ColumnType::int64};
    made.body = [](store::ScalarCall& call) -> Status {
        for (std::size_t row = 0; row < call.rows; ++row)
            call.out.text(row, TRY(find_patterns(call.arguments[0].text_or_empty(row), call.arguments[1].text_or_empty(row),
                                                 call.arguments[2].real(row), call.arguments[3].int64(row))));
        return {};
    };
    all.push_back(std::move(made));
}

}  // namespace

void add_series(std::vector<store::ScalarFunction>& all) {
    add_patterns(all);
    using View = std::string_view;
    struct Binary {
        char const* name;
        char operation;
    };
    for (auto const& [name, operation] :
         {Binary{"add", '+'}, Binary{"subtract", '-'}, Binary{"multiply", '*'}, Binary{"divide", '/'}, Binary{"pow", '^'},
          Binary{"less", '<'}, Binary{"less_equals", 'l'}, Binary{"greater", '>'}, Binary{"greater_equals", 'g'},
          Binary{"equals", '='}, Binary{"not_equals", '!'}})
        define(all, std::string("kql_series_") + name, [operation](View a, View b, std::string& out) {
            return series_binary(operation, a, b, out);
        });
    struct Unary {
        char const* name;
        double (*f)(double);
    };
    for (auto const& [name, f] : {Unary{"abs", [](double v) { return std::fabs(v); }}, Unary{"exp", [](double v) { return std::exp(v); }},
                                  Unary{"sign", [](double v) { return v > 0 ? 1.0 : v < 0 ? -1.0 : 0.0; }},
                                  Unary{"sin", [](double v) { return std::sin(v); }},
                                  Unary{"cos", [](double v) { return std::cos(v); }},
                                  Unary{"tan", [](double v) { return std::tan(v); }},
                                  Unary{"asin", [](double v) { return std::asin(v); }},
                                  Unary{"acos", [](double v) { return std::acos(v); }},
                                  Unary{"atan", [](double v) { return std::atan(v); }},
                                  Unary{"log", [](double v) { return std::log(v); }},
                                  Unary{"floor", [](double v) { return std::floor(v); }},
                                  Unary{"ceiling", [](double v) { return std::ceil(v); }}})
        define(all, std::string("kql_series_") + name, [f](View json, std::string& out) { return series_unary(f, json, out); });
    define(all, "kql_series_fill_const", [](View json, View fill, View missing, std::string& out) {
        return series_fill_const(json, fill, missing, out);
    });
    for (bool const backward : {false, true})
        define(all, backward ? "kql_series_fill_backward" : "kql_series_fill_forward",
               [backward](View json, View missing, std::string& out) {
                   return series_fill_forward(json, missing, backward, out);
               });
    define(all, "kql_series_fir", [](View json, View filter, bool normalize, bool centre, std::string& out) {
        return series_fir(json, filter, normalize, centre, out);
    });
    define(all, "kql_series_iir", [](View json, View b, View a, std::string& out) { return series_iir(json, b, a, out); });
    define(all, "kql_series_fill_linear", [](View json, View missing, bool edges, View constant, std::string& out) {
        return series_fill_linear(json, missing, edges, constant, out);
    });
    define(all, "kql_series_fit_line", [](View json, std::string& out) { return series_fit_line(json, out); });
    define(all, "kql_series_fit_2lines", [](View json, std::string& out) { return series_fit_2lines(json, out); });
    define(all, "kql_series_outliers", [](View json, double least, double most, std::optional<double> ignored, std::string& out) {
        return series_outliers(json, least, most, ignored, out);
    });
    define(all, "kql_series_seasonal", [](View json, std::int64_t period, std::string& out) {
        return series_seasonal(json, period, out);
    });
    define(all, "kql_series_decompose", [](View json, std::int64_t period, View trend, std::int64_t test, double threshold,
                                           std::string& out) {
        return series_decompose(json, period, trend, test, threshold, out);
    });
    define(all, "kql_series_decompose_anomalies",
           [](View json, double threshold, std::int64_t period, View trend, std::int64_t test, View method,
              double seasonality_threshold, std::string& out) {
               return series_decompose_anomalies(json, threshold, period, trend, test, method, seasonality_threshold, out);
           });
    define(all, "kql_series_pearson", [](View a, View b, std::string& out) { return series_pearson(a, b, out); });
    define(all, "kql_series_stats_list", [](View stats, std::string& out) {
        for (auto const key : {"min", "min_idx", "max", "max_idx", "avg", "stdev", "variance"}) {
            out += out.empty() ? '[' : ',';
            out += json_member(stats, key);
        }
        out += ']';
        return true;
    });
    define(all, "kql_series_stats", [](View json, std::string& out) { return series_stats(json, out); });
}

}  // namespace merlon::hunt
