// Bundles, and archives of any kind: what strangers pack is walked before it is trusted.
#include <unistd.h>

#include <cstdint>

#include "base/files.h"
#include "feeds/bundle.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon;
    auto const folder = std::filesystem::temp_directory_path() / ("bundle_fuzz." + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    auto const file = folder / "input";
    if (!write_file_durably(file, {reinterpret_cast<char const*>(data), size})) __builtin_trap();
    constexpr std::uint64_t most_bytes = std::uint64_t{16} << 20;
    if (looks_like_archive(file)) (void)read_archive(file, [](ArchiveMember const&) -> Status { return {}; }, most_bytes);
    (void)decompress({reinterpret_cast<char const*>(data), size}, "fuzz", most_bytes);
    if (feeds::looks_like_bundle(file) && feeds::open_bundle(file, {}, folder / "opened")) __builtin_trap();  // no key is trusted
    return 0;
}
