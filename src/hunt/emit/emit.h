// Plan -> SQL text of the engine. The only place where SQL is put together.
#pragma once
#include "hunt/bind/relation.h"
#include "hunt/plan/plan.h"

namespace merlon::hunt {

// The whole statement: the answer's columns in order, with their KQL names replaced by r1, r2 ...
std::string emit_query(Relation const&);
// SELECT ... of a plan, its columns named c<id>.
std::string emit_plan(PlanPtr const&);
std::string emit_expression(ExprPtr const&);
// The same where null counts as false: the condition of a filter.
std::string emit_predicate(ExprPtr const&);
// A literal of the engine. Text is escaped here and nowhere else.
std::string emit_constant(Constant const&);

}  // namespace merlon::hunt
