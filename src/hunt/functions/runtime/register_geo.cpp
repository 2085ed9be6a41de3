#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/geo.h"
#include "hunt/functions/runtime/h3_cells.h"
#include "hunt/functions/runtime/register.h"
#include "hunt/functions/runtime/shape_functions.h"

namespace merlon::hunt {
namespace {

using View = std::string_view;

void add_points(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_geo_distance", [](double x1, double y1, double x2, double y2) { return geo_distance(x1, y1, x2, y2); });
    define(all, "kql_geo_in_circle", [](double x, double y, double centre_x, double centre_y, double radius) {
        return geo_in_circle(x, y, centre_x, centre_y, radius);
    });
    define(all, "kql_geohash", [](double x, double y, std::int64_t precision) { return geohash(x, y, precision); });
    define(all, "kql_geo_azimuth", [](double x1, double y1, double x2, double y2) { return geo_azimuth(x1, y1, x2, y2); });
    define(all, "kql_geo_angle", [](double x1, double y1, double x2, double y2, double x3, double y3) {
        return geo_angle(x1, y1, x2, y2, x3, y3);
    });
    define(all, "kql_geo_from_wkt", [](View text, std::string& out) { return geo_from_wkt(text, out); });
    define(all, "kql_geo_point_buffer", [](double x, double y, double radius, double tolerance, std::string& out) {
        return point_buffer(x, y, radius, tolerance, out);
    });
}

void add_cells(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_s2_cell", [](double x, double y, std::int64_t level) { return s2_cell(x, y, level); });
    define(all, "kql_s2_centre", [](View token, std::string& out) { return s2_centre(token, out); });
    define(all, "kql_s2_polygon", [](View token, std::string& out) { return s2_polygon(token, out); });
    define(all, "kql_s2_neighbours", [](View token, std::string& out) { return s2_neighbours(token, out); });
    define(all, "kql_geohash_centre", [](View hash, std::string& out) { return geohash_centre(hash, out); });
    define(all, "kql_geohash_polygon", [](View hash, std::string& out) { return geohash_polygon(hash, out); });
    define(all, "kql_geohash_neighbours", [](View hash, std::string& out) { return geohash_neighbours(hash, out); });
}

void add_h3(std::vector<store::ScalarFunction>& all) {
    using Level = std::optional<std::int64_t>;
    define(all, "kql_h3_cell", [](double x, double y, Level level) { return level ? h3_cell(x, y, *level) : std::string{}; });
    define(all, "kql_h3_level", [](View cell) { return h3_level(cell); });
    define(all, "kql_h3_parent", [](View cell, Level level) { return h3_parent(cell, level); });
    define(all, "kql_h3_children", [](View cell, Level level, std::string& out) { return h3_children(cell, level, out); });
    define(all, "kql_h3_centre", [](View cell, std::string& out) { return h3_centre(cell, out); });
    define(all, "kql_h3_polygon", [](View cell, std::string& out) { return h3_polygon(cell, out); });
    define(all, "kql_h3_neighbours", [](View cell, std::string& out) { return h3_neighbours(cell, out); });
    define(all, "kql_h3_rings", [](View cell, std::int64_t distance, std::string& out) { return h3_rings(cell, distance, out); });
}

// The shape is the costly argument: it is read once where it is the same for all rows.
std::shared_ptr<Lines const> lines_of(View json) { return std::make_shared<Lines const>(read_lines(json)); }
std::shared_ptr<Polygon const> polygon_of(View json) { return std::make_shared<Polygon const>(read_polygon(json)); }

void add_lines(std::vector<store::ScalarFunction>& all) {
    using P = std::shared_ptr<Lines const>;
    define_prepared<0>(all, "kql_line_distance", lines_of, [](P const& s, double x, double y) { return line_distance(*s, x, y); });
    define_prepared<0>(all, "kql_line_length", lines_of, [](P const& s) { return line_length(*s); });
    define_prepared<0>(all, "kql_line_closest", lines_of, [](P const& s, double x, double y, std::string& out) { return line_closest(*s, x, y, out); });
    define_prepared<0>(all, "kql_line_centroid", lines_of, [](P const& s, std::string& out) { return line_centroid(*s, out); });
    define_prepared<0>(all, "kql_line_interpolate", lines_of, [](P const& s, double part, std::string& out) { return line_interpolate(*s, part, out); });
    define_prepared<0>(all, "kql_line_locate", lines_of, [](P const& s, double x, double y) { return line_locate(*s, x, y); });
    define_prepared<0>(all, "kql_line_simplify", lines_of, [](P const& s, double tolerance, std::string& out) { return line_simplify(*s, tolerance, out); });
    define(all, "kql_line_densify", [](View shape, double tolerance, std::string& out) { return line_densify(shape, tolerance, out); });
    define_prepared<0>(all, "kql_line_buffer", lines_of, [](P const& s, double radius, double tolerance, std::string& out) {
        return line_buffer(*s, radius, tolerance, out);
    });
    define_prepared<0>(all, "kql_line_s2_cells", lines_of, [](P const& s, std::int64_t level, std::string& out) { return line_s2_cells(*s, level, out); });
    define_prepared<0>(all, "kql_lines_intersect", lines_of, [](P const& s, View other) { return lines_intersect(*s, other); });
    define_prepared<0>(all, "kql_lines_intersection", lines_of, [](P const& s, View other, std::string& out) { return lines_intersection(*s, other, out); });
    define(all, "kql_line_union", [](View array, std::string& out) { return line_union(array, out); });
}

void add_polygons(std::vector<store::ScalarFunction>& all) {
    using P = std::shared_ptr<Polygon const>;
    define_prepared<0>(all, "kql_polygon_contains", polygon_of, [](P const& s, double x, double y) { return polygon_contains(*s, x, y); });
    define_prepared<0>(all, "kql_polygon_distance", polygon_of, [](P const& s, double x, double y) { return polygon_distance(*s, x, y); });
    define_prepared<0>(all, "kql_polygon_area", polygon_of, [](P const& s) { return polygon_area(*s); });
    define_prepared<0>(all, "kql_polygon_perimeter", polygon_of, [](P const& s) { return polygon_perimeter(*s); });
    define_prepared<0>(all, "kql_polygon_closest", polygon_of, [](P const& s, double x, double y, std::string& out) { return polygon_closest(*s, x, y, out); });
    define_prepared<0>(all, "kql_polygon_centroid", polygon_of, [](P const& s, std::string& out) { return polygon_centroid(*s, out); });
    define_prepared<0>(all, "kql_polygon_simplify", polygon_of, [](P const& s, double tolerance, std::string& out) { return polygon_simplify(*s, tolerance, out); });
    define(all, "kql_polygon_densify", [](View shape, double tolerance, std::string& out) { return polygon_densify(shape, tolerance, out); });
    define_prepared<0>(all, "kql_polygon_buffer", polygon_of, [](P const& s, double radius, double tolerance, std::string& out) {
        return polygon_buffer(*s, radius, tolerance, out);
    });
    define_prepared<0>(all, "kql_polygon_s2_cells", polygon_of, [](P const& s, std::int64_t level, std::string& out) { return polygon_s2_cells(*s, level, out); });
    define_prepared<0>(all, "kql_polygons_intersect", polygon_of, [](P const& s, View other) { return polygons_intersect(*s, other); });
    define_prepared<0>(all, "kql_polygons_intersection", polygon_of, [](P const& s, View other, std::string& out) { return polygons_intersection(*s, other, out); });
    define_prepared<1>(all, "kql_line_polygon_intersect", polygon_of, [](P const& s, View lines) { return line_polygon_intersect(lines, *s); });
    define_prepared<1>(all, "kql_line_polygon_intersection", polygon_of, [](P const& s, View lines, std::string& out) {
        return line_polygon_intersection(lines, *s, out);
    });
    define(all, "kql_polygon_h3_cells", [](View polygon, std::int64_t resolution, double radius, std::string& out) {
        return polygon_h3_cells(polygon, resolution, radius, out);
    });
    define(all, "kql_polygons_simplify", [](View array, double tolerance, std::string& out) { return polygons_simplify(array, tolerance, out); });
    define(all, "kql_polygon_union", [](View array, std::string& out) { return polygon_union(array, out); });
}

}  // namespace

void add_geo(std::vector<store::ScalarFunction>& all) {
    add_points(all);
    add_cells(all);
    add_h3(all);
    add_lines(all);
    add_polygons(all);
}

}  // namespace merlon::hunt
