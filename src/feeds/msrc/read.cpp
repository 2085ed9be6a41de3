#include "feeds/msrc/read.h"

#include <set>

#include "base/text.h"
#include "base/xml.h"
#include "feeds/csv.h"
#include "feeds/msrc/document.h"
#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

// Elements that occur once are objects, several are lists.
template <typename Take>
void each_of(std::optional<json::Value> value, Take take) {
    if (!value) return;
    if (!json::is_array(*value)) take(*value);
    else
        for (auto const element : json::array(*value)) take(element);
}
std::optional<json::Value> at(json::Value value, std::string_view outer, std::string_view inner) {
    auto const found = json::member(value, outer);
    return found ? json::member(*found, inner) : std::nullopt;
}

void read_products(json::Value branch, MsrcDocument& document) {
    each_of(json::member(branch, "fullproductname"), [&](json::Value product) {
        document.products[std::string(json::text(product, "productid"))] = json::text(product, "text");
    });
    each_of(json::member(branch, "branch"), [&](json::Value inner) { read_products(inner, document); });
}

std::vector<std::string> texts(std::optional<json::Value> value) {
    std::vector<std::string> list;
    each_of(value, [&](json::Value text) { list.emplace_back(json::text(text)); });
    return list;
}

MsrcVulnerability vulnerability_of(json::Value entry) {
    MsrcVulnerability flaw{.cve = std::string(json::text(entry, "cve")), .title = std::string(json::text(entry, "title"))};
    each_of(at(entry, "notes", "note"), [&](json::Value note) {
        if (json::text(note, "type") == "Description") flaw.description = json::text(note, "text");
    });
    each_of(json::member(entry, "cwe"), [&](json::Value cwe) { flaw.cwe = json::text(cwe, "id"); });
    each_of(at(entry, "productstatuses", "status"), [&](json::Value status) {
        if (json::text(status, "type") == "Known Affected") flaw.affected = texts(json::member(status, "product_id"));
    });
    each_of(at(entry, "threats", "threat"), [&](json::Value threat) {
        flaw.threats.push_back({std::string(json::text(threat, "type")), std::string(json::text(threat, "description")), {}});
    });
    each_of(at(entry, "cvssscoresets", "scoreset"), [&](json::Value score) {
        flaw.scores.emplace_back(json::text(score, "base_score"), json::text(score, "vector"));
    });
    each_of(at(entry, "remediations", "remediation"), [&](json::Value fix) {
        flaw.remediations.push_back({std::string(json::text(fix, "type")), std::string(json::text(fix, "description")),
                                     std::string(json::text(fix, "url")), std::string(json::text(fix, "supercedence")),
                                     std::string(json::text(fix, "fixed_build")), texts(json::member(fix, "product_id"))});
    });
    each_of(at(entry, "revisionhistory", "revision"), [&](json::Value revision) {
        flaw.modified = std::max(flaw.modified, time_of(json::text(revision, "date")));
    });
    return flaw;
}

Status read_json(json::Value root, std::string const& where, MsrcUpdates& updates, Intake& intake) {
    MsrcDocument document;
    if (auto const tree = json::member(root, "producttree")) read_products(*tree, document);
    if (auto const tracking = json::member(root, "documenttracking"))
        document.published = time_of(json::text(*tracking, "initial_release_date"));
    each_of(json::member(root, "vulnerability"), [&](json::Value entry) {
        document.vulnerabilities.push_back(vulnerability_of(entry));
    });
    if (document.vulnerabilities.empty()) intake.reject(where, "it has no vulnerability");
    return take_msrc_document(document, updates, intake);
}

std::string text_of(pugi::xml_node node, std::string_view name) { return std::string(trim(xml::child(node, name).text().get())); }
std::vector<std::string> texts_of(pugi::xml_node node, std::string_view name) {
    std::vector<std::string> list;
    for (auto const inner : node.children())
        if (xml::local_name(inner) == name) list.emplace_back(trim(inner.text().get()));
    return list;
}

void read_products(pugi::xml_node node, MsrcDocument& document, int depth) {
    if (depth > 20) return;
    for (auto const inner : node.children()) {
        if (xml::local_name(inner) == "FullProductName") document.products[inner.attribute("ProductID").value()] = trim(inner.text().get());
        else read_products(inner, document, depth + 1);
    }
}

