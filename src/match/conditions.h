// The conditions of a statement that are not versions: platform, target software and hardware, edition, architecture.
#pragma once
#include <string>

#include "match/identity/identify.h"

namespace merlon::match {

struct ConditionAnswer {
    int percent = 100;  // how sure the conditions are met: 0 not met
    std::string text;   // for people; "" when there was nothing to check
};

ConditionAnswer conditions_met(SoftwareKey const&, Kind, Affected const&, bool extension);

// windows, macos, linux or "" from what a CPE calls the target software or operating system.
std::string platform_word(std::string_view cpe_word);

}  // namespace merlon::match
