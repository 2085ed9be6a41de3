#include "feeds/fuzzing.h"
#include "feeds/merlon/read.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon::feeds;
    (void)looks_like_knowledge({reinterpret_cast<char const*>(data), size});
    return read_any_bytes({FeedKind::merlon}, data, size);
}
