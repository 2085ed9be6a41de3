#include "sensors/openscap/results.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "sensors/import.h"

namespace merlon::sensors {
namespace {

// An ARF collection in the small: benchmark and result apart, prefixed names, text with mark-up.
constexpr std::string_view arf = R"xml(<?xml version="1.0"?>
<arf:asset-report-collection xmlns:arf="http://scap.nist.gov/schema/asset-reporting-format/1.1">
 <arf:report-requests><arf:report-request id="c"><arf:content>
  <x:data-stream-collection xmlns:x="http://scap.nist.gov/schema/scap/source/1.2"><x:component>
   <xc:Benchmark xmlns:xc="http://checklists.nist.gov/xccdf/1.2" id="b">
    <xc:Group id="g"><xc:title>SSH Server</xc:title>
     <xc:Rule id="rule_root" severity="high"><xc:title>Disable SSH <html:b xmlns:html="h">root</html:b> login</xc:title>
      <xc:reference href="https://example.test/ssh">1</xc:reference><xc:rationale>Root has no name.</xc:rationale><xc:fixtext>PermitRootLogin no</xc:fixtext></xc:Rule>
     <xc:Rule id="rule_port" severity="low"><xc:title>Port</xc:title></xc:Rule>
    </xc:Group>
   </xc:Benchmark>
  </x:component></x:data-stream-collection>
 </arf:content></arf:report-request></arf:report-requests>
 <arf:reports><arf:report id="r"><arf:content>
  <TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" id="t" end-time="2026-01-15T10:00:00+01:00">
   <target>web-1</target>
   <target-facts><fact name="urn:xccdf:fact:asset:identifier:fqdn" type="string">web-1.example.test</fact></target-facts>
   <rule-result idref="rule_root"><result>fail</result></rule-result>
   <rule-result idref="rule_port" severity="medium"><result>pass</result></rule-result>
   <rule-result idref="rule_other"><result>notapplicable</result></rule-result>
   <rule-result idref="rule_manual"><result>notchecked</result></rule-result>
  </TestResult>
 </arf:content></arf:report></arf:reports>
</arf:asset-report-collection>)xml";

std::vector<DeviceReport> reports_of(std::string_view bytes, ImportCounts& counts) {
    std::vector<DeviceReport> reports;
    auto const read = import_text(bytes, "results.xml", {}, [&](DeviceReport report) -> Status {
        reports.push_back(std::move(report));
        return {};
    });
    EXPECT_TRUE(read) << describe(read.error());
    if (read) counts = *read;
    return reports;
}

TEST(OpenScap, ArfBecomesSettingsWithTheirRules) {
    ImportCounts counts;
    auto const reports = reports_of(arf, counts);
    ASSERT_EQ(reports.size(), 1U);
    auto const& report = reports[0];
    EXPECT_EQ(report.name, "web-1.example.test");
    EXPECT_EQ(iso_seconds(report.collected_at), "2026-01-15T09:00:00Z");
    ASSERT_TRUE(report.settings);
    ASSERT_EQ(report.settings->size(), 4U);
    EXPECT_EQ((*report.settings)[0], (SettingFact{"xccdf.rule_root", "fail"}));
    EXPECT_EQ((*report.settings)[1].value,
              R"({"title":"Disable SSH root login","rationale":"Root has no name.","fix":"PermitRootLogin no","group":"SSH Server","severity":"high","sources":["https://example.test/ssh"]})");
    EXPECT_EQ((*report.settings)[2], (SettingFact{"xccdf.rule_port", "pass"}));
    EXPECT_NE((*report.settings)[3].value.find(R"("severity":"medium")"), std::string::npos);
    EXPECT_FALSE(report.software);  // says nothing of software: what was known stays
    EXPECT_EQ(counts.kept, 2U);
    EXPECT_EQ(counts.skipped.at("rules without a verdict: notapplicable"), 1U);
    EXPECT_EQ(counts.skipped.at("rules without a verdict: notchecked"), 1U);
}

TEST(OpenScap, WhatHasNoResultIsRefused) {
    ImportCounts counts;
    auto const none = [](DeviceReport) -> Status { return {}; };
    EXPECT_EQ(read_xccdf(R"(<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2"/>)", "b.xml", counts, none).error().code, "sensors.unknown_format");
    EXPECT_EQ(read_xccdf("<TestResult", "b.xml", counts, none).error().code, "sensors.bad_xml");
    auto const nameless = import_text(R"(<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2"/>)", "n.xml", {}, none);
    EXPECT_EQ(nameless.error().code, "sensors.no_device");
}

}  // namespace
}  // namespace merlon::sensors
