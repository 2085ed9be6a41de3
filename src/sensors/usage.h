// Programs that ran on a device, as settings of the family `usage` (docs/inventory-format.md): usage.PATH = days, YYYY-MM-DD with
// blanks between. PATH is the program's file as used_path() writes it. The store keeps days of installed software, no settings.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/device.h"

namespace merlon::sensors {

using UsedPrograms = std::map<std::string, std::set<std::string>>;  // path -> days
void add_usage(std::vector<SettingFact>&, UsedPrograms const&);

// The file without drive or volume, in lower case: "C:\Program Files\X\x.exe", "\VOLUME{...}\PROGRAM FILES\X\X.EXE" and
// "{6D809377-...}\X\x.exe" (a known folder) are all "\program files\x\x.exe". "": it is none.
std::string used_path(std::string_view);

}  // namespace merlon::sensors
