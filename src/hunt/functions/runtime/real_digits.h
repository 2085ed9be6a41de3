// The decimal digits of reals as the Kusto engine prints them: Grisu2 (Loitsch, "Printing Floating-Point Numbers Quickly and
// Accurately with Integers", 2010), which reads back the same but is now and then a digit longer, or another last digit, than
// the shortest text. Its last step keeps the engine's limit: beyond eight further digits the last digit is not moved towards
// the value. Both show in recorded answers (0.1 + 0.2 is "0.30000000000000007").
#pragma once
#include <string>

namespace merlon::hunt {

struct RealDigits {
    std::string digits;  // without leading or trailing zeros
    int exponent = 0;    // value = digits * 10^exponent
};
// Of a finite number above zero.
RealDigits real_digits(double value);

}  // namespace merlon::hunt
