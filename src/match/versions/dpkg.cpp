// Debian versions: [epoch:]upstream[-revision], deb-version(7). Parts are compared by walking pairs of (text without
// digits, number): in text `~` < end < letters < every other character; numbers by value; a missing epoch or revision
// counts as 0.
#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

void put_character(std::string& out, char c) {
    auto const byte = static_cast<unsigned char>(c);
    if (c == '~') {
        put(out, 1);
    } else if (is_letter(c)) {
        put(out, byte);
    } else if (byte < 127) {
        put(out, 128U + byte);
    } else {
        put(out, 255);
        put(out, byte);
    }
}

void put_part(std::string& out, std::string_view part) {
    std::size_t at = 0;
    do {
        while (at < part.size() && !is_digit(part[at])) put_character(out, part[at++]);
        put(out, 2);
        put_number(out, take_digits(part, at));
    } while (at < part.size());
    put(out, 2);
}

}  // namespace

void dpkg_key(std::string& out, std::string_view version) {
    std::string_view epoch;
    auto const colon = version.find(':');
    if (colon != std::string_view::npos && version.substr(0, colon).find_first_not_of("0123456789") ==
                                               std::string_view::npos) {
        epoch = version.substr(0, colon);
        version.remove_prefix(colon + 1);
    }
    std::string_view revision;
    auto const hyphen = version.rfind('-');
    if (hyphen != std::string_view::npos) {
        revision = version.substr(hyphen + 1);
        version = version.substr(0, hyphen);
    }
    put_number(out, epoch);
    put_part(out, version);
    put_part(out, revision);
}

}  // namespace merlon::match
