#include "feeds/oval/read.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/xml.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

std::string attribute(pugi::xml_node node, char const* name) { return node.attribute(name).value(); }

struct Parts {
    std::map<std::string, pugi::xml_node> tests, objects, states, variables;
    std::map<std::string, pugi::xml_node> definitions;
};

void index(pugi::xml_node section, std::map<std::string, pugi::xml_node>& into) {
    for (auto const node : section.children())
        if (node.type() == pugi::node_element) into[attribute(node, "id")] = node;
}

// "^openssh-client(?::\w+|)\s+(.*)$" of container manifests, or the plain name.
std::string package_in(std::string_view text) {
    text = trim(text);
    if (!text.starts_with('^')) return std::string(text);
    text.remove_prefix(1);
    auto name = std::string(text.substr(0, text.find('(')));
    std::erase(name, '\\');
    return name;
}

std::vector<std::string> packages_of(pugi::xml_node object, Parts const& parts) {
    std::vector<std::string> names;
    for (auto const* element : {"name", "pattern"}) {
        auto const node = xml::child(object, element);
        if (!node) continue;
        auto const variable = parts.variables.find(attribute(node, "var_ref"));
        if (variable == parts.variables.end()) {
            if (auto name = package_in(node.text().get()); !name.empty()) names.push_back(std::move(name));
            continue;
        }
        for (auto const value : variable->second.children())
            if (auto name = package_in(value.text().get()); !name.empty()) names.push_back(std::move(name));
    }
    return names;
}

// The bound of "less than"; "" when the test has no state, nothing when it asks something else.
std::optional<std::string> bound_of(pugi::xml_node test, Parts const& parts) {
    auto const reference = xml::child(test, "state");
    if (!reference) return std::string{};
    auto const state = parts.states.find(attribute(reference, "state_ref"));
    if (state == parts.states.end()) return {};
    for (auto const* element : {"evr", "subexpression"})
        if (auto const node = xml::child(state->second, element))
            if (attribute(node, "operation") == "less than") {
                auto text = std::string(trim(node.text().get()));
                if (text.starts_with("0:")) text.erase(0, 2);
                return text;
            }
    return {};
}

// "Ubuntu 22.04 LTS" -> "Ubuntu:22.04:LTS".
std::string ecosystem_of(std::string_view platform) {
    std::string name;
    for (auto const word : split(trim(platform), ' '))
        if (!word.empty() && word[0] != '(') name += (name.empty() ? "" : ":") + std::string(word);
    return name;
}

void add_criteria(pugi::xml_node criteria, Parts const& parts, std::string const& ecosystem, std::string const& urgency,
                  Advisory& advisory, int depth) {
    if (depth > 20) return;
    for (auto const node : criteria.children()) {
        if (xml::local_name(node) == "criteria") add_criteria(node, parts, ecosystem, urgency, advisory, depth + 1);
        if (xml::local_name(node) != "criterion" || attribute(node, "negate") == "true") continue;
        auto const test = parts.tests.find(attribute(node, "test_ref"));
        if (test == parts.tests.end()) continue;
        auto const object = parts.objects.find(attribute(xml::child(test->second, "object"), "object_ref"));
        auto const bound = bound_of(test->second, parts);
        if (object == parts.objects.end() || !bound) continue;
        auto const comment = attribute(node, "comment");
        bool const pro = comment.find("esm") != std::string::npos || comment.find("ESM") != std::string::npos ||
                         comment.find("Ubuntu Pro") != std::string::npos;
        for (auto& name : packages_of(object->second, parts)) {
            Affected affected{.subject = PackageName{ecosystem, std::move(name)}, .urgency = urgency};
            affected.state = bound->empty() ? FixState::affected : FixState::fixed;
            affected.fixed_version = *bound;
            affected.ranges.push_back({.scheme = "dpkg", .to = *bound});
            affected.note = pro ? "binary package; the fix needs Ubuntu Pro" : "binary package";
            bool const known = std::ranges::any_of(advisory.affected, [&](auto const& it) {
                return it.subject == affected.subject && it.fixed_version == affected.fixed_version;
            });
            if (!known) advisory.affected.push_back(std::move(affected));
        }
    }
}

