#include "api/audit/audit.h"

#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::size_t most_detail_bytes = 4096;

Status mirror(store::Connection& connection, store::LedgerEntry const& entry) {
    using store::Value;
    std::array const values{Value{entry.number}, Value{entry.time},   Value{entry.who},     Value{entry.address},
                            Value{entry.action}, Value{entry.object}, Value{entry.outcome}, Value{entry.detail}};
    auto const done = connection.query("INSERT OR IGNORE INTO main.audit_event VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", values);
    if (!done) return std::unexpected(done.error());
    return {};
}

}  // namespace

Result<std::unique_ptr<Audit>> Audit::open(std::filesystem::path const& file, store::Store const& store, store::Writer& writer) {
    if (file.empty()) return std::unique_ptr<Audit>(new Audit(store::Ledger::in_memory(), writer));
    auto ledger = TRY(store::Ledger::open(file));
    auto connection = TRY(store.connect());
    auto const mirrored = TRY(connection.count("SELECT coalesce(max(number), 0) FROM main.audit_event"));
    std::vector<store::LedgerEntry> missing;
    TRY(store::read_ledger(file, [&](store::LedgerEntry const& entry) -> Status {
        if (entry.number > mirrored) missing.push_back(entry);
        return {};
    }));
    if (!missing.empty())
        TRY(writer.run([&](store::Connection& c) -> Status {
            for (auto const& entry : missing) TRY(mirror(c, entry));
            return {};
        }));
    return std::unique_ptr<Audit>(new Audit(std::move(ledger), writer));
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
    (void)writer_.submit([entry](store::Connection& connection) { return mirror(connection, entry); });
    return {};
}

}  // namespace merlon::api
