// The audit ledger: an append-only file of JSON lines, each bound to the one before by a hash, so that a line which was
// changed, taken out or put in shows. The table audit_event mirrors it for queries; the file is the truth.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace merlon::store {

struct LedgerEntry {
    std::int64_t number = 0;  // from 1, without gaps; set by append()
    Ticks time = 0;           // set by append() when 0
    std::string who;          // "user:anna", "application:ID", "local", "nobody"
    std::string address;      // of the peer
    std::string action;       // "POST api/merlon/users", "sign-in", "query" ...
    std::string object;       // what it was done to
    std::string outcome;      // "admitted", "denied", "failed 400" ...
    std::string detail;       // text, such as the query
};

class Ledger {
public:
    // Opens or makes the file (mode 0600) and continues after its last line. Errors: audit.broken, audit.unwritable.
    static Result<Ledger> open(std::filesystem::path const& file);
    // Keeps nothing; for stores in memory.
    static Ledger in_memory();
    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;
    ~Ledger();

    // Durable when it returns. Called on several threads at once. Returns the entry's number.
    Result<std::int64_t> append(LedgerEntry);
    // The number of its last entry; 0: it has none.
    std::int64_t last() const;

private:
    struct State;
    explicit Ledger(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

// Reads the whole file and checks numbers and hashes; `take` (may be empty) gets each entry. Returns how many there are.
Result<std::int64_t> read_ledger(std::filesystem::path const& file, std::function<Status(LedgerEntry const&)> const& take);

}  // namespace merlon::store
