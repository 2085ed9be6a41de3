#include "match/identity/catalog.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "match/identity/clean.h"

namespace merlon::match {

namespace {
struct Product {
    std::string subject, vendor, vendor_key;  // vendor_key: squeezed without "_project" and legal forms
    std::string product_key;
};
}  // namespace

struct VendorCatalog::State {
    std::vector<Product> products;
    std::unordered_map<std::string, std::vector<std::size_t>> by_product;  // squeezed product name
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_set<std::string, Hash, std::equal_to<>> subjects;
};

namespace {

// Legal forms and the like behind the name of a vendor: "docker_inc." of CNAs is "docker" of NVD.
std::string vendor_key_of(std::string_view vendor) {
    for (bool again = true; again;) {
        again = false;
        for (std::string_view const tail :
             {"_project", "_foundation", "_software", "_inc", "_inc.", "_labs", "_team", "_corporation", "_corp", "_corp.", "_llc",
              "_ltd", "_ltd.", "_limited", "_gmbh", "_ag", "_co.", "_company", "_technologies", "_systems", "_group", "_org",
              "_development", "_developers", "_community", "_contributors", ".org", ".com", ".io", ".net", ","})
            if (vendor.size() > tail.size() + 1 && vendor.ends_with(tail)) {
                vendor.remove_suffix(tail.size());
                again = true;
            }
    }
    auto key = squeezed(vendor);
    // getpostman, getadblock: addresses of products whose own name was taken.
    if (key.size() > 7 && key.starts_with("get")) key.erase(0, 3);
    return key;
}

// What the item says of itself, in words.
struct Names {
    std::vector<std::string> words;   // squeezed words of the name
    std::vector<std::string> vendor;  // of vendor and bundle id
    std::string vendor_joined;        // all of them, run together
    bool vendor_explains = true;      // not where the maker is named after the program: "DB Browser for SQLite Team"
};

Names names_of(SoftwareItem const& item) {
    Names names;
    for (auto const& word : name_words(item.name)) {
        auto plain = squeezed(word);
        if (!plain.empty()) names.words.push_back(std::move(plain));
    }
    for (auto& word : vendor_words(item.vendor)) names.vendor.push_back(std::move(word));
    for (auto& word : bundle_makers(item.bundle_id)) names.vendor.push_back(std::move(word));
    for (auto const& word : names.vendor) names.vendor_joined += word;
    std::string whole;
    for (auto const& word : names.words) whole += word;
    names.vendor_explains = names.words.size() < 2 || !names.vendor_joined.contains(whole);
    return names;
}

enum class VendorSign { none, same_as_product, in_name, stated };

VendorSign vendor_sign(Product const& product, Names const& names) {
    auto const& wanted = product.vendor_key;
    if (wanted.empty()) return VendorSign::none;
    for (auto const& word : names.vendor)
        if (word == wanted || (wanted.size() > 3 && word.starts_with(wanted)) || (word.size() > 3 && wanted.starts_with(word)))
            return VendorSign::stated;
    if (wanted.size() > 4 && names.vendor_joined.find(wanted) != std::string::npos) return VendorSign::stated;
    for (auto const& word : names.words)
        if (word == wanted) return wanted == product.product_key ? VendorSign::same_as_product : VendorSign::in_name;
    if (wanted == product.product_key || wanted.starts_with(product.product_key) ||
        (wanted.size() > 4 && product.product_key.starts_with(wanted)))
        return VendorSign::same_as_product;
    return VendorSign::none;
}

// Sources whose items name no vendor at all.
bool vendorless(SoftwareItem const& item) { return item.vendor.empty() && item.bundle_id.empty(); }

enum class Rest { none, same_product, unknown };

int confidence_of(VendorSign sign, bool whole_name, bool from_start, Rest rest, bool only_one, SoftwareItem const& item) {
    // Shown on demand only: what stands behind the name may be another product of the same house.
    bool const near_enough = from_start && rest != Rest::unknown;
    int const doubtful = from_start ? 45 : 30;
    switch (sign) {
        case VendorSign::stated: return whole_name ? 90 : near_enough ? 55 : doubtful;
        case VendorSign::in_name: return whole_name ? 85 : near_enough ? 50 : doubtful;
        case VendorSign::same_as_product:
            if (!whole_name) return 25;
            return vendorless(item) ? 80 : 65;
        case VendorSign::none:
            if (!whole_name) return 0;
            return vendorless(item) ? (only_one ? 60 : 40) : 30;
    }
    return 0;
}

}  // namespace

VendorCatalog::VendorCatalog() : state_(std::make_shared<State>()) {}

VendorCatalog::VendorCatalog(std::span<std::string const> subjects) {
    auto state = std::make_shared<State>();
    for (auto const& subject : subjects) {
        if (!subject.starts_with("a:")) {
            state->subjects.insert(subject);
            continue;
        }
        if (!state->subjects.insert(subject).second) continue;
        auto const parts = split(subject, ':');
        if (parts.size() < 3) continue;
        Product product{subject, std::string(parts[1]), vendor_key_of(parts[1]), squeezed(parts[2])};
        if (product.product_key.empty()) continue;
        state->by_product[product.product_key].push_back(state->products.size());
        state->products.push_back(std::move(product));
    }
    state_ = std::move(state);
}

std::size_t VendorCatalog::size() const { return state_->products.size(); }
std::vector<std::string> VendorCatalog::siblings(std::string_view subject) const {
    std::vector<std::string> same;
    auto const parts = split(subject, ':');
    if (parts.size() < 3 || parts[0] != "a") return same;
    auto const vendor = vendor_key_of(parts[1]);
    auto const found = state_->by_product.find(squeezed(parts[2]));
    if (found == state_->by_product.end()) return same;
    for (auto const index : found->second) {
        auto const& product = state_->products[index];
        if (product.subject != subject && product.vendor_key == vendor) same.push_back(product.subject);
    }
    std::sort(same.begin(), same.end());
    return same;
}

bool VendorCatalog::knows(std::string_view subject) const { return state_->subjects.contains(subject); }

std::vector<CatalogHit> VendorCatalog::search(SoftwareItem const& item) const {
    auto const names = names_of(item);
    std::vector<CatalogHit> hits;
    auto const count = std::min<std::size_t>(names.words.size(), 12);
    for (std::size_t begin = 0; begin < count; ++begin) {
        std::string run;
        for (std::size_t end = begin; end < count && end < begin + 6; ++end) {
            run += names.words[end];
            auto const found = state_->by_product.find(run);
            if (found == state_->by_product.end()) continue;
            for (auto const index : found->second) {
                auto const& product = state_->products[index];
                auto const sign = vendor_sign(product, names);
                // Words before and after the run that only repeat the vendor do not count against it.
                auto const explained = [&](std::string const& word) {
                    return product.vendor_key.find(word) != std::string::npos ||
                           (names.vendor_explains && std::find(names.vendor.begin(), names.vendor.end(), word) != names.vendor.end());
                };
                bool const before = std::all_of(names.words.begin(), names.words.begin() + static_cast<std::ptrdiff_t>(begin), explained);
                auto const behind = names.words.begin() + static_cast<std::ptrdiff_t>(end) + 1;
                bool const after = std::all_of(behind, names.words.end(), explained);
                auto const known = [&](std::string const& word) { return explained(word) || leaves_product(word); };
                auto const rest = after                                             ? Rest::none
                                  : std::all_of(behind, names.words.end(), known) ? Rest::same_product
                                                                                    : Rest::unknown;
                int const confidence = confidence_of(sign, before && after, before, rest, found->second.size() == 1, item);
                if (confidence >= 25)
                    hits.push_back({product.subject, confidence,
                                    std::string("dictionary: the name says ") + product.subject.substr(2) +
                                        (sign == VendorSign::stated    ? ", vendor as stated"
                                         : sign == VendorSign::in_name ? ", vendor in the name"
                                                                       : ", vendor not confirmed")});
            }
        }
    }
    std::stable_sort(hits.begin(), hits.end(), [](CatalogHit const& a, CatalogHit const& b) {
        if (a.confidence != b.confidence) return a.confidence > b.confidence;
        if (a.subject.size() != b.subject.size()) return a.subject.size() > b.subject.size();
        return a.subject < b.subject;
    });
    std::vector<CatalogHit> best;
    for (auto& hit : hits) {
        if (best.size() == 5) break;
        // A weaker reading beside a sure one is noise.
        if (!best.empty() && hit.confidence + 20 < best.front().confidence) break;
        if (std::none_of(best.begin(), best.end(), [&](auto const& b) { return b.subject == hit.subject; }))
            best.push_back(std::move(hit));
    }
    return best;
}

}  // namespace merlon::match
