#include "feeds/csaf/read.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "feeds/csaf/products.h"
#include "feeds/msrc/product.h"
#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

// "cpe:/a:redhat:enterprise_linux:9::appstream" -> "Red Hat:enterprise_linux:9::appstream", as OSV names it.
std::string red_hat_ecosystem(CsafProduct const& platform) {
    auto const at = platform.cpe_text.find(":redhat:");
    return at == std::string::npos ? std::string{} : "Red Hat:" + platform.cpe_text.substr(at + 8);
}

bool is_debug_package(std::string_view name) {
    return name.ends_with("-debuginfo") || name.ends_with("-debugsource") || name.find("-debuginfo-") != std::string_view::npos;
}

// "<129.0.2792.52", ">=1.0|<1.2", "vers:rpm/<1.2".
std::optional<VersionRange> range_in(std::string text, std::string_view scheme) {
    VersionRange range{.scheme = std::string(scheme)};
    if (text.starts_with("vers:")) text.erase(0, text.find('/') + 1);
    if (text == "*" || text == "vers:all/*") return range;
    for (auto& c : text)
        if (c == ',' || c == ' ') c = '|';
    bool any = false;
    for (auto part : split(text, '|')) {
        if (part.empty()) continue;
        bool const upper = part.starts_with('<');
        if (!upper && !part.starts_with('>')) return {};
        part.remove_prefix(1);
        bool const inclusive = part.starts_with('=');
        if (inclusive) part.remove_prefix(1);
        if (part.empty()) return {};
        (upper ? range.to : range.from) = part;
        (upper ? range.to_inclusive : range.from_inclusive) = inclusive;
        any = true;
    }
    if (!any) return {};
    return range;
}

struct Statuses {
    std::map<std::string, FixState, std::less<>> by_remediation;  // product id -> state of an unfixed product
    std::map<std::string, std::string, std::less<>> notes;
};

Statuses statuses_of(json::Value flaw) {
    Statuses statuses;
    for (auto const remediation : json::array(flaw, "remediations")) {
        auto const category = json::text(remediation, "category");
        auto const details = json::text(remediation, "details");
        auto state = FixState::unknown;
        if (category == "no_fix_planned") state = FixState::will_not_fix;
        else if (category == "none_available") state = details == "Fix deferred" ? FixState::deferred : FixState::affected;
        if (state == FixState::unknown) continue;
        for (auto const id : json::array(remediation, "product_ids")) {
            statuses.by_remediation[std::string(json::text(id))] = state;
            statuses.notes[std::string(json::text(id))] = details.substr(0, 200);
        }
    }
    for (auto const flag : json::array(flaw, "flags"))
        for (auto const id : json::array(flag, "product_ids"))
            statuses.notes[std::string(json::text(id))] = json::text(flag, "label");
    return statuses;
}

std::string evr_of(Purl const& purl) {
    auto const epoch = purl.qualifiers.find("epoch");
    return epoch == purl.qualifiers.end() || epoch->second == "0" ? purl.version : epoch->second + ":" + purl.version;
}

// A package of Red Hat's products; nothing for what is no package or only helps debugging.
std::optional<Affected> red_hat_statement(CsafProduct const& component, CsafProduct const& platform, FixState state) {
    auto const ecosystem = red_hat_ecosystem(platform);
    if (ecosystem.empty()) return {};
    auto name = component.purl ? component.purl->name : component.name;
    if (name.empty() || name.find(' ') != std::string::npos || is_debug_package(name)) return {};
    Affected affected{.subject = PackageName{ecosystem, std::move(name)}, .state = state};
    if (component.purl) {
        auto const module = component.purl->qualifiers.find("rpmmod");
        if (module != component.purl->qualifiers.end()) {
            auto const parts = split(module->second, ':');
            affected.modules = {parts.size() >= 2 ? std::string(parts[0]) + ":" + std::string(parts[1]) : module->second};
        }
    }
    if (state == FixState::not_affected) return affected;
    VersionRange range{.scheme = "rpm"};
    if (state == FixState::fixed) {
        if (!component.purl || component.purl->version.empty()) return {};
        range.to = affected.fixed_version = evr_of(*component.purl);
    }
    affected.ranges.push_back(std::move(range));
    return affected;
}

