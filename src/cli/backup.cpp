// merlon backup, restore, check. Where a server runs on the data folder, backup and check go through its control socket.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/client.h"
#include "base/flush.h"
#include "base/json_read.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/front.h"
#include "server/management.h"
#include "store/backup.h"

namespace merlon::cli {
namespace {

// A file that is there under its name only when it is whole; until then it has no name at all where the file system can do that, so
// that nothing is left of a backup that was killed.
class NewFile {
public:
    static Result<NewFile> create(std::filesystem::path const& path) {
        std::error_code failed;
        if (std::filesystem::is_directory(path, failed)) return fail("file.unwritable", path.string(), "it is a folder");
        NewFile file;
        file.path_ = path;
        file.temporary_ = path.string() + ".part";
        auto const folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
        if (::access("/proc/self/fd", X_OK) == 0) file.handle_ = ::open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
        file.named_ = file.handle_ < 0;
        if (file.named_) file.handle_ = ::open(file.temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (file.handle_ < 0) return fail("file.unwritable", path.string(), std::strerror(errno));
        return file;
    }
    NewFile(NewFile&& other) noexcept
        : handle_(std::exchange(other.handle_, -1)), named_(std::exchange(other.named_, false)), path_(other.path_), temporary_(other.temporary_) {}
    ~NewFile() {
        if (handle_ >= 0) ::close(handle_);
        if (named_) ::unlink(temporary_.c_str());
    }
    Status write(std::string_view bytes) {
        size_ += bytes.size();
        while (!bytes.empty()) {
            auto const wrote = ::write(handle_, bytes.data(), bytes.size());
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote < 0) return fail("file.unwritable", path_.string(), std::strerror(errno));
            bytes.remove_prefix(static_cast<std::size_t>(wrote));
        }
        return {};
    }
    Status keep() {
        bool done = ::fsync(handle_) == 0 && (named_ || name());
        done = done && ::rename(temporary_.c_str(), path_.c_str()) == 0;
        if (!done) return fail("file.unwritable", path_.string(), std::strerror(errno));
        named_ = false;
        flush_folder(path_.parent_path());
        return {};
    }
    std::size_t size() const { return size_; }

private:
    NewFile() = default;
    bool name() {
        ::unlink(temporary_.c_str());
        auto const self = "/proc/self/fd/" + std::to_string(handle_);
        return named_ = ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, temporary_.c_str(), AT_SYMLINK_FOLLOW) == 0;
    }
    int handle_ = -1;
    bool named_ = false;  // there is `temporary_`
    std::filesystem::path path_;
    std::string temporary_;
    std::size_t size_ = 0;
};

Result<api::Remote> running_server(Front const& front) {
    auto const settings = TRY(front.settings());
    return api::Remote{"unix:" + server::control_socket(settings.text("data")).string(), {}, {}, 600};
}

Result<int> backup(Front const& front, std::string const& path) {
    auto file = TRY(NewFile::create(path));
    auto store = front.open_store(false);
    if (store) {
        auto writer = TRY(store::Writer::start(*store));
        auto const pieces = TRY(store::start_backup(*store, writer));
        std::string piece;
        for (bool more = true; more; piece.clear()) {
            more = TRY(pieces(piece));
            TRY(file.write(piece));
        }
    } else if (store.error().code == "store.in_use") {
        auto const answer = TRY(api::call(TRY(running_server(front)), "GET", "/backup", {}, {}, [&](std::string_view piece) { return file.write(piece); }));
        if (answer.status != 200) return said(answer);
    } else {
        return std::unexpected(store.error());
    }
    TRY(file.keep());
    std::cout << fmt::format("backup: {} ({} bytes)\n", path, with_thousands(static_cast<std::int64_t>(file.size())));
    return done;
}

Result<int> restore(Front const& front, std::string const& path) {
    auto const settings = TRY(front.settings());
    auto const manifest = TRY(store::restore_backup(path, settings.text("data")));
    std::cout << fmt::format("restored into {}: the state of {} (schema {}, {} files)\n", settings.text("data"), iso_seconds(manifest.time),
                             manifest.schema, manifest.files.size());
    // Opening it brings the schema up to date and replays what the log holds.
    TRY(front.open_store(false));
    return done;
}

void print(store::Checked const& one, bool quiet, int& problems) {
    if (!one.problem.empty()) ++problems;
    if (!one.problem.empty() || !quiet)
        std::cout << fmt::format("{:<4} {:<45} {:>14}  {}\n", one.problem.empty() ? "ok" : "BAD", one.what, one.rows > 0 ? with_thousands(one.rows) : "", one.problem);
}

Result<int> check(Front const& front) {
    int problems = 0;
    auto store = front.open_store(false);
    if (store) {
        TRY(store::check_store(*store, [&](store::Checked const& one) { print(one, front.quiet, problems); }));
    } else if (store.error().code == "store.in_use") {
        auto const answer = TRY(api::call(TRY(running_server(front)), "GET", "/check"));
        if (answer.status != 200) return said(answer);
        for (auto const line : split(answer.body, '\n')) {
            if (line.empty()) continue;
            auto const document = TRY(json::Document::parse(line, "answer"));
            print({std::string(json::text(document.root(), "what")), json::integer(document.root(), "rows").value_or(0),
                   std::string(json::text(document.root(), "problem"))},
                  front.quiet, problems);
        }
    } else {
        return std::unexpected(store.error());
    }
    std::cout << (problems == 0 ? std::string("sound\n") : counted(problems, "problem") + "\n");
    return problems == 0 ? done : answer_is_no;
}

}  // namespace

void add_backup(CLI::App& app, Front& front) {
    auto path = std::make_shared<std::string>();
    auto* save = app.add_subcommand("backup", "Write everything but the keys into FILE (tar, zstd), also while the server runs");
    save->add_option("FILE", *path, "Where to")->required();
    save->callback([&front, path] { throw run(backup(front, *path)); });
    auto* load = app.add_subcommand("restore", "Make a data folder (--data) from a backup");
    load->add_option("FILE", *path, "A file that merlon backup wrote")->required();
    load->callback([&front, path] { throw run(restore(front, *path)); });
    auto* look = app.add_subcommand("check", "Read every table, every view and the audit ledger, and say what is not sound");
    look->callback([&front] { throw run(check(front)); });
}

}  // namespace merlon::cli
