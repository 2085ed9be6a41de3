#include <s2/mutable_s2shape_index.h>
#include <s2/s2boolean_operation.h>
#include <s2/s2buffer_operation.h>
#include <s2/s2builder.h>
#include <s2/s2builderutil_closed_set_normalizer.h>
#include <s2/s2builderutil_s2point_vector_layer.h>
#include <s2/s2builderutil_s2polygon_layer.h>
#include <s2/s2builderutil_s2polyline_vector_layer.h>
#include <s2/s2builderutil_snap_functions.h>

#include "hunt/functions/runtime/shape_functions.h"

namespace merlon::hunt {
namespace {

using s2builderutil::IdentitySnapFunction;
using PolylineLayer = s2builderutil::S2PolylineVectorLayer;

PolylineLayer::Options line_options() {
    PolylineLayer::Options options;
    options.set_polyline_type(S2Builder::Graph::PolylineType::WALK);
    options.set_duplicate_edges(S2Builder::GraphOptions::DuplicateEdges::MERGE);
    options.set_s2debug_override(S2Debug::DISABLE);
    return options;
}

void add_lines(MutableS2ShapeIndex& index, std::vector<Line> const& lines) {
    for (auto const& line : lines) index.Add(std::make_unique<S2Polyline::Shape>(line.get()));
}

// What two sets of lines share: points where they cross, lines where they run together.
bool shared_parts(std::vector<Line> const& a, std::vector<Line> const& b, std::string& out) {
    MutableS2ShapeIndex left, right;
    add_lines(left, a);
    add_lines(right, b);
    std::vector<S2Point> points;
    std::vector<Line> lines;
    S2Polygon unused;
    s2builderutil::LayerVector layers(3);
    layers[0] = std::make_unique<s2builderutil::S2PointVectorLayer>(&points);
    layers[1] = std::make_unique<PolylineLayer>(&lines, line_options());
    layers[2] = std::make_unique<s2builderutil::S2PolygonLayer>(&unused);
    S2BooleanOperation operation(S2BooleanOperation::OpType::INTERSECTION, s2builderutil::NormalizeClosedSet(std::move(layers)));
    S2Error error;
    if (!operation.Build(left, right, &error)) return false;
    if (points.size() == 1 && lines.empty()) {
        append_point(out, points.front());
    } else if (points.empty()) {
        append_lines(out, lines);
    } else {
        out += R"({"type":"GeometryCollection","geometries":[)";
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (i > 0) out += ',';
            append_point(out, points[i]);
        }
        if (!lines.empty()) {
            out += ',';
            append_lines(out, lines);
        }
        out += "]}";
    }
    return true;
}

bool good_buffer(double radius, double tolerance) { return radius > 0 && radius <= 20'000'000 && tolerance > 0; }

template <typename Add>
bool buffered(double radius, double tolerance, std::string& out, Add add) {
    if (!good_buffer(radius, tolerance)) return false;
    S2Polygon made;
    made.set_s2debug_override(S2Debug::DISABLE);
    S2BufferOperation::Options options(angle_of_metres(radius));
    options.set_error_fraction(std::clamp(tolerance / radius, S2BufferOperation::Options::kMinErrorFraction, 1.0));
    S2BufferOperation operation(std::make_unique<s2builderutil::S2PolygonLayer>(&made), options);
    add(operation);
    S2Error error;
    if (!operation.Build(&error) || made.is_empty()) return false;
    append_polygon(out, made);
    return true;
}

}  // namespace

bool line_simplify(Lines const& lines, double tolerance, std::string& out) {
    if (!lines || !(tolerance >= 0)) return false;
    S2Builder::Options options{IdentitySnapFunction(angle_of_metres(tolerance))};
    options.set_simplify_edge_chains(true);
    S2Builder builder(options);
    std::vector<Line> made;
    for (auto const& line : *lines) {
        builder.StartLayer(std::make_unique<PolylineLayer>(&made, line_options()));
        builder.AddPolyline(*line);
        builder.ForceVertex(line->vertex(0));
        builder.ForceVertex(line->vertex(line->num_vertices() - 1));
    }
    for (auto const& line : *lines)
        if (line->GetLength() <= angle_of_metres(tolerance)) return false;
    S2Error error;
    if (!builder.Build(&error) || made.empty()) return false;
    append_lines(out, made);
    return true;
}

