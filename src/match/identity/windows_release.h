// Windows and macOS by version: which release a build belongs to, and the names that advisories give it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace merlon::match {

struct WindowsRelease {
    std::string_view product;    // family: windows_10, windows_11, windows_server_2019
    std::string_view cpe;        // NVD's product for the release: windows_10_22h2
    std::string_view release;    // 22H2; as NVD's older records give it as version: 22h2
    std::string_view lifecycle;  // endoflife.date: "windows" or "windows-server"
    std::string_view cycle;      // its cycle without the edition tail: "10-22h2", "11-23h2", "2019", "7-sp1"
    std::string_view ended = {};  // last day of updates, where a service pack was needed for later ones
};

// By "10.0.19045.4651" (or "19045.4651") and whether it is a server. Nothing for builds of no released Windows.
std::optional<WindowsRelease> windows_release(std::string_view version, bool server);
// True when an edition or name says server.
bool says_server(std::string_view text);

}  // namespace merlon::match
