#include "api/audit/audit.h"

#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::size_t most_detail_bytes = 4096;

Status insert(store::Connection& connection, store::LedgerEntry const& entry) {
    using store::Value;
    std::array const values{Value{entry.number}, Value{entry.time},   Value{entry.who},     Value{entry.address},
                            Value{entry.action}, Value{entry.object}, Value{entry.outcome}, Value{entry.detail}};
    auto const done = connection.query("INSERT OR IGNORE INTO main.audit_event VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", values);
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<std::int64_t> last_mirrored(store::Connection& connection) {
    return connection.count("SELECT coalesce(max(number), 0) FROM main.audit_event");
}

// What the ledger has beyond the mirror's last entry, up to the entry `last`.
Status insert_missing(store::Connection& connection, std::filesystem::path const& file, std::int64_t last) {
    auto const mirrored = TRY(last_mirrored(connection));
    std::vector<store::LedgerEntry> missing;
    auto const read = store::read_ledger(file, [&](store::LedgerEntry const& entry) -> Status {
        if (entry.number > mirrored && entry.number <= last) missing.push_back(entry);
        return {};
    });
    // Beyond `last`, somebody may be in the middle of a line.
    if (!read && (missing.empty() || missing.back().number < last)) return std::unexpected(read.error());
    for (auto const& entry : missing) TRY(insert(connection, entry));
    return {};
}

// An entry that could not be mirrored (a full disk) is followed by one that can: the mirror has no gaps.
Status mirror(store::Connection& connection, std::filesystem::path const& file, store::LedgerEntry const& entry) {
    if (!file.empty() && TRY(last_mirrored(connection)) < entry.number - 1) return insert_missing(connection, file, entry.number);
    return insert(connection, entry);
}

}  // namespace

Result<std::unique_ptr<Audit>> Audit::open(std::filesystem::path const& file, store::Store const& store, store::Writer& writer) {
    if (file.empty()) return std::unique_ptr<Audit>(new Audit(store::Ledger::in_memory(), {}, writer));
    auto ledger = TRY(store::Ledger::open(file));
    auto connection = TRY(store.connect());
    if (auto const last = ledger.last(); TRY(last_mirrored(connection)) < last) {
        auto const done = writer.run([&](store::Connection& c) { return insert_missing(c, file, last); });
        // A server starts on a full disk too; the mirror is complete again with the first event that finds room.
        if (!done && done.error().code != "store.no_room") return std::unexpected(done.error());
    }
    return std::unique_ptr<Audit>(new Audit(std::move(ledger), file, writer));
}

Status Audit::note(HttpRequest const& request, Caller const& caller, std::string_view action, std::string_view outcome,
                   std::string_view detail) {
    store::LedgerEntry entry;
    entry.time = now_ticks();
    entry.who = caller.who;
    entry.address = request.remote;
    entry.action = action;
    entry.object = clean_text(request.path, 500);
    entry.outcome = outcome;
    entry.detail = clean_text(detail, most_detail_bytes);
    entry.number = TRY(ledger_.append(entry));
    (void)writer_.submit([entry, file = file_](store::Connection& connection) { return mirror(connection, file, entry); });
    return {};
}

}  // namespace merlon::api
