#include "hunt/functions/runtime/series_models.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace merlon::hunt {

namespace {

using Numbers = std::vector<double>;  // NaN stands for what is no number

Numbers numbers_of(Json json) {
    Numbers made;
    each_element(json, [&](Json value) {
        made.push_back(json_number(value).value_or(std::nan("")));
        return true;
    });
    return made;
}

void append(std::string& out, double value) {
    if (std::isfinite(value)) append_real(out, value);
    else out += "null";
}

void append(std::string& out, Numbers const& values) {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        append(out, values[i]);
    }
    out += ']';
}

struct Line {
    double rsquare = 0, slope = 0, interception = 0, variance = 0, rvariance = 0;
    double sum_of_squares = 0;  // of what the line leaves
    double at(std::size_t i) const { return interception + slope * static_cast<double>(i); }
};

// Least squares over the places from .. to - 1 of y; places count from 0 of the whole series.
Line fit(Numbers const& y, std::size_t from, std::size_t to) {
    Line line;
    double n = 0, sum_x = 0, sum_y = 0;
    for (auto i = from; i < to; ++i) {
        if (std::isnan(y[i])) continue;
        ++n;
        sum_x += static_cast<double>(i);
        sum_y += y[i];
    }
    if (n == 0) return line;
    auto const mean_x = sum_x / n, mean_y = sum_y / n;
    double xx = 0, xy = 0, yy = 0;
    for (auto i = from; i < to; ++i) {
        if (std::isnan(y[i])) continue;
        auto const dx = static_cast<double>(i) - mean_x, dy = y[i] - mean_y;
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    line.slope = xx > 0 ? xy / xx : 0;
    line.interception = mean_y - line.slope * mean_x;
    for (auto i = from; i < to; ++i)
        if (!std::isnan(y[i])) line.sum_of_squares += (y[i] - line.at(i)) * (y[i] - line.at(i));
    line.variance = n > 1 ? yy / (n - 1) : 0;
    line.rvariance = n > 1 ? line.sum_of_squares / (n - 1) : 0;
    line.rsquare = yy > 0 ? 1 - line.sum_of_squares / yy : 1;
    return line;
}

double mean_of(Numbers const& y, std::size_t count) {
    double sum = 0, n = 0;
    for (std::size_t i = 0; i < count && i < y.size(); ++i)
        if (!std::isnan(y[i])) sum += y[i], ++n;
    return n > 0 ? sum / n : 0;
}

// The percentile by linear interpolation between neighbours.
double percentile(Numbers sorted, double percent) {
    if (sorted.empty()) return 0;
    auto const place = percent / 100 * static_cast<double>(sorted.size() - 1);
    auto const below = static_cast<std::size_t>(std::floor(place));
    auto const above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - static_cast<double>(below));
}

Numbers outlier_scores(Numbers const& y, std::size_t known, double least, double most) {
    Numbers sorted;
    for (std::size_t i = 0; i < known; ++i)
        if (!std::isnan(y[i])) sorted.push_back(y[i]);
    std::sort(sorted.begin(), sorted.end());
    auto const low = percentile(sorted, least), high = percentile(sorted, most);
    auto const range = high - low;
    Numbers scores;
    for (auto const v : y) {
        double const outside = v > high ? v - high : v < low ? v - low : 0;
        // A range of nothing: any distance is an outlier.
        scores.push_back(std::isnan(v) ? v : outside == 0 ? 0 : range > 0 ? outside / range : std::copysign(1e6, outside));
    }
    return scores;
}