void read_metadata(pugi::xml_node metadata, Advisory& advisory) {
    advisory.title = trim(xml::child(metadata, "title").text().get());
    advisory.description = trim(xml::child(metadata, "description").text().get());
    for (auto const node : metadata.children()) {
        if (xml::local_name(node) != "reference") continue;
        auto const id = attribute(node, "ref_id");
        add_reference(advisory.references, attribute(node, "ref_url"), {});
        if (attribute(node, "source") == "USN") advisory.id = id;
        else add_once(advisory.aliases, id);
        if (is_cve_id(id)) add_once(advisory.cves, id);
    }
    auto const details = xml::child(metadata, "advisory");
    for (auto const node : details.children()) {
        if (xml::local_name(node) == "issued") advisory.published = time_of(attribute(node, "date"));
        if (xml::local_name(node) == "public_date") {
            auto text = std::string(node.text().get());
            advisory.published = time_of(std::string_view(text).substr(0, 10));
        }
        if (xml::local_name(node) != "cve") continue;
        if (auto rating = rating_of(attribute(node, "cvss_vector"), to_double(attribute(node, "cvss_score")), "Ubuntu", false))
            advisory.severities.push_back(std::move(*rating));
        auto const id = std::string(trim(node.text().get()));
        if (is_cve_id(id)) add_once(advisory.cves, id);
    }
    if (auto const word = std::string(trim(xml::child(details, "severity").text().get())); !word.empty())
        advisory.severities.push_back({.scheme = "WORD", .word = word, .source = "Ubuntu"});
}

Status read_definition(pugi::xml_node definition, Parts const& parts, Intake& intake) {
    auto const metadata = xml::child(definition, "metadata");
    Advisory advisory{.source = "ubuntu"};
    read_metadata(metadata, advisory);
    auto const oval_id = attribute(definition, "id");
    if (advisory.id.empty()) {
        // Files by CVE and by package have one definition for each; the number in its id keeps them apart.
        auto const number = oval_id.substr(oval_id.rfind(':') + 1);
        advisory.id = (advisory.cves.size() == 1 ? "UBUNTU-" + advisory.cves[0] : "UBUNTU-OVAL") + "/" + number;
    }
    auto const ecosystem = ecosystem_of(xml::child(xml::child(metadata, "affected"), "platform").text().get());
    if (!ecosystem.starts_with("Ubuntu:")) {
        intake.reject(advisory.id, "it names no Ubuntu release");
        return {};
    }
    auto const release = ecosystem.substr(7);
    advisory.id += "@" + release.substr(0, release.find(':'));  // one notice has a definition in each release's file
    advisory.modified = advisory.published;
    auto const urgency = ascii_lower(trim(xml::child(xml::child(metadata, "advisory"), "severity").text().get()));
    add_criteria(xml::child(definition, "criteria"), parts, ecosystem, urgency, advisory, 0);
    if (advisory.affected.empty() && advisory.cves.empty()) {
        intake.unused("a definition without packages and CVEs");
        return {};
    }
    return intake.keep(std::move(advisory));
}

}  // namespace

Status read_ubuntu_oval(Source const& source, Intake& intake) {
    auto bytes = TRY(whole_of(source));
    pugi::xml_document xml;
    auto const parsed = xml.load_buffer(bytes.data(), bytes.size());
    if (!parsed)
        return fail("feeds.damaged_xml", source.name, std::to_string(parsed.offset), std::string(parsed.description()));
    auto const root = xml.document_element();
    Parts parts;
    index(xml::child(root, "tests"), parts.tests);
    index(xml::child(root, "objects"), parts.objects);
    index(xml::child(root, "states"), parts.states);
    index(xml::child(root, "variables"), parts.variables);
    intake.data_time(time_of(xml::child(xml::child(root, "generator"), "timestamp").text().get()));
    for (auto const definition : xml::child(root, "definitions").children()) {
        auto const kind = attribute(definition, "class");
        if (kind == "patch" || kind == "vulnerability") TRY(read_definition(definition, parts, intake));
    }
    return {};
}

}  // namespace merlon::feeds
