// Whoever may see some device groups only gets from every door the answers of a server that has these devices alone (trust,
// S2 and S3). Two stores: one with the demo fleet, one with its servers only; what a user with that group gets from the
// first is compared with what anybody gets from the second.
#include <gtest/gtest.h>

#include <re2/re2.h>

#include "api/auth/gate.h"
#include "api/auth/secrets.h"
#include "api/service.h"
#include "base/embedded.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "hunt/hunt.h"
#include "sensors/demo/fleet.h"
#include "server/journey.h"
#include "store/inventory.h"
#include "store/scope.h"

namespace merlon::server {
namespace {

// The devices of the demo fleet that are in `group` ("" all) with their alerts, matched and published.
void fill(store::Store& store, std::string const& group, Ticks now) {
    auto connection = store.connect().value();
    ASSERT_TRUE(load_starter_knowledge(connection, {}));
    std::vector<DeviceReport> reports;
    std::vector<Alert> alerts;
    std::set<std::string> ids;
    auto const made = sensors::generate_fleet({24, 7, now, 0}, {[&](DeviceReport report) -> Status {
                                                                    if (!group.empty() && report.group != group) return {};
                                                                    ids.insert(report.device_id.empty() ? device_id_of(report.identifier) : report.device_id);
                                                                    reports.push_back(std::move(report));
                                                                    return {};
                                                                },
                                                                [&](Alert alert) -> Status {
                                                                    if (ids.contains(alert.device_id)) alerts.push_back(std::move(alert));
                                                                    return {};
                                                                }});
    ASSERT_TRUE(made) << describe(made.error());
    ASSERT_FALSE(reports.empty());
    auto const written = connection.transaction([&]() -> Status {
        TRY(store::write_reports(connection, reports, now));
        return store::write_alerts(connection, alerts);
    });
    ASSERT_TRUE(written) << describe(written.error());
    auto done = knowledge_changed(connection, true, {});
    ASSERT_TRUE(done) << describe(done.error());
    // When something was found is no matter of scope: the same in both.
    ASSERT_TRUE(connection.execute("UPDATE main.finding SET first_seen = 638000000000000000"));
    done = inventory_changed(connection, {}, {});
    ASSERT_TRUE(done) << describe(done.error());
}

class Scope : public testing::Test {
protected:
    inline static std::unique_ptr<store::Store> fleet, servers;
    inline static std::unique_ptr<store::Writer> fleet_writer, servers_writer;
    inline static std::unique_ptr<api::Service> fleet_service, servers_service;
    inline static std::string token, whole_token;

    static void SetUpTestSuite() {
        auto const now = now_ticks();
        fleet = std::make_unique<store::Store>(store::Store::in_memory().value());
        servers = std::make_unique<store::Store>(store::Store::in_memory().value());
        fill(*fleet, "", now);
        fill(*servers, "Servers", now);
        fleet_writer = std::make_unique<store::Writer>(store::Writer::start(*fleet).value());
        servers_writer = std::make_unique<store::Writer>(store::Writer::start(*servers).value());
        fleet_service = api::Service::create(*fleet, *fleet_writer, {}).value();
        servers_service = api::Service::create(*servers, *servers_writer, {}).value();
        auto user = [&](std::string const& name, api::DeviceGroups groups) {
            auto made = api::prepare_user(name, "a long enough sentence", groups ? "Security operator" : "Administrator").value();
            made.groups = std::move(groups);
            auto const secret = api::new_secret("mer_");
            api::PersonalToken const its{api::new_id(), made.id, "t", "mer_", api::secret_hash(secret), {}, now, now + ticks_per_day, 0};
            auto const done = fleet_service->gate().change([&](store::Connection& c) -> Status {
                TRY(api::add_user(c, made));
                return api::add_token(c, its);
            });
            EXPECT_TRUE(done) << describe(done.error());
            return secret;
        };
        whole_token = user("root", {});
        token = user("sam", std::vector<std::string>{"Servers"});
    }
    static void TearDownTestSuite() {
        fleet_service.reset(), servers_service.reset();
        fleet_writer.reset(), servers_writer.reset();
        fleet.reset(), servers.reset();
    }

