#include "base/archive_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <memory>

namespace merlon {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unwritable(fs::path const& path, archive* writer) {
    auto const* why = archive_error_string(writer);
    return fail("file.unwritable", path.string(), std::string(why ? why : "the archive cannot be written"));
}

Status write_entry(archive* writer, fs::path const& to, ArchiveEntry const& entry) {
    std::error_code failed;
    auto const size = entry.file.empty() ? entry.bytes.size() : fs::file_size(entry.file, failed);
    if (failed) return fail("file.unreadable", entry.file.string(), failed.message());
    std::unique_ptr<archive_entry, decltype(&archive_entry_free)> const head(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(head.get(), entry.name.c_str());
    archive_entry_set_size(head.get(), static_cast<la_int64_t>(size));
    archive_entry_set_filetype(head.get(), AE_IFREG);
    archive_entry_set_perm(head.get(), 0644);
    archive_entry_set_mtime(head.get(), 0, 0);
    if (archive_write_header(writer, head.get()) != ARCHIVE_OK) return unwritable(to, writer);
    if (entry.file.empty()) {
        if (archive_write_data(writer, entry.bytes.data(), entry.bytes.size()) < 0) return unwritable(to, writer);
        return {};
    }
    std::ifstream file(entry.file, std::ios::binary);
    if (!file) return fail("file.unreadable", entry.file.string(), "it cannot be opened");
    std::vector<char> piece(std::size_t{1} << 20);
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0)
        if (archive_write_data(writer, piece.data(), static_cast<std::size_t>(file.gcount())) < 0) return unwritable(to, writer);
    return {};
}

Status write_all(archive* writer, fs::path const& to, fs::path const& temporary, std::vector<ArchiveEntry> const& entries) {
    if (archive_write_add_filter_zstd(writer) != ARCHIVE_OK || archive_write_set_format_pax_restricted(writer) != ARCHIVE_OK ||
        archive_write_open_filename(writer, temporary.c_str()) != ARCHIVE_OK)
        return unwritable(to, writer);
    for (auto const& entry : entries) {
        auto const written = write_entry(writer, to, entry);
        if (!written) return written;
    }
    if (archive_write_close(writer) != ARCHIVE_OK) return unwritable(to, writer);
    return {};
}

}  // namespace

Status write_archive(fs::path const& to, std::vector<ArchiveEntry> const& entries) {
    auto temporary = to;
    temporary += ".part";
    std::error_code failed;
    {
        std::unique_ptr<archive, decltype(&archive_write_free)> const writer(archive_write_new(), archive_write_free);
        if (auto const written = write_all(writer.get(), to, temporary, entries); !written) {
            fs::remove(temporary, failed);
            return written;
        }
    }
    int const file = ::open(temporary.c_str(), O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        (void)::fsync(file);
        ::close(file);
    }
    fs::rename(temporary, to, failed);
    if (failed) return fail("file.unwritable", to.string(), failed.message());
    return {};
}

}  // namespace merlon
