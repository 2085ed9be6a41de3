// How the edition of an operating system ends where people entered that the device, or its group, has paid for extended support.
#pragma once
#include <string_view>

namespace merlon {

inline constexpr std::string_view extended_support_mark = "(extended support)";

}  // namespace merlon
