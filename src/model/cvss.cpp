#include "model/cvss.h"

#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "base/text.h"

namespace merlon {
namespace {

// One metric of a version: its values are single words parted by blanks.
struct Metric {
    std::string_view key;
    std::string_view values;
    bool base = false;
};

constexpr std::array metrics_v2{
    Metric{"AV", "L A N", true}, Metric{"AC", "H M L", true}, Metric{"Au", "M S N", true},
    Metric{"C", "N P C", true},  Metric{"I", "N P C", true},  Metric{"A", "N P C", true},
    Metric{"E", "U POC F H ND"}, Metric{"RL", "OF TF W U ND"}, Metric{"RC", "UC UR C ND"},
    Metric{"CDP", "N L LM MH H ND"}, Metric{"TD", "N L M H ND"}, Metric{"CR", "L M H ND"},
    Metric{"IR", "L M H ND"},    Metric{"AR", "L M H ND"}};

constexpr std::array metrics_v3{
    Metric{"AV", "N A L P", true}, Metric{"AC", "L H", true},  Metric{"PR", "N L H", true},
    Metric{"UI", "N R", true},     Metric{"S", "U C", true},   Metric{"C", "H L N", true},
    Metric{"I", "H L N", true},    Metric{"A", "H L N", true}, Metric{"E", "X U P F H"},
    Metric{"RL", "X O T W U"},     Metric{"RC", "X U R C"},    Metric{"CR", "X L M H"},
    Metric{"IR", "X L M H"},       Metric{"AR", "X L M H"},    Metric{"MAV", "X N A L P"},
    Metric{"MAC", "X L H"},        Metric{"MPR", "X N L H"},   Metric{"MUI", "X N R"},
    Metric{"MS", "X U C"},         Metric{"MC", "X N L H"},    Metric{"MI", "X N L H"},
    Metric{"MA", "X N L H"}};

constexpr std::array metrics_v4{
    Metric{"AV", "N A L P", true}, Metric{"AC", "L H", true},   Metric{"AT", "N P", true},
    Metric{"PR", "N L H", true},   Metric{"UI", "N P A", true}, Metric{"VC", "H L N", true},
    Metric{"VI", "H L N", true},   Metric{"VA", "H L N", true}, Metric{"SC", "H L N", true},
    Metric{"SI", "H L N", true},   Metric{"SA", "H L N", true}, Metric{"E", "X A P U"},
    Metric{"CR", "X H M L"},       Metric{"IR", "X H M L"},     Metric{"AR", "X H M L"},
    Metric{"MAV", "X N A L P"},    Metric{"MAC", "X L H"},      Metric{"MAT", "X N P"},
    Metric{"MPR", "X N L H"},      Metric{"MUI", "X N P A"},    Metric{"MVC", "X H L N"},
    Metric{"MVI", "X H L N"},      Metric{"MVA", "X H L N"},    Metric{"MSC", "X H L N"},
    Metric{"MSI", "X S H L N"},    Metric{"MSA", "X S H L N"},  Metric{"S", "X N P"},
    Metric{"AU", "X N Y"},         Metric{"R", "X A U I"},      Metric{"V", "X D C"},
    Metric{"RE", "X L M H"},       Metric{"U", "X Clear Green Amber Red"}};

// The first letters of the base metrics' values, in the order of the tables above; base metrics come first there.
struct BaseValues {
    std::array<char, 11> letter{};
    char operator[](std::size_t n) const { return letter[n]; }
};

bool has_value(Metric const& metric, std::string_view value) {
    for (auto const one : split(metric.values, ' '))
        if (one == value) return true;
    return false;
}

Result<BaseValues> base_values(std::string_view whole, std::string_view body, std::span<Metric const> metrics) {
    auto const bad = [&](std::string const& why) { return fail("cvss.malformed", std::string(whole), why); };
    std::array<bool, 64> seen{};
    BaseValues out;
    for (auto const part : split(body, '/')) {
        auto const colon = part.find(':');
        if (colon == std::string_view::npos) return bad(fmt::format("\"{}\" has no colon", part));
        auto const key = part.substr(0, colon);
        auto const value = part.substr(colon + 1);
        auto const metric = std::ranges::find(metrics, key, &Metric::key);
        if (metric == metrics.end()) return bad(fmt::format("it has no metric \"{}\"", key));
        auto const n = static_cast<std::size_t>(metric - metrics.begin());
        if (seen[n]) return bad(fmt::format("\"{}\" stands there twice", key));
        if (!has_value(*metric, value)) return bad(fmt::format("\"{}\" is none of {} ({})", value, key, metric->values));
        seen[n] = true;
        if (metric->base) out.letter[n] = value.front();
    }
    for (std::size_t n = 0; n < metrics.size(); ++n)
        if (metrics[n].base && !seen[n]) return bad(fmt::format("\"{}\" is missing", metrics[n].key));
    return out;
}

struct Weight {
    char letter;
    double weight;
};
double weight_of(char letter, std::initializer_list<Weight> weights) {
    for (auto const& one : weights)
        if (one.letter == letter) return one.weight;
    return 0;
}

// ---- 2.0 ---------------------------------------------------------------------------------------------------------

double base_v2(BaseValues const& v) {
    // Section 3.2.1: the weights of access vector, access complexity, authentication; then the impacts.
    auto const exploitability = 20 * weight_of(v[0], {{'L', 0.395}, {'A', 0.646}, {'N', 1.0}}) *
                                weight_of(v[1], {{'H', 0.35}, {'M', 0.61}, {'L', 0.71}}) *
                                weight_of(v[2], {{'M', 0.45}, {'S', 0.56}, {'N', 0.704}});
    auto const left = [&](char letter) { return 1 - weight_of(letter, {{'P', 0.275}, {'C', 0.660}}); };
    auto const impact = 10.41 * (1 - left(v[3]) * left(v[4]) * left(v[5]));
    auto const f = impact == 0 ? 0 : 1.176;
    return std::round((0.6 * impact + 0.4 * exploitability - 1.5) * f * 10) / 10;
}

// ---- 3.0 and 3.1 -------------------------------------------------------------------------------------------------

// 3.0: "the smallest number, specified to one decimal place, that is equal to or higher than its input".
double round_up_v30(double input) { return std::ceil(input * 10) / 10; }

// 3.1 appendix A: the same on integers, so that it does not depend on how the machine rounds.
double round_up_v31(double input) {
    auto const integer = std::llround(input * 100000);
    if (integer % 10000 == 0) return static_cast<double>(integer) / 100000;
    return (std::floor(static_cast<double>(integer) / 10000) + 1) / 10;
}

double base_v3(BaseValues const& v, double (*round_up)(double)) {
    bool const changed = v[4] == 'C';
    auto const left = [&](char letter) { return 1 - weight_of(letter, {{'H', 0.56}, {'L', 0.22}}); };
    auto const iss = 1 - left(v[5]) * left(v[6]) * left(v[7]);
    auto const impact = changed ? 7.52 * (iss - 0.029) - 3.25 * std::pow(iss - 0.02, 15) : 6.42 * iss;
    auto const exploitability = 8.22 * weight_of(v[0], {{'N', 0.85}, {'A', 0.62}, {'L', 0.55}, {'P', 0.2}}) *
                                weight_of(v[1], {{'L', 0.77}, {'H', 0.44}}) *
                                weight_of(v[2], {{'N', 0.85}, {'L', changed ? 0.68 : 0.62}, {'H', changed ? 0.5 : 0.27}}) *
                                weight_of(v[3], {{'N', 0.85}, {'R', 0.62}});
    if (impact <= 0) return 0;
    return round_up(std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0));
}

// ---- 4.0 ---------------------------------------------------------------------------------------------------------

// Scores of the highest vector of each MacroVector (the specification's lookup table), cut to those that base metrics
// reach, with E:A (EQ5 = 0) and the steps below them. Rows: EQ1 x EQ2. Columns: (EQ3, EQ6) as 00 01 10 11 21, and for
// each of them EQ4 = 1, 2.
constexpr double macro_v4[6][5][2]{
    {{10, 9.3}, {9.6, 9.0}, {9.3, 8.8}, {9.2, 8.0}, {7.9, 6.9}},  // 00
    {{9.5, 9.2}, {9.1, 8.1}, {9.2, 8.4}, {8.2, 7.0}, {7.1, 6.3}},  // 01
    {{9.4, 8.7}, {8.9, 7.5}, {8.6, 7.2}, {7.6, 5.7}, {6.5, 5.3}},  // 10
    {{9.0, 7.7}, {7.7, 6.6}, {7.4, 6.1}, {5.9, 5.2}, {5.8, 2.3}},  // 11
    {{8.6, 7.0}, {7.4, 5.4}, {7.2, 5.3}, {5.7, 3.6}, {4.7, 2.4}},  // 20
    {{7.3, 5.4}, {5.5, 4.3}, {6.1, 4.6}, {5.1, 1.8}, {2.4, 1.0}}};  // 21

int steps(char letter, std::string_view order) { return static_cast<int>(order.find(letter)); }

// A highest vector of a MacroVector's part: how many steps below the top each metric stands.
using Highest = std::array<int, 3>;
// The distance from the first of the highest vectors that is nowhere below the vector itself (section 8.2).
int distance(Highest const& at, std::initializer_list<Highest> highest) {
    for (auto const& top : highest) {
        Highest const d{at[0] - top[0], at[1] - top[1], at[2] - top[2]};
        if (std::ranges::all_of(d, [](int n) { return n >= 0; })) return d[0] + d[1] + d[2];
    }
    return 0;
}

double base_v4(BaseValues const& v) {
    char const av = v[0], ac = v[1], at = v[2], pr = v[3], ui = v[4];
    char const vc = v[5], vi = v[6], va = v[7], sc = v[8], si = v[9], sa = v[10];
    if (std::ranges::all_of(std::array{vc, vi, va, sc, si, sa}, [](char c) { return c == 'N'; })) return 0;

    // Tables 24 to 28: the equivalence sets. Without environmental metrics CR, IR and AR count as High, so EQ6 is 0
    // exactly when a vulnerable-system metric is High; and SI, SA cannot be Safety, so EQ4 is 1 or 2.
    std::size_t const eq1 = av == 'N' && pr == 'N' && ui == 'N' ? 0
                            : (av == 'N' || pr == 'N' || ui == 'N') && av != 'P' ? 1 : 2;
    std::size_t const eq2 = ac == 'L' && at == 'N' ? 0 : 1;
    bool const any_high = vc == 'H' || vi == 'H' || va == 'H';
    std::size_t const eq36 = vc == 'H' && vi == 'H' ? 0 : any_high ? 2 : 4;
    std::size_t const eq4 = sc == 'H' || si == 'H' || sa == 'H' ? 0 : 1;
    auto const score = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d) { return macro_v4[a * 2 + b][c][d]; };
    double const value = score(eq1, eq2, eq36, eq4);

