#include "cli/service_options.h"

#include "server/deliver.h"
#include "server/external.h"

namespace merlon::cli {
namespace {

Result<advise::ExceptionRules> exception_rules(server::Settings const& settings) {
    advise::ExceptionRules rules;
    rules.most_days = settings.integer("exceptions.days");
    auto const& approval = settings.text("exceptions.approval");
    if (approval != "none" && approval != "required")
        return fail("settings.malformed", "exceptions.approval", "none or required", approval, "a setting");
    if (rules.most_days < 1 || rules.most_days > 3660)
        return fail("settings.malformed", "exceptions.days", "1 to 3660", std::to_string(rules.most_days), "a setting");
    rules.approval = approval == "required";
    return rules;
}

}  // namespace

Result<api::ServiceOptions> service_options(server::Settings const& settings, store::Store const& store) {
    api::ServiceOptions options;
    options.query_seconds = settings.integer("query.seconds");
    options.query_rows = settings.integer("query.rows");
    options.list_seconds = settings.integer("list.seconds");
    options.export_seconds = settings.integer("export.seconds");
    options.public_url = settings.text("public_url");
    while (options.public_url.ends_with('/')) options.public_url.pop_back();
    options.limits = {settings.integer("limits.calls"), settings.integer("limits.queries"), settings.integer("limits.exports"),
                      settings.integer("limits.files"), settings.integer("limits.running_queries"), settings.integer("limits.streams")};
    options.gate.confirm_after = std::max<std::int64_t>(settings.integer("access.confirm_seconds"), 0) * ticks_per_second;
    options.external = server::external_data(settings);
    options.exceptions = TRY(exception_rules(settings));
    if (store.folder().empty()) return options;
    options.gate.key_file = store.folder() / "signing.key";
    options.audit_file = store.folder() / "audit.ndjson";
    return options;
}

Result<advise::Delivered> deliver_now(server::Settings const& settings, store::Store const& store, store::Writer& writer) {
    auto const sealer = TRY(api::Sealer::open(server::sealing_key(store)));
    return server::deliver(store, writer, sealer, TRY(server::delivery_settings(settings)), now_ticks());
}

}  // namespace merlon::cli
