#include "base/result.h"

#include <map>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon {
namespace {

struct CatalogueEntry {
    Fault fault;
    std::string text;
    std::string hint;
};

using Catalogue = std::map<std::string, CatalogueEntry, std::less<>>;

// schema/errors/ROOM.json: {"code": {"fault": "user"|"ours", "text": "... {0} ...", "hint": "..."}}.
// The catalogue is part of the binary; a malformed file is a programming error that the unit tests catch.
Catalogue const& catalogue() {
    static Catalogue const entries = [] {
        Catalogue made;
        simdjson::dom::parser parser;
        for (auto const& file : embedded_under("schema/errors/")) {
            simdjson::dom::object all;
            if (parser.parse(file.bytes.data(), file.bytes.size()).get(all)) continue;
            for (auto [code, value] : all) {
                made[std::string(code)] = {json::text(value, "fault") == "ours" ? Fault::ours : Fault::user,
                                           std::string(json::text(value, "text")),
                                           std::string(json::text(value, "hint"))};
            }
        }
        return made;
    }();
    return entries;
}

std::string fill(std::string_view pattern, std::vector<std::string> const& args) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' && pattern[i + 1] >= '0' &&
            pattern[i + 1] <= '9') {
            auto const index = static_cast<std::size_t>(pattern[i + 1] - '0');
            if (index < args.size()) out += args[index];
            i += 2;
        } else {
            out += pattern[i];
        }
    }
    return out;
}

}  // namespace

bool error_code_exists(std::string_view code) { return catalogue().contains(code); }

Fault fault_of(Error const& e) {
    auto const found = catalogue().find(e.code);
    return found == catalogue().end() ? Fault::ours : found->second.fault;
}

std::string describe(Error const& e) {
    auto const found = catalogue().find(e.code);
    if (found != catalogue().end()) return fill(found->second.text, e.args);
    std::string out = e.code;
    for (auto const& arg : e.args) out += (&arg == &e.args.front() ? ": " : ", ") + arg;
    return out;
}

std::string hint_of(Error const& e) {
    if (!e.hint.empty()) return e.hint;
    auto const found = catalogue().find(e.code);
    return found == catalogue().end() ? std::string{} : fill(found->second.hint, e.args);
}

LineColumn line_column(std::string_view text, std::size_t offset) {
    LineColumn at;
    offset = std::min(offset, text.size());
    for (std::size_t i = 0; i < offset; ++i) {
        if (text[i] == '\n') {
            ++at.line;
            at.column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            ++at.column;
        }
    }
    return at;
}

namespace {

// The line around `where`, at most 120 characters of it, and a caret line below.
std::string excerpt(std::string_view text, Span where) {
    constexpr std::size_t most = 120;
    auto const begin = std::min(where.begin, text.size());
    auto line_begin = begin == 0 ? std::string_view::npos : text.rfind('\n', begin - 1);
    line_begin = line_begin == std::string_view::npos ? 0 : line_begin + 1;
    auto line_end = text.find('\n', begin);
    if (line_end == std::string_view::npos) line_end = text.size();
    if (begin - line_begin > most / 2) line_begin = begin - most / 2;
    while (line_begin < begin && (static_cast<unsigned char>(text[line_begin]) & 0xC0) == 0x80) ++line_begin;
    line_end = std::min(line_end, line_begin + most);
    std::string line(text.substr(line_begin, line_end - line_begin));
    std::string caret;
    for (std::size_t i = line_begin; i < begin; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
        caret += text[i] == '\t' ? '\t' : ' ';
    }
    auto const last = std::clamp(where.end, begin + 1, std::max(line_end, begin + 1));
    std::size_t marks = 0;
    for (std::size_t i = begin; i < last; ++i)
        if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++marks;
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t') c = ' ';
    return line + "\n" + caret + std::string(std::max<std::size_t>(marks, 1), '^') + "\n";
}

}  // namespace

std::string render(Error const& e, std::string_view text, std::string_view name) {
    std::string out;
    auto where = name.empty() ? std::string{} : std::string(name) + ": ";
    if (e.span && !text.empty()) {
        auto const at = line_column(text, e.span->begin);
        where += "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": ";
    }
    out += where + describe(e) + " [" + e.code + "]\n";
    if (e.span && !text.empty()) out += excerpt(text, *e.span);
    if (auto const hint = hint_of(e); !hint.empty()) out += "hint: " + hint + "\n";
    for (auto const& other : e.others) out += render(other, text, name);
    return out;
}

}  // namespace merlon
