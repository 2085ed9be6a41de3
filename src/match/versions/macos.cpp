// macOS and its apps: numbers, a missing one is 0; a letter is newer ("13.4.1 (c)", build names 22F66 < 22F66a,
// 24D60 < 24E5); beta words are older.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {

void macos_key(std::string& out, std::string_view version) { cpe_key(out, version); }

}  // namespace merlon::match
