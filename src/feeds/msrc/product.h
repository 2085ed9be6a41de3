// What Microsoft's product names mean: "Windows 10 Version 22H2 for x64-based Systems" is o:microsoft:windows_10_22h2.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/knowledge.h"

namespace merlon::feeds {

struct MsrcProduct {
    Cpe subject;
    std::string architecture;  // x86, x64, arm64; "" when the name does not say
    bool is_windows = false;   // Windows itself: ordered by build
};
MsrcProduct msrc_product(std::string_view name);

// Versions that an update to `fixed_build` mends: those of its own branch. Nothing when it is no version
// ("https://aka.ms/OfficeSecurityReleases").
std::optional<VersionRange> msrc_range(MsrcProduct const&, std::string_view fixed_build);

}  // namespace merlon::feeds
