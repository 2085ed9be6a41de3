// Points on the globe: longitude then latitude, in degrees, as in GeoJSON. Coordinates out of range give nothing.
#pragma once
#include <optional>
#include <string>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

// Metres along the great circle of a sphere with Earth's mean radius (6,371,010 m, as S2 takes it).
std::optional<double> geo_distance(double longitude1, double latitude1, double longitude2, double latitude2);
std::optional<bool> geo_in_circle(double longitude, double latitude, double centre_longitude, double centre_latitude,
                                  double radius_metres);
// "" for coordinates out of range or a precision outside 1..18.
std::string geohash(double longitude, double latitude, std::int64_t precision);

}  // namespace merlon::hunt
