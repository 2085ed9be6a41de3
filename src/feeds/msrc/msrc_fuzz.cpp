#include "feeds/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon::feeds;
    read_any_bytes({FeedKind::msrc, Layout::record, true}, data, size);
    read_any_bytes({FeedKind::msrc, Layout::record, false}, data, size);
    read_any_bytes({FeedKind::windows_kb}, data, size);
    return 0;
}