    // Section 8.2, step 1: for each set the drop to the next lower MacroVector times the share of the way to it.
    // The depths are those of the specification's table of MacroVector depths.
    double total = 0;
    int lower = 1;  // EQ5 always has a lower MacroVector, and its distance is 0
    auto const add = [&](double next, int far, double depth) {
        total += (value - next) * far / depth;
        ++lower;
    };
    Highest const reach{steps(av, "NALP"), steps(pr, "NLH"), steps(ui, "NPA")};
    if (eq1 == 0) add(score(1, eq2, eq36, eq4), distance(reach, {{0, 0, 0}}), 1);
    if (eq1 == 1) add(score(2, eq2, eq36, eq4), distance(reach, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}), 4);
    if (eq2 == 0) add(score(eq1, 1, eq36, eq4), 0, 1);
    Highest const own{steps(vc, "HLN"), steps(vi, "HLN"), steps(va, "HLN")};
    if (eq36 == 0) add(std::max(score(eq1, eq2, 1, eq4), score(eq1, eq2, 2, eq4)), distance(own, {{0, 0, 0}}), 7);
    if (eq36 == 2) add(score(eq1, eq2, 3, eq4), distance(own, {{1, 0, 0}, {0, 1, 0}}), 8);
    Highest const others{steps(sc, "HLN"), steps(si, "HLN"), steps(sa, "HLN")};
    if (eq4 == 0) add(score(eq1, eq2, eq36, 1), distance(others, {{0, 0, 0}}), 5);

    // Steps 2 and 3: less the mean of these; half up, a hair above so that ties do not fall by the machine's rounding.
    return std::floor((std::clamp(value - total / lower, 0.0, 10.0) + 1e-6) * 10 + 0.5) / 10;
}

}  // namespace

