// Many queries, one a line: how other programs and the test suites ask.
//   in:  {"id": ..., "query": "...", "setup": {"T": {"columns": [...], "types": [...], "rows": [[...]]}}?}
//   out: {"id", "columns": [{"name", "type"}], "rows": [[...]], "elapsed_ms"}
//        {"id", "error": {"code", "message", "line", "column"}}
// Values: docs/hunting-answers.md.
#pragma once
#include <functional>
#include <iosfwd>

#include "hunt/hunt.h"

namespace merlon::hunt {

struct BatchCounts {
    std::size_t answered = 0, failed = 0, unread = 0;
};
// How a query is answered: as answer_json() says it. Errors: with their place in the query.
using Answering = std::function<Result<std::string>(std::string const& query)>;
// Answers line by line in their order; a line that cannot be read gives an error line of its own.
BatchCounts run_batch(std::istream& in, std::ostream& out, Answering const&);

// {"columns": [{"name", "type"}], "rows": [[...]], "name"?, "truncated"?: true, "further"?: [the same of the other tables of
// fork and facet], "tablesWithoutSource"?: [...], "elapsed_ms"}: an answer with all that it says.
std::string answer_json(Answer const&);

}  // namespace merlon::hunt
