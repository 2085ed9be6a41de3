// Names of products as data: rules/identity/*.json. Each file is
//   {"about": "...", "rules": [{
//      "id": "7-zip",                        unique
//      "name": "^7-zip\\b",                  RE2 on the lower-case name. Where it ends open, only a version, an edition and
//                                            the like may follow (clean.h: leaves_product): "7-Zip Theme Manager" is none;
//                                            ".*" takes anything. Or
//      "bundle": "^com\\.google\\.chrome$",  RE2 on the lower-case bundle id or extension id; an app of macOS with
//                                            another maker's id is not found by the name either
//      "vendor": "pavlov",                   RE2 on the lower-case vendor; must hold when the item names a vendor, and
//                                            decides alone where there is neither name nor bundle
//      "installed": "esr$",                  RE2 on the lower-case version, which must hold
//      "sources": ["programs"],              only these (empty: any that is no distribution or language package)
//      "platform": "windows",                only there
//      "cpe": ["a:7-zip:7-zip"],             what it is, best first; empty with "skip": reason
//      "also": {"cpe": "a:oracle:openjdk", "name": [["\\(([0-9.]+)\\)", "\\1"]]},  what is inside under a version of its own, which
//                                            the lower-case name tells (the first pattern that is found)
//      "skip": "A language pack has no code of its own.",
//      "version": [["^([0-9.]+) .*$", "\\1"]],  rewrites of the version, the first whose pattern matches whole
//      "fix": "python_windows",              a rewrite that patterns cannot say (clean.h); "version_in_name": the version
//                                            that the name ends with counts before all others
//      "scheme": "openssl",                  version order, default "cpe"
//      "lifecycle": "7-zip",                 life-cycle product
//      "link": "https://...",                where the names were taken from
//      "cases": [{"name": ..., "vendor": ..., "version": ..., "source": ..., "bundle_id": ...,
//                 "expect": "a:7-zip:7-zip", "expect_version": "22.01"}]}]}
// The test runs every case. Rules are tried in the order of files and entries; the first that holds decides.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/device.h"

namespace merlon::match {

struct RuleCase {
    SoftwareItem item;
    std::string platform;
    std::string expect;          // subject; "" for a skipped one
    std::string expect_version;  // "" not looked at
};

struct IdentityRule {
    std::string id;
    std::string file;
    std::string name, bundle, vendor, installed;  // patterns
    std::vector<std::string> sources;
    std::string platform;
    std::vector<std::string> cpe;
    std::string skip;
    std::string also;
    std::vector<std::pair<std::string, std::string>> also_name;
    std::vector<std::pair<std::string, std::string>> version;
    std::string fix;
    std::string scheme;
    std::string lifecycle;
    std::string link;
    std::vector<RuleCase> cases;
};

class IdentityRules {
public:
    // The rules inside the binary. An error names file, rule and what is wrong with it.
    static Result<IdentityRules> embedded();
    static Result<IdentityRules> parse(std::span<std::pair<std::string, std::string_view> const> files);

    // The rule that holds for this item, or null.
    IdentityRule const* find(SoftwareKey const&) const;
    // The item's version rewritten by the rule; "" where the rule says nothing of it.
    std::string version_of(IdentityRule const&, SoftwareItem const&) const;
    // The version of what is also inside; "" where the name does not tell.
    std::string also_version_of(IdentityRule const&, SoftwareItem const&) const;
    std::vector<IdentityRule> const& all() const;
    // Whether what the rule names are extensions themselves: a rule for extensions alone, and no other one for what it names.
    bool names_extension(IdentityRule const&) const;

private:
    struct State;
    std::shared_ptr<State const> state_;
};

}  // namespace merlon::match
