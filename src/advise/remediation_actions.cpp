#include "advise/remediation_actions.h"

#include <map>
#include <set>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/device_facts.h"

namespace merlon::advise {
namespace {

// One line without control characters, for comments.
std::string one_line(std::string_view text) { return replace_all(clean_text(text, 2000), "\n", " "); }

std::string comment_lines(Remediation const& task, ActionFacts const& facts) {
    std::string out = "# " + one_line(task.title) + "\n# Remediation activity " + task.id + ", " +
                      std::to_string(facts.devices.size()) + " devices.\n";
    if (!task.recommended_version.empty())
        out += "# Version to go to: " + one_line(task.recommended_version) +
               " or newer, as the device's own source offers it.\n";
    return out;
}

std::string guidance_lines(std::string_view text) {
    std::string out;
    auto const clean = clean_text(text, 8000);
    for (auto const line : split(clean, '\n')) out += "#   " + std::string(line) + "\n";
    return out;
}

bool of_source(ActionPackage const& package, std::initializer_list<std::string_view> sources) {
    return std::ranges::find(sources, package.source) != sources.end();
}

// Names of the packages of some sources that are plain; the others are told in `left_out`.
std::vector<std::string> names_of(ActionFacts const& facts, std::initializer_list<std::string_view> sources,
                                  std::set<std::string>& left_out) {
    std::set<std::string> names;
    for (auto const& package : facts.packages) {
        if (!of_source(package, sources)) continue;
        if (plain_package_name(package.name)) names.insert(package.name);
        else left_out.insert(package.name);
    }
    return {names.begin(), names.end()};
}

std::string joined(std::vector<std::string> const& names, std::string (*quote)(std::string_view),
                   std::string_view between) {
    std::string out;
    for (auto const& name : names) out += (out.empty() ? "" : std::string(between)) + quote(name);
    return out;
}

bool removes(Remediation const& task) { return task.type == "Uninstall"; }

// ---- Shell --------------------------------------------------------------------------------------------------------

// `installed`: whether a package "$name" is on the device; what another device has would fail the whole command here.
struct ShellManager {
    std::string_view program, installed, update, remove;
    std::initializer_list<std::string_view> sources;
};

std::string shell_section(ShellManager const& manager, Remediation const& task, ActionFacts const& facts,
                          std::set<std::string>& left_out) {
    auto const names = names_of(facts, manager.sources, left_out);
    if (names.empty()) return {};
    std::string out = "if command -v " + std::string(manager.program) + " >/dev/null 2>&1; then\n  set --\n  for name in " +
                      joined(names, quote_shell, " ") + "; do\n    if " + std::string(manager.installed) +
                      "; then set -- \"$@\" \"$name\"; fi\n  done\n  if [ \"$#\" -gt 0 ]; then\n";
    for (auto const line : split(removes(task) ? manager.remove : manager.update, '\n')) out += "    " + std::string(line) + "\n";
    return out + "    done_something=1\n  fi\nfi\n";
}

std::string write_shell(Remediation const& task, ActionFacts const& facts) {
    static ShellManager const managers[] = {
        {"apt-get", "dpkg-query -W -f='${Status}' -- \"$name\" 2>/dev/null | grep -q ' installed$'",
         "apt-get update\nDEBIAN_FRONTEND=noninteractive apt-get install --yes --only-upgrade -- \"$@\"",
         "DEBIAN_FRONTEND=noninteractive apt-get remove --yes -- \"$@\"", {"deb"}},
        {"dnf", "rpm -q -- \"$name\" >/dev/null 2>&1", "dnf --assumeyes upgrade -- \"$@\"", "dnf --assumeyes remove -- \"$@\"", {"rpm"}},
        {"zypper", "rpm -q -- \"$name\" >/dev/null 2>&1", "zypper --non-interactive update -- \"$@\"",
         "zypper --non-interactive remove -- \"$@\"", {"rpm"}},
        {"apk", "apk info -e \"$name\" >/dev/null 2>&1", "apk update\napk add --upgrade \"$@\"", "apk del \"$@\"", {"apk"}},
        {"snap", "snap list \"$name\" >/dev/null 2>&1", "snap refresh \"$@\"", "snap remove \"$@\"", {"snap"}},
        {"flatpak", "flatpak info \"$name\" >/dev/null 2>&1", "flatpak update --assumeyes \"$@\"",
         "flatpak uninstall --assumeyes \"$@\"", {"flatpak"}},
        // Homebrew refuses to work as root: it works as who owns it.
        {"brew", "as_brew_owner brew list \"$name\" >/dev/null 2>&1", "as_brew_owner brew upgrade \"$@\"", "as_brew_owner brew uninstall \"$@\"", {"homebrew"}},
    };
    std::string sections;
    std::set<std::string> left_out;
    for (auto const& manager : managers) sections += shell_section(manager, task, facts, left_out);
    std::string out = "#!/bin/sh\n" + comment_lines(task, facts) + "# Run it as root on each of these devices:\n";
    for (auto const& device : facts.devices)
        if (!device.os_platform.starts_with("Windows")) out += "#   " + one_line(device.name) + "\n";
    if (!facts.guidance.empty()) out += "# What to set:\n" + guidance_lines(facts.guidance);
    for (auto const& name : left_out) out += "# Left out, no plain package name: " + one_line(name) + "\n";
    out += "set -eu\ndone_something=0\n";
    if (sections.find("as_brew_owner") != std::string::npos)
        out += "as_brew_owner() { sudo -u \"$(ls -ld \"$(command -v brew)\" | awk '{print $3}')\" \"$@\"; }\n";
    out += sections;
    out +=
        "if [ \"$done_something\" = 0 ]; then\n  echo 'No package manager of this device has what is to be done; see "
        "the comments.' >&2\n  exit 1\nfi\n";
    return out;
}

// ---- PowerShell ---------------------------------------------------------------------------------------------------

constexpr std::string_view install_updates = R"ps($session = New-Object -ComObject Microsoft.Update.Session
$found = $session.CreateUpdateSearcher().Search('IsInstalled=0').Updates
$wanted = New-Object -ComObject Microsoft.Update.UpdateColl
foreach ($update in $found) {
    foreach ($number in $update.KBArticleIDs) {
        if ($numbers -contains $number) { [void]$wanted.Add($update) }
    }
}
if ($wanted.Count -gt 0) {
    $downloader = $session.CreateUpdateDownloader()
    $downloader.Updates = $wanted
    [void]$downloader.Download()
    $installer = $session.CreateUpdateInstaller()
    $installer.Updates = $wanted
    $outcome = $installer.Install()
    if ($outcome.ResultCode -ne 2) { $failed++ }
    if ($outcome.RebootRequired) { Write-Output 'A restart is needed.' }
} else {
    Write-Output 'None of the updates is offered to this device.'
}
)ps";

std::vector<std::string> knowledge_base_numbers(ActionFacts const& facts) {
    std::vector<std::string> numbers;
    for (auto const& fix : facts.hotfixes) {
        auto const digits = fix.starts_with("KB") ? fix.substr(2) : fix;
        if (to_int(digits)) numbers.push_back(digits);
    }
    return numbers;
}

std::string windows_commands(Remediation const& task, ActionFacts const& facts) {
    std::string out = "$failed = 0\n";
    auto const numbers = knowledge_base_numbers(facts);
    if (!numbers.empty() && !removes(task))
        out += "$numbers = @(" + joined(numbers, quote_powershell, ", ") + ")\n" + std::string(install_updates);
    std::set<std::string> names;
    for (auto const& package : facts.packages)
        if (of_source(package, {"programs", "msi", "appx"})) names.insert(one_line(package.name));
    // A package's id is surer than the name it was installed by.
    auto const id = winget_package(task.vendor, task.product);
    if (!names.empty() && !id.empty()) names = {id};
    if (!names.empty()) {
        out += "$packages = @(\n";
        std::size_t at = 0;
        for (auto const& name : names) out += "    " + quote_powershell(name) + (++at < names.size() ? ",\n" : "\n");
        out += ")\nforeach ($package in $packages) {\n    winget ";
        out += removes(task) ? "uninstall --exact --silent --accept-source-agreements " : "upgrade --exact --silent --accept-source-agreements --accept-package-agreements ";
        out += id.empty() ? "--name $package\n" : "--id $package\n";
        out += "    # Not on this device, or nothing newer to be had: there is nothing to do.\n"
               "    if (@(0, -1978335212, -1978335189) -notcontains $LASTEXITCODE) { $failed++ }\n}\n";
    }
    if (names.empty() && numbers.empty())
        out += "Write-Output 'There is nothing that a command can do here; see the comments.'\n$failed++\n";
    return out + "exit $failed\n";
}

std::string write_powershell(Remediation const& task, ActionFacts const& facts) {
    std::string out = comment_lines(task, facts) + "# Run it as administrator on each of these devices:\n";
    for (auto const& device : facts.devices)
        if (device.os_platform.starts_with("Windows")) out += "#   " + one_line(device.name) + "\n";
    if (!facts.guidance.empty()) out += "# What to set:\n" + guidance_lines(facts.guidance);
    return out + windows_commands(task, facts);
}

// ---- Ansible ------------------------------------------------------------------------------------------------------

void add_hosts(std::string& out, ActionFacts const& facts, bool windows, std::string_view group) {
    std::vector<std::string> names;
    for (auto const& device : facts.devices)
        if (device.os_platform.starts_with("Windows") == windows) names.push_back(one_line(device.name));
    if (names.empty()) return;
    out += "    - name: " + quote_ansible(windows ? "Windows devices" : "Devices") +
           "\n      ansible.builtin.add_host:\n        name: \"{{ item }}\"\n        groups: " + std::string(group) +
           "\n      loop:\n";
    for (auto const& name : names) out += "        - " + quote_ansible(name) + "\n";
}

struct AnsibleManager {
    std::string_view manager, module, present, absent;
    std::initializer_list<std::string_view> sources;
    bool listed = true;  // package_facts knows what it installed
};

// Packages that a device lacks are left out there: a manager that does not know one of them would do nothing at all.
std::string ansible_task(AnsibleManager const& manager, Remediation const& task, ActionFacts const& facts,
                         std::set<std::string>& left_out) {
    auto const names = names_of(facts, manager.sources, left_out);
    if (names.empty()) return {};
    std::string const here = manager.listed ? "merlon_packages | select('in', ansible_facts.packages) | list" : "merlon_packages";
    std::string out = "    - name: " + quote_ansible(std::string(removes(task) ? "Remove with " : "Update with ") + std::string(manager.manager)) +
                      "\n      vars:\n        merlon_packages:\n";
    for (auto const& name : names) out += "          - " + quote_ansible(name) + "\n";
    out += "      " + std::string(manager.module) + ":\n        name: \"{{ " + here + " }}\"\n";
    for (auto const line : split(removes(task) ? manager.absent : manager.present, '\n'))
        out += "        " + std::string(line) + "\n";
    return out + "      when:\n        - ansible_facts.pkg_mgr == \"" + std::string(manager.manager) + "\"\n        - " + here + " | length > 0\n";
}

std::string linux_tasks(Remediation const& task, ActionFacts const& facts, std::set<std::string>& left_out) {
    static AnsibleManager const managers[] = {
        {"apt",
         "ansible.builtin.apt",
         "state: latest\nonly_upgrade: true\nupdate_cache: true",
         "state: absent",
         {"deb"}},
        {"dnf", "ansible.builtin.dnf", "state: latest\nupdate_only: true", "state: absent", {"rpm"}},
        {"dnf5", "ansible.builtin.dnf5", "state: latest", "state: absent", {"rpm"}},
        {"yum", "ansible.builtin.yum", "state: latest\nupdate_only: true", "state: absent", {"rpm"}},
        {"zypper", "community.general.zypper", "state: latest", "state: absent", {"rpm"}},
        {"apk", "community.general.apk", "state: latest", "state: absent", {"apk"}, false},
        {"homebrew", "community.general.homebrew", "state: latest", "state: absent", {"homebrew"}, false},
    };
    std::string out;
    for (auto const& manager : managers) out += ansible_task(manager, task, facts, left_out);
    if (out.find("ansible_facts.packages") == std::string::npos) return out;
    return "    - name: \"What is installed\"\n      ansible.builtin.package_facts:\n"
           "      when: ansible_facts.pkg_mgr in [\"apt\", \"dnf\", \"dnf5\", \"yum\", \"zypper\"]\n" + out;
}

std::string note_task(std::string_view name, std::string_view text) {
    return "    - name: " + quote_ansible(name) +
           "\n      ansible.builtin.debug:\n        msg: " + quote_ansible(text) + "\n";
}

std::string windows_task(Remediation const& task, ActionFacts const& facts) {
    return "    - name: " + quote_ansible(task.title) +
           "\n      ansible.windows.win_shell: " + quote_ansible(windows_commands(task, facts)) + "\n";
}

std::string write_ansible(Remediation const& task, ActionFacts const& facts) {
    std::set<std::string> left_out;
    bool const windows = std::ranges::any_of(facts.devices,
                                             [](auto const& d) { return d.os_platform.starts_with("Windows"); });
    bool const others = std::ranges::any_of(facts.devices,
                                            [](auto const& d) { return !d.os_platform.starts_with("Windows"); });
    std::string out = "---\n" + comment_lines(task, facts);
    out += "- name: " + quote_ansible("Devices of " + task.id) +
           "\n  hosts: localhost\n  gather_facts: false\n  tasks:\n";
    add_hosts(out, facts, false, "merlon_targets");
    add_hosts(out, facts, true, "merlon_windows_targets");
    if (others) {
        auto tasks = facts.guidance.empty() ? linux_tasks(task, facts, left_out)
                                            : note_task("What to set", facts.guidance);
        if (tasks.empty()) tasks = note_task("Nothing that a module can do", task.description);
        for (auto const& name : left_out) tasks += note_task("Left out, no plain package name", name);
        out += "\n- name: " + quote_ansible(task.title) + "\n  hosts: merlon_targets\n  become: true\n  tasks:\n" +
               tasks;
    }
    if (windows)
        out += "\n- name: " + quote_ansible(task.title + " (Windows)") +
               "\n  hosts: merlon_windows_targets\n  gather_facts: false\n  tasks:\n" +
               (facts.guidance.empty() ? windows_task(task, facts) : note_task("What to set", facts.guidance));
    return out;
}

}  // namespace

