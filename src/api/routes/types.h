// Names of the resources' types, as $metadata and the OpenAPI document write them.
#pragma once
#include <string>

#include "api/resource.h"

namespace merlon::api {

// "machines" -> "Machines", "machines/{}/software" -> "MachinesSoftware".
std::string type_name(Resource const&);
// Whether its rows are entities with an address of their own: /api/SET/{key}.
bool is_entity_set(Resource const&);

}  // namespace merlon::api
