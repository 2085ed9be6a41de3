// When nothing is committed: for who copies the files of the database.
#pragma once
#include <mutex>
#include <shared_mutex>

namespace merlon::store {

// Each commit of any connection shares it. There is one in the process, which has one data folder open.
std::shared_mutex& commit_gate();
// While it is held nothing is committed, and the engine packs no log into the file: both stand still and belong together.
inline std::unique_lock<std::shared_mutex> hold_commits() { return std::unique_lock(commit_gate()); }
// What a commit holds; nothing inside a transaction, whose end is what counts.
inline std::shared_lock<std::shared_mutex> committing(bool may_commit) {
    return may_commit ? std::shared_lock(commit_gate()) : std::shared_lock<std::shared_mutex>();
}

}  // namespace merlon::store
