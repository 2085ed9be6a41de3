// Command lines, CSV records, XML and versions.
#include <algorithm>
#include <cstring>

#include <pugixml.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "hunt/functions/runtime/parse_text.h"

namespace merlon::hunt {

namespace {

void append_texts(std::string& json, std::vector<std::string> const& texts) {
    json += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i > 0) json += ',';
        append_json_string(json, texts[i]);
    }
    json += ']';
}

// The program name: quotes only group, a backslash is a plain character.
std::string take_program(std::string_view& line) {
    std::string out;
    bool quoted = false;
    std::size_t at = 0;
    for (; at < line.size(); ++at) {
        if (line[at] == '"') quoted = !quoted;
        else if (!quoted && (line[at] == ' ' || line[at] == '\t')) break;
        else out += line[at];
    }
    line.remove_prefix(at);
    return out;
}

// Backslashes count only in front of a quote: 2n make n and the quote delimits, 2n+1 make n and a quote sign.
std::string take_argument(std::string_view& line) {
    std::string out;
    bool quoted = false;
    std::size_t at = 0;
    while (at < line.size()) {
        char const c = line[at];
        if (!quoted && (c == ' ' || c == '\t')) break;
        if (c == '\\') {
            std::size_t slashes = 0;
            while (at < line.size() && line[at] == '\\') ++slashes, ++at;
            if (at < line.size() && line[at] == '"') {
                out.append(slashes / 2, '\\');
                if (slashes % 2 == 1) out += line[at++];
            } else {
                out.append(slashes, '\\');
            }
        } else if (c == '"') {
            if (quoted && at + 1 < line.size() && line[at + 1] == '"') {
                out += '"';
                ++at;
            } else {
                quoted = !quoted;
            }
            ++at;
        } else {
            out += c;
            ++at;
        }
    }
    line.remove_prefix(at);
    return out;
}

}  // namespace

bool parse_command_line(std::string_view line, std::string& json) {
    auto const skip = [&line] {
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    };
    if (line.empty()) return false;
    std::vector<std::string> arguments;
    skip();
    if (!line.empty()) arguments.push_back(take_program(line));
    for (skip(); !line.empty(); skip()) arguments.push_back(take_argument(line));
    append_texts(json, arguments);
    return true;
}

void parse_csv(std::string_view text, std::string& json) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (quoted) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') fields.back() += text[++i];
            else if (c == '"') quoted = false;
            else fields.back() += c;
        } else if (c == '"' && fields.back().empty()) {
            quoted = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '\n' || c == '\r') {
            break;
        } else {
            fields.back() += c;
        }
    }
    append_texts(json, fields);
}

namespace {

constexpr int most_xml_depth = 100;

void append_node(std::string& json, pugi::xml_node node, int depth) {
    std::string text;
    std::size_t text_place = 0;
    std::vector<std::pair<std::string, std::vector<std::string>>> members;
    auto const add = [&members](std::string key, std::string value) {
        for (auto& [name, values] : members)
            if (name == key) return void(values.push_back(std::move(value)));
        members.push_back({std::move(key), {std::move(value)}});
    };
    for (auto const attribute : node.attributes()) add("@" + std::string(attribute.name()), json_string(attribute.value()));
    for (auto const child : node.children()) {
        if (child.type() == pugi::node_element && depth < most_xml_depth) {
            std::string inner;
            append_node(inner, child, depth + 1);
            add(child.name(), std::move(inner));
        } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
            auto const part = trim(std::string_view(child.value()));
            if (part.empty()) continue;
            if (text.empty()) text_place = members.size();
            text += part;
        }
    }
    if (members.empty()) {
        if (text.empty()) json += "null";
        else append_json_string(json, text);
        return;
    }
    if (!text.empty()) members.insert(members.begin() + static_cast<std::ptrdiff_t>(text_place), {"#text", {json_string(text)}});
    json += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i > 0) json += ',';
        append_json_string(json, members[i].first);
        json += ':';
        auto const& values = members[i].second;
        if (values.size() > 1) json += '[';
        for (std::size_t j = 0; j < values.size(); ++j) {
            if (j > 0) json += ',';
            json += values[j];
        }
        if (values.size() > 1) json += ']';
    }
    json += '}';
}

}  // namespace

bool parse_xml(std::string_view text, std::string& json) {
    pugi::xml_document document;
    auto const read = document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!read || !document.document_element()) return false;
    json += '{';
    append_json_string(json, document.document_element().name());
    json += ':';
    append_node(json, document.document_element(), 0);
    json += '}';
    return true;
}

std::optional<std::string> version_digits(std::string_view text) {
    text = trim(text);
    if (text.empty()) return {};
    std::string digits;
    std::size_t parts = 0;
    for (auto const part : split(text, '.')) {
        if (++parts > 4 || part.empty() || part.size() > 8) return {};
        if (part.find_first_not_of("0123456789") != std::string_view::npos) return {};
        digits.append(8 - part.size(), '0');
        digits += part;
    }
    digits.append(8 * (4 - parts), '0');
    auto const first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
}

}  // namespace merlon::hunt
