// OpenSSL: before 3 three numbers and letters, where a longer run of letters is newer (1.0.2z < 1.0.2za); pre-releases
// ("-pre1", "-beta1") older than the release; from 3 on semantic versions.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {

void openssl_key(std::string& out, std::string_view version) {
    std::size_t at = 0;
    std::size_t numbers = 0;
    while (at < version.size() && is_digit(version[at])) {
        put(out, 2);
        put_number(out, take_digits(version, at));
        ++numbers;
        if (at + 1 < version.size() && version[at] == '.' && is_digit(version[at + 1])) ++at;
        else break;
    }
    for (; numbers < 3; ++numbers) {
        put(out, 2);
        put_number(out, "0");
    }
    put(out, 1);
    std::string folded(version.substr(at));
    for (auto& c : folded) c = lower(c);
    std::string_view rest = folded;
    if (rest.starts_with('-') || rest.starts_with(' ')) {
        rest.remove_prefix(1);
        if (rest.starts_with("fips")) {
            put(out, 3);  // 1.0.2k-fips is 1.0.2k as distributors name it
            put(out, 0);
            return;
        }
        put(out, 1);
        cpe_key(out, rest);
        return;
    }
    std::size_t letters = 0;
    while (letters < rest.size() && is_lower(rest[letters])) ++letters;
    put(out, 3);
    put_text(out, rest.substr(0, letters));
}

}  // namespace merlon::match
