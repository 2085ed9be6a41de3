// Products of decimals. The engine's own would need the digits of both factors after the point, and reals lose digits.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace merlon::hunt {

// Of two decimals as the engine spells DECIMAL(38,18) ("1.500000000000000000"): the product in the same form, rounded half away from
// zero to 18 digits after the point; nothing where it has more than 20 before it, or where a factor is no number.
std::optional<std::string> decimal_product(std::string_view left, std::string_view right);

}  // namespace merlon::hunt
