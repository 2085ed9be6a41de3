#include <s2/s2cell.h>
#include <s2/s2latlng.h>
#include <s2/s2metrics.h>
#include <s2/s2region_coverer.h>
#include <s2/s2region_union.h>

#include "base/json_text.h"
#include "base/text.h"
#include "hunt/functions/runtime/geo.h"
#include "hunt/functions/runtime/h3_cells.h"
#include "hunt/functions/runtime/shape_functions.h"

namespace merlon::hunt {
namespace {

constexpr std::size_t most_cells = 65'536;

std::optional<S2CellId> cell_of(std::string_view token) {
    if (token.empty() || token.size() > 16) return {};
    for (char const c : token)
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return {};
    auto const cell = S2CellId::FromToken(std::string(token));
    if (!cell.is_valid()) return {};
    return cell;
}

void append_tokens(std::string& out, std::vector<S2CellId> const& cells) {
    out += '[';
    for (auto const cell : cells) {
        if (out.back() != '[') out += ',';
        append_json_string(out, cell.ToToken());
    }
    out += ']';
}

bool covering(S2Region const& region, double area, std::int64_t level, std::string& out) {
    if (level < 0 || level > 30) return false;
    if (area / S2::kAvgArea.GetValue(static_cast<int>(level)) > static_cast<double>(4 * most_cells)) return false;
    S2RegionCoverer::Options options;
    options.set_fixed_level(static_cast<int>(level));
    options.set_max_cells(static_cast<int>(most_cells) + 1);
    S2RegionCoverer coverer(options);
    std::vector<S2CellId> cells;
    coverer.GetCovering(region, &cells);
    if (cells.size() > most_cells) return false;
    append_tokens(out, cells);
    return true;
}

struct Box {
    double west = -180, east = 180, south = -90, north = 90;
};

std::optional<Box> box_of(std::string_view hash) {
    static constexpr std::string_view symbols = "0123456789bcdefghjkmnpqrstuvwxyz";
    if (hash.empty() || hash.size() > 18) return {};
    Box box;
    bool by_longitude = true;
    for (char const c : hash) {
        auto const symbol = symbols.find(c);
        if (symbol == std::string_view::npos) return {};
        for (int bit = 4; bit >= 0; --bit, by_longitude = !by_longitude) {
            auto& low = by_longitude ? box.west : box.south;
            auto& high = by_longitude ? box.east : box.north;
            (symbol >> bit & 1 ? low : high) = (low + high) / 2;
        }
    }
    return box;
}

void append_place(std::string& out, double x, double y) {
    out += '[';
    append_real(out, x);
    out += ',';
    append_real(out, y);
    out += ']';
}

}  // namespace

std::string s2_cell(double x, double y, std::int64_t level) {
    auto const point = point_at(x, y);
    if (!point || level < 0 || level > 30) return {};
    return S2CellId(*point).parent(static_cast<int>(level)).ToToken();
}

bool s2_centre(std::string_view token, std::string& out) {
    auto const cell = cell_of(token);
    if (cell) append_point(out, cell->ToPoint());
    return cell.has_value();
}

bool s2_polygon(std::string_view token, std::string& out) {
    auto const id = cell_of(token);
    if (!id) return false;
    S2Cell const cell(*id);
    out += R"({"type":"Polygon","coordinates":[)";
    append_ring(out, {cell.GetVertex(0), cell.GetVertex(1), cell.GetVertex(2), cell.GetVertex(3)});
    out += "]}";
    return true;
}

bool s2_neighbours(std::string_view token, std::string& out) {
    auto const cell = cell_of(token);
    if (!cell) return false;
    std::vector<S2CellId> all;
    cell->AppendAllNeighbors(cell->level(), &all);
    append_tokens(out, all);
    return true;
}

bool polygon_s2_cells(Polygon const& polygon, std::int64_t level, std::string& out) {
    return polygon && covering(*polygon, polygon->GetArea(), level, out);
}

bool polygon_h3_cells(Json json, std::int64_t resolution, double radius, std::string& out) {
    auto const polygon = read_polygon(json);
    if (!polygon || !(radius >= 0)) return false;
    if (radius == 0) return h3_within(read_places(json), resolution, out);
    std::string wider;
    return polygon_buffer(polygon, radius, radius / 10, wider) && h3_within(read_places(wider), resolution, out);
}

bool line_s2_cells(Lines const& lines, std::int64_t level, std::string& out) {
    if (!lines || level < 0 || level > 30) return false;
    std::vector<std::unique_ptr<S2Region>> parts;
    double length = 0;
    for (auto const& line : *lines) {
        parts.emplace_back(line->Clone());
        length += line->GetLength().radians();
    }
    return covering(S2RegionUnion(std::move(parts)), length * S2::kAvgWidth.GetValue(static_cast<int>(level)), level, out);
}

bool geohash_centre(std::string_view hash, std::string& out) {
    auto const box = box_of(hash);
    if (!box) return false;
    out += R"({"type":"Point","coordinates":)";
    append_place(out, (box->west + box->east) / 2, (box->south + box->north) / 2);
    out += '}';
    return true;
}

bool geohash_polygon(std::string_view hash, std::string& out) {
    auto const box = box_of(hash);
    if (!box) return false;
    out += R"({"type":"Polygon","coordinates":[[)";
    append_place(out, box->west, box->south), out += ',';
    append_place(out, box->east, box->south), out += ',';
    append_place(out, box->east, box->north), out += ',';
    append_place(out, box->west, box->north), out += ',';
    append_place(out, box->west, box->south);
    out += "]]}";
    return true;
}

bool geohash_neighbours(std::string_view hash, std::string& out) {
    auto const box = box_of(hash);
    if (!box) return false;
    auto const width = box->east - box->west, height = box->north - box->south;
    auto const x = (box->west + box->east) / 2, y = (box->south + box->north) / 2;
    out += '[';
    for (auto const& [east, north] : {std::pair{0, 1}, {1, 1}, {1, 0}, {1, -1}, {0, -1}, {-1, -1}, {-1, 0}, {-1, 1}}) {
        auto longitude = x + east * width;
        auto const latitude = y + north * height;
        if (longitude > 180) longitude -= 360;
        if (longitude < -180) longitude += 360;
        if (std::fabs(latitude) > 90) continue;  // beyond a pole there is none
        if (out.back() != '[') out += ',';
        append_json_string(out, geohash(longitude, latitude, static_cast<std::int64_t>(hash.size())));
    }
    out += ']';
    return true;
}

}  // namespace merlon::hunt
