// What the server writes down about who did what: the ledger file first, then its mirror in the database for lists.
#pragma once
#include "api/auth/gate.h"
#include "store/ledger.h"

namespace merlon::api {

class Audit {
public:
    // Opens the ledger (an empty path: none is kept) and brings the mirror up to date with it, as far as
    // there is room.
    static Result<std::unique_ptr<Audit>> open(std::filesystem::path const& file, store::Store const&, store::Writer&);

    // Durable in the ledger when it returns; the mirror follows by itself, with what it could not take before.
    Status note(HttpRequest const&, Caller const&, std::string_view action, std::string_view outcome, std::string_view detail = {});

private:
    Audit(store::Ledger ledger, std::filesystem::path file, store::Writer& writer)
        : ledger_(std::move(ledger)), file_(std::move(file)), writer_(writer) {}
    store::Ledger ledger_;
    std::filesystem::path file_;  // empty: none is kept
    store::Writer& writer_;
};

}  // namespace merlon::api
