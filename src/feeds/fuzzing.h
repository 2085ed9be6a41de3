// What the fuzz targets of the readers share: any bytes must end in records or in an error, never in a fault.
#pragma once
#include <cstdint>

#include "feeds/read.h"

namespace merlon::feeds {

inline int read_any_bytes(Format const& format, std::uint8_t const* data, std::size_t size, std::string name = "fuzz") {
    Intake intake([](KnowledgeRecord const&) -> Status { return {}; });
    Source const source{.name = std::move(name), .path = {}, .bytes = std::string(reinterpret_cast<char const*>(data), size)};
    (void)read_source(source, format, intake);
    return 0;
}

}  // namespace merlon::feeds
