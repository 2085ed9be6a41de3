#include "store/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>

#include "base/files.h"
#include "base/flush.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/commits.h"
#include "store/folder_lock.h"
#include "store/schema.h"

namespace merlon::store {
namespace {

constexpr std::string_view manifest_name = "manifest.json";
constexpr std::string_view format_name = "merlon-backup-1";
constexpr std::array<std::string_view, 3> data_files{"merlon.duckdb", "merlon.duckdb.wal", "audit.ndjson"};
constexpr std::int64_t most_bytes = std::int64_t{1} << 50;  // of one file
constexpr std::size_t block_bytes = std::size_t{1} << 20;

bool is_data_file(std::string_view name) { return std::find(data_files.begin(), data_files.end(), name) != data_files.end(); }

class Digest {
public:
    Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
    ~Digest() { EVP_MD_CTX_free(context_); }
    Digest(Digest const&) = delete;
    void add(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }
    std::string hex_text() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        EVP_DigestFinal_ex(context_, bytes.data(), &size);
        return hex(std::span<unsigned char const>(bytes.data(), size));
    }

private:
    EVP_MD_CTX* context_;
};

Result<std::string> digest_of(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail("file.missing", file.string());
    Digest digest;
    std::string block(block_bytes, '\0');
    while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0)
        digest.add(std::string_view(block).substr(0, static_cast<std::size_t>(in.gcount())));
    return digest.hex_text();
}

// A folder that goes with its last owner.
struct Folder {
    std::filesystem::path path;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

Status has_room(std::filesystem::path const& folder, std::int64_t needed) {
    std::error_code failed;
    auto const space = std::filesystem::space(folder, failed);
    auto const free = static_cast<std::int64_t>(std::min<std::uintmax_t>(space.available, std::numeric_limits<std::int64_t>::max()));
    if (!failed && free < needed) return fail("backup.no_room", folder.string(), with_thousands(needed), with_thousands(free));
    return {};
}

Result<std::string> manifest_of(std::filesystem::path const& folder) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("format", format_name);
    json.member("schema", schema_version());
    json.member("program", program_version());
    json.member("time", iso_time(now_ticks()));
    json.key("files");
    json.begin_array();
    for (auto const name : data_files) {
        auto const file = folder / name;
        std::error_code failed;
        auto const size = std::filesystem::file_size(file, failed);
        if (failed) continue;  // no write-ahead log: nothing was written since the last checkpoint
        json.begin_object();
        json.member("name", name);
        json.member("size", static_cast<std::int64_t>(size));
        json.member("sha256", TRY(digest_of(file)));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return text;
}

// Writes the archive a block at a time.
struct Packing {
    std::shared_ptr<Folder> folder;
    std::string manifest;
    archive* out = nullptr;
    std::string made;
    std::vector<std::string> names;
    std::size_t next = 0;
    std::ifstream current;
    bool open = false;

    ~Packing() {
        if (out) archive_write_free(out);
    }
    std::unexpected<Error> failed() const { return fail("backup.unpackable", archive_error_string(out) ? archive_error_string(out) : "unknown"); }

