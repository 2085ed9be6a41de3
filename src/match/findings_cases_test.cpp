// test/matching/findings.txt: what is said of one installed thing, and whether it is shown. Its head tells the form.
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/json_read.h"
#include "base/test_places.h"
#include "base/text.h"
#include "match/evaluate.h"
#include "match/versions/versions.h"
#include "sensors/sbom/cyclonedx.h"

namespace merlon::match {
namespace {

std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields;
    for (auto const field : split(line, '|')) fields.emplace_back(trim(field));
    return fields;
}

// "Ubuntu 22.04" -> the system on which the thing lies.
OperatingSystem system_of(std::string_view text) {
    OperatingSystem os;
    auto const blank = text.find(' ');
    os.distribution = text.substr(0, blank);
    if (blank != text.npos) os.version = text.substr(blank + 1);
    return os;
}

SoftwareItem item_of(std::vector<std::string> const& fields) {
    SoftwareItem item{.source = fields.at(0), .name = fields.at(1), .version = fields.at(2)};
    for (std::size_t i = 3; i < fields.size(); ++i) {
        auto const equals = fields[i].find('=');
        auto const word = fields[i].substr(0, equals);
        auto* const place = word == "vendor" ? &item.vendor : word == "bundle" ? &item.bundle_id : word == "of" ? &item.source_name
                            : word == "of version" ? &item.source_version : word == "edition" ? &item.edition
                            : word == "cpe" ? &item.cpe : word == "architecture" ? &item.architecture : nullptr;
        EXPECT_TRUE(place && equals != std::string::npos) << fields[i];
        if (place && equals != std::string::npos) *place = fields[i].substr(equals + 1);
    }
    return item;
}

// A component as CycloneDX has it, read by the reader.
SoftwareItem component_of(std::string const& json) {
    auto const text = R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[)" + json + "]}";
    sensors::ImportCounts counts;
    auto const document = json::Document::parse(text, "findings.txt");
    EXPECT_TRUE(document) << json;
    auto read = sensors::read_cyclonedx_json(document->root(), "findings.txt", counts);
    EXPECT_TRUE(read && read->software.size() == 1) << json;
    return read && read->software.size() == 1 ? read->software.front() : SoftwareItem{};
}

// "from 1 before 2", "up to 3", "after 1 up to 3", "every version"; plain words are exact versions.
void take_versions(std::string_view text, std::string_view scheme, Affected& affected) {
    if (text == "every version") return affected.ranges.push_back({std::string(scheme), "", true, "", false});
    VersionRange range{.scheme = std::string(scheme)};
    bool any = false;
    for (std::string_view rest = text; !rest.empty();) {
        bool known = false;
        for (std::string_view const word : {"from ", "after ", "before ", "up to "}) {
            if (!rest.starts_with(word)) continue;
            rest.remove_prefix(word.size());
            auto end = rest.size();
            for (std::string_view const next : {" before ", " up to "}) end = std::min(end, rest.find(next));
            auto const version = std::string(rest.substr(0, end));
            rest = end == rest.size() ? std::string_view{} : rest.substr(end + 1);
            bool const upper = word == "before " || word == "up to ";
            (upper ? range.to : range.from) = version;
            (upper ? range.to_inclusive : range.from_inclusive) = word == "up to " || word == "from ";
            known = any = true;
            break;
        }
        if (!known) break;
    }
    if (any) affected.ranges.push_back(std::move(range));
    else affected.versions.emplace_back(text);
}

std::string ecosystem_scheme(std::string_view ecosystem) {
    auto const scheme = scheme_named(ecosystem);
    return scheme ? std::string(scheme_name(*scheme)) : std::string{};
}

store::StoredStatement statement_of(std::vector<std::string> const& fields) {
    store::StoredStatement statement;
    auto head = std::make_shared<store::AdvisoryHead>();
    head->id = "CVE-2024-0001";
    head->cves = {"CVE-2024-0001"};
    auto& affected = statement.affected;
    std::string scheme = "cpe";
    if (auto const cpe = parse_cpe(fields.at(1))) {
        head->source = "nvd";
        affected.subject = *cpe;
        if (cpe->version != "*" && fields.size() < 3) affected.versions.push_back(cpe_version_text(*cpe));
    } else {
        head->source = "osv";
        auto const slash = fields.at(1).find('/');
        auto const ecosystem = fields.at(1).substr(0, slash);
        affected.subject = PackageName{ecosystem, package_name(ecosystem, fields.at(1).substr(slash + 1))};
        scheme = ecosystem_scheme(ecosystem);
        EXPECT_FALSE(scheme.empty()) << "no version order of " << ecosystem;
    }
    for (std::size_t i = 2; i < fields.size(); ++i) {
        if (fields[i].starts_with("on ")) {
            auto const cpe = parse_cpe(fields[i].substr(3));
            EXPECT_TRUE(cpe) << fields[i];
            if (cpe) affected.conditions.push_back({*cpe});
        } else if (fields[i].starts_with("module ")) {
            affected.modules.push_back(fields[i].substr(7));
        } else {
            take_versions(fields[i], scheme, affected);
        }
    }
    statement.subject = subject_key(affected.subject);
    statement.advisory = std::move(head);
    return statement;
}

TEST(Findings, AreShownAsTheCasesSay) {
    auto const text = read_file(source_root() / "test/matching/findings.txt");
    ASSERT_TRUE(text) << describe(text.error());
    auto const rules = IdentityRules::embedded();
    auto const corrections = Corrections::embedded();
    ASSERT_TRUE(rules && corrections);
    // The distribution's records are there and newer than the flaw.
    Coverage const coverage{.loaded = true, .until = parse_iso_time("2030-01-01").value()};
    SoftwareItem item;
    OperatingSystem os;
    std::size_t cases = 0, number = 0;
    std::string installed;
    for (auto const line : split(*text, '\n')) {
        ++number;
        if (trim(line).empty() || line.starts_with('#')) continue;
        bool const inner = line.starts_with(' ');
        auto const body = trim(line);
        if (!inner) {
            installed = body;
            os = {};
            auto const at = body.rfind(" @ ");
            if (at != body.npos) os = system_of(body.substr(at + 3));
            auto const what = trim(body.substr(0, at));
            item = what.starts_with('{') ? component_of(std::string(what)) : item_of(fields_of(what));
            continue;
        }
        auto const fields = fields_of(body);
        ASSERT_GE(fields.size(), 2U) << "line " << number;
        ++cases;
        auto const statement = statement_of(fields);
        auto const key = software_key(item, os);
        std::vector<std::string> const subjects{statement.subject};
        auto const identity = identify(key, *rules, VendorCatalog(subjects));
        store::StoredStatement const* const all[] = {&statement};
        auto const findings = evaluate(key, identity, all, *corrections, coverage);
        auto const said = findings.empty() ? "nothing" : findings.front().hidden ? "hidden" : "shown";
        EXPECT_EQ(said, fields[0]) << "line " << number << ": " << installed << "\n" << body << "\n" << explain_identity(key, identity);
    }
    EXPECT_GT(cases, 100U);
}

}  // namespace
}  // namespace merlon::match
