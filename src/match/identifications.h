// What pieces of software are taken to be that no inventory holds: `merlon identify`, POST /api/merlon/identify.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "match/run.h"

namespace merlon::match {

// Lines of JSON: an item of the inventory form (docs/inventory-format.md; `source` left out: programs) and "platform". Empty ones are
// passed over. `name` and the number of the first line are for messages. Errors: match.no_name, json's.
Result<std::vector<SoftwareKey>> keys_of_lines(std::span<std::string const> lines, std::string_view name, std::size_t first);

// A line of JSON for each, or words for people.
Result<std::string> identifications(store::Connection& knowledge, std::span<SoftwareKey const>, bool in_words, Ticks now);

}  // namespace merlon::match
