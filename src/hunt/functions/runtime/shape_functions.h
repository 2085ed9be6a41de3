// KQL's geo_* functions of lines and polygons (shapes.h) and of S2 cells. A function that appends gives false for null.
#pragma once
#include "hunt/functions/runtime/shapes.h"

namespace merlon::hunt {

using Lines = std::optional<std::vector<Line>>;

// ---- Points ----
// Radians clockwise from north, 0 .. 2 pi; nothing between equal points.
std::optional<double> geo_azimuth(double x1, double y1, double x2, double y2);
// Radians clockwise at the second point, from the way to the first one to the way to the third one.
std::optional<double> geo_angle(double x1, double y1, double x2, double y2, double x3, double y3);

// ---- Lines ----
std::optional<double> line_distance(Lines const&, double x, double y);
std::optional<double> line_length(Lines const&);
bool line_closest(Lines const&, double x, double y, std::string& out);
bool line_centroid(Lines const&, std::string& out);
bool line_interpolate(Lines const&, double fraction, std::string& out);
std::optional<double> line_locate(Lines const&, double x, double y);
bool line_simplify(Lines const&, double tolerance, std::string& out);
bool line_densify(Json, double tolerance, std::string& out);
bool line_union(Json array, std::string& out);
std::optional<bool> lines_intersect(Lines const&, Json other);
bool lines_intersection(Lines const&, Json other, std::string& out);

// ---- Polygons ----
std::optional<bool> polygon_contains(Polygon const&, double x, double y);
std::optional<double> polygon_distance(Polygon const&, double x, double y);
std::optional<double> polygon_area(Polygon const&);
std::optional<double> polygon_perimeter(Polygon const&);
bool polygon_closest(Polygon const&, double x, double y, std::string& out);
bool polygon_centroid(Polygon const&, std::string& out);
bool polygon_simplify(Polygon const&, double tolerance, std::string& out);
bool polygons_simplify(Json array, double tolerance, std::string& out);  // together, so that shared borders stay shared; as one
bool polygon_densify(Json, double tolerance, std::string& out);
bool polygon_union(Json array, std::string& out);
std::optional<bool> polygons_intersect(Polygon const&, Json other);
bool polygons_intersection(Polygon const&, Json other, std::string& out);
std::optional<bool> line_polygon_intersect(Json lines, Polygon const&);
bool line_polygon_intersection(Json lines, Polygon const&, std::string& out);

// ---- Buffers: all places within `radius` metres; the outline is off by at most `tolerance` metres ----
bool point_buffer(double x, double y, double radius, double tolerance, std::string& out);
bool line_buffer(Lines const&, double radius, double tolerance, std::string& out);
bool polygon_buffer(Polygon const&, double radius, double tolerance, std::string& out);

// ---- Cells ----
std::string s2_cell(double x, double y, std::int64_t level);  // "" when off the globe or the level is not 0..30
bool s2_centre(std::string_view token, std::string& out);
bool s2_polygon(std::string_view token, std::string& out);
bool s2_neighbours(std::string_view token, std::string& out);
// Cells of one level that cover a shape; null when they are more than 65,536.
bool polygon_s2_cells(Polygon const&, std::int64_t level, std::string& out);
// H3 cells whose centres lie in the polygon, its borders straight on the map, once that is wider by `radius` metres.
bool polygon_h3_cells(Json polygon, std::int64_t resolution, double radius, std::string& out);
bool line_s2_cells(Lines const&, std::int64_t level, std::string& out);
bool geohash_centre(std::string_view hash, std::string& out);
bool geohash_polygon(std::string_view hash, std::string& out);
bool geohash_neighbours(std::string_view hash, std::string& out);

// Well-known text as GeoJSON.
bool geo_from_wkt(std::string_view text, std::string& out);

}  // namespace merlon::hunt
