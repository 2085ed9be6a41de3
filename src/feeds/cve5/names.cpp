#include "feeds/cve5/names.h"

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
    if (!take("*")) cpes.push_back({.part = "a", .vendor = std::move(vendor), .product = std::move(product)});
    return cpes;
}

bool writes_last_versions(std::string_view vendor, std::string_view product) { return known_names().last.contains({vendor, product}); }

}  // namespace merlon::feeds