MsrcVulnerability vulnerability_of(pugi::xml_node entry) {
    MsrcVulnerability flaw{.cve = text_of(entry, "CVE"), .title = text_of(entry, "Title")};
    for (auto const note : xml::child(entry, "Notes").children())
        if (std::string_view(note.attribute("Type").value()) == "Description") flaw.description = trim(note.text().get());
    flaw.cwe = xml::child(entry, "CWE").attribute("ID").value();
    for (auto const status : xml::child(entry, "ProductStatuses").children())
        if (std::string_view(status.attribute("Type").value()) == "Known Affected") flaw.affected = texts_of(status, "ProductID");
    for (auto const threat : xml::child(entry, "Threats").children())
        flaw.threats.push_back({threat.attribute("Type").value(), text_of(threat, "Description"), {}});
    for (auto const score : xml::child(entry, "CVSSScoreSets").children())
        flaw.scores.emplace_back(text_of(score, "BaseScore"), text_of(score, "Vector"));
    for (auto const fix : xml::child(entry, "Remediations").children())
        flaw.remediations.push_back({fix.attribute("Type").value(), text_of(fix, "Description"), text_of(fix, "URL"),
                                     text_of(fix, "Supercedence"), text_of(fix, "FixedBuild"), texts_of(fix, "ProductID")});
    for (auto const revision : xml::child(entry, "RevisionHistory").children())
        flaw.modified = std::max(flaw.modified, time_of(text_of(revision, "Date")));
    return flaw;
}

Status read_xml(Source const& source, MsrcUpdates& updates, Intake& intake) {
    auto bytes = TRY(whole_of(source));
    pugi::xml_document xml;
    auto const parsed = xml.load_buffer(bytes.data(), bytes.size());
    if (!parsed)
        return fail("feeds.damaged_xml", source.name, std::to_string(parsed.offset), std::string(parsed.description()));
    auto const root = xml.document_element();
    MsrcDocument document;
    read_products(xml::child(root, "ProductTree"), document, 0);
    auto const tracking = xml::child(root, "DocumentTracking");
    document.published = time_of(text_of(tracking, "InitialReleaseDate"));
    intake.data_time(time_of(text_of(tracking, "CurrentReleaseDate")));
    for (auto const entry : root.children())
        if (xml::local_name(entry) == "Vulnerability") document.vulnerabilities.push_back(vulnerability_of(entry));
    if (document.vulnerabilities.empty()) return fail("feeds.wrong_shape", source.name, "it holds no vulnerability");
    return take_msrc_document(document, updates, intake);
}

}  // namespace

Status read_msrc(Source const& source, Format const& format, Intake& intake) {
    MsrcUpdates updates;
    if (format.xml) {
        TRY(read_xml(source, updates, intake));
    } else if (format.layout == Layout::lines) {
        TRY(each_line(source, [&](json::Value root, std::size_t line) {
            return read_json(root, "line " + std::to_string(line), updates, intake);
        }));
    } else {
        auto const whole = TRY(whole_document(source));
        TRY(read_json(whole.document.root(), source.name, updates, intake));
    }
    return take_msrc_updates(updates, intake);
}

Status read_windows_kb(Source const& source, Intake& intake) {
    std::map<std::string, Advisory> updates;  // an update has a row for each product
    TRY(each_csv_row(source, [&](CsvRow const& row, std::size_t line) -> Status {
        auto const& kb = row["kb"];
        if (!kb.starts_with("KB") || kb.size() < 8) {
            if (kb.empty()) intake.unused("an update without a KB number");
            else intake.reject("line " + std::to_string(line), "its kb is no KB number");
            return {};
        }
        auto& update = updates[kb];
        update.id = kb;
        update.source = "windows-kb";
        if (update.title.empty()) update.title = row["title"];
        update.modified = std::max(update.modified, time_of(row["creationdate"]));
        for (auto const newer : split(row["supersededby_kbs"], ' '))
            if (newer.starts_with("KB")) add_once(update.aliases, newer);
        return {};
    }));
    for (auto& [kb, update] : updates) TRY(intake.keep(std::move(update)));
    return {};
}

}  // namespace merlon::feeds
