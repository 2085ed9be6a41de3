#include "base/files.h"
#include "base/flush.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/text.h"

namespace merlon {
namespace {

struct ArchiveCloser {
    void operator()(archive* handle) const { archive_read_free(handle); }
};
using ArchiveHandle = std::unique_ptr<archive, ArchiveCloser>;

// Archive headers name their members in UTF-8; without a UTF-8 locale libarchive would refuse them.
std::string member_name(archive_entry* entry) {
    if (auto const* name = archive_entry_pathname_utf8(entry)) return name;
    if (auto const* name = archive_entry_pathname(entry)) return name;
    return {};
}

std::unexpected<Error> archive_failure(archive* handle, std::string const& name) {
    auto const* text = archive_error_string(handle);
    auto reason = std::string(text ? text : "unreadable compressed data");
    if (auto const at = archive_filter_bytes(handle, -1); at > 0) reason += " (near byte " + std::to_string(at) + ")";
    return fail("file.damaged", name, reason);
}

Status check_readable(std::filesystem::path const& path) {
    std::error_code failed;
    auto const status = std::filesystem::status(path, failed);
    if (status.type() == std::filesystem::file_type::not_found) return fail("file.missing", path.string());
    if (status.type() == std::filesystem::file_type::directory) return fail("file.is_directory", path.string());
    if (::access(path.c_str(), R_OK) != 0) return fail("file.unreadable", path.string(), std::strerror(errno));
    return {};
}

ArchiveHandle new_reader(bool containers) {
    ArchiveHandle handle(archive_read_new());
    archive_read_support_filter_all(handle.get());
    if (containers) {
        archive_read_support_format_zip(handle.get());
        archive_read_support_format_tar(handle.get());
    } else {
        archive_read_support_format_raw(handle.get());
    }
    return handle;
}

// Thousands of documents of one form pack better than one file does.
constexpr std::uint64_t max_archive_ratio = 500;

// Reads the current member to its end. `seen` counts decompressed bytes over all members.
Result<std::string> read_member(archive* handle, std::string const& name, std::uint64_t most_bytes,
                                std::uint64_t& seen, std::uint64_t most_ratio = max_compression_ratio) {
    std::string bytes;
    constexpr std::size_t piece = std::size_t{1} << 20;
    while (true) {
        auto const have = bytes.size();
        bytes.resize(have + piece);
        auto const got = archive_read_data(handle, bytes.data() + have, piece);
        if (got < 0) return archive_failure(handle, name);
        bytes.resize(have + static_cast<std::size_t>(got));
        if (got == 0) break;
        seen += static_cast<std::uint64_t>(got);
        auto const packed = static_cast<std::uint64_t>(std::max<la_int64_t>(1, archive_filter_bytes(handle, -1)));
        if (seen > most_bytes) return fail("file.too_large", name, std::to_string(most_bytes));
        if (bytes.size() > max_feed_file_bytes) return fail("file.too_large", name, std::to_string(max_feed_file_bytes));
        if (seen > (std::uint64_t{64} << 20) && seen / packed > most_ratio)
            return fail("file.compression_bomb", name, std::to_string(seen / packed));
    }
    bytes.reserve(bytes.size() + 64);
    return bytes;
}

Result<std::string> read_raw(ArchiveHandle handle, std::string const& name, std::uint64_t most_bytes) {
    archive_entry* entry = nullptr;
    auto const header = archive_read_next_header(handle.get(), &entry);
    if (header == ARCHIVE_EOF) return std::string{};
    if (header < ARCHIVE_WARN) return archive_failure(handle.get(), name);
    std::uint64_t seen = 0;
    return read_member(handle.get(), name, most_bytes, seen);
}

// A file whose bytes may be packed, opened; nothing where it is empty, which libarchive takes for no archive.
Result<ArchiveHandle> open_raw(std::filesystem::path const& path) {
    TRY(check_readable(path));
    std::error_code failed;
    if (std::filesystem::is_regular_file(path, failed) && std::filesystem::file_size(path, failed) == 0) return ArchiveHandle{};
    auto handle = new_reader(false);
    if (archive_read_open_filename(handle.get(), path.c_str(), 1 << 20) != ARCHIVE_OK)
        return archive_failure(handle.get(), path.string());
    return handle;
}
// The same at its first byte.
Result<ArchiveHandle> open_stream(std::filesystem::path const& path) {
    auto handle = TRY(open_raw(path));
    archive_entry* entry = nullptr;
    if (handle && archive_read_next_header(handle.get(), &entry) < ARCHIVE_WARN)
        return archive_failure(handle.get(), path.string());
    return handle;
}

}  // namespace

Result<std::string> read_file(std::filesystem::path const& path, std::uint64_t most_bytes) {
    auto handle = TRY(open_raw(path));
    if (!handle) return std::string{};
    return read_raw(std::move(handle), path.string(), most_bytes);
}

Result<std::string> decompress(std::string_view bytes, std::string_view name, std::uint64_t most_bytes) {
    if (bytes.empty()) return std::string{};
    auto handle = new_reader(false);
    if (archive_read_open_memory(handle.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        return archive_failure(handle.get(), std::string(name));
    return read_raw(std::move(handle), std::string(name), most_bytes);
}

bool looks_like_archive(std::filesystem::path const& path) {
    auto handle = new_reader(true);
    if (archive_read_open_filename(handle.get(), path.c_str(), 1 << 16) != ARCHIVE_OK) return false;
    archive_entry* entry = nullptr;
    return archive_read_next_header(handle.get(), &entry) >= ARCHIVE_WARN;
}

Status read_archive(std::filesystem::path const& path, std::function<Status(ArchiveMember)> const& take,
                    std::uint64_t most_bytes) {
    TRY(check_readable(path));
    if (!looks_like_archive(path)) {
        auto bytes = TRY(read_file(path, most_bytes));
        return take({path.string(), std::move(bytes)});
    }
    auto handle = new_reader(true);
    if (archive_read_open_filename(handle.get(), path.c_str(), 1 << 20) != ARCHIVE_OK)
        return archive_failure(handle.get(), path.string());
    std::uint64_t seen = 0;
    while (true) {
        archive_entry* entry = nullptr;
        auto const header = archive_read_next_header(handle.get(), &entry);
        if (header == ARCHIVE_EOF) return {};
        if (header < ARCHIVE_WARN) return archive_failure(handle.get(), path.string());
        if (archive_entry_filetype(entry) != AE_IFREG) continue;
        auto name = member_name(entry);
        auto bytes = TRY(read_member(handle.get(), path.string() + ":" + name, most_bytes, seen, max_archive_ratio));
        TRY(take({std::move(name), std::move(bytes)}));
    }
}

Status read_pieces(std::filesystem::path const& path,
                   std::function<Status(std::string_view, std::uint64_t)> const& take, std::uint64_t most_bytes) {
    auto handle = TRY(open_stream(path));
    if (!handle) return {};
    constexpr std::size_t piece_bytes = std::size_t{1} << 20;
    std::vector<char> piece(piece_bytes);
    std::uint64_t seen = 0;
    while (true) {
        auto const got = archive_read_data(handle.get(), piece.data(), piece_bytes);
        if (got < 0) return archive_failure(handle.get(), path.string());
        if (got == 0) return {};
        seen += static_cast<std::uint64_t>(got);
        auto const packed = static_cast<std::uint64_t>(std::max<la_int64_t>(1, archive_filter_bytes(handle.get(), -1)));
        if (seen > most_bytes) return fail("file.too_large", path.string(), std::to_string(most_bytes));
        if (seen > (std::uint64_t{64} << 20) && seen / packed > max_compression_ratio)
            return fail("file.compression_bomb", path.string(), std::to_string(seen / packed));
        TRY(take(std::string_view(piece.data(), static_cast<std::size_t>(got)), packed));
    }
}

Status read_lines(std::filesystem::path const& path, std::function<Status(std::string_view, std::size_t)> const& take,
                  std::size_t most_line_bytes) {
    auto handle = TRY(open_stream(path));
    if (!handle) return {};
    std::string pending;
    std::vector<char> piece(std::size_t{1} << 20);
    std::size_t line = 0;
    while (true) {
        auto const got = archive_read_data(handle.get(), piece.data(), piece.size());
        if (got < 0) return archive_failure(handle.get(), path.string());
        if (got == 0) break;
        std::string_view fresh(piece.data(), static_cast<std::size_t>(got));
        for (auto at = fresh.find('\n'); at != std::string_view::npos; at = fresh.find('\n')) {
            auto whole = fresh.substr(0, at);
            if (!pending.empty()) {
                pending += whole;
                whole = pending;
            }
            if (!whole.empty() && whole.back() == '\r') whole.remove_suffix(1);
            TRY(take(whole, ++line));
            pending.clear();
            fresh.remove_prefix(at + 1);
        }
        pending += fresh;
        if (pending.size() > most_line_bytes)
            return fail("file.line_too_long", path.string(), std::to_string(line + 1), std::to_string(most_line_bytes));
    }
    if (!pending.empty()) TRY(take(pending, ++line));
    return {};
}

Status write_file_durably(std::filesystem::path const& path, std::string_view bytes) {
    auto const temporary = path.string() + ".new";
    int const file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return fail("file.unwritable", temporary, std::strerror(errno));
    auto rest = bytes;
    while (!rest.empty()) {
        auto const wrote = ::write(file, rest.data(), rest.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) {
            auto const reason = errno;
            ::close(file);
            ::unlink(temporary.c_str());
            return fail("file.unwritable", temporary, std::strerror(reason));
        }
        rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
    bool const flushed = ::fsync(file) == 0;
    auto const flush_reason = errno;
    ::close(file);
    if (!flushed) return fail("file.unwritable", temporary, std::strerror(flush_reason));
    if (::rename(temporary.c_str(), path.c_str()) != 0) return fail("file.unwritable", path.string(), std::strerror(errno));
    flush_folder(path.parent_path());
    return {};
}

}  // namespace merlon
