#include "match/local_corrections.h"

#include <gtest/gtest.h>

#include <set>

#include "base/embedded.h"
#include "match/hotfixes.h"
#include "match/proof.h"
#include "match/run.h"
#include "match/vex.h"

namespace merlon::match {
namespace {

constexpr Ticks now = unix_epoch_ticks + 20'000 * ticks_per_day;

// Two devices with Chrome, one of them with a second copy elsewhere, and one flaw of it.
store::Connection fleet() {
    auto connection = store::Database::open({})->connect().value();
    auto const made = [&]() -> Status {
        for (auto const& migration : embedded_under("schema/store/")) TRY(connection.execute(migration.bytes));
        for (auto const* name : {"one", "two"})
            TRY(connection.execute(std::string("INSERT INTO device SELECT '") + name + "', '', '" + name + ".example', '', 'windows', '', '', '', '', '', '', '', '" +
                                   (std::string_view(name) == "one" ? "Lab" : "Office") + "', 'Normal', false, '', '[]', '[]', false, 'test', 0, 0, 0"));
        return connection.execute(
            "INSERT INTO software VALUES (7, 'programs', 'Google Chrome', 'Google LLC', '100.0', '', '', '', '', '', '', '', '', 'windows', 0);"
            "INSERT INTO identity VALUES (7, 'google', 'chrome', '100.0', 'cpe', '[]', true, '', false, NULL, '', '', '', '');"
            "INSERT INTO installation VALUES ('one', 7, 'C:\\Apps\\chrome.exe', '', 0), ('one', 7, 'D:\\Old\\chrome.exe', '', 0), ('two', 7, 'C:\\Apps\\chrome.exe', '', 0);"
            "INSERT INTO finding VALUES (7, 'CVE-2024-1001', '[\"nvd:CVE-2024-1001\"]', 'fixed', '101.0', 'KB5000001', '', 100, false, '[{\"kind\":\"fact\",\"text\":\"t\"}]', 0)");
    }();
    if (!made) throw std::runtime_error(describe(made.error()));
    return connection;
}

std::string cleared(store::Connection& connection) {
    std::string out;
    auto rows = connection.query("SELECT device || ' ' || cve FROM finding_cleared ORDER BY ALL").value();
    while (auto const chunk = rows.next().value())
        for (std::size_t i = 0; i < chunk->rows; ++i) out += std::string(chunk->columns[0].text(i)) + "\n";
    return out;
}

LocalCorrection chrome() {
    LocalCorrection c;
    c.cve = "CVE-2024-1001";
    c.vendor = "google";
    c.product = "chrome";
    c.reason = "The feature is off by policy.";
    return c;
}

TEST(LocalCorrections, CountAtOnceWithinTheirScope) {
    auto connection = fleet();
    auto everywhere = chrome();
    auto const effect = preview_correction(connection, everywhere);
    ASSERT_TRUE(effect) << describe(effect.error());
    EXPECT_EQ(effect->findings, 2);
    EXPECT_EQ(effect->devices, 2);
    ASSERT_EQ(effect->examples.size(), 2U);
    EXPECT_EQ(effect->examples[0].device, "one.example");
    EXPECT_EQ(cleared(connection), "");  // asking changed nothing

    auto const id = add_correction(connection, everywhere, now);
    ASSERT_TRUE(id) << describe(id.error());
    EXPECT_EQ(cleared(connection), "one CVE-2024-1001\ntwo CVE-2024-1001\n");
    EXPECT_EQ(proofs(connection, "one", "cve-2024-1001").value().front().cleared, "correction " + *id + ": The feature is off by policy.");
    ASSERT_TRUE(change_correction(connection, *id, {.disabled = true}, now).value());
    EXPECT_EQ(cleared(connection), "");
    ASSERT_TRUE(remove_correction(connection, *id, now).value());
    EXPECT_FALSE(remove_correction(connection, *id, now).value());

    auto group = chrome();
    group.scope = "group";
    group.scope_value = "office";
    ASSERT_TRUE(add_correction(connection, group, now));
    EXPECT_EQ(cleared(connection), "two CVE-2024-1001\n");
    auto device = chrome();
    device.scope = "device";
    device.scope_value = "ONE.example";
    ASSERT_TRUE(add_correction(connection, device, now));
    EXPECT_EQ(cleared(connection), "one CVE-2024-1001\ntwo CVE-2024-1001\n");
}

TEST(LocalCorrections, MindPathVersionAndTime) {
    auto connection = fleet();
    auto path = chrome();
    path.path = "C:\\Apps\\";
    path.expires = now + ticks_per_day;
    ASSERT_TRUE(add_correction(connection, path, now));
    EXPECT_EQ(cleared(connection), "two CVE-2024-1001\n");  // the other has a copy elsewhere
    EXPECT_FALSE(correction_ran_out(connection, now).value());
    EXPECT_TRUE(correction_ran_out(connection, path.expires).value());
    ASSERT_TRUE(apply_corrections(connection, path.expires));
    EXPECT_EQ(cleared(connection), "");
    EXPECT_FALSE(correction_ran_out(connection, path.expires).value());
    // A path is a folder or a file, not the beginning of a name; Windows does not mind its letters.
    for (auto const& [place, there] : {std::pair{"c:/apps", true}, {"C:\\APPS\\chrome.exe", true}, {"C:", true}, {"C:\\App", false}, {"C:\\Apps\\chrome", false}}) {
        auto other = chrome();
        other.path = place;
        auto const effect = preview_correction(connection, other);
        ASSERT_TRUE(effect) << describe(effect.error());
        EXPECT_EQ(effect->findings, there ? 1 : 0) << place;
        EXPECT_EQ(lies_within("C:\\Apps\\chrome.exe", place, true), there) << place;
    }
    EXPECT_TRUE(lies_within("/opt/tool", "/opt/tool", false));
    EXPECT_TRUE(lies_within("/opt/tool/x", "/", false));
    EXPECT_FALSE(lies_within("/opt/toolbox", "/opt/tool", false));
    EXPECT_FALSE(lies_within("/OPT/tool", "/opt", false));
    EXPECT_FALSE(lies_within("", "/", false));
    auto version = chrome();
    version.version = "99.0";
    ASSERT_TRUE(add_correction(connection, version, now + 2 * ticks_per_day));
    EXPECT_EQ(cleared(connection), "");
}

TEST(LocalCorrections, RefuseWhatSaysNothing) {
    auto connection = fleet();
    auto const refused = [&](auto change) {
        auto c = chrome();
        change(c);
        auto const id = add_correction(connection, c, now);
        return id ? std::string("kept") : describe(id.error());
    };
    EXPECT_EQ(refused([](auto& c) { c.reason = " "; }), "The correction cannot be kept: it gives no reason.");
    EXPECT_EQ(refused([](auto& c) { c.cve = c.product = ""; }), "The correction cannot be kept: it names neither a CVE nor a product.");
    EXPECT_EQ(refused([](auto& c) { c.cve = "CVE-2024-403O"; }), "The correction cannot be kept: there is no flaw «CVE-2024-403O».");
    EXPECT_EQ(refused([](auto& c) { c.scope = "planet"; }), "The correction cannot be kept: its scope is «planet».");
    EXPECT_EQ(refused([](auto& c) { c.scope = "device"; c.scope_value = "three"; }), "The correction cannot be kept: there is no device «three».");
    EXPECT_EQ(refused([](auto& c) { c.scope = "group"; c.scope_value = "Attic"; }), "The correction cannot be kept: there is no device group «Attic».");
    EXPECT_EQ(refused([](auto& c) { c.justification = "because"; }), "The correction cannot be kept: its justification is «because».");
    EXPECT_EQ(local_corrections(connection)->size(), 0U);
}

TEST(LocalCorrections, GoOutAndComeBackAsVex) {
    auto connection = fleet();
    auto c = chrome();
    c.version = "100.0";
    c.justification = "vulnerable_code_not_in_execute_path";
    ASSERT_TRUE(add_correction(connection, c, now));
    auto narrow = chrome();  // all that a statement must not lose, or it would clear too much
    narrow.scope = "group";
    narrow.scope_value = "Office";
    narrow.path = "C:\\Apps & more\\";
    narrow.status = "false_positive";
    narrow.expires = now + ticks_per_day;
    ASSERT_TRUE(add_correction(connection, narrow, now));
    auto anything = chrome();
    anything.vendor = anything.product = "";
    anything.cve = "cve-2024-1002";
    ASSERT_TRUE(add_correction(connection, anything, now));
    auto whole = chrome();
    whole.cve = "";
    ASSERT_TRUE(add_correction(connection, whole, now));
    auto const all = local_corrections(connection).value();
    auto const words = [](LocalCorrection const& one) {
        return one.cve + " " + one.scope + " " + one.scope_value + " " + one.vendor + " " + one.product + " " + one.version + " " + one.path + " " + one.status + " " +
               one.justification + " " + one.reason + " " + (one.expires == 0 ? "" : iso_seconds(one.expires)) + "\n";
    };
    std::set<std::string> wanted;
    for (auto const& one : all)
        if (!one.cve.empty()) wanted.insert(words(one));
    for (bool const cyclonedx : {false, true}) {
        std::size_t left_out = 0;
        auto const text = cyclonedx ? cyclonedx_vex_of(all, now, left_out) : openvex_of(all, now, "test", left_out).value();
        EXPECT_EQ(left_out, 1U);
        auto const read = read_vex(text, "x.json");
        ASSERT_TRUE(read) << describe(read.error());
        std::set<std::string> back;
        for (auto const& one : read->corrections) back.insert(words(one));
        EXPECT_EQ(back, wanted);
        // What is here already is not kept twice.
        auto const added = add_corrections(connection, read->corrections, now);
        ASSERT_TRUE(added) << describe(added.error());
        EXPECT_EQ(added->known, 3U);
        EXPECT_EQ(added->ids.size() + added->refused.size(), 0U);
    }
    EXPECT_FALSE(read_vex("{}", "x.json"));
    std::size_t left_out = 0;
    EXPECT_EQ(openvex_of(all, now + 2 * ticks_per_day, "test", left_out)->find("Office"), std::string::npos);
    EXPECT_EQ(openvex_of({}, now, "test", left_out).error().code, "match.nothing_to_say");
}

// Others' documents: one statement that cannot be kept does not stop the rest, and reasons say whose they are.
TEST(LocalCorrections, TakeWhatOthersSay) {
    auto connection = fleet();
    auto const read = read_vex(R"({"@context":"https://openvex.dev/ns/v0.2.0","author":"Example","statements":[
        {"vulnerability":{"name":"CVE-2024-1001"},"products":[{"@id":"urn:x","identifiers":{"cpe23":"cpe:2.3:a:google:chrome:100.0:*:*:*:*:*:*:*"}}],"status":"not_affected","impact_statement":"Off."},
        {"vulnerability":{"name":"XYZ-1"},"products":[{"@id":"pkg:npm/x@1"}],"status":"fixed"},
        {"vulnerability":{"name":"CVE-2024-1003"},"products":[{"@id":"pkg:generic/x?device=nobody"}],"status":"fixed"},
        {"vulnerability":{"name":"CVE-2024-1003"},"products":[{"@id":"pkg:generic/x?until=1999-01-01T00%3A00%3A00Z"}],"status":"fixed"},
        {"vulnerability":{"name":"CVE-2024-1004"},"products":[{"@id":"pkg:npm/x@1"}],"status":"affected"}]})", "x.json");
    ASSERT_TRUE(read) << describe(read.error());
    EXPECT_EQ(read->skipped, 1U);
    auto const added = add_corrections(connection, read->corrections, now);
    ASSERT_TRUE(added) << describe(added.error());
    EXPECT_EQ(added->ids.size(), 1U);
    EXPECT_EQ(added->refused, (std::vector<std::string>{"XYZ-1: The correction cannot be kept: there is no flaw «XYZ-1».",
                                                        "CVE-2024-1003: The correction cannot be kept: there is no device «nobody».",
                                                        "CVE-2024-1003: it counted until 1999-01-01T00:00:00Z only."}));
    EXPECT_EQ(cleared(connection), "one CVE-2024-1001\ntwo CVE-2024-1001\n");
    EXPECT_EQ(local_corrections(connection)->at(0).reason, "Off. (Example)");
}

