#include "hunt/functions/runtime/h3_cells.h"

#include <array>
#include <charconv>
#include <cmath>
#include <deque>
#include <numbers>
#include <set>

#include <fmt/format.h>

#include "base/json_text.h"
#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double turn_of_odd = 0.333473172251832115336090755351601070065900389;  // odd resolutions are turned by this
constexpr double unit_length = 0.381966011250105151795413165634;                 // of resolution 0, on a face's plane
constexpr int most_children = 65'536;
constexpr std::size_t most_within = 61'680;
constexpr double side_of_first = 9.96;  // degrees of latitude that a side of a cell of resolution 0 spans, about

struct Face {
    double latitude, longitude;
    double axis;  // azimuth of the i axis
};
constexpr std::array<Face, 20> faces{{
    {0.803582649718989942, 1.248397419617396099, 5.619958268523939882}, {1.307747883455638156, 2.536945009877921159, 5.760339081714187279},
    {1.054751253523952054, -1.347517358900396623, 0.780213654393430055}, {0.600191595538186799, -0.450603909469755746, 0.430469363979999913},
    {0.491715428198773866, 0.401988202911306943, 6.130269123335111400}, {0.172745327415618701, 1.678146885280433686, 2.692877706530642877},
    {0.605929321571350690, 2.953923329812411617, 2.982963003477243874}, {0.427370518328979641, -1.888876200336285401, 3.532912002790141181},
    {-0.079066118549212831, -0.733429513380867741, 3.494305004259568154}, {-0.230961644455383637, 0.506495587332349035, 3.003214169499538391},
    {0.079066118549212831, 2.408163140208925497, 5.930472956509811562}, {0.230961644455383637, -2.635097066257444203, 0.138378484090254847},
    {-0.172745327415618701, -1.463445768309359553, 0.448714947059150361}, {-0.605929321571350690, -0.187669323777381622, 0.158629650112549365},
    {-0.427370518328979641, 1.252716453253507838, 5.891865957979238535}, {-0.600191595538186799, 2.690988744120037492, 2.711123289609793325},
    {-0.491715428198773866, -2.739604450678486295, 3.294508837434268316}, {-0.803582649718989942, -1.893195233972397139, 3.804819692245439833},
    {-1.307747883455638156, -0.604647643711872080, 3.664438879055192436}, {-1.054751253523952054, 1.794075294689396615, 2.361378999196363184},
}};

using Ijk = std::array<int, 3>;
// The base cell at a place of a face's resolution 0, and how its digits are turned there.
struct BaseCell {
    int face;
    Ijk place;
    int number, turns;
    bool clockwise;  // pentagons: digits that begin with k are turned clockwise
};
constexpr BaseCell base_cells[] = {
#include "hunt/functions/runtime/h3_base_cells.inc"
};

constexpr bool is_pentagon(int base) {
    for (int const one : {4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117})
        if (one == base) return true;
    return false;
}

struct Geo {
    double latitude, longitude;  // radians
};
struct Flat {
    double x, y;
};
using Vector = std::array<double, 3>;

