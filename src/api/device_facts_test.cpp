// Writes to devices, device groups, alerts and custom detections, asked as clients ask.
#include <gtest/gtest.h>

#include "advise/publish.h"
#include "api/auth/secrets.h"
#include "api/service.h"
#include "base/json_read.h"
#include "base/text.h"
#include "store/inventory.h"

namespace merlon::api {
namespace {

class Writes : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    std::unique_ptr<Service> service = Service::create(store, writer, {}).value();
    Ticks const now = now_ticks();
    std::string web, database, laptop;

    void SetUp() override {
        web = report("web1.dmz.example.test", "10.0.0.1", {"web"});
        database = report("db1.dmz.example.test", "10.0.0.2", {});
        laptop = report("pc1.example.test", "10.0.1.1", {"finance"});
    }
    std::string report(std::string name, std::string address, std::vector<std::string> tags) {
        DeviceReport made;
        made.identifier = made.name = std::move(name);
        made.os = {.platform = "Linux", .distribution = "debian", .version = "12.11"};
        made.interfaces = {{"eth0", "02:00:00:00:00:01", {std::move(address)}}};
        made.tags = std::move(tags);
        made.source = "test";
        auto const done = writer.run([&](store::Connection& c) -> Status {
            TRY(store::write_report(c, made, now));
            return {};
        });
        EXPECT_TRUE(done) << describe(done.error());
        return device_id_of(made.identifier);
    }
    HttpResponse ask(std::string method, std::string path, std::string body = {}, std::string query = {}) {
        return service->answer({std::move(method), std::move(path), std::move(query), std::move(body), "127.0.0.1", {{"host", "merlon.test"}}, {}});
    }
    HttpResponse get(std::string path, std::string query = {}) { return ask("GET", std::move(path), {}, std::move(query)); }
    static bool says(HttpResponse const& response, std::string_view text) { return response.body.find(text) != std::string::npos; }
    // The texts of a member of each entity in "value".
    static std::string list(HttpResponse const& response, std::string_view name) {
        auto const document = json::Document::parse(response.body, "answer");
        if (!document || response.status != 200) return response.body;
        std::string out;
        for (auto const one : json::array(document->root(), "value")) out += (out.empty() ? "" : " ") + std::string(json::text(one, name));
        return out;
    }
    static std::string member(HttpResponse const& response, std::string_view name) {
        auto const document = json::Document::parse(response.body, "answer");
        return document ? std::string(json::text(document->root(), name)) : std::string{};
    }
};

TEST_F(Writes, DevicesTellWhetherTheyWaitForARestart) {
    auto const run = [&](std::string const& sql) { return writer.run([&](store::Connection& c) { return c.execute(sql); }); };
    ASSERT_TRUE(run("INSERT INTO setting VALUES ('" + web + "', 'restart.pending', '1', 5), ('" + web +
                    R"(', 'restart.reason.kernel', '{"detail":"6.1.0-18-amd64 is installed","since":"2026-01-02T03:04:05Z"}', 5), (')" + database +
                    "', 'restart.pending', '0', 5)"));
    std::string const select = "$select=pendingRestart,pendingRestartReasons,pendingRestartDetails,pendingRestartSince";
    auto const one = get("/api/machines/" + web, select);
    EXPECT_TRUE(says(one, R"("pendingRestart":true,"pendingRestartReasons":["kernel"],"pendingRestartDetails":["6.1.0-18-amd64 is installed"],"pendingRestartSince":"2026-01-02T03:04:05)")) << one.body;
    EXPECT_TRUE(says(get("/api/machines/" + laptop, select), R"("pendingRestart":null,"pendingRestartReasons":[],"pendingRestartDetails":[],"pendingRestartSince":null)"));
    EXPECT_EQ(list(get("/api/machines", "$filter=pendingRestart%20eq%20true"), "computerDnsName"), "web1.dmz.example.test");
    EXPECT_EQ(list(get("/api/machines", "$filter=pendingRestart%20eq%20false"), "computerDnsName"), "db1.dmz.example.test");
    EXPECT_EQ(list(get("/api/machines", "$filter=pendingRestart%20eq%20null"), "computerDnsName"), "pc1.example.test");
}

TEST_F(Writes, SharesAreListedWithTheChecksThatTheyFail) {
    auto const ran = writer.run([&](store::Connection& c) {
        return c.execute("INSERT INTO setting SELECT '" + web + "', 'shares.' || k, v, 5 FROM (VALUES ('pub.lic.path', '/'), ('pub.lic.at_root', '1'), ('pub.lic.everyone_writes', '1'), "
                         "('pub.lic.offline', 'manual'), ('safe.path', '/srv/safe'), ('safe.offline', 'none'), ('safe.enumeration', '1')) t(k, v)");
    });
    ASSERT_TRUE(ran) << describe(ran.error());
    auto const all = get("/api/networkShares", "$orderby=shareName");
    EXPECT_EQ(list(all, "shareName"), "pub.lic safe");
    EXPECT_TRUE(says(all, R"("offlineAccess":"manual","accessBasedEnumeration":null,"everyoneCanWrite":true,"isRootFolder":true,"configurations":["scid-4000","scid-4001","scid-4002"])")) << all.body;
    EXPECT_EQ(list(get("/api/networkShares", "$filter=configurations/any(c:%20c%20eq%20'scid-4001')"), "shareName"), "pub.lic");
    EXPECT_EQ(list(get("/api/networkShares", "$filter=not%20configurations/any()"), "shareName"), "safe");
    EXPECT_EQ(list(get("/api/networkShares", "$filter=offlineAccess%20eq%20'none'"), "shareName"), "safe");
    EXPECT_EQ(member(get("/api/networkShares/" + web + "_safe"), "path"), "/srv/safe");
    auto const hunted = ask("POST", "/api/advancedqueries/run", R"q({"Query": "DeviceTvmInfoGathering | mv-expand Share = AdditionalFields.NetworkShares | where tobool(Share.EveryoneCanWrite) | project Name = tostring(Share.Name), Wait = tostring(AdditionalFields.PendingRestart)"})q");
    EXPECT_TRUE(says(hunted, R"({"Name":"pub.lic","Wait":""})")) << hunted.body;
}

// Two devices have a program, one of them tells what runs there; a program without a folder of its own is not judged.
TEST_F(Writes, CertificatesAreListedPageByPageAndABrokenOneReadsAsEmpty) {
    auto const key = [](char name) { return "osquery.certificates." + std::string(40, name) + ".p"; };
    auto const ran = writer.run([&](store::Connection& c) {
        return c.execute("INSERT INTO setting VALUES ('" + web + "', '" + key('a') + R"(', '{"path":"/a","serial":"1","not_valid_after":"1700000000"}', 5), (')" + web + "', '" + key('b') +
                         R"(', '{"path":"/b","serial":"2","not_valid_after":"1600000000"}', 5), (')" + web + "', '" + key('c') + "', 'cut off {', 5), ('" + web + "', '" + key('d') +
                         R"(', '{"path":"/d","serial":"4","not_valid_after":"9223372036854775807"}', 5), (')" + web + "', 'osquery.cpu', 'no JSON', 5)");
    });
    ASSERT_TRUE(ran) << describe(ran.error());
    std::string const path = "/api/machines/certificateAssessmentByMachine";
    EXPECT_EQ(list(get(path, "$orderby=notAfter&$count=true"), "path"), "p /d /b /a");
    EXPECT_EQ(list(get(path, "$filter=serialNumber%20ne%20''"), "path"), "/a /b /d");
    // Page by page, by what identifies a row.
    std::string found, query = "$orderby=isSelfSigned&$top=4&$count=true&pageSize=1";
    for (int page = 0; page < 5 && !query.empty(); ++page) {
        auto const answer = get(path, query);
        found += list(answer, "thumbprint").substr(0, 1);
        EXPECT_TRUE(page > 0 || says(answer, R"("@odata.count":4)")) << answer.body;
        auto const next = member(answer, "@odata.nextLink");
        query = next.empty() ? "" : next.substr(next.find('?') + 1);
    }
    EXPECT_EQ(found, "abcd");
}

TEST_F(Writes, UsageIsTheMedianOfDaysOverDevicesThatTell) {
    auto const day = [&](int back) { return iso_date(now - back * ticks_per_day); };
    auto const tell = [&](std::string name, std::string days, bool usage) {
        DeviceReport made;
        made.identifier = made.name = name;
        made.os = {.platform = "Windows11", .distribution = "windows", .version = "10.0.22631.1"};
        made.source = "test";
        made.software.emplace();
        for (auto const& [program, path] : {std::pair{"Player", "C:\\Program Files\\Player\\"}, {"Player Two", "C:\\Program Files\\Player Two"}, {"Nowhere", ""}})
            made.software->push_back({.source = "programs", .name = program, .version = "1.0", .path = path});
        made.settings.emplace().push_back({"other.x", "1"});
        if (usage) made.settings->push_back({"usage.\\program files\\player\\bin\\player.exe", std::move(days)});
        made.setting_families = {"other", "usage"};
        auto const done = writer.run([&](store::Connection& c) -> Status {
            TRY(store::write_reports(c, std::span(&made, 1), now));
            return {};
        });
        EXPECT_TRUE(done) << describe(done.error());
    };
    tell("w1", day(1) + " " + day(2) + " " + day(31), true);
    tell("w1", day(2) + " " + day(5), true);  // days add up
    tell("w2", "", true);
    tell("w3", "", false);
    auto const published = writer.run([&](store::Connection& c) -> Status {
        TRY(c.execute("INSERT INTO identity SELECT id, 'acme', replace(lower(name), ' ', '_'), version, 'intdot', '[]', true, '', false, NULL, '', '', '', '' FROM software WHERE source = 'programs'"));
        TRY(advise::publish_all(c, now));
        return {};
    });
    ASSERT_TRUE(published) << describe(published.error());
    auto const usage = [&](std::string const& product) {
        auto const answer = get("/api/software/acme-_-" + product);
        auto const at = answer.body.find("\"usage\":");
        return at == std::string::npos ? answer.body : answer.body.substr(at + 8, answer.body.find_first_of(",}", at) - at - 8);
    };
    EXPECT_EQ(usage("player"), "1.5");  // 3 days and none
    EXPECT_EQ(usage("player_two"), "0.0");
    EXPECT_EQ(usage("nowhere"), "null");
    auto const on = [&](std::string const& name) { return get("/api/machines/" + name + "/installations", "$filter=name%20eq%20'player'&$select=usage").body; };
    EXPECT_NE(on("w1").find("\"usage\":3"), std::string::npos) << on("w1");
    EXPECT_NE(on("w2").find("\"usage\":0"), std::string::npos) << on("w2");
    EXPECT_NE(on("w3").find("\"usage\":null"), std::string::npos) << on("w3");
    auto const versions = get("/api/software/acme-_-player/distributions");
    EXPECT_NE(versions.body.find("\"usage\":1.5"), std::string::npos) << versions.body;
    auto const kept = writer.run([&](store::Connection& c) -> Status {
        EXPECT_EQ(c.count("SELECT count(*) FROM setting WHERE key LIKE 'usage%'").value(), 0);
        return {};
    });
    EXPECT_TRUE(kept);
}

TEST_F(Writes, TagsValueAndPatchAnswerWithTheMachine) {
    auto const at = "/api/machines/" + web;
    auto answer = ask("POST", at + "/tags", R"({"Value": "vip", "Action": "Add"})");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(says(answer, R"("machineTags":["web","vip"])")) << answer.body;
    EXPECT_TRUE(says(answer, "$metadata#Machines/$entity")) << answer.body;
    EXPECT_TRUE(says(ask("POST", at + "/tags", R"({"Value": "web", "Action": "Remove"})"), R"("machineTags":["vip"])"));
    report("web1.dmz.example.test", "10.0.0.1", {"web"});
    EXPECT_TRUE(says(get(at), R"("machineTags":["vip"])"));
    EXPECT_TRUE(says(ask("PATCH", "/api/machines/WEB1.dmz.example.test", R"({"machineTags": ["a", "b"], "deviceValue": "low"})"),
                     R"("deviceValue":"Low")"));
    EXPECT_TRUE(says(get(at), R"("machineTags":["a","b"])"));
    EXPECT_TRUE(says(ask("POST", at + "/setDeviceValue", R"({"DeviceValue": "High"})"), R"("deviceValue":"High")"));
    for (auto const* body : {R"({"Value": "x", "Action": "Put"})", R"({"Value": "", "Action": "Add"})", R"({"value": "x", "Action": "Add"})",
                             R"({"Value": 5, "Action": "Add"})", R"({"Value": "x", "Action": "Add", "isAdmin": true})", "[]", ""})
        EXPECT_EQ(ask("POST", at + "/tags", body).status, 400) << body;
    EXPECT_EQ(ask("POST", at + "/setDeviceValue", R"({"DeviceValue": "Highest"})").status, 400);
    EXPECT_EQ(ask("PATCH", at, R"({"id": "x"})").status, 400);
    EXPECT_EQ(ask("PATCH", at, "{}").status, 400);
    EXPECT_EQ(ask("PATCH", "/api/machines/none", R"({"deviceValue": "Low"})").status, 404);
}

TEST_F(Writes, TagsOnManyAndFinding) {
    auto const body = R"({"Value": "patch me", "Action": "Add", "MachineIds": [")" + web + R"(", ")" + database + R"("]})";
    EXPECT_TRUE(says(ask("POST", "/api/machines/AddOrRemoveTagForMultipleMachines", body), "\"patch me\"]"));
    EXPECT_EQ(list(get("/api/machines/findbytag", "tag=patch%20me"), "computerDnsName"), "web1.dmz.example.test db1.dmz.example.test");
    EXPECT_EQ(list(get("/api/machines/findByTag", "tag=patch"), "computerDnsName"), "");
    EXPECT_EQ(list(get("/api/machines/findbytag", "tag=PATCH&useStartsWithFilter=true"), "computerDnsName"), "web1.dmz.example.test db1.dmz.example.test");
    EXPECT_EQ(get("/api/machines/findbytag").status, 400);
    std::string many = R"({"Value": "x", "Action": "Add", "MachineIds": ["a")";
    for (int i = 0; i < 500; ++i) many += ",\"a\"";
    EXPECT_TRUE(says(ask("POST", "/api/machines/AddOrRemoveTagForMultipleMachines", many + "]}"), "MaximumBatchSizeExceeded"));
    // One that is not known: nothing is changed.
    EXPECT_EQ(ask("POST", "/api/machines/AddOrRemoveTagForMultipleMachines",
                  R"({"Value": "half", "Action": "Add", "MachineIds": [")" + web + R"(", "none"]})").status, 404);
    EXPECT_EQ(list(get("/api/machines/findbytag", "tag=half"), "id"), "");

    auto const by_ip = [&](std::string const& ip, Ticks at) { return get("/api/machines/findbyip(ip='" + ip + "',timestamp=" + iso_time(at) + ")"); };
    EXPECT_EQ(list(by_ip("10.0.0.1", now), "id"), web);
    EXPECT_EQ(list(by_ip("10.0.0.9", now), "id"), "");
    EXPECT_EQ(list(by_ip("10.0.0.1", now - ticks_per_hour), "id"), "");
    EXPECT_EQ(by_ip("10.0.0.1", now - 31 * ticks_per_day).status, 400);
    EXPECT_EQ(get("/api/machines/findbyip(ip='10.0.0.1')").status, 400);
}

TEST_F(Writes, AnExcludedDeviceCountsNoMoreAtOnce) {
    auto const counted = [&] {
        auto connection = store.connect().value();
        return connection.count("SELECT count(*) FROM main.device_exposure WHERE counted").value();
    };
    ASSERT_TRUE(service->recompute());
    EXPECT_EQ(counted(), 3);
    auto const answer = ask("POST", "/api/machines/" + web + "/exclude", R"({"justification": "InactiveDevice", "note": "in the cellar"})");
    EXPECT_TRUE(says(answer, R"("isExcluded":true,"exclusionReason":"InactiveDevice","exclusionNote":"in the cellar")")) << answer.body;
    EXPECT_EQ(counted(), 2);
    report("web1.dmz.example.test", "10.0.0.1", {});
    EXPECT_TRUE(says(get("/api/machines/" + web), R"("isExcluded":true)"));
    EXPECT_EQ(ask("POST", "/api/machines/excludeMultiple", R"({"machineIds": [")" + database + R"("], "justification": "Other"})").status, 200);
    EXPECT_EQ(counted(), 1);
    EXPECT_EQ(ask("POST", "/api/machines/includeMultiple", R"({"machineIds": [")" + database + R"(", ")" + web + R"("]})").status, 200);
    EXPECT_EQ(counted(), 3);
    EXPECT_EQ(ask("POST", "/api/machines/" + web + "/exclude", R"({"justification": "Mood"})").status, 400);
    EXPECT_EQ(ask("POST", "/api/machines/" + web + "/exclude", "{}").status, 400);
}

TEST_F(Writes, DeviceGroupsByRule) {
    std::string const rule = R"("conditions": [{"property": "domain", "operator": "equals", "values": ["dmz.example.test"]}])";
    auto const seen = ask("POST", "/api/deviceGroups/preview", "{" + rule + "}");
    EXPECT_TRUE(says(seen, "\"count\":2")) << seen.body;
    auto const made = ask("POST", "/api/deviceGroups", R"({"name": "DMZ", "description": "outside", )" + rule + "}");
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_TRUE(says(made, R"("rank":1)")) << made.body;
    EXPECT_TRUE(says(made, R"("machines":2)")) << made.body;
    EXPECT_TRUE(says(get("/api/machines/" + web), R"("rbacGroupName":"DMZ")"));
    EXPECT_EQ(list(get("/api/deviceGroups"), "name"), "DMZ Unassigned");
    EXPECT_EQ(ask("POST", "/api/deviceGroups", R"({"name": "dmz"})").status, 409);
    EXPECT_EQ(ask("POST", "/api/deviceGroups", R"({"name": "x", "conditions": [{"property": "name", "operator": "equals", "values": ["a"], "sql": "1"}]})").status, 400);
    auto const edited = ask("PATCH", "/api/deviceGroups/DMZ", R"({"name": "Perimeter", "conditions": [{"property": "tag", "operator": "equals", "values": ["web"]}]})");
    EXPECT_EQ(edited.status, 200) << edited.body;
    EXPECT_TRUE(says(get("/api/machines/" + database), R"("rbacGroupName":"Unassigned")"));
    EXPECT_TRUE(says(get("/api/machines/" + web), R"("rbacGroupName":"Perimeter")"));
    EXPECT_EQ(ask("DELETE", "/api/deviceGroups/Perimeter").status, 200);
    EXPECT_EQ(ask("DELETE", "/api/deviceGroups/Perimeter").status, 404);
    EXPECT_TRUE(says(get("/api/machines/" + web), R"("rbacGroupName":"Unassigned")"));
}

TEST_F(Writes, AlertsOfOtherTools) {
    std::string const alert = R"({"id": "edr-1", "title": "Strange process", "severity": "high", "category": "Execution", "computerDnsName": "web1.dmz.example.test",
        "mitreTechniques": ["T1059"], "evidence": [{"entityType": "File", "fileName": "x.sh", "sha1": "abc"}]})";
    auto const lines = replace_all(alert, "\n", " ") + "\n" + R"({"title": "No device", "severity": "Low", "machineId": "none"})";
    auto const answer = ask("POST", "/api/alerts/ingest", lines);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(says(answer, R"("accepted":1,"ids":["edr-1"])")) << answer.body;
    EXPECT_TRUE(says(answer, R"("index":1)")) << answer.body;
    auto const seen = get("/api/alerts/edr-1");
    EXPECT_TRUE(says(seen, R"("severity":"High","status":"New")")) << seen.body;
    EXPECT_TRUE(says(seen, R"("fileName":"x.sh")")) << seen.body;
    EXPECT_EQ(list(get("/api/machines/" + web + "/alerts"), "title"), "Strange process");
    EXPECT_EQ(get("/api/machines/" + web + "/alerts/$count", "$filter=status ne 'Resolved'").body, "1");
    EXPECT_TRUE(says(get("/api/alerts/edr-1/machine"), web));
    EXPECT_TRUE(says(get("/api/machines/" + web), R"("riskScore":"High")"));
    // What people decide stays when the tool tells of it again.
    auto const resolved = ask("PATCH", "/api/alerts/edr-1", R"({"status": "resolved", "classification": "FalsePositive", "determination": "Clean", "comment": "a test"})");
    EXPECT_TRUE(says(resolved, R"("status":"Resolved","classification":"FalsePositive","determination":"Clean")")) << resolved.body;
    EXPECT_TRUE(says(resolved, R"("comment":"a test")")) << resolved.body;
    EXPECT_EQ(ask("POST", "/api/alerts/ingest", "[" + alert + "]").status, 200);
    EXPECT_TRUE(says(get("/api/alerts/edr-1"), R"("status":"Resolved")"));
    EXPECT_EQ(get("/api/alerts/$count").body, "1");
    EXPECT_TRUE(says(get("/api/machines/" + web), R"("riskScore":"None")"));
    // Without an id what says the same is the same alert.
    auto const nameless = [&](std::string const& title) {
        return ask("POST", "/api/alerts/ingest", R"({"title": ")" + title + R"(", "severity": "Low", "machineId": ")" + web + R"(", "alertCreationTime": "2026-01-02T03:04:05Z"})").body;
    };
    EXPECT_NE(nameless("one"), nameless("another"));
    EXPECT_EQ(nameless("one"), nameless("one"));
    EXPECT_EQ(get("/api/alerts/$count").body, "3");
    for (auto const* body : {"", "[]", "{", R"([{"title": "x"}])", R"([{"title": "x", "severity": "High", "machineId": "none"}])"})
        EXPECT_EQ(ask("POST", "/api/alerts/ingest", body).status, 400) << body;
    EXPECT_EQ(ask("PATCH", "/api/alerts/edr-1", R"({"status": "Gone"})").status, 400);
    EXPECT_EQ(ask("PATCH", "/api/alerts/none", R"({"status": "New"})").status, 404);
    EXPECT_EQ(ask("POST", "/api/alerts/batchUpdate", R"({"alertIds": ["edr-1"], "status": "InProgress", "assignedTo": "anna"})").status, 200);
    EXPECT_TRUE(says(get("/api/alerts/edr-1"), R"("assignedTo":"anna")"));
}

