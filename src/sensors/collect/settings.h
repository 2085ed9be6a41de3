// Configuration facts of a Linux machine, as the checks of rules/configuration read them.
#pragma once
#include <filesystem>
#include <vector>

#include "model/device.h"

namespace merlon::sensors {

// Facts read below `root` ("/" of this machine), families: sshd, login_defs, sysctl, mounts, files, accounts, services,
// updates, restart, shares. What cannot be read (a missing file, no right to) is left out; no secret is kept, only counts and modes.
//   sshd.KEY             sshd_config with its Include folder, global part; the first value counts, as sshd reads it
//   login_defs.KEY       /etc/login.defs
//   sysctl.KEY           /proc/sys
//   mounts.PATH.flags    /proc/self/mounts
//   files.PATH.mode      octal, 4 digits
//   accounts.uid_zero, .empty_passwords, .sudo_without_password     counts
//   services.firewall, .auditd, .time_sync, .mandatory_access       1 or 0
//   updates.automatic                                               1 or 0
//   restart.pending, .reason.NAME                                   sensors/restart.h
//   shares.NAME.path ...                                            sensors/shares.h
std::vector<SettingFact> linux_settings(std::filesystem::path const& root);

}  // namespace merlon::sensors
