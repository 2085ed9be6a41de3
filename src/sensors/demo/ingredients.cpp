#include "sensors/demo/ingredients.h"

#include "base/embedded.h"
#include "base/text.h"

namespace merlon::sensors {
namespace {

Result<Ingredients::Retired> read_retired() {
    constexpr std::string_view file = "data/demo/past.json";
    auto const document = TRY(json::Document::parse(embedded(file), file));
    auto const one = json::member(document.root(), "retired");
    if (!one) return fail("demo.ingredients", std::string(file), "retired");
    Ingredients::Retired out;
    auto& program = out.program;
    program.runs_on = json::text(*one, "for");
    program.source = json::text(*one, "source");
    program.name = json::text(*one, "name");
    program.vendor = json::text(*one, "vendor");
    program.versions = {std::string(json::text(*one, "version"))};
    program.share = json::integer(*one, "share").value_or(0);
    out.from = static_cast<int>(json::integer(*one, "from").value_or(0));
    out.until = static_cast<int>(json::integer(*one, "until").value_or(0));
    if (out.until < 1 || out.from <= out.until) return fail("demo.ingredients", std::string(file), "retired");
    return out;
}

}  // namespace

Result<Ingredients> read_ingredients() {
    constexpr std::string_view file = "data/demo/fleet.json";
    auto const document = TRY(json::Document::parse(embedded(file), file));
    auto const root = document.root();
    Ingredients out;
    for (auto const g : json::array(root, "groups"))
        out.groups.push_back({std::string(json::text(g, "name")), std::string(json::text(g, "value")),
                              json::integer(g, "share").value_or(0), json::texts(g, "kinds"), json::texts(g, "tags")});
    simdjson::dom::object kinds;
    if (auto const all = json::member(root, "kinds"); !all || all->get(kinds) != simdjson::SUCCESS)
        return fail("demo.ingredients", std::string(file), "kinds");
    for (auto const [name, k] : kinds) {
        Kind kind{std::string(json::text(k, "platform")), std::string(json::text(k, "distribution")),
                  std::string(json::text(k, "name")), std::string(json::text(k, "architecture")), json::texts(k, "editions"), {}};
        for (auto const version : json::array(k, "versions")) {
            std::vector<std::string> parts;
            for (auto const part : json::array(version)) parts.emplace_back(json::text(part));
            if (parts.size() == 2) kind.versions.push_back({parts[0], parts[1]});
        }
        out.kinds.emplace(name, std::move(kind));
    }
    for (auto const s : json::array(root, "software")) {
        Program program{std::string(json::text(s, "for")), std::string(json::text(s, "source")), std::string(json::text(s, "name")),
                        std::string(json::text(s, "vendor")), std::string(json::text(s, "source_name")),
                        std::string(json::text(s, "bundle_id")), std::string(json::text(s, "purl")),
                        json::integer(s, "share").value_or(0), json::texts(s, "versions"), {}};
        simdjson::dom::object releases;
        if (auto const all = json::member(s, "by_release"); all && all->get(releases) == simdjson::SUCCESS)
            for (auto const [release, versions] : releases)
                for (auto const version : json::array(versions)) program.by_release[std::string(release)].emplace_back(json::text(version));
        out.programs.push_back(std::move(program));
    }
    for (auto const a : json::array(root, "alerts"))
        out.alerts.push_back({std::string(json::text(a, "title")), std::string(json::text(a, "category")),
                              std::string(json::text(a, "severity")), std::string(json::text(a, "for")), json::texts(a, "techniques")});
    for (auto const e : json::array(root, "extensions"))
        out.extensions.push_back({std::string(json::text(e, "for")), std::string(json::text(e, "browser")), std::string(json::text(e, "id")),
                                  std::string(json::text(e, "name")), std::string(json::text(e, "vendor")),
                                  std::string(json::text(e, "permissions")), std::string(json::text(e, "optional")),
                                  json::integer(e, "share").value_or(0), json::texts(e, "versions")});
    for (auto const entry : json::array(root, "settings")) {
        std::vector<json::Value> parts;
        for (auto const part : json::array(entry)) parts.push_back(part);
        std::int64_t share = 0;
        if (parts.size() != 5 || parts[4].get(share) != simdjson::SUCCESS) return fail("demo.ingredients", std::string(file), "settings");
        SettingKind kind{std::string(json::text(parts[0])), std::string(json::text(parts[1])), std::string(json::text(parts[2])), {}, share};
        if (json::is_string(parts[3])) kind.bad = json::text(parts[3]);
        out.settings.push_back(std::move(kind));
    }
    if (out.settings.empty() || out.extensions.empty() || out.groups.empty() || out.kinds.empty() || out.programs.empty() ||
        out.alerts.empty())
        return fail("demo.ingredients", std::string(file), "an empty list");
    out.retired = TRY(read_retired());
    return out;
}

bool runs_on(std::string_view wanted, std::string_view distribution) {
    if (wanted.empty() || wanted == distribution) return true;
    return wanted == "linux" && distribution != "windows" && distribution != "macos";
}

std::vector<std::string> const* versions_of(Program const& program, std::string_view distribution, std::string_view os_version) {
    if (program.by_release.empty()) return &program.versions;
    auto const release = distribution == "ubuntu" ? os_version : os_version.substr(0, os_version.find('.'));
    auto const found = program.by_release.find(release);
    return found == program.by_release.end() ? nullptr : &found->second;
}

SoftwareItem installed(Program const& program, OperatingSystem const& os, std::string const& version) {
    SoftwareItem item;
    item.source = program.source;
    item.name = program.name;
    item.vendor = program.vendor;
    item.version = version;
    item.source_name = program.source_name;
    item.bundle_id = program.bundle_id;
    item.architecture = os.architecture;
    if (!program.purl.empty()) item.purl = replace_all(program.purl, "{}", item.version);
    if (program.source == "programs") item.path = "C:\\Program Files\\" + program.name;
    else if (program.source == "apps") item.path = "/Applications/" + program.name;
    return item;
}

std::string windows_build(std::string_view version) {
    auto const parts = split(version, '.');
    return std::string(parts[2]) + "." + std::string(parts[3]);
}

}  // namespace merlon::sensors