    Status begin() {
        out = archive_write_new();
        archive_write_set_format_pax_restricted(out);
        archive_write_add_filter_zstd(out);
        archive_write_set_bytes_per_block(out, 0);
        auto const write = [](archive*, void* self, void const* bytes, std::size_t size) -> la_ssize_t {
            static_cast<Packing*>(self)->made.append(static_cast<char const*>(bytes), size);
            return static_cast<la_ssize_t>(size);
        };
        if (archive_write_open(out, this, nullptr, write, nullptr) != ARCHIVE_OK) return failed();
        TRY(header(manifest_name, static_cast<std::int64_t>(manifest.size())));
        if (archive_write_data(out, manifest.data(), manifest.size()) < 0) return failed();
        return {};
    }
    Status header(std::string_view name, std::int64_t size) {
        auto* entry = archive_entry_new();
        archive_entry_set_pathname(entry, std::string(name).c_str());
        archive_entry_set_size(entry, size);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        auto const wrote = archive_write_header(out, entry);
        archive_entry_free(entry);
        if (wrote != ARCHIVE_OK) return failed();
        return {};
    }
    Result<bool> piece(std::string& to) {
        if (!out) TRY(begin());
        while (made.size() < block_bytes) {
            if (!open) {
                if (next == names.size()) {
                    if (archive_write_close(out) != ARCHIVE_OK) return failed();
                    to += made;
                    return false;
                }
                auto const file = folder->path / names[next];
                TRY(header(names[next], static_cast<std::int64_t>(std::filesystem::file_size(file))));
                current = std::ifstream(file, std::ios::binary);
                open = true;
                ++next;
            }
            std::string block(block_bytes, '\0');
            current.read(block.data(), static_cast<std::streamsize>(block.size()));
            auto const got = static_cast<std::size_t>(current.gcount());
            if (got > 0 && archive_write_data(out, block.data(), got) < 0) return failed();
            if (got < block.size()) open = false;
        }
        to += std::exchange(made, {});
        return true;
    }
};

struct Reader {
    archive* in = archive_read_new();
    ~Reader() { archive_read_free(in); }
};

struct Listed {
    std::int64_t size = 0;
    std::string sha256;
};

Status unpack(archive* in, std::filesystem::path const& file, Listed const& listed) {
    int const out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) return fail("file.unwritable", file.string(), std::strerror(errno));
    struct Closed {
        int handle;
        ~Closed() { ::close(handle); }
    } const closed{out};
    Digest digest;
    std::int64_t size = 0;
    std::string block(block_bytes, '\0');
    for (la_ssize_t got = 0; (got = archive_read_data(in, block.data(), block.size())) != 0;) {
        if (got < 0) return fail("backup.damaged", file.filename().string(), archive_error_string(in) ? archive_error_string(in) : "unreadable");
        digest.add(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
        size += got;
        if (size > listed.size) break;
        for (la_ssize_t at = 0; at < got;) {
            auto const wrote = ::write(out, block.data() + at, static_cast<std::size_t>(got - at));
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote < 0) return fail("file.unwritable", file.string(), std::strerror(errno));
            at += wrote;
        }
    }
    if (size != listed.size || digest.hex_text() != listed.sha256)
        return fail("backup.damaged", file.filename().string(), "its bytes are not those that were saved");
    if (::fsync(out) != 0) return fail("file.unwritable", file.string(), std::strerror(errno));
    return {};
}

Result<BackupManifest> read_manifest(std::string_view text, std::map<std::string, Listed>& listed) {
    auto const document = json::Document::parse(text, manifest_name);
    if (!document || json::text(document->root(), "format") != format_name) return fail("backup.not_one", std::string(manifest_name));
    BackupManifest manifest;
    manifest.schema = static_cast<int>(json::integer(document->root(), "schema").value_or(0));
    manifest.time = parse_iso_time(json::text(document->root(), "time")).value_or(0);
    for (auto const one : json::array(document->root(), "files")) {
        std::string const name(json::text(one, "name"));
        if (!is_data_file(name)) return fail("backup.not_one", clean_text(name, 100));
        auto const size = json::integer(one, "size").value_or(-1);
        if (size < 0 || size > most_bytes) return fail("backup.not_one", name + " of " + std::to_string(size) + " bytes");
        listed[name] = {size, std::string(json::text(one, "sha256"))};
    }
    if (!listed.contains("merlon.duckdb")) return fail("backup.not_one", "no database");
    if (manifest.schema > schema_version()) return newer_schema(manifest.schema, clean_text(json::text(document->root(), "program"), 40));
    return manifest;
}

}  // namespace

Result<ArchivePieces> start_backup(Store const& store, Writer& writer) {
    if (store.folder().empty()) return fail("backup.in_memory");
    auto const folder = std::make_shared<Folder>(Folder{store.folder() / "temporary" / ("backup-" + std::to_string(now_ticks()))});
    std::error_code failed;
    std::filesystem::create_directories(folder->path, failed);
    if (failed) return fail("file.unwritable", folder->path.string(), failed.message());
    // While commits are held, file and write-ahead log stand still and belong together; what is published beside the writer
    // commits too. The ledger may grow meanwhile; it is copied last, so that it knows of everything that the database does.
    TRY(writer.run([&](Connection&) -> Status {
        auto const held = hold_commits();
        std::uintmax_t needed = 0;
        std::error_code ignored;
        for (auto const name : data_files)
            if (std::filesystem::exists(store.folder() / name, ignored)) needed += std::filesystem::file_size(store.folder() / name, ignored);
        TRY(has_room(folder->path, static_cast<std::int64_t>(needed)));
        for (auto const name : data_files) {
            std::error_code wrong;
            auto const from = store.folder() / name;
            if (!std::filesystem::exists(from, wrong)) continue;
            std::filesystem::copy_file(from, folder->path / name, std::filesystem::copy_options::overwrite_existing, wrong);
            if (wrong) return fail("file.unwritable", (folder->path / name).string(), wrong.message());
        }
        return {};
    }));
    auto packing = std::make_shared<Packing>();
    packing->folder = folder;
    packing->manifest = TRY(manifest_of(folder->path));
    for (auto const name : data_files)
        if (std::filesystem::exists(folder->path / name, failed)) packing->names.emplace_back(name);
    return ArchivePieces([packing](std::string& out) { return packing->piece(out); });
}

