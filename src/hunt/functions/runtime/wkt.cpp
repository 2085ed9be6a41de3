// Well-known text, the notation of OGC's simple features, as GeoJSON.
#include "base/json_text.h"
#include "base/text.h"
#include "hunt/functions/runtime/shape_functions.h"

namespace merlon::hunt {
namespace {

struct WktReader {
    std::string_view text;
    std::size_t at = 0;
    int depth = 0;

    void blanks() {
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) ++at;
    }
    bool sees(char c) {
        blanks();
        return at < text.size() && text[at] == c;
    }
    bool take(char c) { return sees(c) && ++at; }
    std::string word() {
        blanks();
        auto const begin = at;
        while (at < text.size() && ((text[at] >= 'a' && text[at] <= 'z') || (text[at] >= 'A' && text[at] <= 'Z'))) ++at;
        auto made = ascii_lower(text.substr(begin, at - begin));
        return made;
    }
    bool number(std::string& out) {
        blanks();
        auto const begin = at;
        while (at < text.size() && std::string_view("+-.eE0123456789").find(text[at]) != std::string_view::npos) ++at;
        auto const value = to_double(text.substr(begin, at - begin));
        if (value) append_real(out, *value);
        return value.has_value();
    }
    bool position(std::string& out) {
        out += '[';
        if (!number(out)) return false;
        out += ',';
        if (!number(out)) return false;
        out += ']';
        return true;
    }
    template <typename Item>
    bool list(std::string& out, Item item) {
        if (!take('(')) return false;
        out += '[';
        do {
            if (out.back() != '[') out += ',';
            if (!item(out)) return false;
        } while (take(','));
        out += ']';
        return take(')');
    }
    bool positions(std::string& out) {
        return list(out, [this](std::string& o) { return position(o); });
    }
    // Points of a MULTIPOINT may stand in brackets of their own.
    bool loose_positions(std::string& out) {
        return list(out, [this](std::string& o) { return take('(') ? position(o) && take(')') : position(o); });
    }
    bool rings(std::string& out) {
        return list(out, [this](std::string& o) { return positions(o); });
    }
    bool coordinates(std::string_view kind, std::string& out) {
        if (kind == "point") return take('(') && position(out) && take(')');
        if (kind == "linestring") return positions(out);
        if (kind == "multipoint") return loose_positions(out);
        if (kind == "polygon" || kind == "multilinestring") return rings(out);
        return list(out, [this](std::string& o) { return rings(o); });
    }
    bool geometry(std::string& out) {
        static std::map<std::string_view, std::string_view> const names{
            {"point", "Point"}, {"linestring", "LineString"}, {"polygon", "Polygon"}, {"multipoint", "MultiPoint"},
            {"multilinestring", "MultiLineString"}, {"multipolygon", "MultiPolygon"}, {"geometrycollection", "GeometryCollection"}};
        if (++depth > 50) return false;
        auto const kind = word();
        auto const found = names.find(kind);
        if (found == names.end()) return false;
        out += R"({"type":")" + std::string(found->second) + R"(",)";
        bool good = false;
        if (kind == "geometrycollection") {
            out += R"("geometries":)";
            good = list(out, [this](std::string& o) { return geometry(o); });
        } else {
            out += R"("coordinates":)";
            good = coordinates(kind, out);
        }
        out += '}';
        --depth;
        return good;
    }
};

}  // namespace

bool geo_from_wkt(std::string_view text, std::string& out) {
    WktReader reader{text};
    auto const before = out.size();
    if (reader.geometry(out) && (reader.blanks(), reader.at == text.size())) return true;
    out.resize(before);
    return false;
}

}  // namespace merlon::hunt