TEST_F(Writes, AlertsByReferenceAreAbsorbed) {
    auto const body = R"({"machineId": ")" + web + R"(", "eventTime": "2026-01-02T03:04:05Z", "reportId": 7, "severity": "Medium", "title": "Look at this",
        "description": "seen by hand", "recommendedAction": "ask", "category": "General"})";
    auto const first = ask("POST", "/api/alerts/CreateAlertByReference", body);
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_TRUE(says(first, R"("title":"Look at this")")) << first.body;
    EXPECT_TRUE(member(first, "id").starts_with("da6") && member(first, "id").find('_') == 20) << first.body;  // da, ticks, _, number
    EXPECT_EQ(member(ask("POST", "/api/alerts/CreateAlertByReference", body), "id"), member(first, "id"));
    EXPECT_EQ(ask("POST", "/api/alerts/CreateAlertByReference", replace_all(body, web, "none")).status, 404);
    EXPECT_EQ(ask("POST", "/api/alerts/CreateAlertByReference", replace_all(body, "General", "Weather")).status, 400);
}

TEST_F(Writes, CustomDetections) {
    std::string const detection = R"({"name": "Servers in the DMZ", "query": "DeviceInfo | where DeviceName has 'dmz' | project DeviceId, DeviceName, Timestamp",
        "severity": "Low", "title": "{DeviceName} is outside", "actions": [{"type": "tag", "value": "outside"}]})";
    auto const dry = ask("POST", "/api/customDetections/dryRun", detection);
    EXPECT_EQ(dry.status, 200) << dry.body;
    EXPECT_TRUE(says(dry, R"("rows":2)")) << dry.body;
    EXPECT_EQ(get("/api/alerts/$count").body, "0");
    auto const made = ask("POST", "/api/customDetections", detection);
    ASSERT_EQ(made.status, 201) << made.body;
    auto const at = "/api/customDetections/" + member(made, "id");
    auto const ran = ask("POST", at + "/run", "");
    EXPECT_TRUE(says(ran, R"("title":"web1.dmz.example.test is outside")")) << ran.body;
    EXPECT_EQ(get("/api/alerts/$count", "$filter=severity eq 'Low'").body, "2");
    EXPECT_EQ(list(get("/api/machines/findbytag", "tag=outside"), "computerDnsName"), "web1.dmz.example.test db1.dmz.example.test");
    // The same rows again raise nothing; nor do those of an alert that was resolved after them.
    EXPECT_TRUE(says(ask("POST", at + "/run", ""), R"("alerts":[])"));
    auto const one = get("/api/machines/" + web + "/alerts");
    auto const id = list(one, "id");
    EXPECT_EQ(ask("PATCH", "/api/alerts/" + id, R"({"status": "Resolved"})").status, 200);
    EXPECT_TRUE(says(ask("POST", at + "/run", ""), R"("alerts":[])"));
    EXPECT_EQ(get(at + "/runs/$count").body, "3");
    auto const hunted = ask("POST", "/api/advancedqueries/run", R"({"Query": "AlertInfo | join AlertEvidence on AlertId | where DeviceName has 'web1' | project DetectionSource"})");
    EXPECT_TRUE(says(hunted, "Custom detection")) << hunted.body;
    auto const edited = ask("PATCH", at, R"({"title": "x", "enabled": false})");
    EXPECT_TRUE(says(edited, R"("enabled":false,"nextRun":null)")) << edited.body;
    for (auto const* wrong : {R"({"name": "x", "query": "DeviceInfo | project DeviceName"})", R"({"name": "x", "query": "Nothing | take 1"})", R"({"query": "DeviceInfo"})",
                              R"({"name": "x", "query": "DeviceInfo", "frequencyMinutes": 1})", R"({"name": "x", "query": "DeviceInfo", "title": "{Nope}"})",
                              R"({"name": "x", "query": "DeviceInfo", "actions": [{"type": "shell", "value": "rm"}]})", R"({"name": "x", "query": "DeviceInfo", "createdBy": "me"})"})
        EXPECT_EQ(ask("POST", "/api/customDetections", wrong).status, 400) << wrong;
    EXPECT_EQ(ask("DELETE", at).status, 204);
    EXPECT_EQ(get(at).status, 404);
}