TEST(Hotfixes, AReplacementIsAsGood) {
    auto connection = fleet();
    ASSERT_TRUE(connection.execute("INSERT INTO advisory VALUES (1, 'windows-kb', 'KB5000001', '[]', '[\"KB5000002\"]', 'published', '', '', 0, 0, '[]', '[]', '[]', 1), "
                                   "(2, 'windows-kb', 'KB5000002', '[]', '[\"KB5000003\",\"KB5000001\"]', 'published', '', '', 0, 0, '[]', '[]', '[]', 2)"));
    auto const supersedence = Supersedence::read(connection).value();
    EXPECT_EQ(supersedence.as_good_as("KB5000001"), (std::vector<std::string>{"KB5000001", "KB5000002", "KB5000003"}));
    EXPECT_EQ(supersedence.as_good_as("KB9"), (std::vector<std::string>{"KB9"}));
    // Microsoft's advisories say it the other way round: what an update replaces.
    ASSERT_TRUE(connection.execute("INSERT INTO advisory VALUES (3, 'msrc-kb', 'KB5000004', '[]', '[\"KB5000003\"]', 'published', '', '', 0, 0, '[]', '[]', '[]', 3)"));
    EXPECT_EQ(Supersedence::read(connection).value().as_good_as("KB5000002"), (std::vector<std::string>{"KB5000001", "KB5000002", "KB5000003", "KB5000004"}));
    ASSERT_TRUE(connection.execute("INSERT INTO hotfix VALUES ('two', 'KB5000003')"));
    ASSERT_TRUE(clear_findings(connection, now));
    EXPECT_EQ(cleared(connection), "two CVE-2024-1001\n");
}

}  // namespace
}  // namespace merlon::match
