#include "feeds/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon::feeds;
    read_any_bytes({FeedKind::nvd}, data, size);
    read_any_bytes({FeedKind::nvd_override, Layout::lines}, data, size);
    read_any_bytes({FeedKind::nvd_override, Layout::record}, data, size);
    return 0;
}
