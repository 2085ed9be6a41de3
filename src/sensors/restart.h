// Whether a device waits for a restart, and why, as settings that every sensor writes alike (docs/inventory-format.md):
//   restart.pending      1 or 0; not there: nothing on the device tells
//   restart.reason.NAME  {"detail", "since"}, one for each reason
// NAME: component_servicing, windows_update (an update of Windows is in), file_renames (some installer's), kernel (a newer one
// is installed than runs), packages (what apt or zypper left a mark for).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/device.h"

namespace merlon::sensors {

struct RestartReason {
    std::string name, detail;
    Ticks since = 0;  // 0: not said
    friend bool operator==(RestartReason const&, RestartReason const&) = default;
};
void add_restart(std::vector<SettingFact>&, std::vector<RestartReason> const&);

// Files of a Linux system that tell, those that ask for a restart and those that would have (restart_files).
struct LinuxRestartSigns {
    struct File {
        std::string path;
        Ticks since = 0;
    };
    std::vector<File> files;
    std::vector<File> kernels;  // their releases: what follows "vmlinuz-"
    std::string running;        // release of the kernel that runs
    std::string packages;       // that asked, where known
};
// Nothing: neither a mark, nor who would have set it, nor a kernel to compare with.
std::optional<std::vector<RestartReason>> restart_reasons(LinuxRestartSigns const&);

}  // namespace merlon::sensors
