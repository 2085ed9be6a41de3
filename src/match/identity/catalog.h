// The dictionary that identity searches: every vendor:product that loaded knowledge speaks of.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/device.h"

namespace merlon::match {

struct CatalogHit {
    std::string subject;  // "a:vendor:product"
    int confidence = 0;
    std::string why;      // for people
};

class VendorCatalog {
public:
    VendorCatalog();
    // Subjects "a:vendor:product" (o: and h: are not searched by name), any order, duplicates allowed.
    explicit VendorCatalog(std::span<std::string const> subjects);

    // Products that the names speak of, best first, at most five. Vendor words of a product must occur in the item's
    // vendor, bundle id or name, and the product's words must be a run of words of the name.
    std::vector<CatalogHit> search(SoftwareItem const&) const;
    // Other names of the same product: the same words, the vendor with and without its legal form. Sorted.
    std::vector<std::string> siblings(std::string_view subject) const;
    bool knows(std::string_view subject) const;
    std::size_t size() const;

private:
    struct State;
    std::shared_ptr<State const> state_;
};

}  // namespace merlon::match
