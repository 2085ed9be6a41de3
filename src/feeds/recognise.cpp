#include "feeds/recognise.h"

#include <algorithm>
#include <array>

#include "base/json_read.h"
#include "base/text.h"
#include "feeds/merlon/read.h"
#include "feeds/outline.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

// One record that goes over several lines, or JSON lines (one line counts as such).
Layout layout_of(std::string_view head) {
    if (head.starts_with('[')) return Layout::array;
    auto const end = head.find('\n');
    if (end == std::string_view::npos) return Layout::lines;
    return json::Document::parse(head.substr(0, end), "head") ? Layout::lines : Layout::record;
}

std::unexpected<Error> unknown(std::string_view name, std::string_view looks_like) {
    return fail("feeds.unknown_format", std::string(name), std::string(looks_like));
}
std::unexpected<Error> not_needed(std::string_view name, std::string_view what, std::string_view hint) {
    return std::unexpected(error("feeds.not_needed", std::string(name), std::string(what)).with_hint(std::string(hint)));
}

Result<Format> recognise_xml(std::string_view head, std::string_view name) {
    // The root is the first tag that is no declaration, comment or DOCTYPE.
    for (auto at = head.find('<'); at != std::string_view::npos; at = head.find('<', at + 1)) {
        auto const tag = head.substr(at + 1, 64);
        if (tag.starts_with("!--")) {
            at = head.find("-->", at);
            if (at == std::string_view::npos) break;
            continue;
        }
        if (tag.empty() || tag[0] == '?' || tag[0] == '!') continue;
        auto root = tag.substr(0, tag.find_first_of(" \t\r\n>/"));
        if (auto const colon = root.find(':'); colon != std::string_view::npos) root.remove_prefix(colon + 1);
        if (root == "cvrfdoc") return Format{FeedKind::msrc, Layout::record, true};
        if (root == "oval_definitions") {
            if (head.find("com.ubuntu") != std::string_view::npos) return Format{FeedKind::ubuntu_oval, Layout::record, true};
            return not_needed(name, "an OVAL file of another publisher than Ubuntu",
                              "Load the publisher's OSV or CSAF/VEX data, or the Debian security tracker, instead.");
        }
        if (equal_ignoring_ascii_case(root, "html")) return unknown(name, "a web page; perhaps the address gave an error page");
        return unknown(name, "XML with the root element " + std::string(root));
    }
    return unknown(name, "XML without a root element");
}

Result<Format> recognise_text(std::string_view head, std::string_view name) {
    auto line = first_line(head);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("#model_version:") || line == "cve,epss" || line == "cve,epss,percentile")
        return Format{FeedKind::epss, Layout::lines};
    if (line.starts_with("id,file,description,")) {
        // The lists of papers and shellcodes have a language or a size in the place of the port.
        if (line.find(",codes,") != std::string_view::npos && line.find(",port,") != std::string_view::npos)
            return Format{FeedKind::exploit_db, Layout::lines};
        return not_needed(name, "Exploit-DB's list of papers or shellcodes, which name no CVEs",
                          "Load files_exploits.csv of the same project.");
    }
    if (line.starts_with("revisionid,updateid,")) return Format{FeedKind::windows_kb, Layout::lines};
    return unknown(name, first_bytes(line));
}

// Objects whose member names are data: CVE numbers, source packages, module names.
Result<Format> recognise_map(Outline const& outline, std::string_view name) {
    auto const& first = outline.names[1];
    if (!first.empty() && is_cve_id(first[0]) && outline.has(3, "html_url")) return Format{FeedKind::poc_in_github};
    if (outline.has(2, "fullname") && (outline.has(2, "ref_name") || outline.has(2, "mod_time")))
        return Format{FeedKind::metasploit};
    auto const flaw = [](std::string const& key) { return key.starts_with("CVE-") || key.starts_with("TEMP-"); };
    if (std::ranges::any_of(outline.names[2], flaw) && outline.has(3, "releases")) return Format{FeedKind::debian_tracker};
    if (first.empty()) return unknown(name, "JSON without a member that could be read");
    std::string members;
    for (std::size_t i = 0; i < first.size() && i < 6; ++i) members += (i ? ", " : "") + clean_text(first[i], 40);
    return unknown(name, "JSON with the members " + members);
}

