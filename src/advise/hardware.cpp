#include "advise/hardware.h"

#include "base/text.h"

namespace merlon::advise {

void Hardware::take(std::string_view key, std::string_view value) {
    if (key.starts_with("osquery.system_info.") || key.starts_with("osquery.platform_info.")) told_.insert_or_assign(std::string(key), value);
}

void Hardware::end_device() {
    auto const told = [&](std::string_view key) {
        auto const found = told_.find(key);
        return found == told_.end() ? std::string{} : found->second;
    };
    auto const add = [&](char const* kind, std::string maker, std::string name, std::string version) {
        if (!name.empty()) ++devices_[{kind, std::move(maker), std::move(name), std::move(version)}];
    };
    add("Hardware", told("osquery.system_info.hardware_vendor"), told("osquery.system_info.hardware_model"), told("osquery.system_info.hardware_version"));
    auto const processor = told("osquery.system_info.cpu_brand");
    add("Processor", replace_all(processor.substr(0, processor.find(' ')), "(R)", ""), processor, "");
    auto const firmware = told("osquery.platform_info.version");
    add("Bios", told("osquery.platform_info.vendor"), firmware.empty() ? "" : "BIOS", firmware);
    told_.clear();
}

Status Hardware::publish(store::Connection& connection) const {
    TRY(connection.execute("DELETE FROM main.hardware_count"));
    auto table = TRY(connection.appender("hardware_count"));
    for (auto const& [component, devices] : devices_) {
        for (auto const& part : component) table.text(part);
        TRY(table.int64(devices).end_row());
    }
    return table.close();
}

}  // namespace merlon::advise