// The lag with the highest autocorrelation of the detrended series, if that exceeds the threshold.
std::int64_t detect_period(Numbers const& y, std::size_t known, double threshold) {
    auto const line = fit(y, 0, known);
    Numbers rest(known, 0.0);
    double power = 0;
    for (std::size_t i = 0; i < known; ++i) {
        if (!std::isnan(y[i])) rest[i] = y[i] - line.at(i);
        power += rest[i] * rest[i];
    }
    if (known < 8 || power <= 0) return 0;
    std::int64_t best = 0;
    double most = threshold;
    // A period that is seen no more than twice is none: the documented example of a series too short has two whole ones.
    Numbers correlation((known - 1) / 2 + 1, 0.0);
    for (std::size_t lag = 1; lag < correlation.size(); ++lag) {
        double sum = 0;
        for (std::size_t i = 0; i + lag < known; ++i) sum += rest[i] * rest[i + lag];
        correlation[lag] = sum / power * static_cast<double>(known) / static_cast<double>(known - lag);
    }
    for (std::size_t lag = 4; lag < correlation.size(); ++lag) {
        bool const peak = correlation[lag] > correlation[lag - 1] && (lag + 1 == correlation.size() || correlation[lag] >= correlation[lag + 1]);
        if (!peak || correlation[lag] <= most * (best ? 1.05 : 1)) continue;  // a multiple must be clearly better
        most = correlation[lag];
        best = static_cast<std::int64_t>(lag);
    }
    return best;
}

Numbers seasonal_part(Numbers const& y, std::size_t known, std::int64_t period) {
    Numbers made(y.size(), 0.0);
    if (period <= 0 || period > static_cast<std::int64_t>(y.size())) return made;
    auto const length = static_cast<std::size_t>(period);
    Numbers sums(length, 0.0), counts(length, 0.0);
    for (std::size_t i = 0; i < known; ++i)
        if (!std::isnan(y[i])) sums[i % length] += y[i], ++counts[i % length];
    for (std::size_t i = 0; i < y.size(); ++i) made[i] = counts[i % length] > 0 ? sums[i % length] / counts[i % length] : 0;
    return made;
}

// series_seasonal takes the median of each place in the period, where the decomposition takes the mean.
Numbers seasonal_medians(Numbers const& y, std::int64_t period) {
    Numbers made(y.size(), 0.0);
    if (period <= 0 || period > static_cast<std::int64_t>(y.size())) return made;
    auto const length = static_cast<std::size_t>(period);
    for (std::size_t place = 0; place < length; ++place) {
        Numbers values;
        for (std::size_t i = place; i < y.size(); i += length)
            if (!std::isnan(y[i])) values.push_back(y[i]);
        std::sort(values.begin(), values.end());
        auto const half = values.size() / 2;
        auto const median = values.empty() ? 0.0 : values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
        for (std::size_t i = place; i < y.size(); i += length) made[i] = median;
    }
    return made;
}

struct Parts { Numbers baseline, seasonal, trend, residual; std::size_t known = 0; };

Parts decompose(Numbers const& y, std::int64_t period, std::string_view trend, std::int64_t test, double threshold) {
    Parts parts;
    auto const size = y.size();
    parts.known = size - std::min(size, static_cast<std::size_t>(std::max<std::int64_t>(0, test)));
    if (period < 0) period = detect_period(y, parts.known, threshold);
    // The season is taken from the series without its trend, so that it sums up to nothing.
    Numbers level(size, 0.0);
    if (trend.starts_with("linefit")) {
        auto const line = fit(y, 0, parts.known);
        for (std::size_t i = 0; i < size; ++i) level[i] = line.at(i);
    } else if (trend != "none") {
        std::fill(level.begin(), level.end(), mean_of(y, parts.known));
    }
    Numbers without(size);
    for (std::size_t i = 0; i < size; ++i) without[i] = y[i] - level[i];
    parts.seasonal = seasonal_part(without, parts.known, period);
    parts.trend = level;
    if (trend.starts_with("linefit") && period > 0) {  // the line again, now over the series without its season
        Numbers rest(size);
        for (std::size_t i = 0; i < size; ++i) rest[i] = y[i] - parts.seasonal[i];
        auto const line = fit(rest, 0, parts.known);
        for (std::size_t i = 0; i < size; ++i) parts.trend[i] = line.at(i);
    }
    parts.baseline.resize(size);
    parts.residual.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
        parts.baseline[i] = parts.seasonal[i] + parts.trend[i];
        parts.residual[i] = y[i] - parts.baseline[i];
    }
    return parts;
}

}  // namespace

