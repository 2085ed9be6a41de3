#include "server/settings.h"

#include <cstdlib>

#include <fmt/format.h>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::server {
namespace {

struct Declared {
    std::string name, type, preset, doc;
    bool secret = false;
};

std::vector<Declared> const& declared() {
    static std::vector<Declared> const all = [] {
        std::vector<Declared> made;
        auto const document = json::Document::parse(embedded("schema/settings.json"), "schema/settings.json");
        if (!document) return made;  // a test asks for the known names
        for (auto const entry : json::array(document->root()))
            made.push_back({std::string(json::text(entry, "name")), std::string(json::text(entry, "type")),
                            std::string(json::text(entry, "default")), std::string(json::text(entry, "doc")),
                            json::boolean(entry, "secret").value_or(false)});
        return made;
    }();
    return all;
}

Declared const* find(std::string_view name) {
    for (auto const& one : declared())
        if (one.name == name) return &one;
    return nullptr;
}

Status check(Declared const& setting, SettingValue const& value) {
    if (setting.type == "integer" && !to_int(value.value))
        return fail("settings.malformed", setting.name, "a whole number", value.value, value.from);
    return {};
}

std::string variable_of(std::string_view name) {
    std::string out = "MERLON_";
    for (char const c : name) out += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return out;
}

// Flattens [query] seconds = 5 into "query.seconds".
void flatten(toml::table const& table, std::string const& prefix, std::map<std::string, std::string>& out) {
    for (auto const& [key, node] : table) {
        auto const name = prefix + std::string(key.str());
        if (auto const* inner = node.as_table()) flatten(*inner, name + ".", out);
        else if (auto const text = node.value<std::string>()) out[name] = *text;
        else if (auto const number = node.value<std::int64_t>()) out[name] = std::to_string(*number);
        else if (auto const flag = node.value<bool>()) out[name] = *flag ? "true" : "false";
    }
}

}  // namespace

Result<Settings> Settings::read(std::filesystem::path const& file, std::map<std::string, std::string> const& flags) {
    Settings settings;
    for (auto const& one : declared()) settings.values_[one.name] = {one.preset, "default"};
    auto const set = [&](std::string const& name, std::string value, std::string const& from) -> Status {
        auto const* known = find(name);
        if (!known) {
            std::vector<std::string> names;
            for (auto const& one : declared()) names.push_back(one.name);
            auto const near = nearest(name, names);
            return std::unexpected(error("settings.unknown", name, from)
                                       .with_hint(near ? "Did you mean " + *near + "?" : std::string{}));
        }
        SettingValue const made{std::move(value), from};
        TRY(check(*known, made));
        settings.values_[name] = made;
        return {};
    };
    if (!file.empty()) {
        auto parsed = toml::parse_file(file.string());
        if (!parsed) {
            auto const& problem = parsed.error();
            return fail("settings.file", file.string(),
                        fmt::format("line {}, column {}: {}", problem.source().begin.line, problem.source().begin.column,
                                    problem.description()));
        }
        std::map<std::string, std::string> flat;
        flatten(parsed.table(), "", flat);
        for (auto& [name, value] : flat) TRY(set(name, std::move(value), "file " + file.string()));
    }
    for (auto const& one : declared()) {
        auto const variable = variable_of(one.name);
        if (auto const* value = std::getenv(variable.c_str()); value && *value)
            TRY(set(one.name, value, "environment " + variable));
    }
    for (auto const& [name, value] : flags) TRY(set(name, value, "flag"));
    return settings;
}

std::int64_t Settings::integer(std::string_view name) const { return to_int(text(name)).value_or(0); }

std::string Settings::explain() const {
    std::string out;
    for (auto const& one : declared()) {
        auto const& value = values_.at(one.name);
        out += fmt::format("{:<22} {:<20} {:<28} {}\n", one.name, value.value.empty() ? "(empty)" : one.secret ? "(set)" : value.value, value.from,
                           one.doc);
    }
    return out;
}

}  // namespace merlon::server