Vector vector_of(Geo g) {
    return {std::cos(g.latitude) * std::cos(g.longitude), std::cos(g.latitude) * std::sin(g.longitude), std::sin(g.latitude)};
}
double dot(Vector const& a, Vector const& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Vector const& centre_of(int face) {
    static auto const all = [] {
        std::array<Vector, 20> made{};
        for (std::size_t i = 0; i < faces.size(); ++i) made[i] = vector_of({faces[i].latitude, faces[i].longitude});
        return made;
    }();
    return all[static_cast<std::size_t>(face)];
}

int nearest_face(Geo g) {
    auto const v = vector_of(g);
    int best = 0;
    for (int i = 1; i < 20; ++i)
        if (dot(v, centre_of(i)) > dot(v, centre_of(best))) best = i;
    return best;
}

// Also where two faces are as near.
bool on_face(Geo g, int face) {
    auto const v = vector_of(g);
    return dot(v, centre_of(face)) >= dot(v, centre_of(nearest_face(g))) - 1e-12;
}

// A point on the plane of a face, in units of the resolution's grid.
Flat project(Geo g, int face, int resolution) {
    auto const& f = faces[static_cast<std::size_t>(face)];
    auto const angle = std::acos(std::fmin(1, dot(vector_of(g), centre_of(face))));
    if (angle < 1e-16) return {0, 0};
    auto const turn = g.longitude - f.longitude;
    auto const azimuth = std::atan2(std::cos(g.latitude) * std::sin(turn),
                                    std::cos(f.latitude) * std::sin(g.latitude) - std::sin(f.latitude) * std::cos(g.latitude) * std::cos(turn));
    auto const theta = f.axis - azimuth - (resolution % 2 ? turn_of_odd : 0);
    auto const radius = std::tan(angle) / unit_length * std::pow(std::sqrt(7.0), resolution);
    return {radius * std::cos(theta), radius * std::sin(theta)};
}

Geo unproject(Flat p, int face, int resolution) {
    auto const& f = faces[static_cast<std::size_t>(face)];
    auto const radius = std::hypot(p.x, p.y);
    if (radius < 1e-16) return {f.latitude, f.longitude};
    auto const distance = std::atan(radius / std::pow(std::sqrt(7.0), resolution) * unit_length);
    auto const azimuth = f.axis - std::atan2(p.y, p.x) - (resolution % 2 ? turn_of_odd : 0);
    auto const sine = std::sin(f.latitude) * std::cos(distance) + std::cos(f.latitude) * std::sin(distance) * std::cos(azimuth);
    auto const latitude = std::asin(std::fmax(-1, std::fmin(1, sine)));
    auto const longitude = f.longitude + std::atan2(std::sin(azimuth) * std::sin(distance) * std::cos(f.latitude),
                                                    std::cos(distance) - std::sin(f.latitude) * sine);
    return {latitude, std::remainder(longitude, 2 * pi)};
}

// ---- The grid: three axes 120 degrees apart, the smallest coordinate 0 ----

Ijk normal(Ijk c) {
    auto const least = std::min({c[0], c[1], c[2]});
    return {c[0] - least, c[1] - least, c[2] - least};
}
double const half_root = std::sqrt(3.0) / 2;
Flat flat_of(Ijk const& c) {
    auto const i = c[0] - c[2], j = c[1] - c[2];
    return {i - 0.5 * j, j * half_root};
}
Ijk nearest(Flat p) {
    auto const j = p.y / half_root, i = p.x + 0.5 * j;
    Ijk best{};
    double least = HUGE_VAL;
    for (int a = static_cast<int>(std::floor(i)) - 1; a <= std::floor(i) + 2; ++a)
        for (int b = static_cast<int>(std::floor(j)) - 1; b <= std::floor(j) + 2; ++b) {
            auto const dx = a - 0.5 * b - p.x, dy = b * half_root - p.y;
            if (dx * dx + dy * dy >= least) continue;
            least = dx * dx + dy * dy;
            best = {a, b, 0};
        }
    return normal(best);
}
Ijk up(Ijk const& c, bool odd) {
    auto const i = c[0] - c[2], j = c[1] - c[2];
    auto const part = [](int value) { return static_cast<int>(std::lround(value / 7.0)); };
    return odd ? normal({part(3 * i - j), part(i + 2 * j), 0}) : normal({part(2 * i + j), part(3 * j - i), 0});
}
Ijk down(Ijk const& c, bool odd) {
    constexpr std::array<Ijk, 3> left{{{3, 0, 1}, {1, 3, 0}, {0, 1, 3}}}, right{{{3, 1, 0}, {0, 3, 1}, {1, 0, 3}}};
    auto const& axes = odd ? left : right;
    Ijk sum{};
    for (std::size_t axis = 0; axis < 3; ++axis)
        for (std::size_t k = 0; k < 3; ++k) sum[k] += c[axis] * axes[axis][k];
    return normal(sum);
}
Ijk step(Ijk const& c, int digit) { return normal({c[0] + (digit >> 2 & 1), c[1] + (digit >> 1 & 1), c[2] + (digit & 1)}); }

// ---- Indexes ----

struct Index {
    int base = 0;
    std::vector<int> digits;  // one for each resolution
    int resolution() const { return static_cast<int>(digits.size()); }
    friend bool operator==(Index const&, Index const&) = default;
};

constexpr std::array<int, 7> counter{0, 5, 3, 1, 6, 4, 2}, clock{0, 3, 6, 2, 5, 1, 4};
void turn(std::vector<int>& digits, std::array<int, 7> const& way) {
    for (auto& d : digits) d = way[static_cast<std::size_t>(d)];
}
int leading(std::vector<int> const& digits) {
    for (int const d : digits)
        if (d) return d;
    return 0;
}
// Pentagons have no cells along k: a turn that leads there goes one further.
void turn_pentagon(std::vector<int>& digits, std::array<int, 7> const& way) {
    bool found = false;
    for (auto& d : digits) {
        d = way[static_cast<std::size_t>(d)];
        if (found || !d) continue;
        found = true;
        if (leading(digits) == 1) turn(digits, way);
    }
}

std::optional<Index> index_at(Geo g, int resolution) {
    auto const face = nearest_face(g);
    auto place = nearest(project(g, face, resolution));
    Index made;
    made.digits.resize(static_cast<std::size_t>(resolution));
    for (int r = resolution; r > 0; --r) {
        auto const above = up(place, r % 2);
        auto const centre = down(above, r % 2);
        auto const c = normal({place[0] - centre[0], place[1] - centre[1], place[2] - centre[2]});
        auto const digit = c[0] * 4 + c[1] * 2 + c[2];
        if (digit > 6) return {};
        made.digits[static_cast<std::size_t>(r - 1)] = digit;
        place = above;
    }
    for (auto const& cell : base_cells) {
        if (cell.face != face || cell.place != place) continue;
        made.base = cell.number;
        bool const pentagon = is_pentagon(cell.number);
        if (pentagon && leading(made.digits) == 1) turn(made.digits, cell.clockwise ? clock : counter);
        for (int t = 0; t < cell.turns; ++t) pentagon ? turn_pentagon(made.digits, counter) : turn(made.digits, counter);
        return made;
    }
    return {};
}

// Where a cell lies: on the face that its centre belongs to.
struct Place {
    int face;
    Ijk grid;
    int turns;  // of its base cell there
};

std::optional<Place> place_of(Index const& index) {
    for (auto const& cell : base_cells) {
        if (cell.number != index.base) continue;
        bool const pentagon = is_pentagon(cell.number);
        // A hexagon's digits are turned back; a pentagon's were turned by a number that depends on them, so each is tried.
        auto one = index.digits;
        for (int t = 0; t < (pentagon ? 0 : cell.turns); ++t) turn(one, clock);
        for (int tries = 0; tries < (pentagon ? 6 : 1); ++tries, turn(one, clock)) {
            auto grid = cell.place;
            for (std::size_t r = 0; r < one.size(); ++r) grid = step(down(grid, r % 2 == 0), one[r]);
            auto const centre = unproject(flat_of(grid), cell.face, index.resolution());
            if (on_face(centre, cell.face) && index_at(centre, index.resolution()) == index) return Place{cell.face, grid, cell.turns};
        }
    }
    return {};
}

std::uint64_t bits_of(Index const& index) {
    auto bits = std::uint64_t{1} << 59 | static_cast<std::uint64_t>(index.resolution()) << 52 | static_cast<std::uint64_t>(index.base) << 45;
    for (std::size_t r = 1; r <= 15; ++r)
        bits |= static_cast<std::uint64_t>(r <= index.digits.size() ? index.digits[r - 1] : 7) << (3 * (15 - r));
    return bits;
}
std::string text_of(Index const& index) { return fmt::format("{:x}", bits_of(index)); }

std::optional<Index> read(std::string_view text) {
    std::uint64_t bits = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), bits, 16);
    if (failed != std::errc{} || end != text.data() + text.size() || bits >> 59 != 1 || (bits >> 56 & 7) != 0) return {};
    Index index;
    index.base = static_cast<int>(bits >> 45 & 127);
    auto const resolution = bits >> 52 & 15;
    for (std::size_t r = 1; r <= resolution; ++r) index.digits.push_back(static_cast<int>(bits >> (3 * (15 - r)) & 7));
    for (int const d : index.digits)
        if (d == 7) return {};
    if (index.base > 121 || bits_of(index) != bits) return {};
    if (is_pentagon(index.base) && leading(index.digits) == 1) return {};
    return index;
}

