// The data folder: one database, its schema version, and the lock that keeps a second server out.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "store/engine.h"

namespace merlon::store {

struct OpenOptions {
    EngineOptions engine;
    bool create = true;  // make the folder and an empty database when there is none
};

// An open data folder. Only one process at a time has it open.
class Store {
public:
    // Creates the folder (mode 0700) when wanted, takes its lock, opens the database, brings the schema up to date,
    // and locks the engine down. Errors: store.in_use names the other process; store.newer_schema refuses a folder
    // that a later release wrote; store.no_data when there is none and `create` is false.
    static Result<Store> open(std::filesystem::path const& folder, OpenOptions const& = {});
    // A store in memory, for tests and stateless verbs.
    static Result<Store> in_memory(EngineOptions const& = {});

    Result<Connection> connect() const { return database_.connect(); }
    Database const& database() const { return database_; }
    std::filesystem::path const& folder() const { return folder_; }

private:
    struct Lock;
    Store(Database database, std::filesystem::path folder, std::shared_ptr<Lock> lock)
        : lock_(std::move(lock)), database_(std::move(database)), folder_(std::move(folder)) {}
    std::shared_ptr<Lock> lock_;  // released after the database is closed
    Database database_;
    std::filesystem::path folder_;
};

// The schema version that this program writes: the number of the last file of schema/store.
int schema_version();
// Applies the migrations that `connection` lacks, each in a transaction of its own. Returns the version reached.
Result<int> migrate(Connection&);

// A small value kept with the data: when knowledge last changed, what was already loaded, secrets' fingerprints.
Result<std::string> state_value(Connection&, std::string_view key);
Status set_state_value(Connection&, std::string_view key, std::string_view value);

}  // namespace merlon::store