bool series_fir(Json json, Json filter_json, bool normalize, bool centre, std::string& out) {
    if (!is_array(json) || !is_array(filter_json)) return false;
    auto const x = numbers_of(json);
    auto filter = numbers_of(filter_json);
    if (normalize) {
        double sum = 0;
        for (auto const f : filter) {
            if (f < 0) return false;
            sum += f;
        }
        if (sum == 0) return false;
        for (auto& f : filter) f /= sum;
    }
    auto const ahead = centre ? static_cast<std::int64_t>(filter.size() / 2) : 0;
    Numbers made;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(x.size()); ++i) {
        double sum = 0;
        for (std::int64_t k = 0; k < static_cast<std::int64_t>(filter.size()); ++k) {
            auto const at = i - k + ahead;
            if (at >= 0 && at < static_cast<std::int64_t>(x.size()))
                sum += filter[static_cast<std::size_t>(k)] * x[static_cast<std::size_t>(at)];
        }
        made.push_back(sum);
    }
    append(out, made);
    return true;
}

bool series_iir(Json json, Json b_json, Json a_json, std::string& out) {
    if (!is_array(json)) return false;
    auto const x = numbers_of(json), b = numbers_of(b_json), a = numbers_of(a_json);
    if (a.empty() || a[0] == 0 || std::isnan(a[0])) return false;
    Numbers y;
    for (std::size_t i = 0; i < x.size(); ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < b.size() && k <= i; ++k) sum += b[k] * x[i - k];
        for (std::size_t k = 1; k < a.size() && k <= i; ++k) sum -= a[k] * y[i - k];
        y.push_back(sum / a[0]);
    }
    append(out, y);
    return true;
}

bool series_fill_linear(Json json, Json missing, bool edges, Json constant, std::string& out) {
    if (!is_array(json)) return false;
    auto const values = json_elements(json);
    auto const is_gap = [&](std::size_t i) {
        return !json_number(values[i]) || (!is_null(missing) && json_equal(values[i], missing));
    };
    auto const none = values.size();
    // A series of whole numbers stays one: what lies between them is cut off.
    bool whole = true;
    for (std::size_t i = 0; i < values.size(); ++i)
        whole = whole && (is_gap(i) || Json(values[i]).find_first_of(".eE") == Json::npos);
    std::vector<std::size_t> before(values.size(), none), after(values.size(), none);
    for (std::size_t i = 0; i < values.size(); ++i) before[i] = !is_gap(i) ? i : i > 0 ? before[i - 1] : none;
    for (std::size_t i = values.size(); i-- > 0;) after[i] = !is_gap(i) ? i : i + 1 < values.size() ? after[i + 1] : none;
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        auto const b = before[i], a = after[i];
        if (b == i) {
            out += values[i];
        } else if (b != none && a != none) {
            auto const x = *json_number(values[b]), y = *json_number(values[a]);
            auto const between = x + (y - x) * static_cast<double>(i - b) / static_cast<double>(a - b);
            if (whole) out += std::to_string(static_cast<std::int64_t>(between));
            else append(out, between);
        } else if (b == none && a == none) {
            out += is_null(constant) ? Json("null") : constant;
        } else if (edges) {
            out += values[b != none ? b : a];
        } else {
            out += "null";
        }
    }
    out += ']';
    return true;
}

bool series_fit_line(Json json, std::string& out) {
    if (!is_array(json)) return false;
    auto const y = numbers_of(json);
    if (y.empty()) return false;
    auto const line = fit(y, 0, y.size());
    Numbers fitted;
    for (std::size_t i = 0; i < y.size(); ++i) fitted.push_back(line.at(i));
    out += '[';
    for (auto const v : {line.rsquare, line.slope, line.variance, line.rvariance, line.interception}) {
        append(out, v);
        out += ',';
    }
    append(out, fitted);
    out += ']';
    return true;
}

