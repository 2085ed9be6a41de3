#include "match/local_corrections.h"

#include <gtest/gtest.h>

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
            "INSERT INTO finding VALUES (7, 'CVE-2024-1', '[\"nvd:CVE-2024-1\"]', 'fixed', '101.0', 'KB5000001', '', 100, false, '[{\"kind\":\"fact\",\"text\":\"t\"}]', 0)");
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
    c.cve = "CVE-2024-1";
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
    EXPECT_EQ(cleared(connection), "one CVE-2024-1\ntwo CVE-2024-1\n");
    EXPECT_EQ(proofs(connection, "one", "cve-2024-1").value().front().cleared, "correction " + *id + ": The feature is off by policy.");
    ASSERT_TRUE(change_correction(connection, *id, {.disabled = true}, now).value());
    EXPECT_EQ(cleared(connection), "");
    ASSERT_TRUE(remove_correction(connection, *id, now).value());
    EXPECT_FALSE(remove_correction(connection, *id, now).value());

    auto group = chrome();
    group.scope = "group";
    group.scope_value = "office";
    ASSERT_TRUE(add_correction(connection, group, now));
    EXPECT_EQ(cleared(connection), "two CVE-2024-1\n");
    auto device = chrome();
    device.scope = "device";
    device.scope_value = "ONE.example";
    ASSERT_TRUE(add_correction(connection, device, now));
    EXPECT_EQ(cleared(connection), "one CVE-2024-1\ntwo CVE-2024-1\n");
}

TEST(LocalCorrections, MindPathVersionAndTime) {
    auto connection = fleet();
    auto path = chrome();
    path.path = "C:\\Apps\\";
    path.expires = now + ticks_per_day;
    ASSERT_TRUE(add_correction(connection, path, now));
    EXPECT_EQ(cleared(connection), "two CVE-2024-1\n");  // the other has a copy elsewhere
    ASSERT_TRUE(apply_corrections(connection, now + 2 * ticks_per_day));
    EXPECT_EQ(cleared(connection), "");
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
    auto whole = chrome();
    whole.cve = "";
    ASSERT_TRUE(add_correction(connection, whole, now));
    auto const all = local_corrections(connection).value();
    for (bool const cyclonedx : {false, true}) {
        std::size_t left_out = 0;
        auto const text = cyclonedx ? cyclonedx_vex_of(all, now, left_out) : openvex_of(all, now, "test", left_out);
        EXPECT_EQ(left_out, 1U);
        std::string padded = text;
        auto const read = read_vex(padded, "x.json");
        ASSERT_TRUE(read) << describe(read.error());
        ASSERT_EQ(read->corrections.size(), 1U);
        auto const& back = read->corrections[0];
        EXPECT_EQ(back.cve + back.vendor + back.product + back.version, "CVE-2024-1googlechrome100.0");
        EXPECT_EQ(back.status, "not_affected");
        EXPECT_EQ(back.justification, c.justification);
        EXPECT_EQ(back.reason, c.reason + " (x.json)");
    }
    EXPECT_FALSE(read_vex("{}", "x.json"));
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
    EXPECT_EQ(cleared(connection), "two CVE-2024-1\n");
}

}  // namespace
}  // namespace merlon::match
