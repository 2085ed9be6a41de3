#include "sensors/merlon/report_json.h"

#include <random>

#include <gtest/gtest.h>

#include "sensors/import.h"

namespace merlon::sensors {
namespace {

// Reports with any member set or not, texts with everything that JSON must escape.
struct Generator {
    std::mt19937_64 random;
    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); }
    bool coin() { return below(2) == 0; }
    std::string text() {
        static std::vector<std::string> const pieces{"a", "Z", "9", "\"", "\\", "/", "é", "漢", "😀", "<", "{", "]", ":", ",", ".", "-"};
        std::string out;
        for (auto n = below(8); n > 0; --n) out += pieces[below(pieces.size())];
        return out;
    }
    std::string name() { return "n" + text(); }
    std::vector<std::string> texts() {
        std::vector<std::string> out(below(4));
        for (auto& one : out) one = text();
        return out;
    }
    SoftwareItem item() {
        SoftwareItem made;
        for (auto* place : {&made.vendor, &made.version, &made.architecture, &made.source_name, &made.source_version,
                            &made.distribution, &made.bundle_id, &made.edition, &made.purl, &made.cpe, &made.path,
                            &made.installed_at})
            if (coin()) *place = text();
        made.source = name();
        made.name = name();
        return made;
    }
    DeviceReport report() {
        DeviceReport made;
        for (auto* place : {&made.device_id, &made.identifier, &made.name, &made.group, &made.public_address, &made.source,
                            &made.os.platform, &made.os.distribution, &made.os.name, &made.os.version, &made.os.release,
                            &made.os.edition, &made.os.build, &made.os.architecture, &made.os.kernel})
            if (coin()) *place = text();
        if (coin()) made.value = coin() ? "High" : "Low";
        for (auto n = below(3); n > 0; --n) made.interfaces.push_back({text(), text(), texts()});
        if (coin()) {
            made.software.emplace();
            for (auto n = below(5); n > 0; --n) made.software->push_back(item());
        }
        if (coin()) made.software_sources = texts();
        if (coin()) made.hotfixes = texts();
        if (coin()) {
            made.settings.emplace();
            for (auto n = below(4); n > 0; --n) made.settings->push_back({text(), text()});
        }
        if (coin()) made.setting_families = texts();
        made.tags = texts();
        if (coin()) made.internet_facing = coin();
        if (coin()) made.collected_at = 1 + static_cast<Ticks>(below(static_cast<std::size_t>(max_datetime_ticks)));
        return made;
    }
};

TEST(ReportJson, ReadsBackWhatItWrites) {
    Generator generator{std::mt19937_64(20240607)};
    for (int i = 0; i < 3000; ++i) {
        auto const report = generator.report();
        auto const line = report_json(report);
        EXPECT_EQ(line.find('\n'), line.npos);
        auto const read = read_report_json(line, "line");
        ASSERT_TRUE(read) << describe(read.error()) << "\n" << line;
        ASSERT_EQ(*read, report) << line;
        ASSERT_EQ(report_json(*read), line);
    }
}

TEST(ReportJson, RefusesWhatItDoesNotKnow) {
    auto refused = [](std::string_view line) {
        auto const read = read_report_json(line, "f, line 3");
        return read ? std::string("taken") : describe(read.error());
    };
    EXPECT_NE(refused(R"({"merlon_report":1,"name":"a","sofware":[]})").find("«software»"), std::string::npos);
    EXPECT_NE(refused(R"({"merlon_report":1,"name":7})").find("f, line 3"), std::string::npos);
    EXPECT_NE(refused(R"({"merlon_report":2,"name":"a"})").find("version 1"), std::string::npos);
    EXPECT_NE(refused(R"({"merlon_report":1,"name":"a","software":{}})").find("list"), std::string::npos);
    EXPECT_NE(refused(R"({"merlon_report":1,"name":"a","software":[{"name":"x"}]})").find("source"), std::string::npos);
    EXPECT_NE(refused(R"({"merlon_report":1,"name":"a","collected_at":"yesterday"})").find("time"), std::string::npos);
    EXPECT_NE(refused(R"({"merlon_report":1,"name":"a","value":"Huge"})").find("High"), std::string::npos);
    EXPECT_NE(refused(R"({"merlon_report":1,)").find("JSON"), std::string::npos);
}

TEST(ReportJson, LinesImportOneDeviceEach) {
    DeviceReport a, b;
    a.name = "a";
    b.name = "b";
    b.software = std::vector<SoftwareItem>{{.source = "deb", .name = "x", .version = "1"}};
    std::vector<std::string> names;
    auto take = [&](DeviceReport report) -> Status {
        names.push_back(report.name);
        return {};
    };
    auto const text = report_json(a) + "\n\n" + report_json(b) + "\n";
    auto const counts = import_text(text, "lines", {}, take);
    ASSERT_TRUE(counts) << describe(counts.error());
    EXPECT_EQ(counts->reports, 2U);
    EXPECT_EQ(counts->kept, 1U);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
    auto const bad = import_text(report_json(a) + "\n{\"merlon_report\":1,\"name\":\n", "lines", {}, take);
    ASSERT_FALSE(bad);
    EXPECT_NE(describe(bad.error()).find("line 2"), std::string::npos);
    EXPECT_EQ(import_text(text, "lines", {"both"}, take).error().code, "sensors.several_devices");
}

}  // namespace
}  // namespace merlon::sensors
