// A change made by a verb: written down in the audit ledger, then done in one transaction. Errors are the ledger's
// (nothing is changed then) and the operation's.
#pragma once
#include <functional>

#include "advise/exceptions.h"
#include "cli/front.h"

namespace merlon::cli {

// Who changes things on the command line: whoever may open the data folder.
inline constexpr std::string_view local = "local";

Status change(store::Store&, std::string_view action, std::string_view object,
              std::function<Status(store::Connection&)> const& operation);

// Settings exceptions.days and exceptions.approval.
Result<advise::ExceptionRules> exception_rules(server::Settings const&);

// A date of an option, or nothing when it was not given: 2026-12-31, or "30d" from now. Errors: cli.bad_date.
Result<std::optional<Ticks>> optional_date(std::string const& text, Ticks now);

}  // namespace merlon::cli