std::string_view cvss_word(double score, std::string_view scheme) {
    if (scheme == "CVSS_V2") return score < 4 ? "Low" : score < 7 ? "Medium" : "High";
    if (score <= 0) return "None";
    return score < 4 ? "Low" : score < 7 ? "Medium" : score < 9 ? "High" : "Critical";
}

Result<CvssScore> cvss_base_score(std::string_view vector) {
    auto const scored = [&](std::string_view scheme, double base) {
        return CvssScore{std::string(scheme), base, std::string(cvss_word(base, scheme))};
    };
    auto const body = trim(vector);
    if (body.starts_with("CVSS:3.0/"))
        return scored("CVSS_V3", base_v3(TRY(base_values(vector, body.substr(9), metrics_v3)), round_up_v30));
    if (body.starts_with("CVSS:3.1/"))
        return scored("CVSS_V31", base_v3(TRY(base_values(vector, body.substr(9), metrics_v3)), round_up_v31));
    if (body.starts_with("CVSS:4.0/"))
        return scored("CVSS_V4", base_v4(TRY(base_values(vector, body.substr(9), metrics_v4))));
    if (body.starts_with("CVSS:")) return fail("cvss.malformed", std::string(vector), "its version is unknown");
    auto v2 = body;
    if (v2.starts_with('(') && v2.ends_with(')')) v2 = v2.substr(1, v2.size() - 2);
    return scored("CVSS_V2", base_v2(TRY(base_values(vector, v2, metrics_v2))));
}

}  // namespace merlon