// ---- Across the edges of a face ----

struct Edge {
    int face;              // beyond it
    Flat here[2], there[2];  // its ends on both planes
};

// The three edges of a face on the plane of a resolution: their ends are corners of the icosahedron, which lie opposite to
// the sum of the centres of the five faces around.
std::vector<Edge> edges_of(int face, int resolution) {
    auto const corner = [&](int a, int b, int c) {
        // The corner that three mutually near faces share, from the centres of two neighbours: the point as far from all.
        auto const &u = centre_of(a), &v = centre_of(b), &w = centre_of(c);
        Vector const n{(v[1] - u[1]) * (w[2] - u[2]) - (v[2] - u[2]) * (w[1] - u[1]), (v[2] - u[2]) * (w[0] - u[0]) - (v[0] - u[0]) * (w[2] - u[2]),
                       (v[0] - u[0]) * (w[1] - u[1]) - (v[1] - u[1]) * (w[0] - u[0])};
        auto const length = std::sqrt(dot(n, n)) * (dot(n, u) < 0 ? -1 : 1);
        return Geo{std::asin(n[2] / length), std::atan2(n[1] / length, n[0] / length)};
    };
    std::vector<int> near;
    for (int i = 0; i < 20; ++i)
        if (i != face && dot(centre_of(face), centre_of(i)) > 0.7) near.push_back(i);  // 41.8 degrees apart
    std::vector<Edge> edges;
    for (std::size_t i = 0; i < near.size(); ++i) {
        auto const beyond = near[i], other = near[(i + 1) % 3], third = near[(i + 2) % 3];
        auto const a = corner(face, beyond, other), b = corner(face, beyond, third);
        edges.push_back({beyond, {project(a, face, resolution), project(b, face, resolution)}, {project(a, beyond, resolution), project(b, beyond, resolution)}});
    }
    return edges;
}