std::string winget_package(std::string_view vendor, std::string_view product) {
    static std::map<std::string, std::string, std::less<>> const all = [] {
        std::map<std::string, std::string, std::less<>> made;
        auto const document = json::Document::parse(embedded("rules/winget.json"), "rules/winget.json");
        simdjson::dom::object packages;
        auto const found = document ? json::member(document->root(), "packages") : std::nullopt;
        if (!found || found->get(packages)) return made;
        for (auto const [key, id] : packages) made.emplace(key, json::text(id));
        return made;
    }();
    auto const found = all.find(std::string(vendor) + "-_-" + std::string(product));
    return found == all.end() ? std::string{} : found->second;
}

std::optional<ActionKind> action_kind(std::string_view name) {
    if (name == "shell") return ActionKind::shell;
    if (name == "powershell") return ActionKind::powershell;
    if (name == "ansible") return ActionKind::ansible;
    return {};
}

std::string action_file(ActionKind kind, Remediation const& task) {
    constexpr std::array<std::string_view, 3> endings{".sh", ".ps1", ".yml"};
    return "merlon-" + task.id + std::string(endings[static_cast<std::size_t>(kind)]);
}

std::string quote_shell(std::string_view text) { return "'" + replace_all(std::string(text), "'", "'\\''") + "'"; }

