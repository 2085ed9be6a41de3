#include "api/service.h"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "base/json_read.h"
#include "base/time.h"

namespace merlon::api {
namespace {

class Api : public testing::Test {
protected:
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    std::unique_ptr<Service> service = Service::create(store, writer, {}).value();

    void SetUp() override {
        auto connection = store.connect().value();
        auto const done = connection.execute(R"sql(
            INSERT INTO device SELECT 'd' || i, 'x' || i, 'host-' || i || '.example.test',
                CASE WHEN i % 2 = 0 THEN 'Windows11' ELSE 'Linux' END, '', '', '10.0.22631.1', '23H2', '', '22631.1', 'x64', '',
                'HQ', 'Normal', false, '', '[]', CASE WHEN i % 3 = 0 THEN '["it''s", "vip"]' ELSE '[]' END, false, 'test',
                638000000000000000, 638000000000000000 + i, 0
            FROM range(25) t(i))sql");
        ASSERT_TRUE(done) << describe(done.error());
    }
    HttpResponse get(std::string path, std::string query = {}) {
        return service->answer({"GET", std::move(path), std::move(query), "", "127.0.0.1", {{"host", "merlon.test:80"}}});
    }
    // The ids in "value", joined by blanks.
    std::string ids(std::string const& query) {
        auto const response = get("/api/machines", query);
        if (response.status != 200) return response.body;
        auto const document = json::Document::parse(response.body, "answer").value();
        std::string out;
        for (auto const entity : json::array(document.root(), "value"))
            out += (out.empty() ? "" : " ") + std::string(json::text(entity, "id"));
        return out;
    }
};

TEST_F(Api, ListsPageWithLinksThatKeepEveryOption) {
    auto const first = get("/API/v1.0/Machines", "$filter=osPlatform%20eq%20'windows11'&$select=id,osBuild&$count=true");
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_NE(first.body.find("\"@odata.context\":\"http://merlon.test:80/api/$metadata#Machines\""), std::string::npos);
    EXPECT_NE(first.body.find("\"@odata.count\":13"), std::string::npos) << first.body;
    EXPECT_NE(first.body.find("{\"id\":\"d0\",\"osBuild\":22631}"), std::string::npos) << first.body;
    EXPECT_EQ(first.body.find("nextLink"), std::string::npos);
}

TEST_F(Api, FiltersAndOrders) {
    EXPECT_EQ(ids("$filter=id eq 'd3' or id in ('d1','D2')&$orderby=id desc"), "d3 d2 d1");
    EXPECT_EQ(ids("$filter=machineTags/any(t: t eq 'it''s') and startswith(computerDnsName,'host-1')"), "d12 d15 d18");
    EXPECT_EQ(ids("$filter=not (osBuild ge 1) "), "");
    EXPECT_EQ(ids("$orderby=lastSeen desc&$top=2&$skip=1"), "d23 d22");
    EXPECT_EQ(ids("$filter=lastSeen gt 2030-01-01Z"), "");
    EXPECT_EQ(ids("$filter=year(firstSeen) eq 2022&$top=1"), "d0");
}

TEST_F(Api, FilterComputesWithNumbersTextsTimesAndObjects) {
    auto connection = store.connect().value();
    ASSERT_TRUE(connection.execute(R"sql(UPDATE device SET interfaces = '[{"name":"eth0","mac":"02:00:00:00:00:' || lpad(substr(id, 2), 2, '0') || '","addresses":["10.0.0.' || substr(id, 2) || '","fe80::1"]}]')sql"));
    EXPECT_EQ(ids("$filter=osBuild add 1 eq 22632 and length(id) eq 2 and id ge 'd8'"), "d8 d9");
    EXPECT_EQ(ids("$filter=osBuild div 2 mod 10 eq 5 and osBuild mul -1 lt 0&$top=1"), "d0");
    EXPECT_EQ(ids("$filter=osBuild divby 0 eq 1"), "");
    EXPECT_EQ(ids("$filter=lastSeen sub firstSeen gt duration'PT0.0000020S'&$top=1"), "d21");
    EXPECT_EQ(ids("$filter=lastSeen add duration'P36500D' gt now()&$top=1"), "d0");
    EXPECT_EQ(ids("$filter=ipAddresses/any(i: i/ipAddress eq '10.0.0.7')"), "d7");
    EXPECT_EQ(ids("$filter=ipAddresses/any(i: i/macAddress ge '020000000023' and length(i/ipAddress) eq 9)"), "d23 d24");
    EXPECT_NE(get("/api/machines/d7").body.find(R"("ipAddresses":[{"ipAddress":"10.0.0.7","macAddress":"020000000007","type":null,"operationalStatus":"Up","name":"eth0"},{"ipAddress":"fe80::1",)"),
              std::string::npos) << get("/api/machines/d7").body;
    EXPECT_EQ(ids("$filter=machineTags/all(t: t ne 'vip') and id eq 'd3'"), "");
    EXPECT_EQ(ids("$filter=matchesPattern(id,'^d1[0-2]$') and substring(id,1,1) eq '1'"), "d10 d11 d12");
    EXPECT_EQ(ids("$search=\"HOST-7.\" OR (host-8. AND NOT linux)"), "d7 d8");
    EXPECT_EQ(ids("$orderby=length(id) desc,substring(id,1) desc&$top=3"), "d24 d23 d22");
    EXPECT_EQ(ids("$filter=rbacGroupName ne 'hq'"), "");
    EXPECT_EQ(ids("$filter=cast(osBuild,Edm.String) eq '22631' and cast(substring(id,1),Edm.Int32) eq @p and isof(id,Edm.String)&@p=7"), "d7");
    EXPECT_EQ(ids("$filter=cast(id,Edm.Double) ne null or isof(id,Edm.Int32) or id eq '@p'"), "");
}

// Rows that are told device after device are looked for on some devices at a time; pages of every size are parts of one list.
TEST_F(Api, PagesOfDevicesAreThePartsOfTheWholeList) {
    auto connection = store.connect().value();
    auto const made = connection.execute(R"sql(
        INSERT INTO device SELECT 'p' || printf('%04d', i), device.* EXCLUDE (id) FROM device, range(400) t(i) WHERE id = 'd2';
        INSERT INTO software SELECT i, 'programs', 'tool' || i, '', '1', '', '', '', '', '', '', '', '', 'Linux', 0 FROM range(3) t(i);
        INSERT INTO identity SELECT i, 'v', 'tool' || i, '1', 'intdot', '[]', false, '', false, NULL, '', '', '', '' FROM range(3) t(i);
        INSERT INTO installation SELECT 'p' || printf('%04d', i), s, '', '', 0 FROM range(400) t(i), range(3) u(s)
        WHERE (i < 20 OR i > 310) AND s <= i % 3)sql");
    ASSERT_TRUE(made) << describe(made.error());
    auto const path = "/api/machines/SoftwareInventoryNoProductCodeByMachine";
    auto const read = [&](std::string query, std::string page, std::function<void(std::string const& last)> const& between = {}) {
        std::string seen;
        for (int pages = 0; pages < 400; ++pages) {
            auto const response = service->answer({"GET", path, query, "", "", {{"host", "h"}, {"prefer", "odata.maxpagesize=" + page}}});
            if (response.status != 200) return response.body;
            auto const document = json::Document::parse(response.body, "answer").value();
            for (auto const entity : json::array(document.root(), "value")) seen += std::string(json::text(entity, "id")) + " ";
            auto const next = json::text(document.root(), "@odata.nextLink");
            if (next.empty()) break;
            query = next.substr(next.find('?') + 1);
            if (between) between(seen.substr(seen.rfind('p')));
        }
        return seen;
    };
    auto const whole = read("$orderby=id", "1000");
    EXPECT_EQ(std::ranges::count(whole, ' '), 217);
    for (auto const* page : {"3", "7", "70", "1000"}) EXPECT_EQ(read("", page), whole) << page;
    EXPECT_EQ(read("$filter=softwareName ne 'x'", "70"), whole);
    auto const begin = whole.find("p0007"), end = whole.find("p0012");
    EXPECT_EQ(read("$top=11&$skip=13", "4"), whole.substr(begin, end - begin));
    // Rows that go while pages are read do not end the list.
    EXPECT_TRUE(read("", "5", [&](std::string const& last) {
                    ASSERT_TRUE(connection.execute("DELETE FROM installation WHERE device > " + store::quote_text(last.substr(0, 5)) + " AND device < 'p0390'"));
                }).ends_with("p0399_v_tool0_1 "));
}

// The links are followed while rows come and go.
TEST_F(Api, PagesGoOnWhereTheyEndedWhileDataChanges) {
    auto connection = store.connect().value();
    std::string seen, query = "$select=id&$orderby=osPlatform desc&$filter=osBuild gt 0";
    int pages = 0;
    for (; pages < 20; ++pages) {
        auto const response = service->answer({"GET", "/api/machines", query, "", "127.0.0.1", {{"host", "h"}, {"prefer", "odata.maxpagesize=7"}}});
        ASSERT_EQ(response.status, 200) << response.body;
        auto const document = json::Document::parse(response.body, "answer").value();
        for (auto const entity : json::array(document.root(), "value")) seen += std::string(json::text(entity, "id")) + " ";
        auto const next = json::text(document.root(), "@odata.nextLink");
        if (next.empty()) break;
        EXPECT_NE(next.find("$select=id&$orderby=osPlatform desc&$filter=osBuild gt 0&$skiptoken="), std::string::npos) << next;
        query = next.substr(next.find('?') + 1);
        // Gone before the place and new before the place: neither moves what follows.
        ASSERT_TRUE(connection.execute("DELETE FROM device WHERE id = 'd0'"));
        ASSERT_TRUE(connection.execute("INSERT INTO device SELECT 'c" + std::to_string(pages) + "', * EXCLUDE (id) FROM device WHERE id = 'd2'"));
    }
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(seen, "d0 d10 d12 d14 d16 d18 d2 d20 d22 d24 d4 d6 d8 d1 d11 d13 d15 d17 d19 d21 d23 d3 d5 d7 d9 ");
    // $top is the number in all, over pages.
    auto const first = service->answer({"GET", "/api/machines", "$top=9&$select=id", "", "", {{"host", "h"}, {"prefer", "odata.maxpagesize=7"}}});
    auto const document = json::Document::parse(first.body, "answer").value();
    auto const next = std::string(json::text(document.root(), "@odata.nextLink"));
    EXPECT_EQ(ids(next.substr(next.find('?') + 1)).size(), std::string("d12 d13").size()) << next;
    EXPECT_EQ(get("/api/machines", "$top=9").body.find("nextLink"), std::string::npos);
    EXPECT_EQ(get("/api/machines", next.substr(next.find('?') + 1) + "&$filter=id eq 'x'").status, 400);  // another list's token
}

TEST_F(Api, ListsComeInOtherFormats) {
    auto ask = [&](std::string query, std::string accept) {
        return service->answer({"GET", "/api/machines", std::move(query), "", "", {{"host", "h"}, {"accept", std::move(accept)}}});
    };
    auto connection = store.connect().value();
    ASSERT_TRUE(connection.execute("UPDATE device SET name = '=1+2,\"x\"' WHERE id = 'd1'"));
    auto const csv = ask("$select=id,computerDnsName,osBuild,machineTags&$filter=id in ('d1','d3')&$orderby=id", "text/csv");
    EXPECT_EQ(csv.body, "id,computerDnsName,osBuild,machineTags\r\nd1,\"'=1+2,\"\"x\"\"\",22631,[]\r\nd3,host-3.example.test,22631,\"[\"\"it's\"\", \"\"vip\"\"]\"\r\n");
    EXPECT_TRUE(csv.content_type.starts_with("text/csv"));
    auto const lines = ask("$select=id&$format=ndjson&$top=2&$orderby=id desc", "");
    EXPECT_EQ(lines.body, "{\"id\":\"d9\"}\n{\"id\":\"d8\"}\n");
    auto const parquet = ask("$format=parquet", "");
    EXPECT_TRUE(parquet.body.starts_with("PAR1") && parquet.body.ends_with("PAR1")) << parquet.body.substr(0, 100);
    EXPECT_EQ(ask("", "image/png").status, 406);
    EXPECT_EQ(ask("", "text/html,image/png,*/*;q=0.8").status, 200);
}

TEST_F(Api, LongAnswersAreWhole) {
    auto connection = store.connect().value();
    ASSERT_TRUE(connection.execute("INSERT INTO device SELECT 'e' || i || '.', device.* EXCLUDE (id) FROM device, range(60) t(i) WHERE id = 'd2'"));
    // Longer than a piece, then longer than what is finished before it is sent.
    for (int doubled = 0; doubled < 6; ++doubled) {
        ASSERT_TRUE(connection.execute("INSERT INTO device SELECT id || '" + std::to_string(doubled) + "', * EXCLUDE (id) FROM device WHERE id LIKE 'e%'"));
        auto response = get("/api/machines");
        while (response.rest && response.rest(response.body).value()) {}
        auto const document = json::Document::parse(response.body, "answer");
        ASSERT_TRUE(document) << describe(document.error()) << response.body.size();
        EXPECT_EQ(json::array(document->root(), "value").size(), 25U + 60U * (2U << doubled));
    }
}

TEST_F(Api, TellsWhenNothingChanged) {
    auto const first = get("/api/machines", "$top=1");
    std::string tag;
    for (auto const& [name, value] : first.headers)
        if (name == "ETag") tag = value;
    ASSERT_FALSE(tag.empty());
    auto const again = service->answer({"GET", "/api/machines", "$top=1", "", "", {{"host", "merlon.test:80"}, {"if-none-match", "\"x\", " + tag}}});
    EXPECT_EQ(again.status, 304);
    EXPECT_TRUE(again.body.empty());
}

TEST_F(Api, ExpandsListsBelowAnEntity) {
    auto const one = get("/api/machines('d7')", "$select=id&$expand=software($select=id;$top=1),vulnerabilities");
    EXPECT_EQ(one.status, 200) << one.body;
    EXPECT_NE(one.body.find("\"id\":\"d7\",\"software\":[],\"vulnerabilities\":[]}"), std::string::npos) << one.body;
    EXPECT_NE(get("/api/machines", "$top=2&$select=id&$expand=recommendations($count=true)").body.find("{\"id\":\"d1\",\"recommendations@odata.count\":0,\"recommendations\":[]}"), std::string::npos);
    EXPECT_EQ(get("/api/machines", "$expand=nonsense").status, 400);
    EXPECT_EQ(get("/api/machines", "$expand=software($top=x)").status, 400);
}

TEST_F(Api, ErrorsNameTheFaultAndThePlace) {
    auto const unknown = get("/api/machines", "$filter=osPlatfrom eq 'x'");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_NE(unknown.body.find("\"code\":\"ODataError\""), std::string::npos) << unknown.body;
    EXPECT_NE(unknown.body.find("(line 1, column 1) Did you mean osPlatform?"), std::string::npos) << unknown.body;
    EXPECT_NE(unknown.body.find("\"target\":\""), std::string::npos) << unknown.body;
    EXPECT_EQ(get("/api/machines", "$filter=id eq 'x").status, 400);
    EXPECT_EQ(get("/api/machines", "$filter=id eq 5").status, 400);
    EXPECT_EQ(get("/api/machines", "$top=-1").status, 400);
    EXPECT_EQ(get("/api/machines", "$count=maybe").status, 400);
    EXPECT_EQ(get("/api/machines", "$skiptoken=abc").status, 400);
    EXPECT_NE(get("/api/machines", "$orderby=lastSeen down").body.find("(line 1, column 10)"), std::string::npos);
    EXPECT_NE(get("/api/machines", "$select=id,osBild").body.find("(line 1, column 4) Did you mean osBuild?"), std::string::npos);
    EXPECT_NE(get("/api/machines", "$filter=matchesPattern(id,'(')").body.find("regular expression"), std::string::npos);
    EXPECT_EQ(get("/api/machines", "$filter=lastSeen add 5 gt 1").status, 400);
    EXPECT_EQ(get("/api/machines", "$filter=" + std::string(5000, '(')).status, 400);
    EXPECT_EQ(get("/api/machines", "$fliter=x").status, 400);
    EXPECT_NE(get("/api/machines", "$apply=aggregate(id)").body.find("$apply is not supported"), std::string::npos);
    EXPECT_NE(get("/api/machines", "$filter=id eq @p").body.find("@p has no value"), std::string::npos);
    EXPECT_NE(get("/api/machines", "$filter=cast(lastSeen,Edm.Int32) eq 1").body.find("(line 1, column 1)"), std::string::npos);
    // What Defender's own parameters cannot be has a code of its own.
    for (auto const* wrong : {"SoftwareVulnerabilityChangesByMachine?sinceTime=nonsense", "SoftwareInventoryByMachine?pageSize=0", "SoftwareInventoryExport?sasValidHours=25"}) {
        auto const [path, query] = std::pair{std::string(wrong).substr(0, std::string_view(wrong).find('?')), std::string(wrong).substr(std::string_view(wrong).find('?') + 1)};
        EXPECT_NE(get("/api/machines/" + path, query).body.find("\"code\":\"InvalidInput\""), std::string::npos) << wrong;
    }
    EXPECT_EQ(get("/api/nothing").status, 404);
    EXPECT_EQ(service->answer({"POST", "/api/machines", "", "", "", {}}).status, 405);
}

TEST_F(Api, GetsOneByKeyOrName) {
    EXPECT_NE(get("/api/machines/D7").body.find("\"id\":\"d7\""), std::string::npos);
    EXPECT_NE(get("/api/machines/host-8.example.test").body.find("\"id\":\"d8\""), std::string::npos);
    EXPECT_EQ(get("/api/machines/none").status, 404);
    EXPECT_EQ(get("/api/machines/$count", "$filter=osPlatform eq 'Linux'").body, "12");
}

TEST_F(Api, AnswersHuntingQueriesInThreeForms) {
    auto post = [&](std::string path, std::string body) {
        return service->answer({"POST", std::move(path), "", std::move(body), "127.0.0.1", {{"host", "x"}}});
    };
    std::string const query = R"({"Query": "DeviceInfo | summarize Devices=count() by OSPlatform | order by OSPlatform asc"})";
    auto const first = post("/api/advancedqueries/run", query);
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(first.body, R"({"Schema":[{"Name":"OSPlatform","Type":"String"},{"Name":"Devices","Type":"Int64"}],)"
                          R"("Results":[{"OSPlatform":"Linux","Devices":12},{"OSPlatform":"Windows11","Devices":13}]})");
    EXPECT_NE(post("/api/advancedhunting/run", query).body.find("\"Stats\""), std::string::npos);
    EXPECT_NE(post("/v1.0/security/runHuntingQuery", query).body.find("\"schema\":[{\"name\""), std::string::npos);
    auto const wrong = post("/api/advancedqueries/run", R"({"Query": "DeviceInfo | where OSPlatfrom == 'x'"})");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_NE(wrong.body.find("(line 1, column 20)"), std::string::npos) << wrong.body;
    EXPECT_NE(wrong.body.find("OSPlatform"), std::string::npos) << wrong.body;
    EXPECT_EQ(post("/api/advancedqueries/run", "{").status, 400);
    EXPECT_EQ(post("/api/advancedqueries/run", R"({"Sql": "x"})").status, 400);
}

TEST_F(Api, EveryResourceAnswersWhenEmpty) {
    for (auto const& resource : service->resources()) {
        auto path = resource.path;
        if (auto const part = path.find("{}"); part != std::string::npos) path.replace(part, 2, "none");
        auto const since = resource.since_days > 0 ? "sinceTime=" + iso_time(now_ticks() - ticks_per_day) : std::string{};
        auto const response = get("/api/" + path, since);
        EXPECT_EQ(response.status, resource.below ? 404 : 200) << resource.path << ": " << response.body;
        if (resource.single) continue;
        auto const filtered = get("/api/" + path, since + (since.empty() ? "" : "&") + "$filter=" + resource.key + (resource.field(resource.key)->type == FieldType::integer ? " eq 1" : " eq 'x'") + "&$count=true&$orderby=" + resource.key);
        EXPECT_EQ(filtered.status, resource.below ? 404 : 200) << resource.path << ": " << filtered.body;
    }
    EXPECT_EQ(get("/api/exposureScore").status, 200);
    EXPECT_EQ(get("/health/ready").status, 200);
}

TEST_F(Api, TakesReportsAndAnswersWhenTheyAreStored) {
    std::size_t noted = 0;
    ServiceOptions options;
    options.write_reports = [&](store::Connection& connection, std::span<DeviceReport const> reports, Ticks now) {
        noted += reports.size();
        return store::write_reports(connection, reports, now);
    };
    service = Service::create(store, writer, options).value();
    auto const post = [&](std::string body) {
        return service->answer({"POST", "/api/merlon/reports", "", std::move(body), "127.0.0.1", {{"host", "merlon.test:80"}, {"content-type", "application/x-ndjson"}}});
    };
    std::string const line = R"({"merlon_report":1,"name":"new-1.example.test","source":"test","software":[{"source":"programs","name":"editor","version":"1"}]})";
    auto const first = post(line + "\n" + R"({"merlon_report":1,"name":"new-2.example.test","source":"test"})" + "\n");
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_NE(first.body.find(R"("reports":2,"changed":2,"newSoftware":1)"), std::string::npos) << first.body;
    EXPECT_EQ(noted, 2U);
    EXPECT_NE(get("/api/machines/new-1.example.test").body.find("new-1"), std::string::npos);
    EXPECT_NE(post(line).body.find(R"("changed":0)"), std::string::npos);
    // A bad line spoils the whole body, and is named.
    auto const bad = post(R"({"merlon_report":1,"name":"new-3.example.test","source":"test"})" "\n{\"merlon_report\":1,\"name\":5}\n");
    EXPECT_EQ(bad.status, 400);
    EXPECT_NE(bad.body.find("line 2"), std::string::npos) << bad.body;
    EXPECT_EQ(get("/api/machines/new-3.example.test").status, 404);
    EXPECT_EQ(post("").status, 400);
}

TEST(Resources, AreJoinedWithWhatAStatementSpeaksOf) {
    Resource one;
    one.from = "main.alert a";
    one.joins = {{"d", "LEFT JOIN device d"}, {"detail", "LEFT JOIN alert_detail detail"}};
    EXPECT_EQ(one.from_for("SELECT a.id, wood.x, a.d.x"), "main.alert a");
    EXPECT_EQ(one.from_for("SELECT wood.x, coalesce(d.name, '')"), "main.alert a LEFT JOIN device d");
    EXPECT_EQ(one.from_for("SELECT detail.text, d.name"), "main.alert a LEFT JOIN device d LEFT JOIN alert_detail detail");
    one.joins = {{"n", "LEFT JOIN (SELECT e.alert, count(*) AS c FROM evidence e WHERE $rows(e.alert) GROUP BY e.alert) n"}};
    EXPECT_EQ(one.from_for("n.c"), "main.alert a LEFT JOIN (SELECT e.alert, count(*) AS c FROM evidence e WHERE true GROUP BY e.alert) n");
    EXPECT_EQ(one.from_for("n.c", "'1', '2'"), "main.alert a LEFT JOIN (SELECT e.alert, count(*) AS c FROM evidence e WHERE e.alert IN ('1', '2') GROUP BY e.alert) n");
}

TEST(Resources, TakeFieldsOfOthersAndReplaceThem) {
    auto const all = read_resources();
    ASSERT_TRUE(all);
    auto const of = [&](std::string_view path) { return std::ranges::find(*all, path, &Resource::path); };
    auto const fleet = of("recommendations"), device = of("machines/{}/recommendations");
    EXPECT_EQ(fleet->field("exposedMachinesCount")->sql, "r.exposed_devices");
    EXPECT_EQ(device->field("exposedMachinesCount")->sql, "1::BIGINT");
    EXPECT_EQ(device->field("fleetExposedMachinesCount")->sql, "r.exposed_devices");
    EXPECT_EQ(std::ranges::count(device->fields, "exposedMachinesCount", &Field::name), 1);
    EXPECT_EQ(device->fields.size(), fleet->fields.size() + 10);
}

}  // namespace
}  // namespace merlon::api
