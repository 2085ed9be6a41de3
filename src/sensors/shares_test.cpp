#include "sensors/shares.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace merlon::sensors {
namespace {

std::string told(NetworkShare const& share) {
    auto const whether = [](std::optional<bool> yes) { return yes ? *yes ? "yes" : "no" : "-"; };
    return share.path + " (" + share.rights + ") offline " + (share.offline.empty() ? "-" : share.offline) + ", by access " + whether(share.enumeration) + ", everyone writes " + whether(share.everyone_writes);
}

TEST(Shares, FlagsOfTheRegistry) {
    auto const flags = [](std::string_view texts) {
        NetworkShare share;
        take_share_flags(share, texts);
        return told(share);
    };
    EXPECT_EQ(flags("CATimeout=0,CSCFlags=0,MaxUses=4294967295,Path=C:\\a,Permissions=0,ShareName=a,Type=0"), " () offline manual, by access no, everyone writes -");
    EXPECT_EQ(flags("CSCFlags=2048"), " () offline manual, by access yes, everyone writes -");
    EXPECT_EQ(flags("CSCFlags=2096"), " () offline none, by access yes, everyone writes -");
    EXPECT_EQ(flags("CSCFlags=16"), " () offline documents, by access no, everyone writes -");
    EXPECT_EQ(flags("CSCFlags=32"), " () offline programs, by access no, everyone writes -");
    EXPECT_EQ(flags("CSCFlags=x"), " () offline -, by access -, everyone writes -");
    EXPECT_EQ(flags("Path=C:\\a"), " () offline -, by access -, everyone writes -");
}

// A descriptor with these entries of the list: kind, mask (little endian), identifier.
std::string descriptor(std::vector<std::array<std::string, 3>> const& entries) {
    std::string list, out = "010004800000000000000000000000001400" "0000";
    auto const two = [](std::size_t n) { return fmt::format("{:02x}{:02x}", n & 255U, n >> 8U); };
    for (auto const& [kind, mask, sid] : entries) list += kind + "00" + two(8 + sid.size() / 2) + mask + sid;
    return out + "0200" + two(8 + list.size() / 2) + two(entries.size()) + "0000" + list;
}
std::string const everyone = "010100000000000100000000", administrators = "01020000000000052000000020020000";
std::string const full = "ff011f00", change = "bf011300", read = "a9001200";

TEST(Shares, RightsOfTheRegistry) {
    auto const rights = [](std::string_view hex) {
        NetworkShare share;
        return take_share_security(share, hex) ? share.rights + (share.everyone_writes.value() ? " !" : "") : "-";
    };
    EXPECT_EQ(rights(descriptor({{"00", read, everyone}})), "Everyone: read");
    EXPECT_EQ(rights(descriptor({{"00", full, administrators}, {"00", change, everyone}})), "Administrators: full control; Everyone: change !");
    EXPECT_EQ(rights(descriptor({{"00", full, everyone}})), "Everyone: full control !");
    EXPECT_EQ(rights(descriptor({{"01", change, everyone}, {"00", full, everyone}})), "not Everyone: change; Everyone: full control") << "what is refused first stays refused";
    EXPECT_EQ(rights(descriptor({{"00", full, administrators}})), "Administrators: full control");
    EXPECT_EQ(rights(descriptor({})), "") << "nobody may do anything";
    EXPECT_EQ(rights("0100048000000000000000000000000000000000"), "Everyone: full control !") << "no list at all";
    EXPECT_EQ(rights(descriptor({{"00", full, everyone}}) + "000000"), "Everyone: full control !") << "osquery pads values";
    for (auto const* bad : {"", "01", "0z", "0200048000000000000000000000000014000000", "010004800000000000000000000000001400000002001c0001000000"}) EXPECT_EQ(rights(bad), "-") << bad;
    auto const whole = descriptor({{"00", full, administrators}, {"00", change, everyone}});
    for (std::size_t size = 42; size < whole.size(); size += 2) EXPECT_EQ(rights(whole.substr(0, size)), "-") << size;
}

TEST(Shares, OfSamba) {
    auto const all = samba_shares(read_smb_conf(R"(
# comment
[global]
   workgroup = X
   csc policy = disable
   guest ok = yes
[homes]
   path = /home/%S
[printers]
   path = /var/spool/samba
   printable = yes
[print$]
   path = /var/lib/samba/printers
[Open]
   path = /srv/open
   writable = \
     yes
   ; comment
[closed]
   directory = /
   read only = no
   valid users = @staff
   guest ok = no
   csc policy = programs
   hide unreadable = true
   comment = for some
[list]
   path = /srv/list
   write list = bob
   guest ok = no
[off]
   path = /srv/off
   available = no
[without]
   comment = no path
)"));
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].name + " " + told(all[0]), "Open /srv/open (Everyone, guests too: change) offline none, by access no, everyone writes yes");
    EXPECT_EQ(all[1].name + " " + told(all[1]), "closed / (@staff: change) offline programs, by access yes, everyone writes no");
    EXPECT_EQ(all[2].name + " " + told(all[2]), "list /srv/list (Everyone with an account: read; bob: change) offline none, by access no, everyone writes no");
    std::vector<SettingFact> facts;
    add_shares(facts, std::span(&all[1], 1));
    EXPECT_EQ(facts, (std::vector<SettingFact>{{"shares.closed.path", "/"}, {"shares.closed.at_root", "1"}, {"shares.closed.remark", "for some"}, {"shares.closed.rights", "@staff: change"},
                                               {"shares.closed.offline", "programs"}, {"shares.closed.enumeration", "1"}, {"shares.closed.everyone_writes", "0"}}));
    facts.clear();
    add_shares(facts, std::vector<NetworkShare>{{.name = "D", .path = "D:\\"}, {.name = "data", .path = "D:\\data"}, {.name = "odd"}});
    EXPECT_EQ(facts, (std::vector<SettingFact>{{"shares.D.path", "D:\\"}, {"shares.D.at_root", "1"}, {"shares.data.path", "D:\\data"}, {"shares.data.at_root", "0"}, {"shares.odd.path", ""}}));
}

}  // namespace
}  // namespace merlon::sensors
