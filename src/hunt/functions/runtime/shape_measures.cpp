#include <numbers>

#include <s2/s2edge_tessellator.h>
#include <s2/s2latlng.h>
#include <s2/s2polyline_measures.h>
#include <s2/s2projections.h>

#include "hunt/functions/runtime/shape_functions.h"

namespace merlon::hunt {
namespace {

// The projection of a point on the nearest of several lines.
std::optional<S2Point> project(Lines const& lines, double x, double y, S2Point* from = nullptr, int* next = nullptr) {
    auto const point = point_at(x, y);
    if (!lines || !point) return {};
    if (from) *from = *point;
    std::optional<S2Point> best;
    for (auto const& line : *lines) {
        int after = 0;
        auto const on_line = line->Project(*point, &after);
        if (best && S1Angle(*best, *point) <= S1Angle(on_line, *point)) continue;
        best = on_line;
        if (next) *next = after;
    }
    return best;
}

// The straight lines of a map (longitude against latitude) as places whose great circles stay within the tolerance.
std::vector<S2Point> densified(Places const& places, double tolerance) {
    S2::PlateCarreeProjection const projection(180);
    S2EdgeTessellator const tessellator(&projection, angle_of_metres(tolerance));
    std::vector<S2Point> made;
    for (std::size_t i = 0; i + 1 < places.size(); ++i)
        tessellator.AppendUnprojected({places[i].first, places[i].second}, {places[i + 1].first, places[i + 1].second}, &made);
    return made;
}

bool good_tolerance(double tolerance) { return tolerance >= 0.1 && tolerance <= 10'000; }

}  // namespace

std::optional<double> geo_azimuth(double x1, double y1, double x2, double y2) {
    auto const from = point_at(x1, y1), to = point_at(x2, y2);
    if (!from || !to || *from == *to) return {};
    constexpr auto radians = std::numbers::pi / 180;
    auto const turn = (x2 - x1) * radians;
    auto const east = std::sin(turn) * std::cos(y2 * radians);
    auto const north = std::cos(y1 * radians) * std::sin(y2 * radians) - std::sin(y1 * radians) * std::cos(y2 * radians) * std::cos(turn);
    auto const angle = std::atan2(east, north);
    return angle < 0 ? angle + 2 * std::numbers::pi : angle;
}

std::optional<double> geo_angle(double x1, double y1, double x2, double y2, double x3, double y3) {
    auto const back = geo_azimuth(x2, y2, x1, y1), on = geo_azimuth(x2, y2, x3, y3);
    if (!back || !on) return {};
    auto const angle = *on - *back;
    return angle < 0 ? angle + 2 * std::numbers::pi : angle;
}

std::optional<double> line_distance(Lines const& lines, double x, double y) {
    S2Point from;
    auto const nearest = project(lines, x, y, &from);
    if (!nearest) return {};
    return metres(S1Angle(*nearest, from));
}

std::optional<double> line_length(Lines const& lines) {
    if (!lines) return {};
    double sum = 0;
    for (auto const& line : *lines) sum += metres(line->GetLength());
    return sum;
}

bool line_closest(Lines const& lines, double x, double y, std::string& out) {
    auto const nearest = project(lines, x, y);
    if (nearest) append_point(out, *nearest);
    return nearest.has_value();
}

bool line_centroid(Lines const& lines, std::string& out) {
    if (!lines) return false;
    S2Point sum;
    for (auto const& line : *lines) sum += line->GetCentroid();
    if (sum == S2Point()) return false;
    append_point(out, sum.Normalize());
    return true;
}

bool line_interpolate(Lines const& lines, double fraction, std::string& out) {
    if (!lines || lines->size() != 1 || !(fraction >= 0) || !(fraction <= 1)) return false;
    append_point(out, lines->front()->Interpolate(fraction));
    return true;
}

std::optional<double> line_locate(Lines const& lines, double x, double y) {
    if (!lines || lines->size() != 1) return {};
    int next = 0;
    auto const nearest = project(lines, x, y, nullptr, &next);
    if (!nearest) return {};
    return lines->front()->UnInterpolate(*nearest, next);
}

bool line_densify(Json shape, double tolerance, std::string& out) {
    if (!read_lines(shape) || !good_tolerance(tolerance)) return false;
    std::vector<Line> made;
    for (auto const& places : read_places(shape))
        made.push_back(std::make_unique<S2Polyline>(densified(places, tolerance), S2Debug::DISABLE));
    append_lines(out, made);
    return true;
}

std::optional<bool> polygon_contains(Polygon const& polygon, double x, double y) {
    auto const point = point_at(x, y);
    if (!polygon || !point) return {};
    return polygon->Contains(*point);
}

std::optional<double> polygon_distance(Polygon const& polygon, double x, double y) {
    auto const point = point_at(x, y);
    if (!polygon || !point) return {};
    return metres(polygon->GetDistance(*point));
}

std::optional<double> polygon_area(Polygon const& polygon) {
    if (!polygon) return {};
    auto const radius = metres(S1Angle::Radians(1));
    return polygon->GetArea() * radius * radius;
}

std::optional<double> polygon_perimeter(Polygon const& polygon) {
    if (!polygon) return {};
    double sum = 0;
    for (int i = 0; i < polygon->num_loops(); ++i) {
        auto const& loop = *polygon->loop(i);
        for (int v = 0; v < loop.num_vertices(); ++v) sum += metres(S1Angle(loop.vertex(v), loop.vertex(v + 1)));
    }
    return sum;
}

bool polygon_closest(Polygon const& polygon, double x, double y, std::string& out) {
    auto const point = point_at(x, y);
    if (!polygon || !point) return false;
    append_point(out, polygon->Project(*point));
    return true;
}

bool polygon_centroid(Polygon const& polygon, std::string& out) {
    if (!polygon || polygon->is_empty()) return false;
    append_point(out, polygon->GetCentroid().Normalize());
    return true;
}

bool polygon_densify(Json shape, double tolerance, std::string& out) {
    if (!read_polygon(shape) || !good_tolerance(tolerance)) return false;
    std::vector<std::unique_ptr<S2Loop>> loops;
    for (auto const& places : read_places(shape)) {
        auto made = densified(places, tolerance);
        made.pop_back();
        loops.push_back(std::make_unique<S2Loop>(made, S2Debug::DISABLE));
        loops.back()->Normalize();
    }
    S2Polygon result;
    result.set_s2debug_override(S2Debug::DISABLE);
    result.InitNested(std::move(loops));
    append_polygon(out, result);
    return true;
}

}  // namespace merlon::hunt
