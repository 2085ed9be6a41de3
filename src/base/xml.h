// XML elements by their names without a namespace prefix: writers choose it ("cdf:", "xccdf-1.2:") or leave it out.
#pragma once
#include <pugixml.hpp>

#include <string_view>

namespace merlon::xml {

std::string_view local_name(pugi::xml_node);
// The first child element of that name, else an empty node.
pugi::xml_node child(pugi::xml_node, std::string_view name);

}  // namespace merlon::xml
