// Configuration checks as data: rules/configuration/*.json. A check is
//   {"scid": 25, "name": what passes ("LSA runs protected"), "advice": the recommendation ("Turn on LSA protection"),
//    "category": Application|OS|Network|Accounts|Security controls, "subcategory",
//    "platforms": ["windows", "linux", "macos"], "weight": 1..10, "user_impact": users may notice the change,
//    "installed": ["VENDOR/PRODUCT", ...]: it is about a program, and does not apply to devices that have none of these,
//    "tests": [{"read": [KEY, ...], "pass": [RULE, ...], "unset": "fail" | "pass" | "na", "any": one of several values is enough,
//               "unsaid": [VALUE, ...] which say that the sensor could not tell: as if not set}, ...],
//    "description", "risk", "remediation", "mitre": [...], "sources": [...]}
// KEY names a setting as sensors report it, without regard to case; "*" stands for any row name. The first KEY whose family
// the device reports is read. RULE: is V..., not V..., contains V, at_least N, at_most N, between N N,
// parts_at_most N... (of numbers between colons each).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace merlon::advise {

enum class Passing : std::uint8_t { is, is_not, contains, at_least, at_most, between, parts_at_most };
enum class Unset : std::uint8_t { fails, passes, not_applicable };

struct CheckTest {
    std::vector<std::string> keys;  // lower case
    Passing rule = Passing::is;
    std::vector<std::string> values;  // lower case; for `between` two
    Unset unset = Unset::fails;
    bool any = false;  // of several values one must pass, not all
    std::vector<std::string> unsaid;  // lower case
};
struct Check {
    std::int64_t scid = 0;
    std::string name, advice, category, subcategory, description, risk, remediation;
    std::vector<std::string> platforms, sources, techniques, installed;
    double weight = 1;
    bool user_impact = false;
    std::vector<CheckTest> tests;  // all must pass
};

// The checks that travel in the binary, by scid. A bad one is an error of ours (advise.bad_check).
Result<std::vector<Check>> read_checks();
// Those of one file's bytes.
Result<std::vector<Check>> read_checks(std::string_view bytes, std::string_view path);

// Whether a value meets a test. Numbers in text; text that is no number never meets a rule about numbers.
bool passes(CheckTest const&, std::string_view value);

// "sca-_-scid-25"
std::string recommendation_id(std::int64_t scid);

}  // namespace merlon::advise
