// What Defender does to devices (isolation, scans, packages for investigators, live response), and Merlon does not: scripts that
// ask for it are told so, and what there is instead, rather than that there is nothing at the address.
#include <array>

#include "api/service.h"

namespace merlon::api {
namespace {

constexpr std::string_view rescan = "POST /api/machines/{id}/rescan asks the device's agent for a fresh inventory.";
constexpr std::string_view remediation = "POST /api/remediationTasks gives the work to people, and /api/remediationTasks/{id}/actions has commands for their tools.";
constexpr std::string_view exclusion = "POST /api/machines/{id}/exclude leaves a device out of scores and lists.";
constexpr std::string_view history = "GET /api/machines/{id}/software, /vulnerabilities and /alerts, and hunting, say what is known of it.";
constexpr std::string_view none = "GET /api/machineactions is empty.";

struct DeviceAction {
    std::string_view method, pattern, what, instead;
};
constexpr std::array device_actions{
    DeviceAction{"POST", "api/machines/{}/isolate", "isolates no device", remediation},
    DeviceAction{"POST", "api/machines/{}/unisolate", "isolates no device, nor releases one", remediation},
    DeviceAction{"POST", "api/machines/{}/restrictCodeExecution", "restricts no programs", remediation},
    DeviceAction{"POST", "api/machines/{}/unrestrictCodeExecution", "restricts no programs, nor allows them", remediation},
    DeviceAction{"POST", "api/machines/{}/StopAndQuarantineFile", "stops and quarantines no files", remediation},
    DeviceAction{"POST", "api/machines/{}/runAntiVirusScan", "runs no antivirus scan", rescan},
    DeviceAction{"POST", "api/machines/{}/offboard", "offboards no device", exclusion},
    DeviceAction{"POST", "api/machines/{}/collectInvestigationPackage", "collects no investigation package", history},
    DeviceAction{"POST", "api/machines/{}/startInvestigation", "starts no investigation on a device", history},
    DeviceAction{"POST", "api/machines/{}/runliveresponse", "opens no live response session", rescan},
    DeviceAction{"POST", "api/machineactions/{}/cancel", "has no action to cancel", none},
    DeviceAction{"GET", "api/machineactions/{}/getPackageUri", "has no investigation package", none},
    DeviceAction{"GET", "api/machineactions/{}/GetLiveResponseResultDownloadLink({})", "has no result of a live response", none},
};

}  // namespace

// Before a device is looked up: what is refused for every device tells nothing of one. The right to read devices is enough to hear
// it, since no right would do more.
void add_device_action_routes(std::vector<Route>& all) {
    for (auto const& one : device_actions)
        all.push_back({std::string(one.method), std::string(one.pattern), "Machine.Read.All",
                       [&one](Service&, HttpRequest const&, std::vector<std::string> const&) -> Result<HttpResponse> {
                           return fail("api.takes_no_action", std::string(one.what), std::string(one.instead));
                       }});
}

}  // namespace merlon::api
