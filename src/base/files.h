// Reading files whole or in pieces, compressed or not; writing them so that a crash leaves the old or the new one.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon {

inline constexpr std::uint64_t max_feed_file_bytes = std::uint64_t{4} << 30;  // after decompression
inline constexpr std::uint64_t max_compression_ratio = 200;

// The whole file; gz, bz2, xz and zst are decompressed by content. Refuses what is larger than `most_bytes`.
// The string keeps 64 bytes of spare capacity, so simdjson may parse it in place.
Result<std::string> read_file(std::filesystem::path const&, std::uint64_t most_bytes = max_feed_file_bytes);
// The same for bytes at hand.
Result<std::string> decompress(std::string_view bytes, std::string_view name,
                               std::uint64_t most_bytes = max_feed_file_bytes);

// One file inside an archive (zip, tar, tar.gz ...), or the file itself when it is no archive.
struct ArchiveMember {
    std::string name;
    std::string bytes;
};
// Calls `take` for each regular file in the archive, in order. An error of `take` stops the walk.
Status read_archive(std::filesystem::path const&, std::function<Status(ArchiveMember)> const& take,
                    std::uint64_t most_bytes = max_feed_file_bytes);
// True for zip and tar containers (also compressed), by content.
bool looks_like_archive(std::filesystem::path const&);

// Calls `take` with the bytes of a possibly compressed file, piece by piece (at most 1 MB). `take` gets the
// piece and how many bytes of the file as it lies on the disk have been consumed.
Status read_pieces(std::filesystem::path const&, std::function<Status(std::string_view, std::uint64_t)> const& take,
                   std::uint64_t most_bytes = max_feed_file_bytes);

// Calls `take` with each line (without its end) of a possibly compressed text file, and its number from 1.
// Lines may be up to `most_line_bytes`; memory use is bounded by that.
Status read_lines(std::filesystem::path const&, std::function<Status(std::string_view, std::size_t)> const& take,
                  std::size_t most_line_bytes = std::size_t{64} << 20);

// Writes to a temporary file beside `path`, flushes it to disk, then renames it over `path`.
Status write_file_durably(std::filesystem::path const&, std::string_view bytes);

}  // namespace merlon
