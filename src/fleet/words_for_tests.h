// An index in words, to compare two that number things each in its own way.
#pragma once
#include <map>
#include <set>
#include <string>

#include "fleet/index.h"

namespace merlon::fleet {

using Words = std::map<std::string, std::string>;
inline Words words_of(Index const& index) {
    Words words;
    auto const names = [&](DeviceSet const& set) {
        std::set<std::string> ids;
        for (auto const number : set) ids.insert(index.devices[number].id.substr(0, 6));
        std::string out;
        for (auto const& id : ids) out += id + " ";
        return out;
    };
    for (auto const& device : index.devices)
        words["device " + device.id] = index.groups[device.group] + " " + std::to_string(device.weight) +
                                       (device.internet_facing ? " facing" : "") + (device.counted ? " counted" : "") +
                                       (device.excluded ? " excluded" : "");
    words["counted"] = names(index.counted);
    for (std::size_t group = 0; group < index.groups.size(); ++group)
        if (!index.in_group[group].isEmpty()) words["group " + index.groups[group]] = names(index.in_group[group]);
    for (auto const& one : index.software) {
        std::set<std::string> cves;
        for (std::size_t i = 0; i < one.cves.size(); ++i)
            cves.insert(index.cves[one.cves[i]].id + (one.fixable[i] ? "+" : "-"));
        std::string text = names(one.devices) + "|" + names(one.ended) + "|" + names(one.ending) + "|" +
                           std::to_string(one.hazard) + "|";
        for (auto const& cve : cves) text += cve + " ";
        std::set<std::string> cleared;
        for (auto const& c : one.cleared)
            cleared.insert(index.devices[c.device].id.substr(0, 6) + "/" + index.cves[c.cve].id);
        for (auto const& c : cleared) text += c + " ";
        words["software " + one.product + " " + one.version] = text;
    }
    return words;
}

}  // namespace merlon::fleet