bool series_fit_2lines(Json json, std::string& out) {
    if (!is_array(json)) return false;
    auto const y = numbers_of(json);
    if (y.size() < 4) return false;
    auto const whole = fit(y, 0, y.size());
    std::size_t split = 2;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t at = 2; at + 2 <= y.size(); ++at) {
        auto const rest = fit(y, 0, at).sum_of_squares + fit(y, at, y.size()).sum_of_squares;
        if (rest < least) least = rest, split = at;
    }
    auto const left = fit(y, 0, split), right = fit(y, split, y.size());
    Numbers fitted;
    for (std::size_t i = 0; i < y.size(); ++i) fitted.push_back(i < split ? left.at(i) : right.at(i));
    auto const total = whole.variance * static_cast<double>(y.size() - 1);
    out += '[';
    append(out, total > 0 ? 1 - least / total : 1.0);
    out += ',' + std::to_string(split) + ',';
    append(out, whole.variance);
    out += ',';
    append(out, least / static_cast<double>(y.size() - 1));
    out += ',';
    append(out, fitted);
    auto const side = [&](Line const& line, double begin) {
        for (auto const v : {line.rsquare, line.slope, line.interception + line.slope * begin, line.variance, line.rvariance}) {
            out += ',';
            append(out, v);
        }
    };
    side(right, static_cast<double>(split));  // the right line counts its places from the split
    side(left, 0);
    out += ']';
    return true;
}

bool series_outliers(Json json, double least, double most, std::optional<double> ignored, std::string& out) {
    if (!is_array(json) || !(least >= 0 && most <= 100 && least < most)) return false;
    auto y = numbers_of(json);
    for (auto& v : y)
        if (ignored && v == *ignored) v = NAN;
    auto scores = outlier_scores(y, y.size(), least, most);
    for (auto& score : scores)
        if (std::isnan(score)) score = 0;
    append(out, scores);
    return true;
}

bool series_seasonal(Json json, std::int64_t period, std::string& out) {
    if (!is_array(json)) return false;
    auto const y = numbers_of(json);
    append(out, seasonal_medians(y, period < 0 ? detect_period(y, y.size(), 0.6) : period));
    return true;
}

bool series_decompose(Json json, std::int64_t period, std::string_view trend, std::int64_t test, double threshold, std::string& out) {
    if (!is_array(json)) return false;
    auto const parts = decompose(numbers_of(json), period, trend, test, threshold);
    out += '[';
    append(out, parts.baseline);
    for (auto const* part : {&parts.seasonal, &parts.trend, &parts.residual}) {
        out += ',';
        append(out, *part);
    }
    out += ']';
    return true;
}

bool series_decompose_anomalies(Json json, double threshold, std::int64_t period, std::string_view trend, std::int64_t test,
                                std::string_view method, double seasonality_threshold, std::string& out) {
    if (!is_array(json)) return false;
    auto const parts = decompose(numbers_of(json), period, trend, test, seasonality_threshold);
    bool const quartiles = method == "tukey";
    auto const scores = outlier_scores(parts.residual, parts.known, quartiles ? 25 : 10, quartiles ? 75 : 90);
    out += "[[";
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (i > 0) out += ',';
        out += scores[i] > threshold ? "1" : scores[i] < -threshold ? "-1" : "0";
    }
    out += "],";
    append(out, scores);
    out += ',';
    append(out, parts.baseline);
    out += ']';
    return true;
}

bool series_pearson(Json a_json, Json b_json, std::string& out) {
    if (!is_array(a_json) || !is_array(b_json)) return false;
    auto const a = numbers_of(a_json), b = numbers_of(b_json);
    if (a.size() != b.size() || a.empty()) return false;
    auto const mean_a = mean_of(a, a.size()), mean_b = mean_of(b, b.size());
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    append(out, ab / std::sqrt(aa * bb));
    return out != "null";
}

}  // namespace merlon::hunt