namespace {

// A folder that holds something of a store, unless a restore that was stopped put it there.
bool has_data(std::filesystem::path const& folder, std::filesystem::path const& fresh) {
    std::error_code failed;
    if (std::filesystem::exists(folder / data_files.front(), failed)) return true;
    if (std::filesystem::exists(fresh, failed)) return false;
    return std::ranges::any_of(data_files, [&](auto name) { return std::filesystem::exists(folder / name, failed); });
}

Status make_room(std::filesystem::path const& folder, std::filesystem::path const& fresh, std::map<std::string, Listed> const& listed) {
    std::error_code failed;
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
    for (auto const name : data_files) std::filesystem::remove(folder / name, failed);  // of a restore that was stopped
    std::filesystem::remove_all(fresh, failed);
    std::filesystem::create_directories(fresh, failed);
    if (failed) return fail("file.unwritable", fresh.string(), failed.message());
    std::int64_t needed = 0;
    for (auto const& [name, one] : listed) needed += one.size;
    return has_room(folder, needed);
}

}  // namespace

Result<BackupManifest> restore_backup(std::filesystem::path const& file, std::filesystem::path const& folder) {
    std::error_code failed;
    auto const fresh = folder / ".restoring";
    if (has_data(folder, fresh)) return fail("backup.occupied", folder.string());
    Reader reader;
    archive_read_support_filter_zstd(reader.in);
    archive_read_support_format_tar(reader.in);
    if (archive_read_open_filename(reader.in, file.c_str(), block_bytes) != ARCHIVE_OK) {
        if (!std::filesystem::exists(file, failed)) return fail("file.missing", file.string());
        return fail("backup.not_one", file.string());
    }
    std::optional<BackupManifest> manifest;
    std::map<std::string, Listed> listed;
    std::shared_ptr<void> lock;
    std::optional<Folder> made;
    archive_entry* entry = nullptr;
    int outcome = 0;
    while ((outcome = archive_read_next_header(reader.in, &entry)) == ARCHIVE_OK) {
        std::string const name = archive_entry_pathname(entry) ? archive_entry_pathname(entry) : "";
        if (!manifest) {
            std::string text(64 * 1024, '\0');
            auto const got = name == manifest_name ? archive_read_data(reader.in, text.data(), text.size()) : -1;
            if (got < 0) return fail("backup.not_one", file.string());
            manifest = TRY(read_manifest(std::string_view(text).substr(0, static_cast<std::size_t>(got)), listed));
            std::filesystem::create_directories(folder, failed);
            if (failed) return fail("file.unwritable", folder.string(), failed.message());
            lock = TRY(lock_folder(folder));  // a server that is started meanwhile would make a database of its own
            if (has_data(folder, fresh)) return fail("backup.occupied", folder.string());
            made.emplace(Folder{fresh});
            TRY(make_room(folder, fresh, listed));
            continue;
        }
        auto const known = listed.find(name);
        bool const again = std::ranges::find(manifest->files, name) != manifest->files.end();
        if (known == listed.end() || again || archive_entry_filetype(entry) != AE_IFREG) return fail("backup.not_one", clean_text(name, 100));
        TRY(unpack(reader.in, fresh / name, known->second));
        manifest->files.push_back(name);
    }
    if (!manifest) return fail("backup.not_one", file.string());
    if (outcome != ARCHIVE_EOF) return fail("backup.damaged", file.string(), archive_error_string(reader.in) ? archive_error_string(reader.in) : "it ends early");
    if (manifest->files.size() != listed.size()) return fail("backup.damaged", file.string(), "a file of its manifest is missing");
    // The database comes last: before it is there, there is no data folder.
    for (auto name = data_files.rbegin(); name != data_files.rend(); ++name) {
        if (!listed.contains(std::string(*name))) continue;
        std::filesystem::rename(fresh / *name, folder / *name, failed);
        if (failed) return fail("file.unwritable", (folder / *name).string(), failed.message());
    }
    flush_folder(folder);
    return *manifest;
}

}  // namespace merlon::store
