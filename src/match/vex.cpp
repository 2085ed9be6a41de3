#include "match/vex.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/digest.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "match/versions/key_bytes.h"
#include "model/knowledge.h"
#include "model/purl.h"

namespace merlon::match {
namespace {

std::string cpe_of(LocalCorrection const& c) {
    Cpe cpe{.part = "a", .vendor = c.vendor.empty() ? "*" : ascii_lower(c.vendor), .product = c.product.empty() ? "*" : ascii_lower(c.product)};
    if (!c.version.empty()) cpe.version = ascii_lower(c.version);
    return cpe_text(cpe);
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (char const ch : text) {
        if (is_digit(ch) || is_letter(ch) || ch == '.' || ch == '-' || ch == '_' || ch == '~') out += ch;
        else out += "%" + hex(std::string_view(&ch, 1));
    }
    return out;
}

std::string purl_of(LocalCorrection const& c) {
    std::string purl = "pkg:generic/";
    if (!c.vendor.empty()) purl += percent_encoded(ascii_lower(c.vendor)) + "/";
    purl += percent_encoded(c.product.empty() ? std::string("any") : ascii_lower(c.product));
    if (!c.version.empty()) purl += "@" + percent_encoded(c.version);
    return purl;
}

std::string words_of(LocalCorrection const& c) {
    std::string out = c.reason;
    if (c.scope != "everywhere") out += " (on the " + c.scope + " " + c.scope_value + " only)";
    if (!c.path.empty()) out += " (below " + c.path + " only)";
    if (!c.link.empty()) out += " " + c.link;
    return out;
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
std::string document_id(std::span<LocalCorrection const* const> all) {
    std::string text;
    for (auto const* one : all) text += one->id + ":" + std::to_string(one->changed) + "\n";
    auto const digest = sha256_hex(text);
    return "urn:uuid:" + digest.substr(0, 8) + "-" + digest.substr(8, 4) + "-5" + digest.substr(13, 3) + "-8" + digest.substr(17, 3) + "-" + digest.substr(20, 12);
}

std::string_view cyclonedx_justification(std::string_view openvex) {
    for (auto const& known : justifications())
        if (known.openvex == openvex) return known.cyclonedx;
    return {};
}

}  // namespace

std::string openvex_of(std::span<LocalCorrection const> all, Ticks now, std::string_view author, std::size_t& left_out) {
    auto const chosen = sayable(all, now, left_out);
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("@context", "https://openvex.dev/ns/v0.2.0");
    json.member("@id", document_id(chosen));
    json.member("author", author);
    json.member("timestamp", iso_seconds(now));
    json.member("version", 1);
    json.member("tooling", "Merlon");
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
        json.begin_object();
        json.member("@id", purl_of(*c));
        json.key("identifiers");
        json.begin_object();
        json.member("cpe23", cpe_of(*c));
        json.end_object();
        json.end_object();
        json.end_array();
        json.member("status", fixed ? "fixed" : "not_affected");
        // Not affected must say why: by one of the known words, or in a sentence.
        if (!fixed && !c->justification.empty()) json.member("justification", c->justification);
        if (!fixed) json.member("impact_statement", words_of(*c));
        json.member("status_notes", (c->status == "false_positive" ? "False positive. " : "") + words_of(*c));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out + "\n";
}

std::string cyclonedx_vex_of(std::span<LocalCorrection const> all, Ticks now, std::size_t& left_out) {
    auto const chosen = sayable(all, now, left_out);
    std::map<std::string, LocalCorrection const*> components;
    for (auto const* c : chosen) components.emplace(purl_of(*c), c);
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("bomFormat", "CycloneDX");
    json.member("specVersion", "1.6");
    json.member("serialNumber", document_id(chosen));
    json.member("version", 1);
    json.key("metadata");
    json.begin_object();
    json.member("timestamp", iso_seconds(now));
    json.end_object();
    json.key("components");
    json.begin_array();
    for (auto const& [purl, c] : components) {
        json.begin_object();
        json.member("type", "application");
        json.member("bom-ref", purl);
        json.member("name", c->product.empty() ? "any" : c->product);
        if (!c->vendor.empty()) json.member("group", c->vendor);
        if (!c->version.empty()) json.member("version", c->version);
        json.member("cpe", cpe_of(*c));
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
        json.member("ref", purl_of(*c));
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

// Vendor, product and version out of a CPE name or a package URL; false when the text is neither.
bool take_product(std::string_view text, LocalCorrection& c) {
    if (auto const cpe = parse_cpe(text)) {
        auto const plain = [](std::string const& field) { return field == "*" || field == "-" ? std::string{} : field; };
        c.vendor = plain(cpe->vendor);
        c.product = plain(cpe->product);
        c.version = plain(cpe->version);
        return !c.product.empty();
    }
    auto const purl = parse_purl(text);
    if (!purl) return false;
    // Only the generic type has a vendor in front; elsewhere the space is part of the package's name or a distribution.
    c.vendor = purl->type == "generic" ? purl->space : std::string{};
    c.product = ecosystem_name(*purl);
    c.version = purl->version;
    return true;
}

void keep(VexRead& read, LocalCorrection base, std::vector<std::string> const& products) {
    bool any = false;
    for (auto const& product : products) {
        auto c = base;
        if (!take_product(product, c)) continue;
        if (std::ranges::none_of(read.corrections, [&](auto const& it) {
                return it.cve == c.cve && it.vendor == c.vendor && it.product == c.product && it.version == c.version;
            }))
            read.corrections.push_back(std::move(c));
        any = true;
    }
    if (!any) ++read.skipped;
}

std::string reason_of(std::string_view words, std::string_view name) {
    auto text = std::string(trim(words));
    return text.empty() ? "VEX statement of " + std::string(name) : text + " (" + std::string(name) + ")";
}

void read_openvex(json::Value root, std::string_view name, VexRead& read) {
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
        auto const impact = json::text(statement, "impact_statement");
        base.reason = reason_of(impact.empty() ? json::text(statement, "status_notes") : impact, name);
        std::vector<std::string> products;
        for (auto const product : json::array(statement, "products")) {
            if (auto const identifiers = json::member(product, "identifiers"))
                if (auto const cpe = json::text(*identifiers, "cpe23"); !cpe.empty()) {
                    products.emplace_back(cpe);
                    continue;
                }
            products.emplace_back(json::is_string(product) ? json::text(product) : json::text(product, "@id"));
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
        base.reason = reason_of(json::text(*analysis, "detail"), name);
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