Result<Format> recognise_json(std::string_view head, std::string_view name) {
    if (looks_like_knowledge(head)) return Format{FeedKind::merlon, Layout::lines};
    auto const outline = outline_of(head);
    auto const layout = layout_of(head);
    std::size_t const level = outline.root == '[' ? 2 : 1;
    auto const has = [&](std::string_view key) { return outline.has(level, key); };
    if (has("matchStrings"))
        return not_needed(name, "NVD's list of CPE match strings", "Their names stand in the CVE records themselves.");
    if (has("CVE_Items"))
        return not_needed(name, "an NVD feed of the retired form 1.1", "Load the same year's file of form 2.0.");
    if (has("bomFormat") || has("spdxVersion")) return not_needed(name, "an SBOM", "Use merlon import for inventories.");
    if (has("catalogVersion") && has("vulnerabilities")) return Format{FeedKind::kev};
    if (has("vulnerabilities") && (has("format") || has("resultsPerPage"))) return Format{FeedKind::nvd};
    if (has("_annotation") && has("cve")) return Format{FeedKind::nvd_override, layout};
    if (has("cveMetadata") || (has("dataType") && has("containers"))) return Format{FeedKind::cve5, layout};
    if (has("document") && (outline.has(level + 1, "csaf_version") || has("product_tree") || has("vulnerabilities")))
        return Format{FeedKind::csaf, layout};
    if (has("@context") && has("statements")) return Format{FeedKind::openvex, layout};
    if (has("document_title") || has("documenttracking") || has("DocumentTitle")) return Format{FeedKind::msrc, layout};
    if (outline.root == '[' && has("html_url") && has("stargazers_count")) return Format{FeedKind::poc_in_github, Layout::array};
    if (outline.root == '[' && has("cycle")) return Format{FeedKind::endoflife, Layout::array};
    if (has("result") && (has("schema_version") || has("generated_at")))
        return Format{FeedKind::endoflife, outline.after_result == '[' ? Layout::lines : Layout::record};
    if (has("releases") && has("name") && has("label")) return Format{FeedKind::endoflife, Layout::record};
    if (has("distroversion") && has("packages")) return Format{FeedKind::alpine_secdb};
    if (has("id") && (has("modified") || has("affected") || has("schema_version"))) return Format{FeedKind::osv, layout};
    if (has("notices"))
        return not_needed(name, "a page of Ubuntu's notices API", "Load Ubuntu's OSV records or OVAL files instead.");
    if (outline.root == '[') return unknown(name, "a JSON list of unknown records");
    return recognise_map(outline, name);
}

}  // namespace

std::string_view feed_name(FeedKind kind) {
    constexpr std::array<std::string_view, 18> names{
        "merlon",     "nvd",           "nvd-override",   "kev",  "epss",       "osv",         "endoflife", "cve5",   "exploit-db",
        "metasploit", "poc-in-github", "debian-tracker", "msrc", "windows-kb", "ubuntu-oval", "csaf",      "openvex", "alpine-secdb"};
    return names.at(static_cast<std::size_t>(kind));
}

Result<Format> recognise(std::string_view head, std::string_view name) {
    if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
    head = trim(head);
    if (head.empty()) return fail("feeds.empty", std::string(name));
    if (head.starts_with('<')) return recognise_xml(head, name);
    if (head.starts_with('{') || head.starts_with('[')) return recognise_json(head, name);
    if (head.starts_with('#') && looks_like_knowledge(head)) return Format{FeedKind::merlon, Layout::lines};
    return recognise_text(head, name);
}

}  // namespace merlon::feeds
