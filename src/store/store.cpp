#include "store/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/embedded.h"
#include "base/text.h"
#include "store/standing.h"
#include "store/views.h"

namespace merlon::store {

// An advisory lock on the file LOCK, which names its holder.
struct Store::Lock {
    int file = -1;
    ~Lock() {
        if (file >= 0) ::close(file);
    }

    static Result<std::shared_ptr<Lock>> take(std::filesystem::path const& folder) {
        auto lock = std::make_shared<Lock>();
        auto const path = folder / "LOCK";
        lock->file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock->file < 0) return fail("file.unwritable", path.string(), std::strerror(errno));
        std::array<char, 256> holder{};
        if (::flock(lock->file, LOCK_EX | LOCK_NB) != 0) {
            auto const got = ::read(lock->file, holder.data(), holder.size() - 1);
            auto const name = got > 0 ? std::string(trim(std::string_view(holder.data(), static_cast<std::size_t>(got))))
                                      : std::string("another process");
            return fail("store.in_use", folder.string(), name);
        }
        std::array<char, 128> host{};
        (void)::gethostname(host.data(), host.size() - 1);
        auto const text = "process " + std::to_string(::getpid()) + " on " + host.data() + "\n";
        if (::ftruncate(lock->file, 0) != 0 || ::pwrite(lock->file, text.data(), text.size(), 0) < 0)
            return fail("file.unwritable", path.string(), std::strerror(errno));
        return lock;
    }
};

Result<Store> Store::open(std::filesystem::path const& folder, OpenOptions const& options) {
    std::error_code failed;
    auto const database_path = folder / "merlon.duckdb";
    if (!std::filesystem::exists(database_path, failed)) {
        if (failed && failed != std::errc::no_such_file_or_directory)
            return fail("file.unreadable", folder.string(), failed.message());
        if (!options.create) return fail("store.no_data", folder.string());
        std::filesystem::create_directories(folder, failed);
        if (failed) return fail("file.unwritable", folder.string(), failed.message());
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
    }
    auto lock = TRY(Lock::take(folder));
    auto engine = options.engine;
    if (engine.temporary_folder.empty()) engine.temporary_folder = folder / "temporary";
    auto database = TRY(Database::open(database_path, engine));
    auto connection = TRY(database.connect());
    TRY(migrate(connection));
    TRY(make_views(connection));
    if (!options.engine.read_only) TRY(connection.transaction([&] { return settle_installations(connection); }));  // of a server that was stopped
    TRY(database.lock_down());
    return Store(std::move(database), folder, std::move(lock));
}

Result<Store> Store::in_memory(EngineOptions const& engine) {
    auto database = TRY(Database::open({}, engine));
    auto connection = TRY(database.connect());
    TRY(migrate(connection));
    TRY(make_views(connection));
    TRY(database.lock_down());
    return Store(std::move(database), {}, nullptr);
}

namespace {

struct Migration {
    int number;
    std::string_view sql;
};

// schema/store/0001_name.sql, 0002_name.sql ... in order.
std::vector<Migration> migrations() {
    std::vector<Migration> all;
    constexpr std::string_view prefix = "schema/store/";
    for (auto const& file : embedded_under(prefix)) {
        auto const digits = file.path.substr(prefix.size(), 4);
        if (auto const number = to_int(digits)) all.push_back({static_cast<int>(*number), file.bytes});
    }
    return all;
}

}  // namespace

int schema_version() { return migrations().empty() ? 0 : migrations().back().number; }

Result<int> migrate(Connection& connection) {
    TRY(connection.execute("CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL)"));
    auto const have = static_cast<int>(TRY(connection.count("SELECT coalesce(max(number), 0) FROM schema_version")));
    auto const all = migrations();
    if (have > schema_version()) return fail("store.newer_schema", std::to_string(have), std::to_string(schema_version()));
    for (auto const& migration : all) {
        if (migration.number <= have) continue;
        TRY(connection.transaction([&]() -> Status {
            TRY(connection.execute(migration.sql));
            return connection.execute("INSERT INTO schema_version VALUES (" + std::to_string(migration.number) + ")");
        }));
    }
    return schema_version();
}

Result<std::string> state_value(Connection& connection, std::string_view key) {
    std::array const parameters{Value{std::string(key)}};
    auto const value = TRY(connection.scalar("SELECT value FROM state WHERE key = $1", parameters));
    auto const* text = std::get_if<std::string>(&value);
    return text ? *text : std::string{};
}

Status set_state_value(Connection& connection, std::string_view key, std::string_view value) {
    std::array const parameters{Value{std::string(key)}, Value{std::string(value)}};
    auto rows = connection.query("INSERT OR REPLACE INTO state VALUES ($1, $2)", parameters);
    if (!rows) return std::unexpected(rows.error());
    return {};
}

}  // namespace merlon::store
