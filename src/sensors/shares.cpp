#include "sensors/shares.h"

#include <array>
#include <map>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "sensors/reading.h"

namespace merlon::sensors {
namespace {

// "C:\", "D:", "/".
bool is_root(std::string_view path) {
    while (path.size() > 1 && (path.back() == '\\' || path.back() == '/')) path.remove_suffix(1);
    return path == "/" || (path.size() == 2 && path[1] == ':');
}

constexpr std::array<std::string_view, 4> offline_words{"manual", "documents", "programs", "none"};

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t out = 0;
    for (std::size_t i = size; i-- > 0;) out = out << 8U | static_cast<unsigned char>(bytes[at + i]);
    return out;
}

// "S-1-5-32-544" of the bytes; "" when they are no whole identifier.
std::string sid_of(std::string_view bytes) {
    if (bytes.size() < 8 || bytes[0] != 1) return {};
    auto const count = static_cast<unsigned char>(bytes[1]);
    if (count > 15 || bytes.size() < 8U + 4U * count) return {};
    std::uint64_t authority = 0;
    for (std::size_t i = 2; i < 8; ++i) authority = authority << 8U | static_cast<unsigned char>(bytes[i]);
    std::string out = fmt::format("S-1-{}", authority);
    for (std::size_t i = 0; i < count; ++i) out += fmt::format("-{}", number_at(bytes, 8 + 4 * i, 4));
    return out;
}

constexpr std::string_view everyone = "S-1-1-0";
constexpr std::array<std::array<std::string_view, 2>, 8> known_sids{{{everyone, "Everyone"}, {"S-1-5-7", "Anonymous"}, {"S-1-5-11", "Authenticated Users"},
                                                                     {"S-1-5-18", "SYSTEM"}, {"S-1-5-32-544", "Administrators"}, {"S-1-5-32-545", "Users"},
                                                                     {"S-1-5-32-546", "Guests"}, {"S-1-5-32-551", "Backup Operators"}}};

std::string who(std::string const& sid) {
    for (auto const& [known, name] : known_sids)
        if (known == sid) return std::string(name);
    return sid;
}

// Access masks (MS-DTYP 2.4.3; files): what the dialog of Windows calls Full Control, Change and Read.
constexpr std::uint32_t full = 0x1F01FF, change = 0x1301BF, generic_all = 0x10000000, generic_write = 0x40000000, write_data = 0x2;
bool may_write(std::uint32_t mask) { return (mask & (write_data | generic_write | generic_all)) != 0; }
std::string_view right_word(std::uint32_t mask) {
    if ((mask & generic_all) != 0 || (mask & full) == full) return "full control";
    if ((mask & change) == change) return "change";
    return may_write(mask) ? "some writing" : "read";
}

// smb.conf(5): names of parameters that mean the same, without blanks.
std::string samba_key(std::string_view key) {
    static std::map<std::string_view, std::string_view> const same{{"directory", "path"}, {"public", "guestok"}, {"writable", "writeable"}, {"writeok", "writeable"}, {"printok", "printable"}};
    auto out = replace_all(ascii_lower(trim(key)), " ", "");
    auto const found = same.find(out);
    return found == same.end() ? out : std::string(found->second);
}

bool says_yes(std::string_view value) {
    auto const text = ascii_lower(trim(value));
    return text == "yes" || text == "true" || text == "1" || text == "on";
}

}  // namespace

void add_shares(std::vector<SettingFact>& out, std::span<NetworkShare const> shares) {
    for (auto const& share : shares) {
        auto const say = [&](std::string_view what, std::string value) { out.push_back({"shares." + share.name + "." + std::string(what), std::move(value)}); };
        auto const say_whether = [&](std::string_view what, std::optional<bool> yes) {
            if (yes) say(what, *yes ? "1" : "0");
        };
        say("path", share.path);
        if (!share.path.empty()) say_whether("at_root", is_root(share.path));
        if (!share.remark.empty()) say("remark", share.remark);
        if (!share.rights.empty()) say("rights", share.rights);
        if (!share.offline.empty()) say("offline", share.offline);
        say_whether("enumeration", share.enumeration);
        say_whether("everyone_writes", share.everyone_writes);
    }
}

void take_share_flags(NetworkShare& share, std::string_view texts) {
    constexpr std::string_view name = "cscflags=";
    for (auto const text : split(texts, ',')) {
        if (!ascii_lower(text).starts_with(name)) continue;
        auto const flags = to_int(text.substr(name.size()));
        if (!flags) return;
        share.offline = offline_words[static_cast<std::size_t>(*flags >> 4U & 3)];
        share.enumeration = (*flags & 0x800) != 0;
        return;
    }
}