TEST_F(Writes, LogOnUsers) {
    auto connection = store.connect().value();
    ASSERT_TRUE(connection.execute("INSERT INTO setting VALUES ('" + web + R"(', 'logon.CORP\anna', '{"types": "Interactive, RemoteInteractive", "admin": true}', 638000000000000000))"));
    auto const seen = get("/api/machines/" + web + "/logonusers");
    EXPECT_TRUE(says(seen, R"("id":"corp\\anna","accountName":"anna","accountDomain":"CORP")")) << seen.body;
    EXPECT_TRUE(says(seen, R"("isDomainAdmin":true)")) << seen.body;
    EXPECT_EQ(get("/api/machines/none/logonusers").status, 404);
}

TEST_F(Writes, ScansAreDefinedChangedAndRemoved) {
    std::string const at = "/api/DeviceAuthenticatedScanDefinitions";
    auto const with = [](std::string members) {
        return R"({"scanType": "network", "scanName": "switches", "targetType": "Ip", "target": "192.0.2.1, 192.0.2.16/28,2001:db8::1-2001:db8::9")" +
               (members.empty() ? R"(, "scanAuthenticationParams": {"type": "AuthPriv", "username": "scan", "authProtocol": "sha1", "authPassword": "s3cret-a", "privPassword": "s3cret-b"})" : members) + "}";
    };
    auto const made = ask("POST", at, with(""));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_TRUE(says(made, R"("target":"192.0.2.1,192.0.2.16/28,2001:db8::1-2001:db8::9")")) << made.body;
    EXPECT_TRUE(says(made, R"("scanType":"Network")") && says(made, R"("authProtocol":"SHA1")") && says(made, R"("intervalInHours":24)")) << made.body;
    EXPECT_TRUE(says(made, R"("scannerAgent":null)")) << made.body;
    auto const id = member(made, "id");
    // Secrets are nowhere.
    EXPECT_FALSE(says(made, "s3cret"));
    auto connection = store.connect().value();
    EXPECT_EQ(connection.count("SELECT count(*) FROM main.scan_definition t WHERE t::VARCHAR LIKE '%s3cret%'").value(), 0);

    auto const changed = ask("PATCH", at + "/" + id, R"({"scanName": "routers", "isActive": false, "scannerAgent": {"id": "web1.dmz.example.test"}})");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_TRUE(says(changed, R"("machineName":"web1.dmz.example.test")") && says(changed, R"("isActive":false)") && says(changed, R"("type":"AuthPriv")")) << changed.body;
    EXPECT_EQ(list(get(at, "$filter=scanName eq 'routers'"), "id"), id);
    EXPECT_EQ(list(get("/api/DeviceAuthenticatedScanAgents"), "machineId"), web);
    EXPECT_EQ(ask("PATCH", at + "/none", R"({"scanName": "x"})").status, 404);
    EXPECT_EQ(ask("PATCH", at + "/" + id, R"({"scannerAgent": {"id": "nobody"}})").status, 404);

    for (auto const* wrong : {R"({"scanType": "Windows"})", R"({"target": "192.0.2.300"})", R"({"target": "192.0.2.0/33"})", R"({"target": "192.0.2.1-2001:db8::1"})", R"({"target": ""})",
                              R"({"targetType": "Hostname"})", R"({"targetType": "Range"})", R"({"intervalInHours": 0})", R"({"intervalInHours": 8761})", R"({"scanName": " "})",
                              R"({"scanAuthenticationParams": {"type": "Kerberos", "username": "x"}})", R"({"scanAuthenticationParams": {"type": "AuthPriv"}})",
                              R"({"scanAuthenticationParams": {"type": "AuthPriv", "username": "x", "domain": "d"}})", R"({"scanAuthenticationParams": null})",
                              R"({"scanAuthenticationParams": {"@odata.type": "WindowsAuthParams", "type": "AuthPriv", "username": "x"}})", R"({"orgId": "x"})"}) {
        auto const answer = ask("PATCH", at + "/" + id, wrong);
        EXPECT_EQ(answer.status, 400) << wrong << answer.body;
    }
    EXPECT_TRUE(says(get(at + "/" + id), R"("scanName":"routers")"));  // nothing of it stayed
    EXPECT_EQ(ask("POST", at, with(R"(, "isActive": true)")).status, 400);  // without a way to sign in

    auto const both = [&](std::string_view other) { return R"({"ScanDefinitionIds": [")" + id + R"(", ")" + std::string(other) + R"("]})"; };
    EXPECT_TRUE(says(ask("POST", at + "/GetScanHistoryByScanDefinitionId", both(id)), R"("value":[])"));
    EXPECT_EQ(ask("POST", at + "/GetScanHistoryByScanDefinitionId", both("none")).status, 404);
    EXPECT_TRUE(says(ask("POST", at + "/GetScanHistoryBySessionId", R"({"SessionIds": ["x"]})"), R"("value":[])"));
    EXPECT_EQ(ask("POST", at + "/BatchDelete", R"({"ScanDefinitionIds": []})").status, 400);
    // All or none.
    EXPECT_EQ(ask("POST", at + "/BatchDelete", both("none")).status, 404);
    EXPECT_EQ(get(at + "/" + id).status, 200);
    EXPECT_EQ(ask("POST", at + "/BatchDelete", both(id)).status, 200);
    EXPECT_EQ(get(at + "/" + id).status, 404);
    EXPECT_EQ(list(get("/api/DeviceAuthenticatedScanAgents"), "machineId"), "");
}