// Products that stand alone: by purl, CPE or the names of the branches.
std::optional<Affected> plain_statement(CsafProduct const& product, bool is_microsoft, FixState state) {
    Affected affected{.state = state, .note = product.name};
    std::string version = product.version;
    std::string scheme = "cpe";
    auto const package = product.purl ? package_of(*product.purl) : std::nullopt;
    if (package) {
        affected.subject = *package;
        scheme = ascii_lower(product.purl->type);
        version = product.purl->version;
    } else if (product.cpe) {
        auto cpe = *product.cpe;
        if (version.empty() && cpe.version != "*") version = cpe.version;
        cpe.version = cpe.update = "*";
        affected.subject = std::move(cpe);
    } else if (is_microsoft && !product.product.empty()) {
        auto const known = msrc_product(product.product);
        affected.subject = known.subject;
        affected.architecture = known.architecture;
        scheme = known.is_windows ? "windows_build" : "windows";
    } else if (!product.vendor.empty() && !product.product.empty()) {
        affected.subject = Cpe{.part = "a", .vendor = cpe_word(product.vendor), .product = cpe_word(product.product)};
    } else {
        return {};
    }
    if (!product.version_range.empty()) {
        auto range = range_in(product.version_range, scheme);
        if (!range) return {};
        if (state == FixState::affected && !range->to.empty() && !range->to_inclusive) {
            affected.state = FixState::fixed;
            affected.fixed_version = range->to;
        }
        affected.ranges.push_back(std::move(*range));
    } else if (!version.empty() && version != "*" && version != "-") {
        affected.versions.push_back(version);
    } else if (state != FixState::not_affected) {
        affected.ranges.push_back({.scheme = scheme});
    }
    return affected;
}

void add_statement(Advisory& advisory, std::set<std::string>& known, Affected affected) {
    // Architectures and Server Core variants say the same of one package.
    auto key = subject_key(affected.subject) + '\n' + std::string(fix_state_name(affected.state)) + '\n' + affected.fixed_version;
    for (auto const& version : affected.versions) key += '\n' + version;
    for (auto const& module : affected.modules) key += '\n' + module;
    for (auto const& range : affected.ranges) key += '\n' + range.from + ',' + range.to;
    if (known.insert(std::move(key)).second) advisory.affected.push_back(std::move(affected));
}

void read_statements(json::Value flaw, CsafProducts const& products, std::string_view publisher, Advisory& advisory) {
    struct Kind {
        std::string_view name;
        FixState state;
    };
    constexpr Kind kinds[] = {{"fixed", FixState::fixed},
                              {"known_affected", FixState::affected},
                              {"known_not_affected", FixState::not_affected},
                              {"under_investigation", FixState::under_investigation}};
    auto const status = json::member(flaw, "product_status");
    if (!status) return;
    auto const statuses = statuses_of(flaw);
    std::set<std::string> known;
    for (auto const& kind : kinds)
        for (auto const element : json::array(*status, kind.name)) {
            auto const id = json::text(element);
            auto const* component = products.component(id);
            if (!component) continue;
            auto state = kind.state;
            if (state == FixState::affected)
                if (auto const found = statuses.by_remediation.find(id); found != statuses.by_remediation.end())
                    state = found->second;
            std::optional<Affected> affected;
            if (auto const* platform = products.platform(id); platform && publisher == "redhat")
                affected = red_hat_statement(*component, *platform, state);
            else if (publisher != "redhat" && state != FixState::fixed)
                affected = plain_statement(*component, publisher == "msrc", state);
            if (!affected) continue;
            if (auto const note = statuses.notes.find(id); note != statuses.notes.end()) affected->note = note->second;
            add_statement(advisory, known, std::move(*affected));
        }
}

void read_scores(json::Value flaw, std::string_view rater, Advisory& advisory) {
    std::set<std::string_view> seen;
    for (auto const score : json::array(flaw, "scores"))
        for (auto const* key : {"cvss_v4", "cvss_v3", "cvss_v2"})
            if (auto const rating = json::member(score, key)) {
                auto const vector = json::text(*rating, "vectorString");
                if (!seen.insert(vector).second) continue;
                if (auto severity = rating_of(vector, json::number(*rating, "baseScore"), rater, true))
                    advisory.severities.push_back(std::move(*severity));
            }
    for (auto const threat : json::array(flaw, "threats"))
        if (json::text(threat, "category") == "impact" && !json::text(threat, "details").empty()) {
            advisory.severities.push_back({.scheme = "WORD", .word = std::string(json::text(threat, "details")), .source = std::string(rater)});
            break;
        }
}

std::string description_of(json::Value flaw) {
    for (auto const* category : {"description", "summary", "general"})
        for (auto const note : json::array(flaw, "notes"))
            if (json::text(note, "category") == category) return std::string(json::text(note, "text"));
    return {};
}

