#include "sensors/usage.h"

#include <array>

#include "base/text.h"

namespace merlon::sensors {
namespace {

// KNOWNFOLDERID as Explorer writes it where somebody starts a program.
constexpr std::array<std::array<std::string_view, 2>, 6> known_folders{{{"{6d809377-6af0-444b-8957-a3773f02200e}", "\\program files"},
                                                                        {"{905e63b6-c1bf-494e-b29c-65b732d3d21a}", "\\program files"},
                                                                        {"{7c5a40ef-a0fb-4bfc-874a-c0f2e0b9fa8e}", "\\program files (x86)"},
                                                                        {"{f38bf404-1d43-42f2-9305-67de0b28fc23}", "\\windows"},
                                                                        {"{1ac14e77-02e7-4e5d-b744-2eb1ae5198b7}", "\\windows\\system32"},
                                                                        {"{d65231b0-b2f1-4857-a4ce-a8e7c6ea7d27}", "\\windows\\syswow64"}}};

}  // namespace

void add_usage(std::vector<SettingFact>& out, UsedPrograms const& programs) {
    for (auto const& [path, days] : programs) out.push_back({"usage." + path, join(std::vector<std::string>(days.begin(), days.end()), " ")});
}

std::string used_path(std::string_view text) {
    auto path = ascii_lower(trim(text));
    if (!path.ends_with(".exe")) return {};
    for (auto const& [id, folder] : known_folders)
        if (path.starts_with(id)) return std::string(folder) + path.substr(id.size());
    if (path.size() > 3 && path[1] == ':' && path[2] == '\\') return path.substr(2);
    // Volumes and devices, as the prefetcher writes them.
    for (std::string_view const begin : {"\\volume{", "\\device\\harddiskvolume"})
        if (path.starts_with(begin))
            if (auto const end = path.find('\\', begin.size()); end != std::string::npos) return path.substr(end);
    return {};
}

}  // namespace merlon::sensors
