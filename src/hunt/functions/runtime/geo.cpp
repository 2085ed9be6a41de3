#include "hunt/functions/runtime/geo.h"

#include <cmath>
#include <numbers>

namespace merlon::hunt {

namespace {

constexpr double earth_radius_metres = 6371010;

bool on_globe(double longitude, double latitude) {
    return std::fabs(longitude) <= 180 && std::fabs(latitude) <= 90;
}

}  // namespace

std::optional<double> geo_distance(double longitude1, double latitude1, double longitude2, double latitude2) {
    if (!on_globe(longitude1, latitude1) || !on_globe(longitude2, latitude2)) return {};
    constexpr auto radians = std::numbers::pi / 180;
    // Haversine, which is exact for near points as well.
    auto const a = std::sin((latitude2 - latitude1) * radians / 2);
    auto const b = std::sin((longitude2 - longitude1) * radians / 2);
    auto const h = a * a + std::cos(latitude1 * radians) * std::cos(latitude2 * radians) * b * b;
    return 2 * earth_radius_metres * std::asin(std::sqrt(std::fmin(1, h)));
}

std::optional<bool> geo_in_circle(double longitude, double latitude, double centre_longitude, double centre_latitude,
                                  double radius_metres) {
    auto const distance = geo_distance(longitude, latitude, centre_longitude, centre_latitude);
    if (!distance || !(radius_metres >= 0)) return {};
    return *distance <= radius_metres;
}

std::string geohash(double longitude, double latitude, std::int64_t precision) {
    if (!on_globe(longitude, latitude) || precision < 1 || precision > 18) return {};
    static constexpr std::string_view symbols = "0123456789bcdefghjkmnpqrstuvwxyz";
    double west = -180, east = 180, south = -90, north = 90;
    std::string out;
    bool by_longitude = true;
    while (static_cast<std::int64_t>(out.size()) < precision) {
        unsigned symbol = 0;
        for (int bit = 0; bit < 5; ++bit, by_longitude = !by_longitude) {
            auto& low = by_longitude ? west : south;
            auto& high = by_longitude ? east : north;
            auto const middle = (low + high) / 2;
            bool const upper = (by_longitude ? longitude : latitude) >= middle;
            (upper ? low : high) = middle;
            symbol = symbol * 2 + upper;
        }
        out += symbols[symbol];
    }
    return out;
}

}  // namespace merlon::hunt
