#include "match/identity/source_package.h"

#include <unordered_map>
#include <unordered_set>

#include "base/embedded.h"
#include "base/text.h"
#include "match/versions/key_bytes.h"

namespace merlon::match {
namespace {

// "libpython3.11-minimal" -> "libpython#-minimal" and "3.11".
struct Template {
    std::string text, number;
};
Template template_of(std::string_view name) {
    auto const begin = name.find_first_of("0123456789");
    if (begin == std::string_view::npos) return {std::string(name), {}};
    auto end = begin;
    while (end < name.size() && (is_digit(name[end]) || (name[end] == '.' && end + 1 < name.size() && is_digit(name[end + 1])))) ++end;
    return {std::string(name.substr(0, begin)) + "#" + std::string(name.substr(end)), std::string(name.substr(begin, end - begin))};
}

struct Table {
    std::unordered_map<std::string_view, std::string_view> by_binary;
    std::unordered_set<std::string_view> sources;
};

Table read_table() {
    Table table;
    for (auto const& file : embedded_under("data/packages/debian-sources.txt"))
        for (auto const line : split(file.bytes, '\n')) {
            if (line.empty() || line.starts_with("# ")) continue;
            auto const words = split(line, ' ');
            table.sources.insert(words[0]);
            for (std::size_t i = 1; i < words.size(); ++i) table.by_binary.emplace(words[i], words[0]);
        }
    return table;
}

// The longest beginning of the name that is a source: "ncurses-base" is of ncurses.
std::string_view source_beginning(Table const& table, std::string_view name) {
    while (!table.sources.contains(name)) {
        auto const dash = name.rfind('-');
        if (dash == std::string_view::npos) return {};
        name = name.substr(0, dash);
    }
    return name;
}

std::string deb_source(std::string_view binary) {
    static Table const table = read_table();
    auto const wanted = template_of(binary);
    auto const& known = table.by_binary;
    auto found = known.find(binary);
    if (found == known.end()) found = known.find(wanted.text);
    // Names since the transition to 64-bit times: libssl3t64.
    if (found == known.end() && wanted.text.ends_with("t64")) found = known.find(std::string_view(wanted.text).substr(0, wanted.text.size() - 3));
    std::string source(found == known.end() ? source_beginning(table, wanted.text) : found->second);
    if (auto const mark = source.find('#'); mark != std::string::npos) source.replace(mark, 1, wanted.number);
    return source == binary ? std::string{} : source;
}

// https://gitlab.alpinelinux.org/alpine/aports: `subpackages` of main/.
std::string apk_source(std::string_view binary) {
    static std::unordered_map<std::string_view, std::string_view> const subpackages{
        {"libcrypto#", "openssl"}, {"libssl#", "openssl"}, {"ssl_client", "busybox"}, {"libcurl", "curl"}, {"libgcc", "gcc"},
        {"libstdc++", "gcc"}, {"libgomp", "gcc"}, {"libatomic", "gcc"}, {"libexpat", "expat"}, {"libblkid", "util-linux"},
        {"libuuid", "util-linux"}, {"libmount", "util-linux"}, {"libfdisk", "util-linux"}, {"libsmartcols", "util-linux"},
        {"libcom_err", "e2fsprogs"}, {"libpq", "postgresql"}, {"libldap", "openldap"}, {"libproc", "procps"}, {"libhistory", "readline"},
        {"libtls-standalone", "libretls"}, {"libintl", "gettext"}, {"scanelf", "pax-utils"}, {"ncurses-terminfo-base", "ncurses"},
        {"ldb", "samba"}, {"libwbclient", "samba"}, {"libsmbclient", "samba"}, {"libsasl", "cyrus-sasl"}, {"libbz#", "bzip2"},
        {"libmagic", "file"}, {"libelf", "elfutils"}, {"libpcap", "libpcap"}, {"binutils-gold", "binutils"}, {"libc-utils", "libc-dev"},
        {"libturbojpeg", "libjpeg-turbo"}, {"libjpeg", "libjpeg-turbo"}, {"py#-pip", "py3-pip"}, {"libavahi", "avahi"}};
    auto const wanted = template_of(binary).text;
    auto known = subpackages.find(wanted);
    // "libcrypto1.1": the number is followed by another one in older names.
    if (known == subpackages.end()) known = subpackages.find(std::string_view(wanted).substr(0, wanted.find('#')));
    if (known != subpackages.end()) return std::string(known->second);
    for (std::string_view const part : {"-libs", "-utils", "-dev", "-doc", "-openrc", "-common", "-tools", "-client", "-server", "-lang",
                                        "-bash-completion", "-static", "-dbg", "-data", "-binsh", "-extras", "-email", "-perl", "-keygen",
                                        "-client-common", "-client-default", "-sftp-server", "-server-common", "-dynamic-modules"})
        if (binary.size() > part.size() && binary.ends_with(part)) return std::string(binary.substr(0, binary.size() - part.size()));
    return {};
}

}  // namespace

std::string source_package_of(std::string_view binary, std::string_view source) {
    if (source == "deb") return deb_source(binary);
    if (source == "apk") return apk_source(binary);
    return {};
}

}  // namespace merlon::match
