// What no table of osquery tells by itself: rows of queries of our own (advise/osquery_pack.cpp).
#include "base/text.h"
#include "model/places.h"
#include "sensors/osquery/tables.h"
#include "sensors/restart.h"
#include "sensors/shares.h"
#include "sensors/usage.h"

namespace merlon::sensors {

// Of Windows, a row is a reason; of Linux, rows are signs.
void OsqueryDevice::take_restart(simdjson::dom::array rows, ImportCounts& counts) {
    std::optional<std::vector<RestartReason>> reasons;
    LinuxRestartSigns signs;
    for (auto const row : rows) {
        auto const kind = cell(row, "reason"), detail = cell(row, "detail");
        auto const since = time_of_seconds(to_int(cell(row, "since"))).value_or(0);
        if (kind == "file") signs.files.push_back({detail, since});
        else if (kind == "installed_kernel") signs.kernels.push_back({detail, since});
        else if (kind == "running_kernel") signs.running = detail;
        else if (kind == "windows" || kind == "component_servicing" || kind == "windows_update" || kind == "file_renames") {
            if (!reasons) reasons.emplace();
            if (kind != "windows") reasons->push_back({kind, detail, since});
        } else {
            counts.skip("a reason for a restart that is not known");
            continue;
        }
        counts.keep_fact();
    }
    if (!reasons) reasons = restart_reasons(signs);
    auto& settings = settings_of("restart");
    if (reasons) add_restart(settings, *reasons);
}

// Of Windows a share, what the registry has of it under the same name; of macOS a share; of Linux lines of smb.conf as augeas reads
// it, with the files that must be there: without lines of a configuration that is there nothing is known.
void OsqueryDevice::take_shares(simdjson::dom::array rows, ImportCounts& counts) {
    std::vector<NetworkShare> shares;
    std::vector<SambaLine> lines;
    std::map<std::string, std::string> sections;  // of smb.conf, by their place in the tree
    bool configured = false, served = false;
    auto const named = [&](std::string const& name) -> NetworkShare* {
        auto const found = std::ranges::find_if(shares, [&](auto const& one) { return equal_ignoring_ascii_case(one.name, name); });
        return found == shares.end() ? nullptr : &*found;
    };
    for (auto const row : rows) {
        auto const kind = cell(row, "kind"), name = cell(row, "name"), value = cell(row, "value");
        if (kind == "windows" || kind == "macos") {
            if (kind == "windows" && cell(row, "detail") != "0") {  // Win32_Share: 0 is a folder that somebody shares
                counts.skip("a share of the system, or a printer");
                continue;
            }
            auto& share = shares.emplace_back();
            share.name = name;
            share.path = value;
            share.remark = cell(row, "remark");
        } else if (kind == "samba") {
            auto const place = name.substr(0, name.find('/', name.find("/target") + 1));
            if (place == name) sections[place] = value;
            else lines.push_back({place, cell(row, "detail"), value});
        } else if (kind == "file") {
            (name == samba_settings ? configured : served) = true;
        } else if (kind != "flags" && kind != "security") {
            counts.skip("a row about shares that is not known");
            continue;
        }
        counts.keep_fact();
    }
    for (auto const row : rows) {
        auto* share = named(cell(row, "name"));
        if (!share) continue;
        if (cell(row, "kind") == "flags") take_share_flags(*share, json::text(row, "value"));
        else if (cell(row, "kind") == "security" && !take_share_security(*share, json::text(row, "value"))) counts.skip("rights of a share that cannot be read");
    }
    if (configured && served) {
        for (auto& line : lines) line.section = sections[line.section];
        auto const of_samba = samba_shares(lines);
        shares.insert(shares.end(), of_samba.begin(), of_samba.end());
    }
    add_shares(settings_of("shares"), shares);
}

// Of Explorer the last time of each program for each user; of the prefetcher up to eight times, and of the files that it read the
// end of the list up to the program's own.
void OsqueryDevice::take_usage(simdjson::dom::array rows, ImportCounts& counts) {
    UsedPrograms programs;
    for (auto const row : rows) {
        auto const listed = json::text(row, "program");
        auto const path = used_path(listed.substr(listed.rfind(',') + 1));  // npos + 1 is 0
        if (path.empty()) {
            counts.skip("a program whose file is not told");
            continue;
        }
        counts.keep_fact();
        for (auto const* column : {"last", "others"}) {
            auto const times = cell(row, column);
            for (auto const time : split(times, ','))
                if (auto const ran = time_of_seconds(to_int(trim(time)))) programs[path].insert(iso_date(*ran));
        }
    }
    add_usage(settings_of("usage"), programs);
}

}  // namespace merlon::sensors
