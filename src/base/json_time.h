// Times in JSON.
#pragma once
#include <string_view>

#include "base/json_text.h"
#include "base/time.h"

namespace merlon {

// A member that is a time to the second, or null for 0: never, or not known.
inline void time_or_null(JsonWriter& json, std::string_view name, Ticks time) {
    json.key(name);
    if (time == 0) json.null();
    else json.string(iso_seconds(time));
}

}  // namespace merlon