bool line_union(Json array, std::string& out) {
    auto const lines = read_line_array(array);
    if (!lines) return false;
    MutableS2ShapeIndex index, nothing;
    add_lines(index, *lines);
    std::vector<Line> made;
    S2BooleanOperation operation(S2BooleanOperation::OpType::UNION, std::make_unique<PolylineLayer>(&made, line_options()));
    S2Error error;
    if (!operation.Build(index, nothing, &error)) return false;
    append_lines(out, made);
    return true;
}

std::optional<bool> lines_intersect(Lines const& lines, Json other_json) {
    auto const other = read_lines(other_json);
    if (!lines || !other) return {};
    for (auto const& a : *lines)
        for (auto const& b : *other)
            if (a->Intersects(*b)) return true;
    return false;
}

bool lines_intersection(Lines const& lines, Json other_json, std::string& out) {
    auto const other = read_lines(other_json);
    return lines && other && shared_parts(*lines, *other, out);
}

bool polygon_simplify(Polygon const& polygon, double tolerance, std::string& out) {
    if (!polygon || !(tolerance >= 0)) return false;
    S2Polygon made;
    made.set_s2debug_override(S2Debug::DISABLE);
    made.InitToSimplified(*polygon, IdentitySnapFunction(angle_of_metres(tolerance)));
    if (made.is_empty()) return false;
    append_polygon(out, made);
    return true;
}

bool polygons_simplify(Json array, double tolerance, std::string& out) {
    auto const parts = read_polygons(array);
    if (!parts || !(tolerance >= 0)) return false;
    S2Builder::Options options{IdentitySnapFunction(angle_of_metres(tolerance))};
    options.set_simplify_edge_chains(true);
    S2Builder builder(options);
    std::vector<Polygon> made;
    for (auto const& part : *parts) {
        made.push_back(std::make_unique<S2Polygon>());
        made.back()->set_s2debug_override(S2Debug::DISABLE);
        builder.StartLayer(std::make_unique<s2builderutil::S2PolygonLayer>(made.back().get()));
        builder.AddPolygon(*part);
    }
    S2Error error;
    if (!builder.Build(&error)) return false;
    auto const whole = S2Polygon::DestructiveUnion(std::move(made));
    if (whole->is_empty()) return false;
    append_polygon(out, *whole);
    return true;
}

bool polygon_union(Json array, std::string& out) {
    auto parts = read_polygons(array);
    if (!parts) return false;
    append_polygon(out, *S2Polygon::DestructiveUnion(std::move(*parts)));
    return true;
}

std::optional<bool> polygons_intersect(Polygon const& polygon, Json other_json) {
    auto const other = read_polygon(other_json);
    if (!polygon || !other) return {};
    return polygon->Intersects(*other);
}

bool polygons_intersection(Polygon const& polygon, Json other_json, std::string& out) {
    auto const other = read_polygon(other_json);
    if (!polygon || !other) return false;
    S2Polygon made;
    made.set_s2debug_override(S2Debug::DISABLE);
    made.InitToIntersection(*polygon, *other);
    append_polygon(out, made);
    return true;
}

std::optional<bool> line_polygon_intersect(Json lines_json, Polygon const& polygon) {
    auto const lines = read_lines(lines_json);
    if (!lines || !polygon) return {};
    for (auto const& line : *lines)
        if (polygon->Intersects(*line)) return true;
    return false;
}

bool line_polygon_intersection(Json lines_json, Polygon const& polygon, std::string& out) {
    auto const lines = read_lines(lines_json);
    if (!lines || !polygon) return false;
    std::vector<Line> made;
    for (auto const& line : *lines)
        for (auto& part : polygon->IntersectWithPolyline(*line)) made.push_back(std::move(part));
    append_lines(out, made);
    return true;
}

bool point_buffer(double x, double y, double radius, double tolerance, std::string& out) {
    auto const point = point_at(x, y);
    if (!point) return false;
    return buffered(radius, tolerance, out, [&](S2BufferOperation& operation) { operation.AddPoint(*point); });
}

bool line_buffer(Lines const& lines, double radius, double tolerance, std::string& out) {
    if (!lines) return false;
    return buffered(radius, tolerance, out, [&](S2BufferOperation& operation) {
        for (auto const& line : *lines) operation.AddPolyline(line->vertices_span());
    });
}

bool polygon_buffer(Polygon const& polygon, double radius, double tolerance, std::string& out) {
    if (!polygon) return false;
    return buffered(radius, tolerance, out, [&](S2BufferOperation& operation) { operation.AddShapeIndex(polygon->index()); });
}

}  // namespace merlon::hunt
