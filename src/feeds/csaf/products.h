// The product tree of a CSAF document: what each product id stands for.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/json_read.h"
#include "feeds/purl.h"
#include "model/knowledge.h"

namespace merlon::feeds {

struct CsafProduct {
    std::string name;             // for people
    std::string vendor, product;  // of the branches above
    std::string version;          // of a product_version leaf
    std::string version_range;    // of a product_version_range leaf: "<129.0.2792.52"
    std::string architecture;
    std::optional<Cpe> cpe;
    std::string cpe_text;
    std::optional<Purl> purl;
};

struct CsafProducts {
    std::map<std::string, CsafProduct, std::less<>> leaves;
    struct Relation {
        std::string component, platform;
    };
    std::map<std::string, Relation, std::less<>> relations;

    CsafProduct const* leaf(std::string_view id) const;
    // The component of a related product, or the product itself.
    CsafProduct const* component(std::string_view id) const;
    // What the component is part of; null when it stands alone.
    CsafProduct const* platform(std::string_view id) const;
};

CsafProducts csaf_products_of(json::Value document_root);

}  // namespace merlon::feeds
