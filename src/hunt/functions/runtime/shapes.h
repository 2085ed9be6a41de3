// GeoJSON shapes on the sphere, as the S2 library holds them. Longitude comes before latitude, in degrees; distances are
// metres on a sphere of 6,371,010 m. A shape that is not valid (open or crossing rings, places off the globe, repeated
// vertices) reads as nothing, and what is computed from it is null.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <s2/s2polygon.h>
#include <s2/s2polyline.h>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

using Line = std::unique_ptr<S2Polyline>;
using Polygon = std::unique_ptr<S2Polygon>;

std::optional<S2Point> point_at(double longitude, double latitude);
// LineString or MultiLineString; never empty.
std::optional<std::vector<Line>> read_lines(Json);
// Polygon or MultiPolygon, its parts united.
Polygon read_polygon(Json);
// An array of polygons, or one.
std::optional<std::vector<Polygon>> read_polygons(Json);
std::optional<std::vector<Line>> read_line_array(Json);

// The places of a shape's lines or rings as they are written, longitude and latitude in degrees.
using Places = std::vector<std::pair<double, double>>;
std::vector<Places> read_places(Json);

// Each appends a GeoJSON geometry; several parts make it a Multi..., none an empty GeometryCollection.
void append_point(std::string& out, S2Point const&);
void append_lines(std::string& out, std::vector<Line> const&);
void append_polygon(std::string& out, S2Polygon const&);
void append_ring(std::string& out, std::vector<S2Point> const&);  // [[x,y],...], closed

// Metres <-> angles.
double metres(S1Angle);
S1Angle angle_of_metres(double);

}  // namespace merlon::hunt
