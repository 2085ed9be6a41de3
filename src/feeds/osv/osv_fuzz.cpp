#include "feeds/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon::feeds;
    read_any_bytes({FeedKind::osv, Layout::record}, data, size);
    read_any_bytes({FeedKind::osv, Layout::lines}, data, size);
    read_any_bytes({FeedKind::osv, Layout::array}, data, size);
    return 0;
}