std::string quote_powershell(std::string_view text) {
    // PowerShell takes four typographic quotes for a single quote as well; each is written twice.
    std::string out(text);
    for (std::string_view const mark : {"'", "\u2018", "\u2019", "\u201a", "\u201b"})
        out = replace_all(std::move(out), mark, std::string(mark) + std::string(mark));
    return "'" + out + "'";
}

std::string quote_ansible(std::string_view text) {
    // A template begins with {{, {% or {#; there the brace is written as a text literal of a template.
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const begins = text[i] == '{' && i + 1 < text.size() &&
                            (text[i + 1] == '{' || text[i + 1] == '%' || text[i + 1] == '#');
        if (begins) out += "{{ '{' }}";
        else out += text[i];
    }
    return json_string(out);
}

bool plain_package_name(std::string_view name) {
    constexpr std::string_view others = "+-._:~@";
    if (name.empty() || name.size() > 200 || name.front() == '-') return false;
    return std::ranges::all_of(name, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    });
}

std::string write_action(ActionKind kind, Remediation const& task, ActionFacts const& facts) {
    switch (kind) {
    case ActionKind::shell: return write_shell(task, facts);
    case ActionKind::powershell: return write_powershell(task, facts);
    case ActionKind::ansible: return write_ansible(task, facts);
    }
    return {};
}

