// Folders that a device shares over the network, as settings that every sensor writes alike (docs/inventory-format.md):
//   shares.NAME.path .remark .rights   as the device tells them
//   shares.NAME.at_root                1: a whole drive or file system
//   shares.NAME.offline                what clients keep of it by themselves: manual, documents, programs; none: nothing may be kept
//   shares.NAME.enumeration            1: people see only what they may open
//   shares.NAME.everyone_writes        1: the share lets everybody write (the file system may still refuse)
// What is not told is left out. Shares that the system makes (C$, IPC$) and printers are none of these.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/device.h"

namespace merlon::sensors {

struct NetworkShare {
    std::string name, path, remark, rights, offline;
    std::optional<bool> enumeration, everyone_writes;
    friend bool operator==(NetworkShare const&, NetworkShare const&) = default;
};
void add_shares(std::vector<SettingFact>&, std::span<NetworkShare const>);

// ---- Windows: what the server service keeps in the registry below LanmanServer\Shares ----------------------------

// The texts of the share's value, parted by commas: CSCFlags says what may be kept offline and whether folders are
// enumerated by access (SHARE_INFO_1005).
void take_share_flags(NetworkShare&, std::string_view texts);
// The self-relative security descriptor of the share, in hex (MS-DTYP 2.4.6): the rights, and whether Everyone may write.
// False: it is none, and nothing was taken.
bool take_share_security(NetworkShare&, std::string_view hex);

// ---- Samba --------------------------------------------------------------------------------------------------------

struct SambaLine {
    std::string section, key, value;
};
// smb.conf(5): sections and parameters, without the blanks in names that do not count.
std::vector<SambaLine> read_smb_conf(std::string_view bytes);
std::vector<NetworkShare> samba_shares(std::span<SambaLine const>);

}  // namespace merlon::sensors