    static std::string ask(api::Service& service, std::string const& bearer, std::string method, std::string path, std::string query, std::string body = {}) {
        // The request's id and the time of the answer, or of the last publication, are no part of it.
        static RE2 const passing(R"re("(target|time|assessedOn|complianceCalculationTimeOffset)":"[^"]*"|"ExecutionTime":[0-9.]+)re");
        std::vector<std::pair<std::string, std::string>> headers{{"host", "merlon.test"}};
        if (!bearer.empty()) headers.emplace_back("authorization", "Bearer " + bearer);
        auto response = service.answer({std::move(method), std::move(path), std::move(query), std::move(body), "127.0.0.1", std::move(headers), {}});
        auto text = std::move(response.body);
        while (response.rest && response.rest(text).value()) {}
        RE2::GlobalReplace(&text, passing, R"("":0)");
        return std::to_string(response.status) + " " + text;
    }
    static std::string scoped(std::string const& path, std::string const& query = {}) { return ask(*fleet_service, token, "GET", path, query); }
    static std::string alone(std::string const& path, std::string const& query = {}) { return ask(*servers_service, {}, "GET", path, query); }
    static std::string whole(std::string const& path, std::string const& query = {}) { return ask(*fleet_service, whole_token, "GET", path, query); }
    static std::string query_body(std::string const& kql) { return R"({"Query": )" + json_string(kql) + "}"; }
    static void expect_same_answer(std::string const& kql) {
        auto const body = query_body(kql);
        EXPECT_EQ(ask(*fleet_service, token, "POST", "/api/advancedqueries/run", "", body),
                  ask(*servers_service, {}, "POST", "/api/advancedqueries/run", "", body)) << kql;
    }
    static std::string first_id(std::string const& answer) {
        auto const document = json::Document::parse(answer.substr(4), "answer").value();
        for (auto const one : json::array(document.root(), "value")) return std::string(json::text(one, "id"));
        return {};
    }
};

TEST_F(Scope, EveryTableHasARule) {
    auto connection = fleet->connect().value();
    auto const wrong = store::tables_without_scope_rule(connection).value();
    EXPECT_TRUE(wrong.empty()) << join(wrong, ", ")
                               << ": say in schema/scope.json what somebody sees of it who sees some device groups only";
}

TEST_F(Scope, ListsAreThoseOfAServerWithTheseDevices) {
    std::size_t differing = 0;
    for (auto const& resource : fleet_service->resources()) {
        if (resource.permission.starts_with("Merlon.")) continue;
        // Begun when the scope was (docs/access.md): compared below without times.
        static std::set<std::string> const begun{"exposureScore/history", "configurationScore/history", "merlon/scores", "merlon/scores/changes"};
        if (resource.path.ends_with("events") || begun.contains(resource.path)) continue;
        auto path = "/api/" + resource.path;
        auto const since = resource.since_days > 0 ? "sinceTime=" + iso_time(now_ticks() - ticks_per_day) : std::string{};
        if (auto const gap = path.find("{}"); gap != std::string::npos) {
            auto const parent = path.substr(0, gap - 1);
            auto const id = parent == "/api/deviceGroups" ? std::string("Servers") : first_id(alone(parent));  // named, not numbered
            if (id.empty()) {  // nothing of that kind in a demo fleet
                static std::set<std::string> const none{"/api/browserExtensions", "/api/customDetections", "/api/exceptions",
                                                        "/api/remediationTasks", "/api/serviceTargets/breaches"};
                EXPECT_TRUE(none.contains(parent)) << parent;
                continue;
            }
            path.replace(gap, 2, id);
        }
        EXPECT_EQ(scoped(path, since), alone(path, since)) << path;
        if (!resource.single) {
            EXPECT_EQ(scoped(path + "/$count", since), alone(path + "/$count", since)) << path;
        }
        differing += scoped(path, since) != whole(path, since) ? 1 : 0;
    }
    EXPECT_GT(differing, 10U) << "the comparison shows nothing when everybody gets the same";
    for (auto const* path : {"/api/exposureScore", "/api/exposureScore/ByMachineGroups", "/api/configurationScore"})
        EXPECT_EQ(scoped(path), alone(path)) << path;
    EXPECT_EQ(scoped("/api/vulnerabilities", "$filter=exposedMachines gt 0&$count=true"), alone("/api/vulnerabilities", "$filter=exposedMachines gt 0&$count=true"));
}

TEST_F(Scope, EveryHuntingTableAndOperator) {
    for (auto const& table : hunt::Catalog::hunting().tables()) {
        expect_same_answer(table.name + " | count");
        expect_same_answer(table.name + " | getschema | count");
    }
    for (auto const* kql : {
             "DeviceInfo | order by DeviceName asc | project DeviceId, DeviceName, MachineGroup, SensorHealthState",
             "DeviceInfo | summarize count(), dcount(DeviceId), make_set(MachineGroup)",
             "DeviceInfo | join kind=rightouter (DeviceTvmSoftwareInventory) on DeviceId | count",
             "DeviceInfo | join kind=fullouter (DeviceTvmSoftwareVulnerabilities) on DeviceId | summarize count(), dcount(DeviceId), dcount(CveId)",
             "DeviceInfo | join kind=leftanti (DeviceTvmSoftwareInventory | where SoftwareName == 'openssl') on DeviceId | count",
             "union withsource=T DeviceInfo, DeviceTvmSoftwareInventory, AlertInfo | summarize count() by T | order by T asc",
             "union Device* | count",
             "search in (DeviceInfo, DeviceNetworkInfo) 'ws' | count",
             "search 'demo' | where $table != 'MerlonAuditEvents' | count",  // what was asked of each server is its own
             "find in (DeviceInfo, DeviceTvmSoftwareInventory) where DeviceName has 'ws' | count",
             "DeviceInfo | lookup (DeviceTvmSoftwareInventory | distinct DeviceId, SoftwareVendor) on DeviceId | count",
             "let T = materialize(DeviceTvmSoftwareInventory); T | summarize dcount(DeviceId) | union (T | count)",
             "let f = (g: string) { DeviceInfo | where MachineGroup == g }; f('Workstations') | count",
             "let ids = DeviceInfo | project DeviceId; DeviceTvmSoftwareVulnerabilities | where DeviceId in (ids) | count",
             "let n = toscalar(DeviceInfo | count); print n",
             "DeviceInfo | where DeviceName startswith 'ws-' | take 5 | count",
             "DeviceTvmSoftwareInventory | top 5 by SoftwareName asc, SoftwareVersion asc, DeviceId asc",
             "DeviceInfo | as D | union D | count",
             "DeviceInfo | evaluate bag_unpack(todynamic('{}')) | count",
             "DeviceInfo | mv-expand t = todynamic(DeviceManualTags) to typeof(string) | summarize count() by t | order by t asc",
             "DeviceTvmSoftwareVulnerabilities | join kind=inner DeviceTvmSoftwareVulnerabilitiesKB on CveId | summarize count() by VulnerabilitySeverityLevel | order by VulnerabilitySeverityLevel asc",
             "DeviceTvmSoftwareVulnerabilitiesKB | count",
             "DeviceTvmSecureConfigurationAssessment | summarize countif(IsCompliant), count()",
             "DeviceTvmSecureConfigurationAssessmentKB | count",
             "AlertEvidence | count",
         })
        expect_same_answer(kql);
}

TEST_F(Scope, TheOtherDoorsOfHunting) {
    std::string const kql = "DeviceInfo | summarize n = count() by MachineGroup";
    for (auto const* path : {"/api/advancedhunting/run", "/v1.0/security/runHuntingQuery"}) {
        auto const body = query_body(kql);
        auto const answer = ask(*fleet_service, token, "POST", path, "", body);
        EXPECT_EQ(answer.find("Workstations"), std::string::npos) << answer;
        EXPECT_NE(answer.find("Servers"), std::string::npos) << answer;
    }
    auto const answer = ask(*fleet_service, token, "POST", "/v1/rest/query", "", R"({"db": "Merlon", "csl": )" + json_string(kql) + "}");
    EXPECT_EQ(answer.find("Workstations"), std::string::npos) << answer;
    EXPECT_NE(answer.find("Servers"), std::string::npos) << answer;
}

TEST_F(Scope, ADeviceOutsideIsLikeOneThatDoesNotExist) {
    std::string outside, name;
    auto const document = json::Document::parse(whole("/api/machines").substr(4), "answer").value();
    for (auto const one : json::array(document.root(), "value"))
        if (json::text(one, "rbacGroupName") != "Servers") outside = json::text(one, "id"), name = json::text(one, "computerDnsName");
    ASSERT_FALSE(outside.empty());
    auto const same = [&](std::string method, std::string const& tail, std::string const& body) {
        auto const missing = std::string(outside.size(), '0');
        auto const theirs = ask(*fleet_service, token, method, "/api/machines/" + outside + tail, "", body);
        auto const none = ask(*fleet_service, token, method, "/api/machines/" + missing + tail, "", body);
        EXPECT_EQ(theirs.substr(0, 3), "404") << method << " " << tail << ": " << theirs;
        EXPECT_EQ(replace_all(theirs, outside, missing), none) << method << " " << tail;
    };
    for (auto const* tail : {"", "/software", "/vulnerabilities", "/recommendations", "/getmissingkbs", "/software/$count"}) same("GET", tail, "");
    auto const before = whole("/api/machines/" + outside);
    same("PATCH", "", R"({"machineTags": ["mine"]})");
    same("POST", "/tags", R"({"Value": "mine", "Action": "Add"})");
    same("POST", "/setDeviceValue", R"({"DeviceValue": "High"})");
    same("POST", "/exclude", R"({"justification": "Other"})");
    EXPECT_EQ(ask(*fleet_service, token, "POST", "/api/machines/AddOrRemoveTagForMultipleMachines", "",
                  R"({"Value": "mine", "Action": "Add", "MachineIds": [")" + outside + R"("]})").substr(0, 3), "404");
    EXPECT_EQ(whole("/api/machines/" + outside), before) << "nothing has changed";
    EXPECT_EQ(scoped("/api/machines", "$filter=id eq '" + outside + "'"), scoped("/api/machines", "$filter=id eq 'none'"));
    EXPECT_EQ(scoped("/api/machines/" + name).substr(0, 3), "404");
}

TEST_F(Scope, NobodyWidensTheirOwnScope) {
    EXPECT_EQ(ask(*fleet_service, token, "POST", "/api/deviceGroups", "", R"({"name": "Servers2"})").substr(0, 3), "403");
    EXPECT_EQ(scoped("/api/merlon/users").substr(0, 3), "403");
    auto const made = ask(*fleet_service, token, "POST", "/api/merlon/tokens", "", R"({"name": "wider", "deviceGroups": ["Workstations"]})");
    EXPECT_NE(made.substr(0, 3), "201") << made;
    auto const groups = scoped("/api/deviceGroups");
    EXPECT_EQ(groups.find("Workstations"), std::string::npos) << groups;
}

// Before a test changes the fleet, which a server of its own does not hear of.
TEST_F(Scope, EventsAreThoseOfItsDevices) {
    auto const theirs = scoped("/api/events", "$select=type,event");
    EXPECT_NE(theirs.find("\"type\":\"Baseline\""), std::string::npos) << theirs;
    EXPECT_EQ(theirs, alone("/api/events", "$select=type,event"));
    EXPECT_NE(theirs, whole("/api/events", "$select=type,event"));
}

TEST_F(Scope, FollowsAChangeOfTheFleet) {
    auto const id = first_id(scoped("/api/machines"));
    auto const count = scoped("/api/machines/$count");
    auto const score = scoped("/api/exposureScore");
    EXPECT_EQ(ask(*fleet_service, token, "POST", "/api/machines/" + id + "/exclude", "", R"({"justification": "OutOfScope", "note": "lent out"})").substr(0, 3), "200");
    EXPECT_NE(scoped("/api/exposureScore"), score) << "an excluded device is out of the score at once";
    EXPECT_EQ(ask(*fleet_service, token, "POST", "/api/machines/" + id + "/include", "").substr(0, 3), "200");
    EXPECT_EQ(scoped("/api/exposureScore"), score);
    EXPECT_EQ(scoped("/api/machines/$count"), count);
}

// A remediation activity is seen by whoever sees one of its devices, with the numbers of theirs.
TEST_F(Scope, RemediationIsWhatConcernsItsDevices) {
    auto const ask_for = [&](std::string const& recommendation, std::string const& groups) {
        auto const made = ask(*fleet_service, whole_token, "POST", "/api/remediationTasks", "",
                              R"({"dueOn": ")" + iso_time(now_ticks() + 30 * ticks_per_day) + R"(", "recommendationId": )" + json_string(recommendation) + groups + "}");
        if (!made.starts_with("201")) return std::string{};
        return std::string(json::text(json::Document::parse(made.substr(4), "task").value().root(), "id"));
    };
    auto const number = [](std::string const& answer, std::string_view name) {
        return json::integer(json::Document::parse(answer.substr(4), "task").value().root(), name).value_or(-1);
    };
    // One that devices of theirs and of others need.
    std::string recommendation, outside;
    auto const list = json::Document::parse(scoped("/api/recommendations", "$filter=remediationType eq 'Update'").substr(4), "list").value();
    for (auto const one : json::array(list.root(), "value")) {
        recommendation = std::string(json::text(one, "id"));
        if (outside = ask_for(recommendation, R"(, "rbacGroupNames": ["HQ workstations"])"); !outside.empty()) break;
    }
    ASSERT_FALSE(outside.empty());
    auto const all = ask_for(recommendation, ""), both = ask_for(recommendation, R"(, "rbacGroupNames": ["Servers", "HQ workstations"])");
    ASSERT_FALSE(all.empty());
    ASSERT_FALSE(both.empty());
    auto const task = scoped("/api/remediationTasks/" + all);
    ASSERT_EQ(task.substr(0, 3), "200") << task;
    auto const devices = scoped("/api/remediationTasks/" + all + "/devices/$count");
    EXPECT_EQ("200 " + std::to_string(number(task, "targetDevices")), devices);
    EXPECT_LT(number(task, "targetDevices"), number(whole("/api/remediationTasks/" + all), "targetDevices"));
    EXPECT_EQ(scoped("/api/remediationTasks/" + all + "/devices").find("workstations"), std::string::npos);
    EXPECT_EQ(scoped("/api/remediationTasks/" + all + "/export").find("workstations"), std::string::npos);
    auto const named = scoped("/api/remediationTasks/" + both);
    EXPECT_NE(named.find("\"rbacGroupNames\":[\"Servers\"]"), std::string::npos) << named;
    for (auto const* tail : {"", "/devices", "/machineReferences", "/export", "/actions?kind=shell"}) {
        std::string const path = "/api/remediationTasks/", rest = tail;
        auto const mark = rest.find('?');
        auto const query = mark == std::string::npos ? std::string{} : rest.substr(mark + 1);
        auto const got = scoped(path + outside + rest.substr(0, mark), query), none = scoped(path + "00000000-0000-4000-8000-000000000000" + rest.substr(0, mark), query);
        EXPECT_EQ(got.substr(0, 3), "404") << got;
        EXPECT_EQ(replace_all(got, outside, "X"), replace_all(none, "00000000-0000-4000-8000-000000000000", "X"));
    }
    EXPECT_EQ(scoped("/api/remediationTasks/$count"), "200 2");
    EXPECT_EQ(ask(*fleet_service, token, "PATCH", "/api/remediationTasks/" + all, "", R"({"notes": "mine"})").substr(0, 3), "403");
}

// Last: it changes the fleet.
TEST_F(Scope, ZClosedFindingsAreThoseOfItsDevices) {
    auto const closed = [&](std::string const& answer) {
        auto const document = json::Document::parse(answer.substr(4), "figures").value();
        for (auto const one : json::array(document.root(), "value")) return json::integer(one, "closed").value_or(-1);
        return std::int64_t{-1};
    };
    auto const path = "/api/serviceTargets/figures";
    EXPECT_EQ(closed(scoped(path)), 0) << scoped(path);
    for (auto const* group : {"HQ workstations", "Servers"}) {
        auto const change = fleet_writer->run([&](store::Connection& c) {
            return c.execute("DELETE FROM main.installation WHERE device = (SELECT o.device FROM main.open_finding o JOIN main.device d ON d.id = o.device WHERE d.device_group = '" +
                             std::string(group) + "' GROUP BY o.device ORDER BY count(*) DESC LIMIT 1)");
        });
        ASSERT_TRUE(change) << describe(change.error());
        ASSERT_TRUE(fleet_service->recompute());
        auto const all = closed(whole(path)), theirs = closed(scoped(path));
        EXPECT_GT(all, 0) << whole(path);
        if (group == std::string("HQ workstations")) {
            EXPECT_EQ(theirs, 0);
        } else {
            EXPECT_GT(theirs, 0);
            EXPECT_LT(theirs, all);
        }
    }
}

// The engine lists views in another order when a folder is opened again.
TEST(ScopeText, IsMadeInAFolderThatWasOpenedAgain) {
    auto const folder = std::filesystem::path(testing::TempDir()) / ("merlon-scope-" + api::new_id());
    { ASSERT_TRUE(store::Store::open(folder)); }
    {
        auto again = store::Store::open(folder).value();
        auto connection = again.connect().value();
        std::vector<std::string> const groups{"Servers"};
        auto const made = connection.transaction([&]() -> Status {
            EXPECT_TRUE(TRY(store::make_scope(connection, groups)));
            return {};
        });
        EXPECT_TRUE(made) << describe(made.error());
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

TEST(ScopeText, SchemasAreReplacedOutsideOfLiterals) {
    EXPECT_EQ(store::in_scope("SELECT main.x FROM main.device d", "s"), "SELECT \"s\".x FROM \"s\".device d");
    EXPECT_EQ(store::in_scope("FROM hunting.\"DeviceInfo\"", "s"), "FROM \"s_hunting\".\"DeviceInfo\"");
    EXPECT_EQ(store::in_scope("'main.device' || 'it''s main.x' -- main.y\n/* main.z */ \"main\".device", "s"),
              "'main.device' || 'it''s main.x' -- main.y\n/* main.z */ \"s\".device");
    EXPECT_EQ(store::in_scope("domain.device, remain.x, MAIN . device", "s"), "domain.device, remain.x, \"s\" . device");
    std::vector<std::string> const two{"b", "a"}, other{"a", "b", "a"};
    EXPECT_EQ(store::scope_schema(two), store::scope_schema(other));
}

}  // namespace
}  // namespace merlon::server
