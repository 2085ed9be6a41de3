#include "hunt/functions/runtime/shapes.h"

#include <s2/s2earth.h>
#include <s2/s2error.h>
#include <s2/s2latlng.h>

namespace merlon::hunt {
namespace {

std::optional<S2Point> read_position(Json json) {
    if (!is_array(json)) return {};
    auto const x = json_number(json_element(json, 0)), y = json_number(json_element(json, 1));
    if (!x || !y) return {};
    return point_at(*x, *y);
}

std::optional<std::vector<S2Point>> read_positions(Json json) {
    if (!is_array(json)) return {};
    std::vector<S2Point> points;
    bool good = true;
    each_element(json, [&](Json one) {
        auto const point = read_position(one);
        if (point) points.push_back(*point);
        return good = point.has_value();
    });
    if (!good) return {};
    return points;
}

Line read_line(Json coordinates) {
    auto const points = read_positions(coordinates);
    if (!points || points->size() < 2) return {};
    auto line = std::make_unique<S2Polyline>(*points, S2Debug::DISABLE);
    S2Error error;
    if (line->FindValidationError(&error)) return {};
    return line;
}

// The first ring is the border, the others are holes. Which way round they are written does not matter.
Polygon read_rings(Json coordinates) {
    if (!is_array(coordinates)) return {};
    std::vector<std::unique_ptr<S2Loop>> loops;
    bool good = true;
    S2Error error;
    each_element(coordinates, [&](Json ring) {
        auto points = read_positions(ring);
        good = points && points->size() >= 4 && points->front() == points->back();
        if (!good) return false;
        points->pop_back();
        auto loop = std::make_unique<S2Loop>(*points, S2Debug::DISABLE);
        good = !loop->FindValidationError(&error);
        if (!good) return false;
        loop->Normalize();
        loops.push_back(std::move(loop));
        return true;
    });
    if (!good || loops.empty()) return {};
    auto polygon = std::make_unique<S2Polygon>();
    polygon->set_s2debug_override(S2Debug::DISABLE);
    polygon->InitNested(std::move(loops));
    if (polygon->FindValidationError(&error)) return {};
    return polygon;
}

std::string_view type_of(Json shape, std::string& scratch) { return dynamic_text(json_member(shape, "type"), scratch); }

void append_position(std::string& out, S2Point const& point) {
    S2LatLng const place(point);
    out += '[';
    append_real(out, place.lng().degrees());
    out += ',';
    append_real(out, place.lat().degrees());
    out += ']';
}

void append_line_places(std::string& out, S2Polyline const& line) {
    out += '[';
    for (int i = 0; i < line.num_vertices(); ++i) {
        if (i > 0) out += ',';
        append_position(out, line.vertex(i));
    }
    out += ']';
}

template <typename T, typename Read>
std::optional<std::vector<T>> read_parts(Json array, Read read) {
    if (!is_array(array)) return {};
    std::vector<T> parts;
    bool good = true;
    each_element(array, [&](Json one) {
        auto part = read(one);
        good = part != nullptr;
        if (good) parts.push_back(std::move(part));
        return good;
    });
    if (!good || parts.empty()) return {};
    return parts;
}

}  // namespace

std::optional<S2Point> point_at(double longitude, double latitude) {
    if (!(std::fabs(longitude) <= 180) || !(std::fabs(latitude) <= 90)) return {};
    return S2LatLng::FromDegrees(latitude, longitude).ToPoint();
}

std::optional<std::vector<Line>> read_lines(Json shape) {
    std::string scratch;
    auto const type = type_of(shape, scratch);
    auto const coordinates = json_member(shape, "coordinates");
    if (type == "MultiLineString") return read_parts<Line>(coordinates, read_line);
    if (type != "LineString") return {};
    auto line = read_line(coordinates);
    if (!line) return {};
    std::vector<Line> made;
    made.push_back(std::move(line));
    return made;
}

Polygon read_polygon(Json shape) {
    std::string scratch;
    auto const type = type_of(shape, scratch);
    auto const coordinates = json_member(shape, "coordinates");
    if (type == "Polygon") return read_rings(coordinates);
    if (type != "MultiPolygon") return {};
    auto parts = read_parts<Polygon>(coordinates, read_rings);
    if (!parts) return {};
    return parts->size() == 1 ? std::move(parts->front()) : S2Polygon::DestructiveUnion(std::move(*parts));
}

std::optional<std::vector<Polygon>> read_polygons(Json shapes) { return read_parts<Polygon>(shapes, read_polygon); }

std::optional<std::vector<Line>> read_line_array(Json shapes) {
    if (!is_array(shapes)) return {};
    std::vector<Line> all;
    bool good = true;
    each_element(shapes, [&](Json one) {
        auto lines = read_lines(one);
        good = lines.has_value();
        if (good)
            for (auto& line : *lines) all.push_back(std::move(line));
        return good;
    });
    if (!good || all.empty()) return {};
    return all;
}

std::vector<Places> read_places(Json shape) {
    std::vector<Places> all;
    // Coordinates nest one level deeper for each step from a line to a polygon to several of them.
    auto const collect = [&](auto const& self, Json json) -> void {
        if (!is_array(json_element(json_element(json, 0), 0)) && is_array(json_element(json, 0))) {
            auto& places = all.emplace_back();
            each_element(json, [&](Json place) {
                places.emplace_back(json_number(json_element(place, 0)).value_or(0), json_number(json_element(place, 1)).value_or(0));
                return true;
            });
            return;
        }
        each_element(json, [&](Json part) { return self(self, part), true; });
    };
    collect(collect, json_member(shape, "coordinates"));
    return all;
}

void append_point(std::string& out, S2Point const& point) {
    out += R"({"type":"Point","coordinates":)";
    append_position(out, point);
    out += '}';
}

void append_lines(std::string& out, std::vector<Line> const& lines) {
    if (lines.empty()) {
        out += R"({"type":"GeometryCollection","geometries":[]})";
        return;
    }
    out += lines.size() == 1 ? R"({"type":"LineString","coordinates":)" : R"({"type":"MultiLineString","coordinates":[)";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) out += ',';
        append_line_places(out, *lines[i]);
    }
    out += lines.size() == 1 ? "}" : "]}";
}

void append_ring(std::string& out, std::vector<S2Point> const& points) {
    out += '[';
    for (std::size_t i = 0; i <= points.size(); ++i) {
        if (i > 0) out += ',';
        append_position(out, points[i % points.size()]);
    }
    out += ']';
}

void append_polygon(std::string& out, S2Polygon const& polygon) {
    int shells = 0;
    for (int i = 0; i < polygon.num_loops(); ++i) shells += !polygon.loop(i)->is_hole();
    if (shells == 0) {
        out += R"({"type":"GeometryCollection","geometries":[]})";
        return;
    }
    out += shells == 1 ? R"({"type":"Polygon","coordinates":)" : R"({"type":"MultiPolygon","coordinates":[)";
    for (int i = 0; i < polygon.num_loops(); ++i) {
        auto const& loop = *polygon.loop(i);
        std::vector<S2Point> points;
        for (int v = 0; v < loop.num_vertices(); ++v) points.push_back(loop.oriented_vertex(v));
        if (!loop.is_hole()) out += i > 0 ? "],[" : "[";
        else out += ',';
        append_ring(out, points);
    }
    out += shells == 1 ? "]}" : "]]}";
}

double metres(S1Angle angle) { return angle.radians() * S2Earth::RadiusMeters(); }
S1Angle angle_of_metres(double value) { return S1Angle::Radians(value / S2Earth::RadiusMeters()); }

}  // namespace merlon::hunt
