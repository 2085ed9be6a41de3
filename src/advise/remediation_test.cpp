// Remediation on the small fleet (golden_fleet_for_tests.h); b and e are in group Lab, the rest in HQ. Every count is
// worked out on paper in the comments.
#include "advise/remediation.h"

#include "advise/fixture_for_tests.h"
#include "advise/remediation_actions.h"

namespace merlon::advise {
namespace {

class RemediationTest : public SmallFleet {
protected:
    int made = 0;

    void SetUp() override {
        SmallFleet::SetUp();
        publish();
    }
    NewRemediation wanted(std::string recommendation, std::vector<std::string> groups = {}) {
        NewRemediation one;
        one.id = "r" + std::to_string(++made);
        one.by = {"1", "anna"};
        one.recommendation = std::move(recommendation);
        one.groups = std::move(groups);
        one.due = now + 10 * day;
        return one;
    }
    std::string add(NewRemediation const& one) {
        auto const added = add_remediation(connection, one, now);
        EXPECT_TRUE(added) << describe(added.error());
        return one.id;
    }
    std::string code_of(NewRemediation const& one) {
        auto const added = add_remediation(connection, one, now);
        return added ? "" : added.error().code;
    }
    // "state fixed/target away".
    std::string progress(std::string const& id) {
        auto const one = find_remediation(connection, id).value();
        return one.state + " " + std::to_string(one.fixed_devices) + "/" + std::to_string(one.target_devices) + " " +
               std::to_string(one.away_devices);
    }
    std::string devices(std::string const& id) {
        return text(
            "SELECT string_agg(device || ':' || state, ' ' ORDER BY device) FROM remediation_device WHERE remediation "
            "= '" +
            id + "'");
    }
};

// An update changes something where a finding has a fix: CVE-1 on a and b. c has CVE-2 only, which has none.
TEST_F(RemediationTest, FollowsTheDevices) {
    auto const id = add(wanted("VA-_-acme-_-editor"));
    EXPECT_EQ(progress(id), "Active 0/2 0");
    run("DELETE FROM installation WHERE device = 'b' AND software = 1");
    publish();
    EXPECT_EQ(devices(id), "a:Open b:Fixed");
    run("INSERT INTO installation VALUES ('b', 1, '', '', 0)");  // it came back
    publish();
    EXPECT_EQ(progress(id), "Active 0/2 0");
    run("UPDATE device SET excluded = true WHERE id = 'a'");
    publish();
    EXPECT_EQ(devices(id), "a:Away b:Open");
    EXPECT_EQ(progress(id), "Active 0/2 1");
    run("UPDATE device SET excluded = false WHERE id = 'a'; INSERT INTO installation VALUES ('c', 1, '', '', 0);"
        "DELETE FROM installation WHERE device = 'b' AND software = 1");
    publish();
    EXPECT_EQ(devices(id), "a:Open b:Fixed");  // c was not asked for
    run("DELETE FROM installation WHERE device = 'a' AND software = 1");
    publish(now + day);
    EXPECT_EQ(progress(id), "Completed 2/2 0");
    auto const one = find_remediation(connection, id).value();
    EXPECT_EQ(one.method, "Automatic");
    EXPECT_EQ(one.completer, "System confirmation");
    EXPECT_EQ(one.changed, now + day);
    // Over is over.
    run("INSERT INTO installation VALUES ('a', 1, '', '', 0)");
    publish();
    EXPECT_EQ(progress(id), "Completed 2/2 0");
    EXPECT_EQ(change_remediation(connection, id, {.notes = "x"}, {"1", "anna"}, now).error().code,
              "advise.remediation_state");
}

TEST_F(RemediationTest, EachKindHasItsDevices) {
    EXPECT_EQ(devices(add(wanted("va-_-acme-_-player"))), "d:Open");  // out of support; f is excluded
    EXPECT_EQ(devices(add(wanted("va-_-acme-_-editor", {"lab"}))), "b:Open");
    EXPECT_EQ(devices(add(wanted("sca-_-scid-40003", {"HQ"}))), "a:Open");
    auto removal = wanted("va-_-acme-_-editor");
    removal.type = "uninstall";
    auto const gone = add(removal);
    EXPECT_EQ(devices(gone), "a:Open b:Open c:Open");  // all that have it; g is silent
    EXPECT_EQ(find_remediation(connection, gone)->title, "Uninstall Acme Editor");
    auto const check = add(wanted("sca-_-scid-40003"));
    run("UPDATE setting SET value = 'no' WHERE device = 'b'");
    publish();
    EXPECT_EQ(devices(check), "a:Open b:Fixed");
}

// What can only be watched has no due date and no progress; a person ends it.
TEST_F(RemediationTest, AttentionRequiredIsOnlyWatched) {
    auto asked = wanted("va-_-acme-_-viewer");
    EXPECT_EQ(code_of(asked), "advise.bad_remediation");
    asked.due = {};
    auto const id = add(asked);
    run("DELETE FROM installation WHERE software = 5");
    publish();
    EXPECT_EQ(progress(id), "Active 0/1 0");
    ASSERT_TRUE(change_remediation(connection, id, {.complete = true}, {"2", "bert"}, now));
    auto const one = find_remediation(connection, id).value();
    EXPECT_EQ(one.state + one.method + one.completer, "CompletedManualbert");
}

TEST_F(RemediationTest, LeavesOutWhatIsUnderAnException) {
    NewException exception;
    exception.id = "x";
    exception.who = "user:anna";
    exception.subject = "va-_-acme-_-editor";
    exception.justification = "ThirdPartyControl";
    exception.ends = now + 20 * day;
    exception.groups = {"Lab"};
    auto const before = add(wanted("va-_-acme-_-editor"));
    ASSERT_TRUE(add_exception(connection, exception, {}, now));
    publish();
    EXPECT_EQ(devices(before), "a:Open b:Away");
    EXPECT_EQ(devices(add(wanted("va-_-acme-_-editor"))), "a:Open");
    EXPECT_EQ(code_of(wanted("va-_-acme-_-editor", {"Lab"})), "advise.nothing_to_remedy");
}

TEST_F(RemediationTest, IsCheckedBeforeItIsMade) {
    auto asked = wanted("va-_-acme-_-editor");
    asked.due = {};
    EXPECT_EQ(code_of(asked), "advise.bad_remediation");
    asked.due = now;
    EXPECT_EQ(code_of(asked), "advise.bad_remediation");
    asked = wanted("va-_-acme-_-editor");
    asked.priority = "Urgent";
    EXPECT_EQ(code_of(asked), "advise.bad_remediation");
    asked = wanted("va-_-acme-_-editor");
    asked.type = "Upgrade";
    EXPECT_EQ(code_of(asked), "advise.bad_remediation");
    EXPECT_EQ(code_of(wanted("va-_-acme-_-calm")), "advise.no_such_recommendation");
    EXPECT_EQ(code_of(wanted("va-_-acme-_-editor", {"Nowhere"})), "advise.no_such_group");
    EXPECT_EQ(read_remediations(connection)->size(), 0U);
}

TEST_F(RemediationTest, IsForgottenAfterHalfAYear) {
    auto const id = add(wanted("va-_-acme-_-player"));
    ASSERT_TRUE(change_remediation(connection, id, {.cancel = true}, {"1", "anna"}, now));
    auto const open = add(wanted("va-_-acme-_-relic"));
    publish(now + 180 * day);
    EXPECT_EQ(read_remediations(connection)->size(), 2U);
    publish(now + 181 * day);
    EXPECT_EQ(read_remediations(connection)->size(), 1U);
    EXPECT_EQ(devices(id), "");
    EXPECT_NE(devices(open), "");
}

TEST(RemediationActions, QuoteWhatInventoriesSay) {
    EXPECT_EQ(quote_shell("a'; id #"), "'a'\\''; id #'");
    EXPECT_EQ(quote_powershell("O’Neill's $(id)"), "'O’’Neill''s $(id)'");
    EXPECT_EQ(quote_ansible("{{ x }} {% y %} { z"), R"("{{ '{' }}{ x }} {{ '{' }}% y %} { z")");
    EXPECT_TRUE(plain_package_name("libstdc++6"));
    EXPECT_TRUE(plain_package_name("python3.11-minimal:amd64"));
    for (auto const* name : {"", "-y", "a b", "a;b", "a'b", "a\nb", "../x"})
        EXPECT_FALSE(plain_package_name(name)) << name;
}

TEST(RemediationActions, HoldNoForeignCommands) {
    Remediation task;
    task.id = "r1";
    task.title = "Update X\nrm -rf /";
    task.type = "Update";
    ActionFacts facts;
    facts.devices = {{"1", "web01\n- hosts: all", "Linux"}, {"2", "ws-2", "Windows11"}};
    facts.packages = {{"deb", "curl; id", "linux"},
                      {"deb", "libcurl4", "linux"},
                      {"rpm", "curl", "linux"},
                      {"programs", "It's {{ 7*7 }}", "windows"}};
    facts.hotfixes = {"KB5034441", "KB1; id"};
    auto const shell = write_action(ActionKind::shell, task, facts);
    EXPECT_NE(shell.find("  for name in 'libcurl4'; do\n    if dpkg-query "), std::string::npos) << shell;
    EXPECT_NE(shell.find("    DEBIAN_FRONTEND=noninteractive apt-get install --yes --only-upgrade -- \"$@\"\n"),
              std::string::npos)
        << shell;
    EXPECT_NE(shell.find("  for name in 'curl'; do\n    if rpm -q "), std::string::npos);
    EXPECT_NE(shell.find("# Left out, no plain package name: curl; id\n"), std::string::npos);
    EXPECT_EQ(shell.find("\nrm"), std::string::npos);
    auto const power = write_action(ActionKind::powershell, task, facts);
    EXPECT_NE(power.find("    'It''s {{ 7*7 }}'\n"), std::string::npos) << power;
    EXPECT_NE(power.find("$numbers = @('5034441')\n"), std::string::npos);
    auto const playbook = write_action(ActionKind::ansible, task, facts);
    EXPECT_EQ(playbook.find("\n- hosts: all"), std::string::npos) << playbook;
    EXPECT_EQ(playbook.find("{{ 7"), std::string::npos) << playbook;
    EXPECT_NE(playbook.find("        merlon_packages:\n          - \"libcurl4\"\n      ansible.builtin.apt:\n"),
              std::string::npos)
        << playbook;
    // A package's id stands in for names where the rules know one.
    task.vendor = "google", task.product = "chrome";
    EXPECT_NE(write_action(ActionKind::powershell, task, facts)
                  .find("    'Google.Chrome'\n)\nforeach ($package in $packages) {\n    winget upgrade --exact"),
              std::string::npos);
}

// What a script of PowerShell leaves open at its end, by the language's own rules for comments, quotes and brackets; ""
// is right. (There is no PowerShell for Debian to ask.)
std::string left_open(std::string_view script) {
    std::string open;
    for (std::size_t at = 0; at < script.size(); ++at) {
        char const c = script[at];
        if (c == '#') {
            at = std::min(script.find('\n', at), script.size());
        } else if (c == '\'') {
            do at = script.find('\'', at + 1);
            while (at != std::string_view::npos && script.substr(at, 2) == "''" && ++at);
            if (at == std::string_view::npos) return open + '\'';
        } else if (c == '"' || c == '`') {
            return open + c;  // no double quotes, which look into what they hold, and no escapes
        } else if (c == '(' || c == '{' || c == '[') {
            open += c;
        } else if (c == ')' || c == '}' || c == ']') {
            if (open.empty() || open.back() != (c == ')' ? '(' : c == '}' ? '{' : '[')) return open + c;
            open.pop_back();
        }
    }
    return open;
}

TEST(RemediationActions, OfPowerShellCloseWhatTheyOpen) {
    EXPECT_EQ(left_open("a 'it''s {' # (\n(b)"), "");
    EXPECT_EQ(left_open("a 'b"), "'");
    EXPECT_EQ(left_open("if (x) { y"), "{");
    Remediation task;
    task.id = "r1";
    task.title = "Update {X";
    ActionFacts facts;
    facts.devices = {{"1", "ws-1'(", "Windows11"}};
    for (auto const* type : {"Update", "Uninstall", "Upgrade"})
        for (int of = 0; of < 4; ++of) {
            task.type = type;
            facts.packages.clear();
            facts.hotfixes.clear();
            if (of % 2 == 1)
                facts.packages = {{"programs", "It's (an) app's {", "windows"},
                                  {"msi", "7-Zip 19.00 (x64)", "windows"}};
            if (of >= 2) facts.hotfixes = {"KB5034441", "KB5034442"};
            EXPECT_EQ(left_open(write_action(ActionKind::powershell, task, facts)), "") << type << of;
        }
}

}  // namespace
}  // namespace merlon::advise