// How far a point lies beyond an edge (in grid units, negative inside), and along it (0 .. 1).
std::pair<double, double> beyond(Edge const& edge, Flat p) {
    auto const dx = edge.here[1].x - edge.here[0].x, dy = edge.here[1].y - edge.here[0].y, length = std::hypot(dx, dy);
    auto const px = p.x - edge.here[0].x, py = p.y - edge.here[0].y;
    auto across = (px * dy - py * dx) / length;
    auto const inside = (-edge.here[0].x * dy + edge.here[0].y * dx) / length;  // of the face's centre
    if (inside > 0) across = -across;
    return {across, (px * dx + py * dy) / (length * length)};
}

struct Spot {
    int face;
    Geo geo;
};
// A point of a face's plane; beyond an edge it lies on the plane of the face there, unfolded about the edge.
Spot spot_of(Flat p, int face, int resolution) {
    for (auto const& edge : edges_of(face, resolution)) {
        auto const [across, along] = beyond(edge, p);
        if (across <= 1e-9) continue;
        auto const dx = edge.there[1].x - edge.there[0].x, dy = edge.there[1].y - edge.there[0].y, length = std::hypot(dx, dy);
        // Away from the edge on the far plane is towards its centre.
        double nx = dy / length, ny = -dx / length;
        if (-edge.there[0].x * nx - edge.there[0].y * ny < 0) nx = -nx, ny = -ny;
        Flat const there{edge.there[0].x + along * dx + across * nx, edge.there[0].y + along * dy + across * ny};
        return {edge.face, unproject(there, edge.face, resolution)};
    }
    return {face, unproject(p, face, resolution)};
}

void append_place(std::string& out, Geo g) {
    out += '[';
    append_real(out, g.longitude * 180 / pi);
    out += ',';
    append_real(out, g.latitude * 180 / pi);
    out += ']';
}

// The neighbour in one of the six directions of the cell's own digits.
std::optional<Index> neighbour(Index const& index, int direction) {
    auto const at = place_of(index);
    if (!at) return {};
    for (int t = 0; t < at->turns; ++t) direction = clock[static_cast<std::size_t>(direction)];
    auto const resolution = index.resolution();
    return index_at(spot_of(flat_of(step(at->grid, direction)), at->face, resolution).geo, resolution);
}

