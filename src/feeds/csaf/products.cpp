#include "feeds/csaf/products.h"

namespace merlon::feeds {
namespace {

constexpr int most_levels = 30;

void read_product(json::Value product, CsafProduct leaf, CsafProducts& products) {
    leaf.name = json::text(product, "name");
    if (auto const helper = json::member(product, "product_identification_helper")) {
        leaf.cpe_text = json::text(*helper, "cpe");
        leaf.cpe = parse_cpe(leaf.cpe_text);
        leaf.purl = parse_purl(json::text(*helper, "purl"));
    }
    auto const id = json::text(product, "product_id");
    if (!id.empty()) products.leaves.insert_or_assign(std::string(id), std::move(leaf));
}

void read_branch(json::Value branch, CsafProduct above, CsafProducts& products, int level) {
    if (level > most_levels) return;
    auto const category = json::text(branch, "category");
    auto const name = std::string(json::text(branch, "name"));
    if (category == "vendor") above.vendor = name;
    else if (category == "product_name" || category == "product_family") above.product = name;
    else if (category == "product_version") above.version = name;
    else if (category == "product_version_range") above.version_range = name;
    else if (category == "architecture") above.architecture = name;
    if (auto const product = json::member(branch, "product")) read_product(*product, above, products);
    for (auto const inner : json::array(branch, "branches")) read_branch(inner, above, products, level + 1);
}

}  // namespace

CsafProduct const* CsafProducts::leaf(std::string_view id) const {
    auto const found = leaves.find(id);
    return found == leaves.end() ? nullptr : &found->second;
}

CsafProduct const* CsafProducts::component(std::string_view id) const {
    // A package of a module of a product: two relations, one on the other's result.
    auto at = std::string(id);
    for (int level = 0; level < most_levels; ++level) {
        auto const found = relations.find(at);
        if (found == relations.end()) return leaf(at);
        at = found->second.component;
    }
    return nullptr;
}

CsafProduct const* CsafProducts::platform(std::string_view id) const {
    auto at = std::string(id);
    bool related = false;
    for (int level = 0; level < most_levels; ++level) {
        auto const found = relations.find(at);
        if (found == relations.end()) return related ? leaf(at) : nullptr;
        related = true;
        at = found->second.platform;
    }
    return nullptr;
}

CsafProducts csaf_products_of(json::Value root) {
    CsafProducts products;
    auto const tree = json::member(root, "product_tree");
    if (!tree) return products;
    for (auto const branch : json::array(*tree, "branches")) read_branch(branch, {}, products, 0);
    for (auto const product : json::array(*tree, "full_product_names")) read_product(product, {}, products);
    for (auto const relation : json::array(*tree, "relationships")) {
        auto const full = json::member(relation, "full_product_name");
        if (!full) continue;
        products.relations[std::string(json::text(*full, "product_id"))] = {
            std::string(json::text(relation, "product_reference")),
            std::string(json::text(relation, "relates_to_product_reference"))};
    }
    return products;
}

}  // namespace merlon::feeds
