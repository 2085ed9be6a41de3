// Filters, lines, seasons and outliers of series. Each gives false (null) when the series is no array of numbers.
// Source: shared semantics guide, section 16, and the pages of the functions in Kusto's documentation.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

// Sum of filter[k] * x[i - k]; what lies before the series counts 0. `centre` moves the filter half its length ahead.
bool series_fir(Json, Json filter, bool normalize, bool centre, std::string& out);
// y[i] = (sum of b[k] * x[i-k] - sum of a[k >= 1] * y[i-k]) / a[0].
bool series_iir(Json, Json b, Json a, std::string& out);
// Gaps filled along a line between their neighbours; at the ends with the nearest value.
bool series_fill_linear(Json, Json missing, bool edges, Json constant, std::string& out);
// [rsquare, slope, variance, rvariance, interception, line_fit]; variances are those of samples (n - 1).
bool series_fit_line(Json, std::string& out);
// Two lines that meet where they leave the least rest: [rsquare, split_idx, variance, rvariance, line_fit, and
// rsquare, slope, interception, variance, rvariance of the right line, then of the left one].
bool series_fit_2lines(Json, std::string& out);
// How far each element lies outside of the percentiles `least` .. `most`, in units of their distance.
// Values that are null or `ignored` take no part; their score is 0.
bool series_outliers(Json, double least, double most, std::optional<double> ignored, std::string& out);
// The mean of each place of a season, repeated. `period` -1: found by autocorrelation; 0: no season.
bool series_seasonal(Json, std::int64_t period, std::string& out);
// [baseline, seasonal, trend, residual]. `trend` "avg", "linefit", "linefit..." or "none"; the last `test` elements are kept out of the fit.
bool series_decompose(Json, std::int64_t period, std::string_view trend, std::int64_t test, double threshold, std::string& out);
// [ad_flag, ad_score, baseline] from the residuals of series_decompose: `method` "ctukey" or "tukey".
bool series_decompose_anomalies(Json, double threshold, std::int64_t period, std::string_view trend, std::int64_t test,
                                std::string_view method, double seasonality_threshold, std::string& out);
bool series_pearson(Json, Json, std::string& out);

}  // namespace merlon::hunt
