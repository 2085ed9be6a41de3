// H3 cells: hexagons on the faces of an icosahedron (https://h3geo.org, its index layout and constants). Cells are written as 15 or
// 16 hexadecimal digits. What is no valid cell gives nothing.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace merlon::hunt {

// "" when the point is off the globe or the resolution is not 0..15.
std::string h3_cell(double longitude, double latitude, std::int64_t resolution);
std::optional<std::int64_t> h3_level(std::string_view cell);
std::string h3_parent(std::string_view cell, std::optional<std::int64_t> resolution);  // "" when there is none
// Each appends JSON; false for null.
bool h3_children(std::string_view cell, std::optional<std::int64_t> resolution, std::string& out);
bool h3_centre(std::string_view cell, std::string& out);
bool h3_polygon(std::string_view cell, std::string& out);    // null for the twelve pentagons of a resolution
bool h3_neighbours(std::string_view cell, std::string& out);
// An array of rings, from the cell itself to those `distance` steps away (at most 142).
bool h3_rings(std::string_view cell, std::int64_t distance, std::string& out);
// The cells whose centres lie within rings that are straight on the map (longitude, latitude in degrees; a place within two of them
// lies in a hole), by name. Null when there would be more than 61,680.
bool h3_within(std::vector<std::vector<std::pair<double, double>>> const& rings, std::int64_t resolution, std::string& out);

}  // namespace merlon::hunt
