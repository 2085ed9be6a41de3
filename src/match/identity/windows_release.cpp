#include "match/identity/windows_release.h"

#include <array>

#include "base/text.h"

namespace merlon::match {
namespace {

struct Entry {
    int major, minor, build;
    WindowsRelease client, server;
};

// Microsoft Learn: "Windows 10 release information", "Windows 11 release information", "Windows Server release
// information"; ends of service packs from "Products in support by service pack". An empty product means that there was no such release.
constexpr std::array<Entry, 32> table{{
    {6, 0, 6002, {"windows_vista", "windows_vista", "", "windows", "6-sp2"},
     {"windows_server_2008", "windows_server_2008", "", "windows-server", "2008-sp2"}},
    {6, 0, 6003, {}, {"windows_server_2008", "windows_server_2008", "", "windows-server", "2008-sp2"}},
    {6, 1, 7601, {"windows_7", "windows_7", "", "windows", "7-sp1"},
     {"windows_server_2008_r2", "windows_server_2008", "r2", "windows-server", "2008-r2-sp1"}},
    {6, 2, 9200, {"windows_8", "windows_8", "", "windows", "8"},
     {"windows_server_2012", "windows_server_2012", "", "windows-server", "2012"}},
    {6, 3, 9600, {"windows_8.1", "windows_8.1", "", "windows", "8.1"},
     {"windows_server_2012_r2", "windows_server_2012", "r2", "windows-server", "2012-r2"}},
    {10, 0, 10240, {"windows_10", "windows_10_1507", "1507", "windows", "10-1507"}, {}},
    {10, 0, 10586, {"windows_10", "windows_10_1511", "1511", "windows", "10-1511"}, {}},
    {10, 0, 14393, {"windows_10", "windows_10_1607", "1607", "windows", "10-1607"},
     {"windows_server_2016", "windows_server_2016", "", "windows-server", "2016"}},
    {10, 0, 15063, {"windows_10", "windows_10_1703", "1703", "windows", "10-1703"}, {}},
    {10, 0, 16299, {"windows_10", "windows_10_1709", "1709", "windows", "10-1709"},
     {"windows_server_1709", "windows_server_1709", "1709", "windows-server", "1709-sac"}},
    {10, 0, 17134, {"windows_10", "windows_10_1803", "1803", "windows", "10-1803"},
     {"windows_server_1803", "windows_server_1803", "1803", "windows-server", "1803-sac"}},
    {10, 0, 17763, {"windows_10", "windows_10_1809", "1809", "windows", "10-1809"},
     {"windows_server_2019", "windows_server_2019", "", "windows-server", "2019"}},
    {10, 0, 18362, {"windows_10", "windows_10_1903", "1903", "windows", "10-1903"},
     {"windows_server_1903", "windows_server_1903", "1903", "windows-server", "1903-sac"}},
    {10, 0, 18363, {"windows_10", "windows_10_1909", "1909", "windows", "10-1909"},
     {"windows_server_1909", "windows_server_1909", "1909", "windows-server", "1909-sac"}},
    {10, 0, 19041, {"windows_10", "windows_10_2004", "2004", "windows", "10-2004"},
     {"windows_server_2004", "windows_server_2004", "2004", "windows-server", "2004-sac"}},
    {10, 0, 19042, {"windows_10", "windows_10_20h2", "20h2", "windows", "10-20h2"},
     {"windows_server_20h2", "windows_server_20h2", "20h2", "windows-server", "20h2-sac"}},
    {10, 0, 19043, {"windows_10", "windows_10_21h1", "21h1", "windows", "10-21h1"}, {}},
    {10, 0, 19044, {"windows_10", "windows_10_21h2", "21h2", "windows", "10-21h2"}, {}},
    {10, 0, 19045, {"windows_10", "windows_10_22h2", "22h2", "windows", "10-22h2"}, {}},
    {10, 0, 20348, {}, {"windows_server_2022", "windows_server_2022", "", "windows-server", "2022"}},
    {10, 0, 22000, {"windows_11", "windows_11_21h2", "21h2", "windows", "11-21h2"}, {}},
    {10, 0, 22621, {"windows_11", "windows_11_22h2", "22h2", "windows", "11-22h2"}, {}},
    {10, 0, 22631, {"windows_11", "windows_11_23h2", "23h2", "windows", "11-23h2"}, {}},
    {10, 0, 25398, {}, {"windows_server_23h2", "windows_server_2022_23h2", "23h2", "windows-server", "23h2-ac"}},
    {10, 0, 26100, {"windows_11", "windows_11_24h2", "24h2", "windows", "11-24h2"},
     {"windows_server_2025", "windows_server_2025", "", "windows-server", "2025"}},
    {10, 0, 26200, {"windows_11", "windows_11_25h2", "25h2", "windows", "11-25h2"}, {}},
    {10, 0, 26300, {"windows_11", "windows_11_26h2", "26h2", "windows", "11-26h2"}, {}},
    {10, 0, 28000, {"windows_11", "windows_11_26h1", "26h1", "windows", "11-26h1"}, {}},
    {5, 1, 2600, {"windows_xp", "windows_xp", "", "windows", "5-sp3"}, {}},
    {5, 2, 3790, {}, {"windows_server_2003", "windows_server_2003", "", "windows-server", "2003-sp2"}},
    {6, 1, 7600, {"windows_7", "windows_7", "", "windows", "7", "2013-04-09"},
     {"windows_server_2008_r2", "windows_server_2008", "r2", "windows-server", "2008-r2", "2013-04-09"}},
    {6, 0, 6001, {"windows_vista", "windows_vista", "", "windows", "6-sp1", "2011-07-12"},
     {"windows_server_2008", "windows_server_2008", "", "windows-server", "2008-sp1", "2011-07-12"}},
}};

}  // namespace

bool says_server(std::string_view text) { return ascii_lower(text).find("server") != std::string::npos; }

std::optional<WindowsRelease> windows_release(std::string_view version, bool server) {
    auto parts = split(version, '.');
    if (parts.size() == 2 && parts[0].size() == 5) parts.insert(parts.begin(), {"10", "0"});
    if (parts.size() == 1 && parts[0].size() == 5) parts.insert(parts.begin(), {"10", "0"});
    if (parts.size() < 3) return {};
    auto const build = to_int(parts[2]);
    if (!build) return {};
    for (auto const& entry : table) {
        if (entry.build != *build) continue;
        auto const& wanted = server ? entry.server : entry.client;
        auto const& other = server ? entry.client : entry.server;
        // A build that was only released as one of the two says which it is.
        return wanted.product.empty() ? other : wanted;
    }
    return {};
}

}  // namespace merlon::match
