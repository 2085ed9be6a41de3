// Ready-made actions for the devices of a remediation activity: what an administrator runs (docs/remediation.md, M6).
// Names that come from inventories are never trusted: each is quoted for the language that it stands in, or left out
// and said.
#pragma once
#include "advise/remediation.h"

namespace merlon::advise {

enum class ActionKind : std::uint8_t { shell, powershell, ansible };
// "shell", "powershell", "ansible"; nothing for another word.
std::optional<ActionKind> action_kind(std::string_view name);
// What its file should be called: "merlon-ID.sh", ".ps1", ".yml".
std::string action_file(ActionKind, Remediation const&);

// What is known of the devices and of what is installed on them.
struct ActionTarget {
    std::string id, name, os_platform;
};
struct ActionPackage {
    std::string source;    // deb rpm apk programs msi ... (model/device.h)
    std::string name;      // as installed
    std::string platform;  // windows, macos, linux
    friend auto operator<=>(ActionPackage const&, ActionPackage const&) = default;
};
struct ActionFacts {
    std::vector<ActionTarget> devices;
    std::vector<ActionPackage> packages;  // distinct, in order
    std::vector<std::string> hotfixes;    // KB numbers that fix findings
    std::string guidance;                 // of a configuration check
};

// The text of the action. Pure.
std::string write_action(ActionKind, Remediation const&, ActionFacts const&);

// Facts of the activity's open devices, or of those of `only` among them (ids or names). Errors: advise.no_such_target.
Result<ActionFacts> action_facts(store::Connection&, Remediation const&, std::vector<std::string> const& only);

// The package of winget for a product (rules/winget.json), or "": its installed name is what there is to go by.
std::string winget_package(std::string_view vendor, std::string_view product);

// ---- Quoting, for tests -------------------------------------------------------------------------------------------
std::string quote_shell(std::string_view);
std::string quote_powershell(std::string_view);
// A YAML double-quoted scalar that Ansible's templates leave alone.
std::string quote_ansible(std::string_view);
// Letters, digits and + - . _ : ~ @, not beginning with "-": what distributions allow in names of packages.
bool plain_package_name(std::string_view);

}  // namespace merlon::advise
