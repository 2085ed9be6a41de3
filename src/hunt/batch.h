// Many queries, one a line: how other programs and the test suites ask.
//   in:  {"id": ..., "query": "...", "setup": {"T": {"columns": [...], "types": [...], "rows": [[...]]}}?}
//   out: {"id", "columns": [{"name", "type"}], "rows": [[...]], "elapsed_ms"}
//        {"id", "error": {"code", "message", "line", "column"}}
// Values: docs/hunting-answers.md.
#pragma once
#include <iosfwd>

#include "hunt/hunt.h"

namespace merlon::hunt {

struct BatchCounts {
    std::size_t answered = 0, failed = 0, unread = 0;
};
// Answers line by line in their order; a line that cannot be read gives an error line of its own.
BatchCounts run_batch(store::Connection&, std::istream& in, std::ostream& out, Options const&);

// {"columns": ..., "rows": ...} of one answer, without the braces around.
void append_answer_json(std::string& out, Answer const&);

}  // namespace merlon::hunt
