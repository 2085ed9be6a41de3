#include "cli/change.h"

#include "base/text.h"
#include "store/ledger.h"

namespace merlon::cli {

Status change(store::Store& store, std::string_view action, std::string_view object,
              std::function<Status(store::Connection&)> const& operation) {
    auto ledger = TRY(store::Ledger::open(store.folder() / "audit.ndjson"));
    TRY(ledger.append(
        {0, 0, std::string(local), "command line", std::string(action), std::string(object), "admitted", ""}));
    auto connection = TRY(store.connect());
    return connection.transaction([&] { return operation(connection); });
}

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

Result<std::optional<Ticks>> optional_date(std::string const& text, Ticks now) {
    if (text.empty()) return std::optional<Ticks>{};
    if (text.ends_with('d'))
        if (auto const days = to_int(std::string_view(text).substr(0, text.size() - 1));
            days && *days > 0 && *days < 100'000)
            return std::optional<Ticks>(now + *days * ticks_per_day);
    if (auto const time = parse_iso_time(text)) return std::optional<Ticks>(*time);
    return fail("cli.bad_date", text);
}

}  // namespace merlon::cli