// Unknown members of a body never do anything: every write refuses them (trust, S5).
TEST_F(Writes, ActionsOnDevicesAreRefusedWithWhatThereIsInstead) {
    auto const isolated = ask("POST", "/api/v1.0/machines/" + web + "/Isolate", R"({"Comment": "incident 7", "IsolationType": "Full"})");
    EXPECT_EQ(isolated.status, 403);
    EXPECT_TRUE(says(isolated, R"("code":"DisallowedOperation")")) << isolated.body;
    EXPECT_TRUE(says(isolated, "Merlon isolates no device: it takes no action on devices. POST /api/remediationTasks gives the work to people")) << isolated.body;
    auto const scan = ask("POST", "/api/machines/" + web + "/runAntiVirusScan", R"({"Comment": "x", "ScanType": "Quick"})");
    EXPECT_TRUE(says(scan, "Merlon runs no antivirus scan") && says(scan, "/rescan asks the device's agent for a fresh inventory")) << scan.body;
    for (auto const& [method, path] : std::vector<std::pair<std::string, std::string>>{
             {"POST", "machines/ID/unisolate"}, {"POST", "machines/ID/restrictCodeExecution"}, {"POST", "machines/ID/unrestrictCodeExecution"},
             {"POST", "machines/ID/StopAndQuarantineFile"}, {"POST", "machines/ID/offboard"}, {"POST", "machines/ID/collectInvestigationPackage"},
             {"POST", "machines/ID/startInvestigation"}, {"POST", "machines/ID/runliveresponse"}, {"POST", "machineactions/ID/cancel"},
             {"GET", "machineactions/ID/getPackageUri"}, {"GET", "machineactions/ID/GetLiveResponseResultDownloadLink(index=0)"}})
        for (auto const& id : {web, std::string("nobody")}) {  // the same for a device that is not there: it tells nothing of devices
            auto const refused = ask(method, "/api/" + replace_all(path, "ID", id));
            EXPECT_EQ(refused.status, 403) << path << refused.body;
            EXPECT_TRUE(says(refused, "it takes no action on devices")) << path << refused.body;
        }
    EXPECT_EQ(list(get("/api/machineactions"), "id"), "");
}

TEST_F(Writes, NoRouteTakesUnknownMembers) {
    for (auto const& route : routes()) {
        if (route.method == "GET" || route.method == "DELETE" || route.by_agents) continue;  // osquery's words; its key decides
        auto path = "/" + replace_all(route.pattern, "{}", web);
        if (route.pattern.find("deviceGroups/{}") != std::string::npos) path = "/api/deviceGroups/Unassigned";
        for (auto const* body : {R"({"__proto__": {"admin": true}})", R"({"id": "x", "role": "Administrator", "createdBy": "me", "@odata.type": "x", "isAdmin": true})"}) {
            auto const answer = ask(route.method, path, body);
            EXPECT_GE(answer.status, 400) << route.method << " " << route.pattern << " takes " << body << ": " << answer.body;
            EXPECT_LT(answer.status, 500) << route.method << " " << route.pattern << ": " << answer.body;
        }
    }
}

}  // namespace
}  // namespace merlon::api
