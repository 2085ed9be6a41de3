#include "hunt/bind/binder.h"
namespace merlon::hunt {
namespace { std::unexpected<Error> no(std::string what, Span span = {}) { return std::unexpected(error("hunt.not_supported", std::move(what)).with(span)); } }
Result<Relation> Binder::top_nested(TopNested const&, Relation, Span s) { return no("top-nested", s); }
Result<Relation> Binder::scan(Scan const&, Relation, Span s) { return no("scan", s); }
}
