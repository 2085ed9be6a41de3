// Use of software (sensors/usage.h) is kept and counted for so many days.
#pragma once
#include <cstdint>

namespace merlon::store {

inline constexpr std::int64_t usage_days = 30;

}  // namespace merlon::store