bool take_share_security(NetworkShare& share, std::string_view hex) {
    auto const bytes = from_hex(hex);
    constexpr std::uint32_t has_dacl = 0x4;
    if (!bytes || bytes->size() < 20 || (*bytes)[0] != 1) return false;
    auto const at = number_at(*bytes, 16, 4);
    if ((number_at(*bytes, 2, 2) & has_dacl) == 0 || at == 0) {  // without a list everybody may do everything
        share.rights = "Everyone: full control";
        share.everyone_writes = true;
        return true;
    }
    if (at > bytes->size() - 8) return false;
    std::string rights;
    std::uint32_t refused = 0;
    bool writes = false;
    auto const end = static_cast<std::size_t>(at) + number_at(*bytes, at + 2, 2);
    if (end > bytes->size()) return false;
    auto next = static_cast<std::size_t>(at) + 8;
    for (auto left = number_at(*bytes, at + 4, 2); left > 0; --left) {
        if (next + 8 > end) return false;
        auto const size = number_at(*bytes, next + 2, 2);
        if (size < 16 || size > end - next) return false;
        auto const kind = static_cast<unsigned char>((*bytes)[next]);
        auto const mask = number_at(*bytes, next + 4, 4);
        auto const sid = sid_of(std::string_view(*bytes).substr(next + 8, size - 8));
        next += size;
        if (kind > 1 || sid.empty()) continue;  // 0 allows, 1 denies; shares have no others
        bool const denies = kind == 1;
        rights += fmt::format("{}{}{}: {}", rights.empty() ? "" : "; ", denies ? "not " : "", who(sid), right_word(mask));
        if (sid != everyone) continue;
        if (denies) refused |= mask;
        else writes = writes || may_write(mask & ~refused);
    }
    share.rights = field(rights);
    share.everyone_writes = writes;
    return true;
}

std::vector<SambaLine> read_smb_conf(std::string_view bytes) {
    std::vector<SambaLine> out;
    std::string section, joined;
    for (auto const line : split(bytes, '\n')) {
        auto text = trim(line);
        if (joined.empty() && (text.empty() || text.front() == '#' || text.front() == ';')) continue;
        joined += text;
        if (joined.ends_with('\\')) {  // goes on in the next line
            joined.pop_back();
            continue;
        }
        auto const whole = std::exchange(joined, {});
        if (whole.starts_with('[')) {
            section = field(std::string_view(whole).substr(1, whole.find(']') - 1));
        } else if (auto const equals = whole.find('='); equals != std::string::npos) {
            out.push_back({section, field(whole.substr(0, equals)), field(whole.substr(equals + 1))});
        }
    }
    return out;
}

std::vector<NetworkShare> samba_shares(std::span<SambaLine const> lines) {
    using Parameters = std::map<std::string, std::string>;
    Parameters global;
    std::vector<std::pair<std::string, Parameters>> sections;
    for (auto const& [section, key, value] : lines) {
        auto const name = samba_key(key);
        Parameters* into = &global;
        if (!equal_ignoring_ascii_case(section, "global")) {
            auto found = std::ranges::find_if(sections, [&](auto const& one) { return equal_ignoring_ascii_case(one.first, section); });
            if (found == sections.end()) found = sections.insert(sections.end(), {section, {}});
            into = &found->second;
        }
        // The last one counts, and "writeable" is the opposite of "read only".
        if (name == "writeable") (*into)["readonly"] = says_yes(value) ? "no" : "yes";
        else (*into)[name] = value;
    }
    std::vector<NetworkShare> out;
    for (auto const& [section, own] : sections) {
        auto const value = [&](std::string const& key, std::string_view unset) {
            if (auto const found = own.find(key); found != own.end()) return found->second;
            auto const found = global.find(key);
            return found == global.end() ? std::string(unset) : found->second;
        };
        auto const path = own.find("path");
        bool const of_the_system = section.ends_with('$') || equal_ignoring_ascii_case(section, "homes") || equal_ignoring_ascii_case(section, "printers");
        if (of_the_system || path == own.end() || says_yes(value("printable", "no")) || !says_yes(value("available", "yes"))) continue;
        NetworkShare share;
        share.name = section;
        share.path = path->second;
        share.remark = value("comment", "");
        auto const kept = ascii_lower(value("cscpolicy", "manual"));
        share.offline = kept == "disable" ? "none" : kept;
        share.enumeration = says_yes(value("hideunreadable", "no"));
        bool const writes = !says_yes(value("readonly", "yes")), guests = says_yes(value("guestok", "no"));
        auto const users = value("validusers", ""), writers = value("writelist", "");
        share.everyone_writes = writes && users.empty();
        share.rights = field((users.empty() ? guests ? std::string("Everyone, guests too") : std::string("Everyone with an account") : users) +
                             (writes ? ": change" : ": read") + (writers.empty() ? "" : "; " + writers + ": change"));
        out.push_back(std::move(share));
    }
    return out;
}

}  // namespace merlon::sensors