// The cells around at one distance, in the order in which H3 walks around them; nothing where a pentagon is in the way.
std::optional<std::vector<Index>> ring(Index start, std::int64_t distance) {
    if (distance == 0) return std::vector{start};
    std::vector<Index> made;
    auto const origin = place_of(start);
    if (!origin) return {};
    auto const resolution = start.resolution();
    auto grid = origin->grid;
    auto const turned = [&](int direction) {
        for (int t = 0; t < origin->turns; ++t) direction = clock[static_cast<std::size_t>(direction)];
        return direction;
    };
    for (std::int64_t k = 0; k < distance; ++k) grid = step(grid, turned(4));
    for (int const direction : {2, 3, 1, 5, 4, 6})
        for (std::int64_t k = 0; k < distance; ++k) {
            auto const cell = index_at(spot_of(flat_of(grid), origin->face, resolution).geo, resolution);
            if (!cell || (is_pentagon(cell->base) && leading(cell->digits) == 0)) return {};
            made.push_back(*cell);
            grid = step(grid, turned(direction));
        }
    std::rotate(made.begin(), made.begin() + 1, made.end());
    return made;
}

void append_cells(std::string& out, std::vector<Index> const& cells) {
    out += '[';
    for (auto const& cell : cells) {
        if (out.back() != '[') out += ',';
        append_json_string(out, text_of(cell));
    }
    out += ']';
}

using Rings = std::vector<std::vector<std::pair<double, double>>>;

bool holds(Rings const& rings, double x, double y) {
    bool within = false;
    for (auto const& ring : rings)
        for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
            auto const& [ax, ay] = ring[i];
            auto const& [bx, by] = ring[i + 1];
            if ((ay > y) != (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay)) within = !within;
        }
    return within;
}

// The cells that the rings run through; nothing where they are far too many.
std::optional<std::set<std::string>> cells_along(Rings const& rings, int resolution) {
    auto const step = side_of_first / std::pow(std::sqrt(7.0), resolution) * 0.4;
    std::set<std::string> cells;
    double steps = 0;
    for (auto const& ring : rings)
        for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
            auto const dx = ring[i + 1].first - ring[i].first, dy = ring[i + 1].second - ring[i].second;
            auto const parts = std::ceil(std::hypot(dx, dy) / step);
            steps += parts;
            if (steps > 40.0 * most_within) return {};
            for (double k = 0; k < parts; ++k) {
                auto const x = ring[i].first + dx * k / parts;
                cells.insert(h3_cell(x > 180 ? x - 360 : x, ring[i].second + dy * k / parts, resolution));
            }
        }
    return cells;
}

}  // namespace

std::string h3_cell(double longitude, double latitude, std::int64_t resolution) {
    if (!(std::fabs(longitude) <= 180) || !(std::fabs(latitude) <= 90) || resolution < 0 || resolution > 15) return {};
    auto const index = index_at({latitude * pi / 180, longitude * pi / 180}, static_cast<int>(resolution));
    return index ? text_of(*index) : std::string{};
}

std::optional<std::int64_t> h3_level(std::string_view cell) {
    auto const index = read(cell);
    if (!index) return {};
    return index->resolution();
}

std::string h3_parent(std::string_view cell, std::optional<std::int64_t> resolution) {
    auto index = read(cell);
    if (!index) return {};
    auto const wanted = resolution.value_or(index->resolution() - 1);
    if (wanted < 0 || wanted >= index->resolution()) return {};
    index->digits.resize(static_cast<std::size_t>(wanted));
    return text_of(*index);
}

bool h3_children(std::string_view cell, std::optional<std::int64_t> resolution, std::string& out) {
    auto const index = read(cell);
    if (!index) return false;
    auto const wanted = resolution.value_or(index->resolution() + 1);
    if (wanted <= index->resolution() || wanted > 15 || std::pow(7.0, wanted - index->resolution()) > most_children) return false;
    std::vector<Index> cells{*index};
    for (auto r = index->resolution(); r < wanted; ++r) {
        std::vector<Index> next;
        for (auto const& one : cells)
            for (int digit = 0; digit < 7; ++digit) {
                auto child = one;
                child.digits.push_back(digit);
                if (!is_pentagon(child.base) || leading(child.digits) != 1) next.push_back(std::move(child));
            }
        cells = std::move(next);
    }
    append_cells(out, cells);
    return true;
}

bool h3_centre(std::string_view cell, std::string& out) {
    auto const index = read(cell);
    auto const at = index ? place_of(*index) : std::nullopt;
    if (!at) return false;
    out += R"({"type":"Point","coordinates":)";
    append_place(out, unproject(flat_of(at->grid), at->face, index->resolution()));
    out += '}';
    return true;
}