namespace {

Status read_devices(store::Connection& connection, Remediation const& task, std::vector<std::string> const& only,
                    ActionFacts& facts) {
    std::array const key{store::Value{task.id}};
    auto rows = TRY(connection.query(
        "SELECT d.id, d.name, d.os_platform FROM main.remediation_device t JOIN main.device d ON d.id = t.device "
        "WHERE t.remediation = $1 AND t.state = 'Open' ORDER BY d.name, d.id",
        key));
    std::map<std::string, bool> wanted;  // by id: found among those that are open
    for (auto const& named : only) {
        auto const id = TRY(store::device_named(connection, named));
        if (!id) return fail("advise.no_such_target", clean_text(named, 100), task.id);
        wanted[*id] = false;
    }
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            auto const asked_for = wanted.find(std::string(c[0].text(row)));
            if (asked_for == wanted.end() && !only.empty()) continue;
            if (asked_for != wanted.end()) asked_for->second = true;
            facts.devices.push_back(
                {std::string(c[0].text(row)), std::string(c[1].text(row)), std::string(c[2].text(row))});
        }
    for (auto const& [id, found] : wanted)
        if (!found) return fail("advise.no_such_target", id, task.id);
    return {};
}

Status read_packages(store::Connection& connection, Remediation const& task, ActionFacts& facts) {
    std::set<std::string> wanted;
    for (auto const& device : facts.devices) wanted.insert(device.id);
    std::array const key{store::Value{task.id}, store::Value{task.vendor}, store::Value{task.product}};
    auto rows = TRY(connection.query(
        "SELECT i.device, s.source, s.name, s.platform, coalesce(f.hotfix, '') FROM main.remediation_device t "
        "JOIN main.installation i ON i.device = t.device JOIN main.identity y ON y.software = i.software AND y.vendor "
        "= $2 AND y.product = $3 "
        "JOIN main.software s ON s.id = i.software LEFT JOIN (SELECT DISTINCT software, hotfix FROM main.finding WHERE "
        "NOT hidden AND hotfix <> '') f "
        "ON f.software = i.software WHERE t.remediation = $1 AND t.state = 'Open'",
        key));
    std::set<ActionPackage> packages;
    std::set<std::string> hotfixes;
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            if (!wanted.contains(std::string(c[0].text(row)))) continue;
            packages.insert({std::string(c[1].text(row)), std::string(c[2].text(row)), std::string(c[3].text(row))});
            if (!c[4].text(row).empty()) hotfixes.emplace(c[4].text(row));
        }
    facts.packages.assign(packages.begin(), packages.end());
    facts.hotfixes.assign(hotfixes.begin(), hotfixes.end());
    return {};
}

}  // namespace

Result<ActionFacts> action_facts(store::Connection& connection, Remediation const& task,
                                 std::vector<std::string> const& only) {
    ActionFacts facts;
    TRY(read_devices(connection, task, only, facts));
    if (task.scid.empty()) {
        TRY(read_packages(connection, task, facts));
        return facts;
    }
    std::array const key{store::Value{task.scid}};
    auto const words = TRY(
        connection.scalar("SELECT remediation FROM main.configuration_check WHERE 'scid-' || scid = $1", key));
    if (auto const* text = std::get_if<std::string>(&words)) facts.guidance = *text;
    if (facts.guidance.empty()) facts.guidance = task.description;
    return facts;
}

}  // namespace merlon::advise
