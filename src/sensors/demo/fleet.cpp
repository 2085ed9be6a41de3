#include "sensors/demo/fleet.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/json_text.h"
#include "base/text.h"
#include "sensors/demo/dice.h"
#include "sensors/demo/ingredients.h"
#include "sensors/demo/past.h"
#include "sensors/restart.h"
#include "sensors/shares.h"
#include "sensors/usage.h"

namespace merlon::sensors {
namespace {

Group const& group_of(Ingredients const& from, Dice& dice) {
    auto at = static_cast<std::int64_t>(dice.below(100));
    for (auto const& group : from.groups) {
        at -= group.share;
        if (at < 0) return group;
    }
    return from.groups.back();
}

OperatingSystem system_of(Kind const& kind, Dice& dice) {
    OperatingSystem os;
    auto const& version = kind.versions[dice.mostly_new(kind.versions.size())];
    os.platform = kind.platform == "WindowsServer" ? "WindowsServer" + replace_all(version.release, " ", "") : kind.platform;
    os.distribution = kind.distribution;
    os.edition = kind.editions[dice.below(kind.editions.size())];
    os.name = kind.name + (kind.platform == "WindowsServer" ? " " + version.release : "") +
              (os.edition.empty() || kind.name.ends_with(os.edition) ? "" : " " + os.edition);
    os.version = version.text;
    os.release = version.release;
    if (kind.distribution == "windows") os.build = windows_build(version.text);
    os.architecture = kind.architecture;
    return os;
}

void add_programs(Ingredients const& from, OperatingSystem const& os, std::vector<SoftwareItem>& out, Dice& dice) {
    for (auto const& program : from.programs) {
        if (!runs_on(program.runs_on, os.distribution) || !dice.percent(program.share)) continue;
        auto const* versions = versions_of(program, os.distribution, os.version);
        if (!versions) continue;
        out.push_back(installed(program, os, (*versions)[dice.mostly_new(versions->size())]));
    }
}

// Programs of nobody's catalogue: a long tail, most names rare.
void add_tail(OperatingSystem const& os, int wanted, std::vector<SoftwareItem>& out, Dice& dice) {
    while (static_cast<int>(out.size()) < wanted) {
        auto const common = dice.below(4000), rare = dice.below(4000);
        auto const number = std::min({common, rare, dice.below(4000)});
        SoftwareItem item;
        item.source = os.distribution == "windows" ? "programs" : os.distribution == "macos" ? "apps" : "generic";
        item.name = fmt::format("Tool {}", number);
        item.vendor = fmt::format("Maker {}", number % 700);
        item.version = fmt::format("{}.{}", 1 + number % 9, dice.below(12));
        item.architecture = os.architecture;
        out.push_back(std::move(item));
    }
}

void add_settings(Ingredients const& from, OperatingSystem const& os, std::vector<SettingFact>& out, Dice& dice) {
    for (auto const& kind : from.settings) {
        bool const good = dice.percent(kind.share);
        if (!runs_on(kind.runs_on, os.distribution)) continue;
        if (good) out.push_back({kind.key, kind.good});
        else if (kind.bad) out.push_back({kind.key, *kind.bad});
    }
}

// What an agent would read of the machine itself, and a server's certificate, which ends some time.
void add_machine(DeviceReport const& report, DemoOptions const& options, std::vector<SettingFact>& out, Dice& dice) {
    constexpr std::array<std::array<char const*, 5>, 4> machines{{{"Dell Inc.", "Latitude 5540", "Intel(R) Core(TM) i7-1365U", "1.18.0", "1.9.0"},
                                                                 {"LENOVO", "ThinkPad T14 Gen 4", "Intel(R) Core(TM) i5-1345U", "1.31", "1.17"},
                                                                 {"HP", "ProDesk 400 G9", "Intel(R) Core(TM) i5-13500", "U02 Ver. 02.15.00", "U02 Ver. 02.08.00"},
                                                                 {"Dell Inc.", "PowerEdge R660", "Intel(R) Xeon(R) Gold 5418Y", "2.4.4", "1.6.6"}}};
    bool const server = report.group == "Servers", mac = report.os.distribution == "macos";
    auto const& machine = machines[server ? 3 : dice.below(3)];
    out.push_back({"osquery.system_info.hardware_vendor", mac ? "Apple Inc." : machine[0]});
    out.push_back({"osquery.system_info.hardware_model", mac ? "MacBookPro18,3" : machine[1]});
    out.push_back({"osquery.system_info.cpu_brand", mac ? "Apple M1 Pro" : machine[2]});
    if (!mac) out.push_back({"osquery.platform_info.vendor", machine[0]});
    // Some have the older firmware still.
    auto const firmware = machine[report.name.find_first_of("37") == std::string::npos ? 3 : 4];
    if (!mac) out.push_back({"osquery.platform_info.version", firmware});
    if (!server) return;
    auto const sha1 = sha1_hex(report.name);
    auto const ends = (options.now - unix_epoch_ticks) / ticks_per_second + (static_cast<std::int64_t>(dice.below(400)) - 20) * 86'400;
    bool const old = dice.percent(10);
    out.push_back({"osquery.certificates." + sha1 + "./etc/ssl/server.pem",
                   fmt::format(R"({{"common_name":"{0}","subject":"/CN={0}","issuer":"/C=XX/O=Demo/CN=Demo Issuing CA","ca":"0","self_signed":"0","not_valid_before":"{1}","not_valid_after":"{2}","signing_algorithm":"{3}","key_algorithm":"rsaEncryption","key_strength":"{4}","key_usage":"Digital Signature, Key Encipherment","serial":"{5}","path":"/etc/ssl/server.pem"}})",
                               report.name, ends - 398 * 86'400, ends, old ? "sha1WithRSAEncryption" : "sha256WithRSAEncryption", old ? 1024 : 2048, sha1.substr(0, 16))});
}

// Extensions of the browsers of people, as osquery tells of them: what is installed, whether it is on, what it asks for.
void add_extensions(Ingredients const& from, DeviceReport& report, Dice& dice) {
    if (report.group == "Servers") return;
    for (auto const& kind : from.extensions) {
        if (!runs_on(kind.runs_on, report.os.distribution) || !dice.percent(kind.share)) continue;
        bool const firefox = kind.browser == "firefox", on = dice.percent(90);
        SoftwareItem item;
        item.source = firefox ? "firefox_addons" : "chrome_extensions";
        item.name = kind.name;
        item.vendor = kind.vendor;
        item.version = kind.versions[dice.mostly_new(kind.versions.size())];
        item.bundle_id = kind.id;
        if (!firefox) item.edition = kind.browser;
        report.software->push_back(std::move(item));
        if (firefox) report.settings->push_back({"osquery.firefox_addons." + kind.id + ".1000", on ? R"({"active":"1"})" : R"({"active":"0"})"});
        else
            report.settings->push_back({"osquery.chrome_extensions." + kind.browser + "." + kind.id + ".1000",
                                        fmt::format(R"({{"state":"{}","permissions":{},"optional_permissions":{}}})", on ? 1 : 0,
                                                    json_string(kind.permissions), json_string(kind.optional))});
    }
}

// Some have taken an update and were not restarted; nobody reads that of a Mac.
void add_restarts(DeviceReport& report, DemoOptions const& options, Dice& dice) {
    auto const& system = report.os.distribution;
    if (system == "macos") return;
    std::vector<RestartReason> reasons;
    auto const since = options.now - static_cast<Ticks>(1 + dice.below(20 * 24)) * ticks_per_hour;
    auto const roll = dice.below(100);
    if (system != "windows") {
        if (roll < 10) reasons.push_back({"kernel", "a newer kernel is installed than runs", since});
    } else if (roll < 12) {
        reasons = {{"component_servicing", {}, since}, {"windows_update", {}, since}};
    } else if (roll < 16) {
        reasons = {{"file_renames", {}, 0}};
    }
    std::erase_if(reasons, [&](RestartReason const& one) { return one.since > options.then(); });
    add_restart(*report.settings, reasons);
}

// Servers share folders, some of them carelessly; so do a few people of their own devices.
void add_demo_shares(DeviceReport& report, Dice& dice) {
    bool const windows = report.os.distribution == "windows", server = report.group == "Servers";
    if (report.os.distribution == "macos" || !dice.percent(server ? 60 : 4)) return;
    std::vector<NetworkShare> shares;
    for (auto const* name : {"projects", "scans", "software"}) {
        if (!dice.percent(50)) continue;
        bool const writes = dice.percent(30);
        auto& share = shares.emplace_back();
        share.name = name;
        share.path = windows ? std::string("D:\\Shares\\") + name : std::string("/srv/") + name;
        share.offline = dice.percent(40) ? "none" : "manual";
        share.enumeration = dice.percent(45);
        share.everyone_writes = writes;
        share.rights = windows ? writes ? "Administrators: full control; Everyone: change" : "Administrators: full control; Users: read"
                               : writes ? "Everyone with an account: change" : "@staff: read";
    }
    if (windows && dice.percent(10)) shares.push_back({"D", "D:\\", "", "Everyone: read", "manual", false, false});
    add_shares(*report.settings, shares);
}

// What people started on Windows; some things nobody did for a month.
void add_demo_usage(DeviceReport& report, DemoOptions const& options, Dice& dice) {
    UsedPrograms programs;
    if (options.days_ago > 0) return;  // it is told of the last days only
    if (report.os.distribution != "windows" || !dice.percent(80)) return;
    for (auto const& item : *report.software) {
        auto const path = used_path(item.path + "\\program.exe");
        if (item.path.empty() || path.empty()) continue;
        auto& days = programs[path];
        for (auto left = dice.below(3) == 0 ? 0 : dice.below(23); left > 0; --left)
            days.insert(iso_date(options.now - static_cast<Ticks>(dice.below(30)) * ticks_per_day));
    }
    add_usage(*report.settings, programs);
}

Alert alert_of(Ingredients const& from, DeviceReport const& report, std::int64_t number, Ticks now, Dice& dice) {
    std::vector<AlertKind const*> fitting;
    for (auto const& kind : from.alerts)
        if (runs_on(kind.runs_on, report.os.distribution)) fitting.push_back(&kind);
    auto const& kind = *fitting[dice.below(fitting.size())];
    Alert alert;
    alert.id = fmt::format("da{}_{}", std::stoul(sha1_hex(report.device_id).substr(0, 14), nullptr, 16), number);  // as Defender's API writes them
    alert.device_id = report.device_id;
    alert.time = now - static_cast<Ticks>(dice.below(20 * 24 * 60)) * ticks_per_minute;
    alert.title = kind.title;
    alert.category = kind.category;
    alert.severity = kind.severity;
    alert.status = dice.percent(25) ? "Resolved" : "New";
    alert.service_source = "Merlon demo";
    alert.detection_source = "EDR";
    alert.techniques = kind.techniques;
    AlertEntity machine;
    machine.type = "Machine";
    machine.role = "Impacted";
    alert.evidence.push_back(std::move(machine));
    return alert;
}

// Nothing: the device was not there yet.
std::optional<DeviceReport> report_of(Ingredients const& from, DemoOptions const& options, std::int64_t number, Dice& dice) {
    auto const& group = group_of(from, dice);
    auto const& kind = from.kinds.at(group.kinds[dice.below(group.kinds.size())]);
    DeviceReport report;
    report.os = system_of(kind, dice);
    auto const prefix = group.name == "Servers" ? "srv" : report.os.distribution == "macos" ? "mac" : report.os.distribution == "windows" ? "ws" : "lx";
    report.name = fmt::format("{}-{:04}.demo.example", prefix, number);
    report.identifier = fmt::format("demo-{}-{}", options.seed, number);
    report.device_id = device_id_of(report.identifier);
    report.group = group.name;
    report.value = group.value == "High" && dice.percent(40) ? "Normal" : group.value;
    report.tags = group.tags;
    if (dice.percent(4)) report.tags.emplace_back("vip");
    report.internet_facing = group.name == "Servers" && dice.percent(30);
    if (report.internet_facing) report.public_address = fmt::format("203.0.113.{}", 1 + dice.below(250));
    report.interfaces.push_back({report.os.distribution == "windows" ? "Ethernet" : "eth0",
                                 fmt::format("02:00:00:{:02x}:{:02x}:{:02x}", (number >> 16) & 255, (number >> 8) & 255, number & 255),
                                 {fmt::format("10.{}.{}.{}", (number >> 16) & 255, (number >> 8) & 255, number & 255)}});
    report.software.emplace();
    add_programs(from, report.os, *report.software, dice);
    add_tail(report.os, options.products_per_device, *report.software, dice);
    // Dice of their own, so that a further setting changes nothing else of the fleet.
    Dice settings_dice(options.seed * 7'000'003 + static_cast<std::uint64_t>(number));
    add_settings(from, report.os, report.settings.emplace(), settings_dice);
    add_machine(report, options, *report.settings, settings_dice);
    add_extensions(from, report, settings_dice);
    add_restarts(report, options, settings_dice);
    add_demo_shares(report, settings_dice);
    add_demo_usage(report, options, settings_dice);
    // One in fifty has been silent for longer than scores allow.
    report.collected_at = options.now - static_cast<Ticks>(dice.percent(2) ? 40 * 24 + dice.below(500) : dice.below(24)) * ticks_per_hour;
    report.source = "demo";
    if (options.days_ago > 0 && !take_back(report, from, kind, options, number)) return {};
    return report;
}

}  // namespace

Status generate_fleet(DemoOptions const& options, DemoSinks const& sinks) {
    auto const ingredients = TRY(read_ingredients());
    for (std::int64_t number = 1; number <= options.devices; ++number) {
        // Each device has dice of its own, so that a larger fleet begins with the smaller one.
        Dice dice(options.seed * 1'000'003 + static_cast<std::uint64_t>(number));
        auto report = report_of(ingredients, options, number, dice);
        if (!report) continue;
        std::vector<Alert> alerts;
        if (options.days_ago == 0 && dice.percent(12)) alerts.push_back(alert_of(ingredients, *report, number, options.now, dice));
        TRY(sinks.report(std::move(*report)));
        for (auto& alert : alerts) TRY(sinks.alert(std::move(alert)));
    }
    return {};
}

}  // namespace merlon::sensors