bool h3_polygon(std::string_view cell, std::string& out) {
    auto const index = read(cell);
    auto const at = index ? place_of(*index) : std::nullopt;
    if (!at || (is_pentagon(index->base) && leading(index->digits) == 0)) return false;
    auto const resolution = index->resolution();
    auto const centre = flat_of(at->grid);
    auto const corner = [&](int k) {
        auto const angle = pi / 6 + k * pi / 3, length = 1 / std::sqrt(3.0);
        return Flat{centre.x + length * std::cos(angle), centre.y + length * std::sin(angle)};
    };
    auto const edges = edges_of(at->face, resolution);
    std::string places;
    std::string first;
    for (int k = 0; k < 6; ++k) {
        auto const from = corner(k), to = corner(k + 1);
        std::string place;
        append_place(place, spot_of(from, at->face, resolution).geo);
        if (k == 0) first = place;
        places += (places.empty() ? "" : ",") + place;
        // On odd resolutions a side that crosses an edge of the face bends there.
        for (auto const& edge : edges) {
            auto const a = beyond(edge, from).first, b = beyond(edge, to).first;
            if (resolution % 2 == 0 || std::fabs(a) < 1e-6 || std::fabs(b) < 1e-6 || (a > 0) == (b > 0)) continue;
            auto const part = a / (a - b);
            append_place(places += ',', unproject({from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)}, at->face, resolution));
        }
    }
    out += R"({"type":"Polygon","coordinates":[[)" + places + "," + first + "]]}";
    return true;
}

bool h3_neighbours(std::string_view cell, std::string& out) {
    auto const index = read(cell);
    if (!index) return false;
    std::vector<Index> cells;
    for (int const direction : {1, 4, 5, 3, 2, 6})
        if (auto next = neighbour(*index, direction); next && *next != *index && std::find(cells.begin(), cells.end(), *next) == cells.end())
            cells.push_back(std::move(*next));
    append_cells(out, cells);
    return true;
}

bool h3_rings(std::string_view cell, std::int64_t distance, std::string& out) {
    auto const index = read(cell);
    if (!index || distance < 0 || distance > 142) return false;
    auto const begin = out.size();
    out += '[';
    for (std::int64_t k = 0; k <= distance; ++k) {
        auto const cells = ring(*index, k);
        if (!cells) {
            out.resize(begin);
            return false;
        }
        if (k > 0) out += ',';
        append_cells(out, *cells);
    }
    out += ']';
    return true;
}

bool h3_within(Rings const& written, std::int64_t resolution, std::string& out) {
    if (resolution < 0 || resolution > 15) return false;
    auto rings = written;
    double west = 180, east = -180;
    for (auto const& ring : rings)
        for (auto const& place : ring) west = std::min(west, place.first), east = std::max(east, place.first);
    bool const crosses = east - west > 180;  // the line where longitudes begin anew
    for (auto& ring : rings)
        for (auto& place : ring)
            if (crosses && place.first < 0) place.first += 360;
    auto const along = cells_along(rings, static_cast<int>(resolution));
    if (!along) return false;
    // From the cells along the rings inwards.
    std::deque<std::string> next(along->begin(), along->end());
    std::set<std::string> met = *along, within;
    for (; !next.empty(); next.pop_front()) {
        auto const cell = read(next.front());
        auto const at = cell ? place_of(*cell) : std::nullopt;
        if (!at) continue;
        auto const centre = unproject(flat_of(at->grid), at->face, cell->resolution());
        auto const x = centre.longitude * 180 / pi;
        auto const inside = holds(rings, crosses && x < 0 ? x + 360 : x, centre.latitude * 180 / pi);
        if (inside && within.insert(next.front()).second && within.size() > most_within) return false;
        if (!inside && !along->contains(next.front())) continue;
        for (int direction = 1; direction <= 6; ++direction)
            if (auto const beside = neighbour(*cell, direction))
                if (auto text = text_of(*beside); met.insert(text).second) next.push_back(std::move(text));
    }
    out += '[';
    for (auto const& cell : within) {
        if (out.back() != '[') out += ',';
        append_json_string(out, cell);
    }
    out += ']';
    return true;
}

}  // namespace merlon::hunt
