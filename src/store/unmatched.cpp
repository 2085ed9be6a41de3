#include "store/unmatched.h"

#include "base/text.h"
#include "store/store.h"

namespace merlon::store {
namespace {
constexpr std::string_view key = "unmatched.loads";
}

Result<std::int64_t> unmatched_loads(Connection& connection) { return to_int(TRY(state_value(connection, key))).value_or(0); }

Status note_unmatched_load(Connection& connection) {
    auto const before = TRY(unmatched_loads(connection));
    return set_state_value(connection, key, std::to_string(before + 1));
}

Status forget_unmatched_loads(Connection& connection) {
    if (TRY(unmatched_loads(connection)) == 0) return {};
    return set_state_value(connection, key, "0");
}

}  // namespace merlon::store
