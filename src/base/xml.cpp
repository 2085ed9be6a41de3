#include "base/xml.h"

namespace merlon::xml {

std::string_view local_name(pugi::xml_node node) {
    std::string_view const name = node.name();
    auto const colon = name.rfind(':');
    return colon == name.npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(pugi::xml_node node, std::string_view name) {
    for (auto const inner : node.children())
        if (local_name(inner) == name) return inner;
    return {};
}

}  // namespace merlon::xml
