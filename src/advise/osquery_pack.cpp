#include "advise/osquery_pack.h"

#include <set>

#include "base/json_text.h"
#include "base/text.h"
#include "model/places.h"

namespace merlon::advise {
namespace {

constexpr std::string_view everywhere[] = {"os_version",      "system_info",         "kernel_info",
                                           "osquery_info",    "interface_addresses", "interface_details",
                                           "python_packages", "npm_packages",        "platform_info"};
constexpr std::string_view of_windows[] = {"programs", "patches", "chocolatey_packages", "windows_optional_features",
                                           "windows_security_products"};
constexpr std::string_view of_macos[] = {"apps", "homebrew_packages"};
constexpr std::string_view of_linux[] = {"deb_packages", "rpm_packages"};
// Of all users: without a join osquery shows those of the user it runs as.
constexpr std::string_view of_users[] = {"chrome_extensions", "firefox_addons", "vscode_extensions"};

constexpr int interval = 6 * 3600;

std::string text_literal(std::string_view text) { return "'" + replace_all(std::string(text), "'", "''") + "'"; }

// A row name may stand for any: osquery walks the registry along the % of LIKE.
std::string registry_query(std::set<std::string> const& paths) {
    std::string exact, like;
    for (auto const& path : paths) {
        if (path.find('*') != std::string::npos) like += " OR path LIKE " + text_literal(replace_all(path, "*", "%"));
        else exact += (exact.empty() ? "" : ", ") + text_literal(path);
    }
    return "SELECT path, data FROM registry WHERE path IN (" + exact + ")" + like + ";";
}

// Signs of a restart that is waited for, as sensors/restart.h reads them. A key of the registry is a row of the key above it; the row
// "windows" says that the registry could be read at all.
constexpr std::string_view restart_of_windows =
    R"(SELECT 'windows' AS reason, '' AS detail, 0 AS since FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion' AND name = 'Component Based Servicing')"
    R"( UNION ALL SELECT 'component_servicing', '', mtime FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing' AND name = 'RebootPending')"
    R"( UNION ALL SELECT 'windows_update', '', mtime FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update' AND name = 'RebootRequired')"
    R"( UNION ALL SELECT 'file_renames', '', 0 FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Session Manager' AND name = 'PendingFileRenameOperations' AND data <> '';)";
std::string restart_of_linux() {
    std::string marks;
    for (auto const file : restart_files) marks += (marks.empty() ? "" : ", ") + text_literal(file);
    auto const before_release = std::to_string(kernel_files.size() - kernel_files.rfind('/'));
    return "SELECT 'file' AS reason, path AS detail, ctime AS since FROM file WHERE path IN (" + marks + ")"
           " UNION ALL SELECT 'installed_kernel', substr(filename, " + before_release + "), ctime FROM file WHERE path LIKE " +
           text_literal(std::string(kernel_files) + "%") + " UNION ALL SELECT 'running_kernel', version, 0 FROM kernel_info;";
}

// Shares: sensors/osquery/own_queries.cpp reads the rows, sensors/shares.h says what they mean.
constexpr std::string_view shares_of_windows =
    R"(SELECT 'windows' AS kind, name, path AS value, type AS detail, description AS remark FROM shared_resources)"
    R"( UNION ALL SELECT 'flags', name, data, '', '' FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares' AND type = 'REG_MULTI_SZ')"
    R"( UNION ALL SELECT 'security', name, data, '', '' FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares\Security' AND type = 'REG_BINARY';)";
constexpr std::string_view shares_of_macos = "SELECT 'macos' AS kind, name, path AS value FROM shared_folders;";
std::string shares_of_linux() {
    return "SELECT 'file' AS kind, path AS name, '' AS value, '' AS detail FROM file WHERE path IN (" + text_literal(samba_settings) + ", " + text_literal(samba_server) + ")"
           " UNION ALL SELECT 'samba', node, value, label FROM augeas WHERE path = " + text_literal(samba_settings) + " AND label <> '#comment';";
}

// Programs that ran: own_queries.cpp reads the rows. The prefetcher names the program without its folder; the list of the files that
// it read has that, and only the part of it that ends there is sent.
constexpr std::string_view usage_of_windows =
    R"(SELECT path AS program, last_execution_time AS last, '' AS others FROM userassist WHERE path LIKE '%.exe')"
    R"( UNION ALL SELECT substr(accessed_files, max(1, instr(accessed_files, '\' || filename) - 260), instr(accessed_files, '\' || filename) + length(filename) + 1 - max(1, instr(accessed_files, '\' || filename) - 260)), last_run_time, other_run_times FROM prefetch WHERE instr(accessed_files, '\' || filename) > 0;)";

}  // namespace

std::map<std::string, std::string> osquery_queries(std::span<Check const> checks, std::string_view platform) {
    std::map<std::string, std::string> queries;
    auto const all_of = [&](auto const& tables) {
        for (auto const table : tables) queries.emplace(table, "SELECT * FROM " + std::string(table) + ";");
    };
    all_of(everywhere);
    // Authorities that systems bring are the same everywhere and many; what a device shows to others is what expires.
    queries.emplace("certificates", "SELECT * FROM certificates WHERE ca = 0;");
    if (platform == "windows") all_of(of_windows);
    else if (platform == "macos") all_of(of_macos);
    else all_of(of_linux);
    for (auto const table : of_users)
        queries.emplace(table, "SELECT t.* FROM users CROSS JOIN " + std::string(table) + " t USING (uid);");
    queries.emplace("network_shares", platform == "windows" ? std::string(shares_of_windows) : platform == "macos" ? std::string(shares_of_macos) : shares_of_linux());
    if (platform == "windows") queries.emplace("software_usage", usage_of_windows);
    if (platform == "windows") queries.emplace("pending_restart", restart_of_windows);
    if (platform == "linux") queries.emplace("pending_restart", restart_of_linux());
    std::set<std::string> registry;
    for (auto const& check : checks) {
        if (std::ranges::find(check.platforms, platform) == check.platforms.end()) continue;
        for (auto const& test : check.tests)
            for (auto const& key : test.keys) {
                if (key.starts_with("registry.")) registry.insert(key.substr(9));
                if (!key.starts_with("osquery.")) continue;
                auto const table = key.substr(8, key.find('.', 8) - 8);
                queries.emplace(table, "SELECT * FROM " + table + ";");
            }
    }
    if (!registry.empty()) queries.emplace("registry", registry_query(registry));
    return queries;
}

std::string osquery_pack(std::map<std::string, std::string> const& queries, std::string_view platform) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("platform", platform == "macos" ? std::string_view("darwin") : platform);
    json.key("queries");
    json.begin_object();
    for (auto const& [table, query] : queries) {
        json.key(table);
        json.begin_object();
        json.member("query", query);
        json.member("interval", interval);
        json.member("snapshot", true);
        json.end_object();
    }
    json.end_object();
    json.end_object();
    return out;
}

}  // namespace merlon::advise
