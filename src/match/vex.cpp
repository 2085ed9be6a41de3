#include "match/vex.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "match/cyclonedx_head.h"
#include "match/versions/key_bytes.h"
#include "model/knowledge.h"
#include "model/purl.h"

namespace merlon::match {
namespace {

constexpr std::string_view false_positive = "False positive. ";

std::string cpe_of(LocalCorrection const& c) {
    Cpe cpe{.part = "a", .vendor = c.vendor.empty() ? "*" : ascii_lower(c.vendor), .product = c.product.empty() ? "*" : ascii_lower(c.product)};
    if (!c.version.empty()) cpe.version = ascii_lower(c.version);
    return cpe_text(cpe);
}

// What narrows a correction stands in the package URL as qualifiers: whoever does not know them takes it for another package,
// and clears nothing, instead of clearing everywhere what was said of one device.
Purl purl_of(LocalCorrection const& c) {
    Purl purl{.type = "generic", .space = ascii_lower(c.vendor), .name = c.product.empty() ? "*" : ascii_lower(c.product), .version = c.version,
              .qualifiers = {}, .subpath = {}};
    if (c.scope == "device") purl.qualifiers["device"] = c.scope_value;
    if (c.scope == "group") purl.qualifiers["device-group"] = c.scope_value;
    if (!c.path.empty()) purl.qualifiers["path"] = c.path;
    if (c.expires != 0) purl.qualifiers["until"] = iso_seconds(c.expires);
    return purl;
}

std::string words_of(LocalCorrection const& c) {
    return c.link.empty() ? c.reason : c.reason + " " + c.link;
}

std::vector<LocalCorrection const*> sayable(std::span<LocalCorrection const> all, Ticks now, std::size_t& left_out) {
    std::vector<LocalCorrection const*> chosen;
    for (auto const& one : all) {
        if (!one.in_force(now)) continue;
        if (one.cve.empty()) ++left_out;
        else chosen.push_back(&one);
    }
    std::ranges::sort(chosen, {}, [](auto const* it) { return std::tie(it->cve, it->vendor, it->product, it->version, it->id); });
    return chosen;
}

// The same corrections give the same document.
std::string id_of(std::span<LocalCorrection const* const> all) {
    std::string text;
    for (auto const* one : all) text += one->id + ":" + std::to_string(one->changed) + "\n";
    return document_id(text);
}

std::string_view cyclonedx_justification(std::string_view openvex) {
    for (auto const& known : justifications())
        if (known.openvex == openvex) return known.cyclonedx;
    return {};
}

}  // namespace

Result<std::string> openvex_of(std::span<LocalCorrection const> all, Ticks now, std::string_view author, std::size_t& left_out) {
    auto const chosen = sayable(all, now, left_out);
    if (chosen.empty()) return fail("match.nothing_to_say", std::to_string(left_out));
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("@context", "https://openvex.dev/ns/v0.2.0");
    json.member("@id", id_of(chosen));
    json.member("author", author);
    json.member("timestamp", iso_seconds(now));
    json.member("version", 1);
    json.member("tooling", tooling);
    json.key("statements");
    json.begin_array();
    for (auto const* c : chosen) {
        bool const fixed = c->status == "fixed";
        json.begin_object();
        json.key("vulnerability");
        json.begin_object();
        json.member("name", c->cve);
        json.end_object();
        json.member("timestamp", iso_seconds(c->changed));
        json.key("products");
        json.begin_array();
        auto const purl = purl_of(*c);
        // A CPE is a product of its own: the specification and its schema disagree on what it is called as an identifier.
        for (auto const& name : {purl_text(purl), purl.qualifiers.empty() ? cpe_of(*c) : std::string{}}) {
            if (name.empty() || name.find('\\') != std::string::npos) continue;  // an escape is no part of an IRI
            json.begin_object();
            json.member("@id", name);
            json.end_object();
        }
        json.end_array();
        json.member("status", fixed ? "fixed" : "not_affected");
        // Not affected must say why: either by one of the known words, or in a sentence.
        if (!fixed && !c->justification.empty()) json.member("justification", c->justification);
        else if (!fixed) json.member("impact_statement", words_of(*c));
        json.member("status_notes", (c->status == "false_positive" ? std::string(false_positive) : std::string{}) + words_of(*c));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out + "\n";
}

std::string cyclonedx_vex_of(std::span<LocalCorrection const> all, Ticks now, std::size_t& left_out) {
    auto const chosen = sayable(all, now, left_out);
    std::map<std::string, LocalCorrection const*> components;
    for (auto const* c : chosen) components.emplace(purl_text(purl_of(*c)), c);
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_cyclonedx_head(json, id_of(chosen), now, {});
    json.key("components");
    json.begin_array();
    for (auto const& [purl, c] : components) {
        json.begin_object();
        json.member("type", "application");
        json.member("bom-ref", purl);
        json.member("name", c->product.empty() ? "*" : c->product);
        if (!c->vendor.empty()) json.member("group", c->vendor);
        if (!c->version.empty()) json.member("version", c->version);
        if (purl_of(*c).qualifiers.empty()) json.member("cpe", cpe_of(*c));
        json.member("purl", purl);
        json.end_object();
    }
    json.end_array();
    json.key("vulnerabilities");
    json.begin_array();
    for (auto const* c : chosen) {
        json.begin_object();
        json.member("id", c->cve);
        json.key("analysis");
        json.begin_object();
        json.member("state", c->status == "fixed" ? "resolved" : c->status == "false_positive" ? "false_positive" : "not_affected");
        if (auto const word = cyclonedx_justification(c->justification); !word.empty()) json.member("justification", word);
        json.member("detail", words_of(*c));
        json.member("firstIssued", iso_seconds(c->created));
        json.member("lastUpdated", iso_seconds(c->changed));
        json.end_object();
        json.key("affects");
        json.begin_array();
        json.begin_object();
        json.member("ref", purl_text(purl_of(*c)));
        json.end_object();
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out + "\n";
}

// ---- Reading --------------------------------------------------------------------------------------------------

namespace {

// Vendor, product and version out of a CPE name or a package URL, and what narrows one that was written here (purl_of); false
// when the text is neither.
bool take_product(std::string_view text, LocalCorrection& c) {
    auto const plain = [](std::string const& field) { return field == "*" || field == "-" ? std::string{} : field; };
    if (auto const cpe = parse_cpe(text)) {
        c.vendor = plain(cpe->vendor);
        c.product = plain(cpe->product);
        c.version = plain(cpe->version);
        return true;
    }
    auto const purl = parse_purl(text);
    if (!purl) return false;
    c.version = purl->version;
    if (purl->type != "generic") {  // what stands before the name is part of it, or a distribution
        c.product = ecosystem_name(*purl);
        return true;
    }
    c.vendor = purl->space;
    c.product = plain(purl->name);
    auto const qualifier = [&](char const* key) {
        auto const found = purl->qualifiers.find(key);
        return found == purl->qualifiers.end() ? std::string{} : found->second;
    };
    for (auto const& [scope, key] : {std::pair{"device", "device"}, {"group", "device-group"}})
        if (auto value = qualifier(key); !value.empty()) {
            c.scope = scope;
            c.scope_value = std::move(value);
        }
    c.path = qualifier("path");
    c.expires = parse_iso_time(qualifier("until")).value_or(0);
    return true;
}

void keep(VexRead& read, LocalCorrection base, std::vector<std::string> const& products) {
    auto const same = [](std::string_view a, std::string_view b) { return equal_ignoring_ascii_case(a, b); };
    bool any = false;
    for (auto const& product : products) {
        auto c = base;
        if (!take_product(product, c)) continue;
        if (std::ranges::none_of(read.corrections, [&](auto const& it) {
                return it.cve == c.cve && same(it.vendor, c.vendor) && same(it.product, c.product) && same(it.version, c.version) &&
                       it.scope == c.scope && it.scope_value == c.scope_value && it.path == c.path && it.expires == c.expires;
            }))
            read.corrections.push_back(std::move(c));
        any = true;
    }
    if (!any) ++read.skipped;
}

// What was written here comes back in its own words; others' say whose they are.
std::string reason_of(std::string_view words, std::string_view author) {
    std::string text(trim(words));
    if (text.empty()) text = "VEX statement";
    return author.empty() ? text : text + " (" + std::string(author) + ")";
}

void read_openvex(json::Value root, std::string_view name, VexRead& read) {
    auto author = json::text(root, "author");
    author = json::text(root, "tooling") == tooling ? "" : author.empty() ? name : author;
    for (auto const statement : json::array(root, "statements")) {
        auto const status = json::text(statement, "status");
        if (status != "not_affected" && status != "fixed") {
            ++read.skipped;
            continue;
        }
        LocalCorrection base;
        auto const vulnerability = json::member(statement, "vulnerability");
        base.cve = !vulnerability ? std::string{} : std::string(json::is_string(*vulnerability) ? json::text(*vulnerability) : json::text(*vulnerability, "name"));
        base.status = status;
        base.justification = status == "not_affected" ? std::string(json::text(statement, "justification")) : std::string{};
        auto notes = json::text(statement, "status_notes");
        if (status == "not_affected" && notes.starts_with(false_positive)) {
            base.status = "false_positive";
            notes.remove_prefix(false_positive.size());
        }
        auto const impact = json::text(statement, "impact_statement");
        base.reason = reason_of(impact.empty() ? notes : impact, author);
        std::vector<std::string> products;
        for (auto const product : json::array(statement, "products")) {
            auto id = json::is_string(product) ? json::text(product) : json::text(product, "@id");
            if (auto const identifiers = json::member(product, "identifiers"))
                for (auto const* key : {"purl", "@cpe22", "cpe22", "@cpe23", "cpe23"})
                    if (auto const better = json::text(*identifiers, key); !better.empty()) id = better;
            products.emplace_back(id);
        }
        if (base.cve.empty()) ++read.skipped;
        else keep(read, std::move(base), products);
    }
}

void note_components(json::Value list, std::map<std::string, std::string>& by_ref, int depth) {
    if (depth > 20) return;
    for (auto const component : json::array(list)) {
        auto const ref = std::string(json::text(component, "bom-ref"));
        auto const cpe = json::text(component, "cpe");
        auto const purl = json::text(component, "purl");
        if (!ref.empty()) by_ref[ref] = std::string(cpe.empty() ? (purl.empty() ? std::string_view(ref) : purl) : cpe);
        if (auto const inner = json::member(component, "components"); inner && json::is_array(*inner)) note_components(*inner, by_ref, depth + 1);
    }
}

void read_cyclonedx(json::Value root, std::string_view name, VexRead& read) {
    std::map<std::string, std::string> by_ref;
    if (auto const components = json::member(root, "components"); components && json::is_array(*components)) note_components(*components, by_ref, 0);
    auto const metadata = json::member(root, "metadata");
    auto const tools = metadata ? json::member(*metadata, "tools") : std::nullopt;
    bool ours = false;
    if (tools)
        for (auto const tool : json::array(*tools, "components")) ours = ours || json::text(tool, "name") == tooling;
    for (auto const entry : json::array(root, "vulnerabilities")) {
        auto const analysis = json::member(entry, "analysis");
        auto const state = analysis ? json::text(*analysis, "state") : std::string_view{};
        if (state != "not_affected" && state != "false_positive" && state != "resolved" && state != "resolved_with_pedigree") {
            ++read.skipped;
            continue;
        }
        LocalCorrection base;
        base.cve = json::text(entry, "id");
        base.status = state.starts_with("resolved") ? "fixed" : std::string(state);
        auto const word = json::text(*analysis, "justification");
        for (auto const& known : justifications())
            if (base.justification.empty() && state == "not_affected" && known.cyclonedx == word) base.justification = known.openvex;
        base.reason = reason_of(json::text(*analysis, "detail"), ours ? std::string_view{} : name);
        std::vector<std::string> products;
        for (auto const target : json::array(entry, "affects")) {
            auto const ref = std::string(json::text(target, "ref"));
            auto const found = by_ref.find(ref);
            // A BOM-Link ends in the reference of the other document's component.
            auto const mark = ref.rfind('#');
            products.push_back(found != by_ref.end() ? found->second : mark == std::string::npos ? ref : ref.substr(mark + 1));
        }
        if (base.cve.empty()) ++read.skipped;
        else keep(read, std::move(base), products);
    }
}

}  // namespace

Result<VexRead> read_vex(std::string_view bytes, std::string_view name) {
    auto const document = TRY(json::Document::parse(bytes, std::string(name)));
    auto const root = document.root();
    VexRead read;
    if (json::text(root, "bomFormat") == "CycloneDX") read_cyclonedx(root, name, read);
    else if (json::text(root, "@context").starts_with("https://openvex.dev/")) read_openvex(root, name, read);
    else return fail("match.no_vex", std::string(name), "it is neither OpenVEX nor CycloneDX");
    if (read.corrections.empty()) return fail("match.no_vex", std::string(name), std::to_string(read.skipped) + " statements clear nothing or name no product");
    return read;
}

}  // namespace merlon::match
