// Plan -> SQL text of an engine, in the words of its dialect. The only place where SQL is put together. A query that needs
// what the dialect lacks is refused with the name of that.
#pragma once
#include "hunt/bind/relation.h"
#include "hunt/dialect/dialect.h"
#include "hunt/plan/plan.h"

namespace merlon::hunt {

// The whole statement: the answer's columns in order, with their KQL names replaced by r1, r2 ...
Result<std::string> emit_query(Relation const&, Dialect const&);
// SELECT ... of a plan, its columns named c<id>.
Result<std::string> emit_plan(PlanPtr const&, Dialect const&);
// A statement of one's own over what a plan gives: {in0}.
Result<std::string> emit_over(Phrase const&, PlanPtr const&, Dialect const&);
// A statement of one row with the value alone.
Result<std::string> emit_value(ExprPtr const&, Dialect const&);

// For showing a plan: what the dialect lacks reads as "?".
std::string show_expression(ExprPtr const&, Dialect const&);
std::string show_predicate(ExprPtr const&, Dialect const&);
std::string show_phrase(Phrase const&, Dialect const&);

}  // namespace merlon::hunt