Status read_document(json::Value root, std::string const& where, Intake& intake) {
    auto const document = json::member(root, "document");
    auto const tracking = document ? json::member(*document, "tracking") : std::nullopt;
    auto const id = tracking ? std::string(json::text(*tracking, "id")) : std::string{};
    if (id.empty()) {
        intake.reject(where, "the document has no tracking id");
        return {};
    }
    auto const publisher = json::member(*document, "publisher");
    auto const name = publisher ? std::string(json::text(*publisher, "name")) : std::string{};
    std::string const source = name.find("Red Hat") != std::string::npos ? "redhat" : name.find("Microsoft") != std::string::npos ? "msrc" : "csaf";
    auto const products = csaf_products_of(root);
    auto const flaws = json::array(root, "vulnerabilities");
    if (flaws.size() == 0) {
        intake.unused("an advisory that names no vulnerability");
        return {};
    }
    for (auto const flaw : flaws) {
        Advisory advisory{.id = id, .source = source};
        auto const cve = std::string(json::text(flaw, "cve"));
        if (flaws.size() > 1) advisory.id += "/" + (cve.empty() ? std::to_string(intake.counts.records) : cve);
        if (is_cve_id(cve)) advisory.cves = {cve};
        add_once(advisory.aliases, id);
        advisory.title = json::text(flaw, "title");
        if (advisory.title.empty()) advisory.title = json::text(*document, "title");
        advisory.description = description_of(flaw);
        advisory.published = time_of(json::text(*tracking, "initial_release_date"));
        advisory.modified = time_of(json::text(*tracking, "current_release_date"));
        if (auto const cwe = json::member(flaw, "cwe")) add_cwe(advisory.cwes, json::text(*cwe, "id"));
        read_scores(flaw, name, advisory);
        for (auto const reference : json::array(flaw, "references"))
            add_reference(advisory.references, json::text(reference, "url"), {tag_of(json::text(reference, "category"))});
        read_statements(flaw, products, source, advisory);
        TRY(intake.keep(std::move(advisory)));
    }
    return {};
}

using ReadRoot = Status (*)(json::Value, std::string const&, Intake&);
Status each_document(Source const& source, Layout layout, Intake& intake, ReadRoot read) {
    if (layout == Layout::lines)
        return each_line(source, [&](json::Value root, std::size_t line) {
            return read(root, "line " + std::to_string(line), intake);
        });
    auto const whole = TRY(whole_document(source));
    return read(whole.document.root(), source.name, intake);
}

// ---- OpenVEX ------------------------------------------------------------------------------------------------

FixState state_of(std::string_view status) {
    if (status == "not_affected") return FixState::not_affected;
    if (status == "affected") return FixState::affected;
    if (status == "fixed") return FixState::not_affected;  // the named product has the fix
    return FixState::under_investigation;
}

void add_openvex_product(json::Value product, FixState state, std::string const& note, Advisory& advisory) {
    std::vector<std::string_view> names;
    if (json::is_string(product)) names.push_back(json::text(product));
    else {
        names.push_back(json::text(product, "@id"));
        if (auto const identifiers = json::member(product, "identifiers"))
            for (auto const* key : {"purl", "cpe23", "cpe22"}) names.push_back(json::text(*identifiers, key));
    }
    for (auto const name : names) {
        CsafProduct found;
        found.purl = parse_purl(name);
        found.cpe = parse_cpe(name);
        if (!found.purl && !found.cpe) continue;
        if (auto affected = plain_statement(found, false, state)) {
            affected->note = note;
            advisory.affected.push_back(std::move(*affected));
            return;
        }
    }
}

Status read_openvex_document(json::Value root, std::string const& where, Intake& intake) {
    auto const id = json::text(root, "@id");
    std::size_t place = 0;
    for (auto const statement : json::array(root, "statements")) {
        ++place;
        auto const flaw = json::member(statement, "vulnerability");
        auto const name = !flaw ? std::string{} : std::string(json::is_string(*flaw) ? json::text(*flaw) : json::text(*flaw, "name"));
        if (id.empty() || name.empty()) {
            intake.reject(where + ", statement " + std::to_string(place), "it names no vulnerability, or the document has no @id");
            continue;
        }
        Advisory advisory{.id = std::string(id) + "#" + std::to_string(place), .source = "openvex"};
        advisory.cves = cve_ids_in(name);
        add_once(advisory.aliases, name);
        advisory.modified = time_of(json::text(statement, "timestamp"));
        if (advisory.modified == 0) advisory.modified = time_of(json::text(root, "timestamp"));
        auto const status = json::text(statement, "status");
        auto note = std::string(json::text(statement, "justification"));
        if (note.empty()) note = json::text(statement, status == "affected" ? "action_statement" : "impact_statement");
        for (auto const product : json::array(statement, "products"))
            add_openvex_product(product, state_of(status), note, advisory);
        TRY(intake.keep(std::move(advisory)));
    }
    return {};
}

}  // namespace

Status read_csaf(Source const& source, Layout layout, Intake& intake) {
    return each_document(source, layout, intake, read_document);
}
Status read_openvex(Source const& source, Layout layout, Intake& intake) {
    return each_document(source, layout, intake, read_openvex_document);
}

}  // namespace merlon::feeds
