// Whole numbers of 128 bits, which the compiler has and the standard does not name: what two of 64 bits come to fits.
#pragma once

namespace merlon {

__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;

}  // namespace merlon
