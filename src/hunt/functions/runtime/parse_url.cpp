#include <algorithm>
#include <map>

#include "base/json_text.h"
#include "hunt/functions/runtime/encoding.h"
#include "hunt/functions/runtime/parse_text.h"

namespace merlon::hunt {

namespace {

constexpr auto npos = std::string_view::npos;

// "a=1&b=2&a=3": repeated keys become an array, in the order of first appearance.
void append_query(std::string& json, std::string_view query) {
    std::vector<std::pair<std::string, std::vector<std::string>>> all;
    while (!query.empty()) {
        auto const end = std::min(query.find('&'), query.size());
        auto const pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        auto const equals = pair.find('=');
        auto const key = std::string(pair.substr(0, equals));
        auto const value = equals == npos ? std::string() : std::string(pair.substr(equals + 1));
        auto const known = std::find_if(all.begin(), all.end(), [&](auto const& one) { return one.first == key; });
        if (known == all.end()) all.push_back({key, {value}});
        else known->second.push_back(value);
    }
    json += "\"Query Parameters\":{";
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) json += ',';
        append_json_string(json, all[i].first);
        json += ':';
        if (all[i].second.size() == 1) {
            append_json_string(json, all[i].second[0]);
            continue;
        }
        json += '[';
        for (std::size_t j = 0; j < all[i].second.size(); ++j) {
            if (j > 0) json += ',';
            append_json_string(json, all[i].second[j]);
        }
        json += ']';
    }
    json += '}';
}

void member(std::string& json, std::string_view key, std::string_view value) {
    append_json_string(json, key);
    json += ':';
    append_json_string(json, value);
    json += ',';
}

}  // namespace

void parse_url(std::string_view url, std::string& json) {
    std::string_view scheme, host, port, path, user, password, query, fragment;
    if (auto const at = url.find("://"); at != npos) {
        scheme = url.substr(0, at);
        url.remove_prefix(at + 3);
    }
    if (auto const at = url.find('#'); at != npos) {
        fragment = url.substr(at + 1);
        url = url.substr(0, at);
    }
    if (auto const at = url.find('?'); at != npos) {
        query = url.substr(at + 1);
        url = url.substr(0, at);
    }
    auto const slash = std::min(url.find('/'), url.size());
    auto authority = url.substr(0, slash);
    path = url.substr(slash);
    if (path == "/") path = {};
    // User information is taken off only when it has a colon (E: "user@h.io" stays the host).
    if (auto const at = authority.rfind('@'); at != npos)
        if (auto const colon = authority.substr(0, at).find(':'); colon != npos) {
            user = authority.substr(0, colon);
            password = authority.substr(colon + 1, at - colon - 1);
            authority.remove_prefix(at + 1);
        }
    auto const bracket = authority.find(']');  // of an IPv6 address
    if (auto const colon = authority.find(':', bracket == npos ? 0 : bracket); colon != npos) {
        port = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
    }
    host = authority;
    json += '{';
    member(json, "Scheme", scheme);
    member(json, "Host", host);
    member(json, "Port", port);
    member(json, "Path", path);
    member(json, "Username", user);
    member(json, "Password", password);
    append_query(json, query);
    json += ",\"Fragment\":";
    append_json_string(json, fragment);
    json += '}';
}

void parse_url_query(std::string_view query, std::string& json) {
    if (query.starts_with('?')) query.remove_prefix(1);
    json += '{';
    append_query(json, query);
    json += '}';
}

void parse_path(std::string_view path, std::string& json) {
    std::string_view scheme, root, rest = path, stream;
    if (auto const at = path.find("://"); at != npos) {  // file://host/x, https://host/x
        scheme = path.substr(0, at);
        rest = path.substr(at + 3);
    }
    auto const separators = std::string_view("/\\");
    if (rest.size() >= 2 && rest[1] == ':') root = rest.substr(0, 2);  // C:; a share has no root
    // A colon in the file's name parts off an alternate data stream.
    auto const name_from = rest.find_last_of(separators);
    if (auto const colon = rest.find(':', std::max(root.size(), name_from == npos ? 0 : name_from + 1)); colon != npos) {
        stream = rest.substr(colon + 1);
        rest = rest.substr(0, colon);
    }
    auto const slash = rest.find_last_of(separators);
    auto const filename = slash == npos ? rest : rest.substr(slash + 1);
    auto const directory = slash == npos ? std::string_view{} : rest.substr(0, slash);
    auto const name_at = directory.find_last_of(separators);
    auto const directory_name = name_at == npos ? directory : directory.substr(name_at + 1);
    auto const dot = filename.rfind('.');
    json += '{';
    member(json, "Scheme", scheme);
    member(json, "RootPath", root);
    member(json, "DirectoryPath", directory);
    member(json, "DirectoryName", directory == root ? std::string_view{} : directory_name);
    member(json, "Filename", filename);
    member(json, "Extension", dot == npos ? std::string_view{} : filename.substr(dot + 1));
    json += "\"AlternateDataStreamName\":";
    append_json_string(json, stream);
    json += '}';
}

}  // namespace merlon::hunt
