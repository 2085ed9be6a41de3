#include "store/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/embedded.h"
#include "base/text.h"
#include "store/blank.h"
#include "store/folder_lock.h"
#include "store/schema.h"
#include "store/standing.h"
#include "store/views.h"

namespace merlon::store {

namespace {

// An advisory lock on the file LOCK, which names its holder.
struct FolderLock {
    int file = -1;
    ~FolderLock() {
        if (file >= 0) ::close(file);
    }
};

}  // namespace

Result<std::shared_ptr<void>> lock_folder(std::filesystem::path const& folder) {
    auto lock = std::make_shared<FolderLock>();
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
    // Written over, not anew: a full disk has no room for that.
    if (::pwrite(lock->file, text.data(), text.size(), 0) < 0 || ::ftruncate(lock->file, static_cast<off_t>(text.size())) != 0)
        return fail("file.unwritable", path.string(), std::strerror(errno));
    return lock;
}

struct Store::Lock {
    std::shared_ptr<void> held;
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
    auto held = TRY(lock_folder(folder));
    // What a process that was killed left of its sorting, backups and exports; some of it is as large as the database.
    std::filesystem::remove_all(folder / "temporary", failed);
    auto engine = options.engine;
    if (engine.temporary_folder.empty()) engine.temporary_folder = folder / "temporary";
    auto database = TRY(Database::open(database_path, engine));
    auto connection = TRY(database.connect());
    TRY(migrate(connection));
    TRY(make_views(connection));
    if (!options.engine.read_only) TRY(connection.transaction([&] { return settle_installations(connection); }));  // of a server that was stopped
    TRY(database.lock_down());
    return Store(std::move(database), folder, std::make_shared<Lock>(std::move(held)));
}

Result<Store> Store::in_memory(EngineOptions const& engine) {
    auto database = TRY(Database::open({}, engine));
    auto connection = TRY(database.connect());
    TRY(fill_blank(connection));
    TRY(database.lock_down());
    return Store(std::move(database), {}, nullptr);
}

namespace {

struct Migration {
    int number;
    std::string_view name;  // "0046_unsupported_exposure"
    std::string_view sql;
};

// schema/store/0001_name.sql, 0002_name.sql ... in order.
std::vector<Migration> migrations() {
    std::vector<Migration> all;
    constexpr std::string_view prefix = "schema/store/";
    for (auto const& file : embedded_under(prefix)) {
        auto const name = file.path.substr(prefix.size(), file.path.rfind('.') - prefix.size());
        if (auto const number = to_int(name.substr(0, 4))) all.push_back({static_cast<int>(*number), name, file.bytes});
    }
    return all;
}

struct Applied {
    int number = 0;
    std::string name, program;  // "": by a build that did not say so yet
};

// What the folder has, in order. Nothing is written: a folder that is refused stays as it is.
Result<std::vector<Applied>> applied(Connection& connection) {
    std::vector<Applied> all;
    auto const columns = TRY(connection.count("SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = 'schema_version'"));
    if (columns == 0) return all;
    auto rows = TRY(connection.query(columns == 1 ? "SELECT number, '', '' FROM main.schema_version ORDER BY number"
                                                  : "SELECT number, coalesce(name, ''), coalesce(program, '') FROM main.schema_version ORDER BY number"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            all.push_back({chunk->columns[0].int32(row), std::string(chunk->columns[1].text(row)), std::string(chunk->columns[2].text(row))});
    return all;
}

// The highest number alone does not tell: a build of another line may have gone on from a number that here means something else, and
// what it left out would be missing for ever.
Status refuse_other_line(std::span<Applied const> have, std::span<Migration const> known) {
    for (std::size_t i = 0; i < have.size(); ++i) {
        auto const& [number, name, program] = have[i];
        if (i >= known.size()) return fail("store.other_schema", std::to_string(number), "there twice", "there once");
        auto const& here = known[i];
        if (number != here.number) return fail("store.other_schema", std::to_string(here.number), "missing", std::string(here.name));
        if (!name.empty() && name != here.name) return fail("store.other_schema", std::to_string(number), name, std::string(here.name));
    }
    return {};
}

}  // namespace

int schema_version() { return migrations().empty() ? 0 : migrations().back().number; }
std::string_view program_version() { return MERLON_VERSION; }

std::unexpected<Error> newer_schema(int schema, std::string_view program) {
    auto const named = [](std::string_view version, int number) {
        return (version.empty() ? std::string{} : "Merlon " + std::string(version) + ", ") + "schema " + std::to_string(number);
    };
    return fail("store.newer_schema", named(program, schema), named(program_version(), schema_version()));
}

Result<int> migrate(Connection& connection) {
    auto const all = migrations();
    auto const have = TRY(applied(connection));
    if (!have.empty() && have.back().number > schema_version()) return newer_schema(have.back().number, have.back().program);
    TRY(refuse_other_line(have, all));
    if (have.size() == all.size() && !have.back().name.empty()) return schema_version();
    TRY(connection.execute("CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL);"
                           "ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS name VARCHAR;"      // of the file
                           "ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS program VARCHAR"));  // that brought the folder there
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& [number, name, sql] = all[i];
        std::array const values{Value{std::int64_t{number}}, Value{std::string(name)}, Value{std::string(program_version())}};
        if (i < have.size()) {
            if (have[i].name.empty()) TRY(connection.query("UPDATE schema_version SET name = $2, program = $3 WHERE number = $1", values));
            continue;
        }
        TRY(connection.transaction([&]() -> Status {
            TRY(connection.execute(sql));
            TRY(connection.query("INSERT INTO schema_version (number, name, program) VALUES ($1, $2, $3)", values));
            return {};
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
