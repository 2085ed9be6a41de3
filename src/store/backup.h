// Backups: the store's files as they were at one moment, in one archive (tar, zstd) with a manifest of digests. Keys
// (signing.key, tls/) stay out of it: tokens end with a restore, and nobody signs with a stolen backup.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/store.h"
#include "store/writer.h"

namespace merlon::store {

// The archive piece by piece: appends to its argument; false after the last piece.
using ArchivePieces = std::function<Result<bool>(std::string&)>;

// Holds the writer while the files are copied into the data folder's temporary folder; the archive is made of the copies,
// which are removed when the pieces are let go. Errors: file.*, backup.in_memory.
Result<ArchivePieces> start_backup(Store const&, Writer&);

struct BackupManifest {
    int schema = 0;
    Ticks time = 0;
    std::vector<std::string> files;
};
// Fills `folder`, which must hold no data yet, and checks every digest before anything is put in its place.
// Errors: backup.not_one, backup.damaged, backup.occupied, store.newer_schema.
Result<BackupManifest> restore_backup(std::filesystem::path const& archive, std::filesystem::path const& folder);

// ---- merlon check -------------------------------------------------------------------------------------------

struct Checked {
    std::string what;    // "table finding", "ledger", "schema"
    std::int64_t rows = 0;
    std::string problem;  // empty: sound
};
// Reads every value of every table, tries every hunting view, follows the ledger's chain and compares it with its mirror.
// Calls `take` for each; an error is one of the check itself.
Status check_store(Store const&, std::function<void(Checked const&)> const& take);

}  // namespace merlon::store
