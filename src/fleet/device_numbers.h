// Numbers of devices by their ids, for rows that mostly stand in the order of the index.
#pragma once
#include <optional>

#include "fleet/index.h"

namespace merlon::fleet {

// Tries the device behind the last one before it looks for it.
class DeviceNumbers {
public:
    explicit DeviceNumbers(Index const& index) : index_(index) {}  // which must outlive this
    std::optional<std::uint32_t> of(std::string_view id) {
        bool const expected = next_ < index_.devices.size() && index_.devices[next_].id == id;
        auto const number = expected ? std::optional(next_) : index_.device_number(id);
        if (number) next_ = *number + 1;
        return number;
    }

private:
    Index const& index_;
    std::uint32_t next_ = 0;
};

}  // namespace merlon::fleet
