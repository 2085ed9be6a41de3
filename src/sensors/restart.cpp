#include "sensors/restart.h"

#include <algorithm>
#include <compare>

#include "base/json_text.h"
#include "base/text.h"
#include "sensors/reading.h"

namespace merlon::sensors {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Runs of digits as numbers, runs of letters as text, all else parts them: "6.1.0-18-amd64" -> 6 1 0 18 amd 64.
std::vector<std::string_view> parts_of(std::string_view release) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < release.size();) {
        auto const kind = is_digit(release[at]) ? is_digit : is_letter;
        auto end = at;
        while (end < release.size() && kind(release[end])) ++end;
        if (end > at) out.push_back(release.substr(at, end - at));
        at = std::max(end, at + 1);
    }
    return out;
}

// What tells kernels of one kind apart from others: "rt", "cloud", "generic", the architecture. Only those are compared.
std::string flavour_of(std::string_view release) {
    std::string out;
    for (auto const part : parts_of(release))
        if (is_letter(part.front())) out.append(part).append(" ");
    return out;
}

bool is_newer(std::string_view release, std::string_view than) {
    auto const a = parts_of(release), b = parts_of(than);
    auto const order = [](std::string_view x, std::string_view y) {
        auto const number = to_int(x), other = to_int(y);
        return number && other ? *number <=> *other : x <=> y;
    };
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end(), order) == std::strong_ordering::greater;
}

}  // namespace

void add_restart(std::vector<SettingFact>& out, std::vector<RestartReason> const& reasons) {
    out.push_back({"restart.pending", reasons.empty() ? "0" : "1"});
    for (auto const& reason : reasons) {
        std::string text;
        JsonWriter json(text);
        json.begin_object();
        json.member("detail", clean_text(reason.detail, 500));
        if (reason.since > 0) json.member("since", iso_seconds(reason.since));
        json.end_object();
        out.push_back({"restart.reason." + reason.name, std::move(text)});
    }
}

std::optional<std::vector<RestartReason>> restart_reasons(LinuxRestartSigns const& signs) {
    std::vector<RestartReason> reasons;
    bool told = false;
    for (auto const& file : signs.files) {
        told = true;
        if (file.path.starts_with("/run/") && reasons.empty()) reasons.push_back({"packages", signs.packages.empty() ? file.path : signs.packages, file.since});
    }
    LinuxRestartSigns::File const* newest = nullptr;
    for (auto const& kernel : signs.kernels) {
        if (signs.running.empty() || flavour_of(kernel.path) != flavour_of(signs.running)) continue;
        told = true;
        if (is_newer(kernel.path, newest ? newest->path : signs.running)) newest = &kernel;
    }
    if (newest) reasons.push_back({"kernel", newest->path + " is installed, " + signs.running + " runs", newest->since});
    if (!told) return {};
    return reasons;
}

}  // namespace merlon::sensors
