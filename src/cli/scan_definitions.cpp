// merlon scan-definitions: authenticated scans as other tools define them; Merlon keeps them and runs none (docs/api.md).
#include <CLI/CLI.hpp>

#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = Part::Kind;
using Column = ViewColumn::Kind;

View all_definitions() {
    View view{{.path = {"DeviceAuthenticatedScanDefinitions"}, .order = "scanName, id"}, {}, "no scan is defined"};
    view.columns = {{"id", "id"}, {"name", "scanName"}, {"type", "scanType"}, {"active", "isActive", Column::flag}, {"every hours", "intervalInHours", Column::whole},
                    {"target", "target"}, {"by", "createdBy"}};
    return view;
}

// What a definition says; `made`: of a new one, which needs some of it.
std::vector<Part> said_of_it(bool made) {
    auto const asked = [&](Part part) { return made ? needed(std::move(part)) : part; };
    return {asked({made ? "NAME" : "--name", "scanName", "What it is called"}),
            asked({"--type", "scanType", "Windows or Network"}),
            asked({"--target-type", "targetType", "Ip or Hostname"}),
            asked({"--target", "target", "Addresses, 192.0.2.0/24, 192.0.2.1-192.0.2.9, or host names, with commas"}),
            asked({"--auth", "scanAuthenticationParams.type", "Kerberos or Negotiate; of a network scan CommunityString, NoAuthNoPriv, AuthNoPriv or AuthPriv"}),
            {"--account", "scanAuthenticationParams.username", "The account that scans"},
            {"--domain", "scanAuthenticationParams.domain", "Its domain (Windows)"},
            {"--gmsa", "scanAuthenticationParams.isGmsaUser", "It is a group managed service account (Windows)", Kind::constant, "true"},
            {"--auth-protocol", "scanAuthenticationParams.authProtocol", "MD5 or SHA1 (network)"},
            {"--priv-protocol", "scanAuthenticationParams.privProtocol", "DES, 3DES or AES (network)"},
            {"--every", "intervalInHours", "Hours, 1 to 8760 (default 24)", Kind::number},
            {"--agent", "scannerAgent.id", "Id or name of the device that is to scan"},
            {"--on", "isActive", "It is in use", Kind::constant, "true"},
            {"--off", "isActive", "It is kept and not in use", Kind::constant, "false"}};
}

}  // namespace

void add_scan_definitions(CLI::App& app, Front& front) {
    auto* verb = app.add_subcommand("scan-definitions", "Authenticated scans that are defined here for other tools; Merlon runs none");
    verb->require_subcommand(1);
    add_list(*verb, front, "list", "All of them", all_definitions());
    std::string const at = "DeviceAuthenticatedScanDefinitions", said = "{id}  {scanName}";
    add_changes(*verb, front, {.what = "scan definition", .lists = "merlon scan-definitions list", .list = {.path = {at}}, .name = "scanName"},
                {{"add", "Define a scan; secrets are given to the scanner, not to Merlon", "POST", at, said_of_it(true), said, "{id}"},
                 {"change", "Change what is given of one; of --auth, --account and the like all are replaced", "PATCH", at + "/{}", said_of_it(false), said, "{id}"},
                 {"remove", "Remove some: all that are named, or none", "POST", at + "/BatchDelete", {needed({"ID", "ScanDefinitionIds", "As listed", Kind::texts})}, "removed: {ScanDefinitionIds}"}});
}

}  // namespace merlon::cli
