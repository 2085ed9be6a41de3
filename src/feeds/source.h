// One document to be read: a file (compressed or not), or a member of an archive that is in memory.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon::feeds {

// Largest single record (a line, an element of an array) and largest document that must be held whole.
inline constexpr std::size_t most_record_bytes = std::size_t{64} << 20;
inline constexpr std::uint64_t most_document_bytes = std::uint64_t{1} << 30;

struct Source {
    std::string name;                  // for messages: path, or "archive.zip:member"
    std::filesystem::path path;        // used when `bytes` is empty
    std::optional<std::string> bytes;  // unpacked
    // Told of each piece: bytes of the file consumed so far, and unpacked bytes of the piece. An error stops reading.
    std::function<Status(std::uint64_t consumed, std::size_t unpacked)> progress;
};

// Unpacked bytes in pieces.
Status pieces_of(Source const&, std::function<Status(std::string_view)> const& take);
// Lines without their ends, numbered from 1.
Status lines_of(Source const&, std::function<Status(std::string_view, std::size_t)> const& take);
// The whole document; at most most_document_bytes.
Result<std::string> whole_of(Source const&);
// The first bytes, at most 64 KB of them.
Result<std::string> head_of(Source const&);

}  // namespace merlon::feeds
