// Exceptions on the small fleet (golden_fleet_for_tests.h); every number is worked out on paper in the comments.
//
// Hazards before: a 0.2 (CVE-1 of editor 0.1, CVE-4 of viewer 0.1), b 0.1125 (CVE-1, CVE-2 of editor), c 0.01875 (CVE-2
// of editor, reach 1.5), d 0, e 0.25 (CVE-3 of relic). Weights 1 2 0.5 1 1, together 5.5. b and e are in group Lab, the
// rest in HQ.
#include "advise/fixture_for_tests.h"
#include "advise/what_if.h"

namespace merlon::advise {
namespace {

class Exceptions : public SmallFleet {
protected:
    ExceptionRules rules;
    int made = 0;

    void SetUp() override {
        SmallFleet::SetUp();
        run("INSERT INTO setting VALUES ('c', 'sshd.PermitEmptyPasswords', 'no', 5), ('d', 'sshd.PermitEmptyPasswords', 'no', 5)");
        publish();
    }
    NewException wanted(std::string subject, std::string justification, std::vector<std::string> groups = {}) {
        NewException one;
        one.id = "x" + std::to_string(++made);
        one.who = "user:anna";
        one.subject = std::move(subject);
        one.justification = std::move(justification);
        one.ends = now + 30 * day;
        one.groups = std::move(groups);
        return one;
    }
    // Its id; counts and scores follow.
    std::string add(NewException const& one) {
        auto const added = add_exception(connection, one, rules, now);
        EXPECT_TRUE(added) << describe(added.error());
        publish();
        return one.id;
    }
    std::string code_of(NewException const& one) {
        auto const added = prepare_exception(connection, one, rules, now);
        return added ? "" : added.error().code;
    }
    std::string state(std::string const& id) { return find_exception(connection, id).value().state; }
    double score() { return real("SELECT arg_max(score, rowid) FROM exposure_score WHERE device_group = '*'"); }
    double score_before() {
        return real("SELECT arg_max(score_before, rowid) FROM exposure_score WHERE device_group = '*'");
    }
    // "exposed after status" of a recommendation.
    std::string counts(std::string const& id) {
        return text("SELECT exposed_devices || ' ' || exposed_after || ' ' || status FROM recommendation WHERE id = '" +
                    id + "'");
    }
    double const untouched = 100 * (chance(0.2) + 2 * chance(0.1125) + 0.5 * chance(0.01875) + chance(0.25)) / 5.5;
};

TEST_F(Exceptions, AlternateMitigationTakesAGroupOut) {
    EXPECT_NEAR(score(), untouched, 1e-9);
    add(wanted("VA-_-acme-_-editor", "alternatemitigation", {"lab"}));
    // b has nothing left: its term goes. e has no editor.
    EXPECT_NEAR(score(), 100 * (chance(0.2) + 0.5 * chance(0.01875) + chance(0.25)) / 5.5, 1e-9);
    EXPECT_NEAR(score_before(), untouched, 1e-9);
    EXPECT_EQ(counts("va-_-acme-_-editor"), "3 2 Partial exception");
    // What an update still brings: CVE-1 on a. Before exceptions: CVE-1 on a and b.
    EXPECT_NEAR(real("SELECT exposure_impact_after FROM recommendation WHERE product = 'editor'"),
                100 * (chance(0.2) - chance(0.1)) / 5.5, 1e-9);
    EXPECT_NEAR(real("SELECT exposure_impact FROM recommendation WHERE product = 'editor'"),
                100 * (chance(0.2) - chance(0.1) + 2 * (chance(0.1125) - chance(0.0125))) / 5.5, 1e-9);
    // CVE-1: a b, then a. CVE-2: b c (cleared for a), then c.
    EXPECT_EQ(text("SELECT string_agg(cve || ' ' || devices || '/' || devices_before, ', ' ORDER BY cve) FROM "
                   "cve_exposure WHERE cve < 'CVE-3'"),
              "CVE-1 1/2, CVE-2 1/2");
    EXPECT_EQ(text("SELECT string_agg(subject || ' ' || device, ', ' ORDER BY subject, device) FROM exempt"),
              "va-_-acme-_-editor b");
    EXPECT_EQ(text("SELECT exposed_devices || ' ' || exposed_after FROM product_exposure WHERE product = 'editor'"),
              "3 2");
    // Lab: b (weight 2) and e.
    EXPECT_NEAR(real("SELECT arg_max(score, rowid) FROM exposure_score WHERE device_group = 'Lab'"),
                100 * chance(0.25) / 3, 1e-9);
    EXPECT_NEAR(real("SELECT arg_max(score_before, rowid) FROM exposure_score WHERE device_group = 'Lab'"),
                100 * (2 * chance(0.1125) + chance(0.25)) / 3, 1e-9);
    // What-if works on what is left: without editor's CVE-1 a keeps 0.1, c 0.01875.
    std::array const ids{std::string("va-_-acme-_-editor")};
    EXPECT_NEAR(what_if(connection, ids, now)->exposure_then,
                100 * (chance(0.1) + 0.5 * chance(0.01875) + chance(0.25)) / 5.5, 1e-9);
}

TEST_F(Exceptions, AcceptedRiskMarksAndChangesNoNumber) {
    add(wanted("va-_-acme-_-relic", "RiskAccepted"));
    EXPECT_NEAR(score(), untouched, 1e-9);
    EXPECT_EQ(counts("va-_-acme-_-relic"), "1 1 Full exception");
    EXPECT_EQ(text("SELECT count(*)::VARCHAR FROM exempt"), "0");
    // R7.0: last, although it would bring the second most points.
    EXPECT_EQ(text("SELECT string_agg(product, ' ' ORDER BY priority) FROM recommendation WHERE kind = 'software'"),
              "editor player viewer relic");
}

TEST_F(Exceptions, OfACveTakesItOutWhateverTheReason) {
    add(wanted("cve-4", "FalsePositive"));
    // a keeps CVE-1.
    EXPECT_NEAR(score(), 100 * (chance(0.1) + 2 * chance(0.1125) + 0.5 * chance(0.01875) + chance(0.25)) / 5.5, 1e-9);
    EXPECT_EQ(text("SELECT devices || '/' || devices_before FROM cve_exposure WHERE cve = 'CVE-4'"), "0/1");
    EXPECT_EQ(counts("va-_-acme-_-viewer"), "1 0 Full exception");  // nothing is left of it
    // CVE-2 for group Lab: b keeps CVE-1 and stays exposed through editor; c still has CVE-2.
    add(wanted("CVE-2", "RiskAccepted", {"Lab"}));
    EXPECT_EQ(text("SELECT devices || '/' || devices_before FROM cve_exposure WHERE cve = 'CVE-2'"), "1/2");
    EXPECT_EQ(counts("va-_-acme-_-editor"), "3 3 Active");
}

// sca-_-scid-40003, weight 9: a and b fail, four devices apply; one of them counting as compliant brings 9 / 4 points. Other
// checks of the same family give points of their own.
TEST_F(Exceptions, OfACheckRaisesTheSecureScore) {
    auto const points = [&](std::string_view column) {
        return real("SELECT arg_max(" + std::string(column) +
                    ", rowid) FROM secure_score WHERE device_group = '*' AND category = '*'");
    };
    auto const before = points("points");
    auto const asked = wanted("sca-_-scid-40003", "ThirdPartyControl", {"HQ"});
    auto const effect = preview_exception(connection, prepare_exception(connection, asked, rules, now).value(), {},
                                          now);
    ASSERT_TRUE(effect) << describe(effect.error());
    EXPECT_NEAR(effect->secure_then - before, 2.25, 1e-9);
    EXPECT_EQ(effect->leaving_devices, 1);
    EXPECT_EQ(effect->devices_in_scope, 3);  // a c d
    add(asked);
    EXPECT_NEAR(points("points") - before, 2.25, 1e-9);
    EXPECT_NEAR(points("points_before"), before, 1e-9);
    EXPECT_EQ(counts("sca-_-scid-40003"), "2 1 Partial exception");
    EXPECT_DOUBLE_EQ(real("SELECT score_impact_after FROM recommendation WHERE id = 'sca-_-scid-40003'"), 2.25);
}

TEST_F(Exceptions, PreviewSaysWhatAddingDoes) {
    auto const asked = wanted("va-_-acme-_-editor", "ThirdPartyControl", {"Lab"});
    auto const effect =
        preview_exception(connection, prepare_exception(connection, asked, rules, now).value(), {}, now).value();
    EXPECT_EQ(effect.devices_in_scope, 2);  // b e
    EXPECT_EQ(effect.exposed_devices, 1);
    EXPECT_EQ(effect.leaving_devices, 1);
    EXPECT_NEAR(effect.exposure_now, untouched, 1e-9);
    add(asked);
    EXPECT_NEAR(effect.exposure_then, score(), 1e-9);
}

TEST_F(Exceptions, AGlobalOneSuspendsThoseOfGroups) {
    auto const lab = add(wanted("va-_-acme-_-editor", "ThirdPartyControl", {"Lab"}));
    auto const all = add(wanted("va-_-acme-_-editor", "PlannedRemediation"));
    EXPECT_EQ(state(lab), "Suspended");
    EXPECT_NEAR(score(), untouched, 1e-9);  // the global one changes no number, and the other rests
    EXPECT_EQ(counts("va-_-acme-_-editor"), "3 3 Full exception");
    ASSERT_TRUE(cancel_exception(connection, all, "done", "user:anna", now));
    publish();
    EXPECT_EQ(state(lab), "InEffect");
    EXPECT_EQ(counts("va-_-acme-_-editor"), "3 2 Partial exception");
    EXPECT_EQ(cancel_exception(connection, all, "", "user:anna", now).error().code, "advise.exception_state");
}

TEST_F(Exceptions, EndByThemselves) {
    auto const id = add(wanted("CVE-3", "RiskAccepted"));
    EXPECT_LT(score(), untouched);
    ASSERT_TRUE(change_exception(connection, id, {.ends = now + 2 * day}, "user:anna", rules, now));
    publish(now + day);
    EXPECT_EQ(state(id), "InEffect");
    publish(now + 2 * day);
    EXPECT_EQ(state(id), "Expired");
    EXPECT_NEAR(score(), untouched, 1e-9);
    EXPECT_EQ(change_exception(connection, id, {.notes = "x"}, "user:anna", rules, now).error().code,
              "advise.exception_state");
}

TEST_F(Exceptions, WaitForASecondPerson) {
    rules.approval = true;
    auto const id = add(wanted("CVE-3", "RiskAccepted"));
    EXPECT_EQ(state(id), "PendingApproval");
    EXPECT_NEAR(score(), untouched, 1e-9);
    EXPECT_EQ(change_exception(connection, id, {.approve = true}, "user:anna", rules, now).error().code,
              "advise.same_person");
    ASSERT_TRUE(
        change_exception(connection, id, {.approve = true, .decision_notes = "agreed"}, "user:bert", rules, now));
    publish();
    EXPECT_EQ(state(id), "InEffect");
    EXPECT_LT(score(), untouched);
    EXPECT_EQ(change_exception(connection, id, {.ends = now + 60 * day}, "user:anna", rules, now).error().code,
              "advise.same_person");
    auto const other = add(wanted("CVE-4", "NoPatch"));
    ASSERT_TRUE(change_exception(connection, other, {.approve = false}, "user:anna", rules, now));
    EXPECT_EQ(state(other), "Rejected");
}

TEST_F(Exceptions, OpenAgainWhenThingsGetWorse) {
    auto asked = wanted("CVE-1", "RiskAccepted");
    asked.reopen = true;
    auto const id = add(asked);
    asked = wanted("CVE-2", "RiskAccepted");
    asked.reopen = true;
    auto const two = add(asked);
    publish();
    EXPECT_EQ(state(id), "InEffect");
    run("UPDATE cve SET known_exploited = true WHERE id = 'CVE-1'");
    publish();
    EXPECT_EQ(state(id), "Reopened");
    EXPECT_EQ(find_exception(connection, id)->ended_reason, "it is now known to be exploited");
    // CVE-2 was on b and c; with d and e it is on four devices, twice as many.
    run("INSERT INTO installation VALUES ('d', 2, '', '', 0)");
    publish();
    EXPECT_EQ(state(two), "InEffect");
    run("INSERT INTO installation VALUES ('e', 2, '', '', 0)");
    publish();
    EXPECT_EQ(state(two), "Reopened");
}

TEST_F(Exceptions, TakeTheirDevicesFromAQuery) {
    auto asked = wanted("va-_-acme-_-editor", "ThirdPartyControl");
    asked.query = "DeviceInfo | where DeviceName startswith 'b' | distinct DeviceId";
    asked.devices = {"b", "gone"};
    auto const id = add(asked);
    EXPECT_EQ(counts("va-_-acme-_-editor"), "3 2 Partial exception");
    auto const answers = ask_queries(connection, [](std::string const&) -> Result<std::vector<std::string>> {
                             return std::vector<std::string>{"b", "c"};
                         }).value();
    ASSERT_TRUE(keep_query_answers(connection, answers, now));
    publish();
    EXPECT_EQ(counts("va-_-acme-_-editor"), "3 1 Partial exception");
    // A query that fails leaves the last answer in place and says so.
    auto const failed = ask_queries(connection, [](std::string const&) -> Result<std::vector<std::string>> {
                            return fail("store.interrupted");
                        }).value();
    ASSERT_TRUE(keep_query_answers(connection, failed, now));
    publish();
    EXPECT_EQ(counts("va-_-acme-_-editor"), "3 1 Partial exception");
    EXPECT_FALSE(find_exception(connection, id)->query_error.empty());
}

TEST_F(Exceptions, AreCheckedBeforeTheyAreMade) {
    auto asked = wanted("CVE-1", "RiskAccepted");
    asked.ends = {};
    EXPECT_EQ(code_of(asked), "advise.bad_exception");
    asked.ends = now;
    EXPECT_EQ(code_of(asked), "advise.bad_exception");
    asked.ends = now + 367 * day;
    EXPECT_EQ(code_of(asked), "advise.bad_exception");
    EXPECT_EQ(code_of(wanted("CVE-1", "Because")), "advise.bad_exception");
    EXPECT_EQ(code_of(wanted("va-_-acme-_-editor", "NoPatch")), "advise.bad_exception");
    EXPECT_EQ(code_of(wanted("CVE-1", "RiskAccepted", {"Nowhere"})), "advise.no_such_group");
    EXPECT_EQ(code_of(wanted("CVE-99", "RiskAccepted")), "advise.no_such_cve");
    EXPECT_EQ(code_of(wanted("va-_-acme-_-calm", "RiskAccepted")), "advise.no_such_recommendation");
    add(wanted("CVE-1", "RiskAccepted", {"HQ"}));
    EXPECT_EQ(code_of(wanted("CVE-1", "NoPatch", {"Lab", "HQ"})), "advise.exception_exists");
    EXPECT_EQ(code_of(wanted("CVE-1", "NoPatch", {"Lab"})), "");
    EXPECT_EQ(code_of(wanted("CVE-1", "NoPatch")), "");
}

}  // namespace
}  // namespace merlon::advise
