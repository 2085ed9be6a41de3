# Writes power_table.inc: 10^-348, 10^-340 ... 10^340 as 64-bit significands (rounded to nearest, top bit set) with their
# binary exponents. usage: python3 make_power_table.py > power_table.inc
from fractions import Fraction

for power in range(-348, 341, 8):
    value = Fraction(10) ** power
    exponent = value.numerator.bit_length() - value.denominator.bit_length() - 64
    while True:
        significand = int(value / Fraction(2) ** exponent + Fraction(1, 2))
        if significand >= 1 << 64:
            exponent += 1
        elif significand < 1 << 63:
            exponent -= 1
        else:
            break
    print(f'{{0x{significand:016x}u, {exponent}}},')
