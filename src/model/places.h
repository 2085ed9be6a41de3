// Places of a system that tell the same to this machine's own sensor, which reads them, and to osquery, which is asked for them.
#pragma once
#include <string_view>

namespace merlon {

// Marks of a restart that is asked for, and of those who would have left one (sensors/restart.h).
inline constexpr std::string_view restart_files[] = {"/run/reboot-required", "/run/reboot-needed", "/usr/share/update-notifier/notify-reboot-required",
                                                     "/etc/kernel/postinst.d/unattended-upgrades", "/usr/bin/zypper"};
// Before the release of each installed kernel.
inline constexpr std::string_view kernel_files = "/boot/vmlinuz-";
// Samba, and what it shares (sensors/shares.h).
inline constexpr std::string_view samba_server = "/usr/sbin/smbd", samba_settings = "/etc/samba/smb.conf";

}  // namespace merlon
