// The error envelope of the specification (section 3.3): {"error": {"code", "message", "details", "target"}}.
#pragma once
#include <string>
#include <string_view>

namespace merlon::api {

std::string error_envelope(std::string_view code, std::string_view message);
// The envelope with one more member, given as JSON. A body that is none (other protocols have errors of their own) stays as it is.
void add_to_envelope(std::string& body, std::string_view member, std::string_view json);

}  // namespace merlon::api
