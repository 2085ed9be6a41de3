#include "feeds/cve5/names.h"

#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "base/embedded.h"
#include "base/text.h"

namespace merlon::feeds {
namespace {

struct Vendor {
    std::string_view is, prefix;
};
struct Names {
    std::unordered_map<std::string_view, Vendor> vendors;
    std::multimap<std::pair<std::string_view, std::string_view>, Cpe> products;  // in the order of the list
    std::set<std::pair<std::string_view, std::string_view>> last;
};

// The list travels in the binary: a line that is wrong is left out here, and found by the test of this room.
Names read_names() {
    Names names;
    for (auto const line : split(embedded("rules/cna-names.txt"), '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        auto const words = split(line, ' ');
        if (words[0] == "vendor" && words.size() >= 3) {
            names.vendors.emplace(words[1], Vendor{words[2], words.size() > 3 ? words[3] : std::string_view{}});
        } else if (words[0] == "last" && words.size() == 3) {
            names.last.emplace(words[1], words[2]);
        } else if (words[0] == "product" && words.size() >= 4) {
            auto const parts = split(words[3], ':');
            if (parts.size() != 3) continue;
            Cpe cpe{.part = std::string(parts[0]), .vendor = std::string(parts[1]), .product = std::string(parts[2])};
            if (words.size() > 4) cpe.target_sw = words[4];
            names.products.emplace(std::pair(words[1], words[2]), std::move(cpe));
        }
    }
    return names;
}

Names const& known_names() {
    static auto const names = read_names();
    return names;
}

// "Client for Windows": how product names end that are for one system, and the target software of a CPE name.
struct System {
    std::string_view end, target;
};
constexpr std::array<System, 7> systems{{{"_for_windows", "windows"}, {"_for_macos", "macos"}, {"_for_mac_os", "macos"}, {"_for_mac", "macos"},
                                         {"_for_linux", "linux_kernel"}, {"_for_android", "android"}, {"_for_ios", "iphone_os"}}};

bool says_nothing(std::string_view name) { return name.empty() || name == "n/a" || name == "*" || name == "-"; }

}  // namespace

std::vector<Cpe> cpes_of_names(std::string vendor, std::string product) {
    auto const& names = known_names();
    std::vector<Cpe> cpes;
    if (says_nothing(product)) return cpes;
    auto const take = [&](std::string_view name) {
        auto const [begin, end] = names.products.equal_range({vendor, name});
        for (auto at = begin; at != end; ++at) cpes.push_back(at->second);
        return !cpes.empty();
    };
    if (take(product)) return cpes;
    if (says_nothing(vendor)) return cpes;
    if (auto const known = names.vendors.find(vendor); known != names.vendors.end()) {
        auto const& [is, prefix] = known->second;
        vendor = is;
        if (!prefix.empty() && product.size() > prefix.size() && product.starts_with(prefix)) product.erase(0, prefix.size());
        if (take(product)) return cpes;
    }
    if (take("*")) return cpes;
    cpes.push_back({.part = "a", .vendor = vendor, .product = product});
    for (auto const& system : systems) {
        if (!product.ends_with(system.end) || product.size() == system.end.size()) continue;
        for (auto& cpe : cpes_of_names(vendor, product.substr(0, product.size() - system.end.size()))) {
            if (cpe.target_sw == "*") cpe.target_sw = system.target;
            cpes.push_back(std::move(cpe));
        }
    }
    return cpes;
}

bool writes_last_versions(std::string_view vendor, std::string_view product) { return known_names().last.contains({vendor, product}); }

}  // namespace merlon::feeds
