#include "hunt/bind/binder.h"
namespace merlon::hunt {
namespace { std::unexpected<Error> no(std::string what, Span span = {}) { return std::unexpected(error("hunt.not_supported", std::move(what)).with(span)); } }
Result<Relation> Binder::search(Search const&, std::optional<Relation>, Span s) { return no("search", s); }
Result<Relation> Binder::find(Find const&, Span s) { return no("find", s); }
Result<Relation> Binder::invoke(Invoke const&, Relation, Span s) { return no("invoke", s); }
Result<Relation> Binder::evaluate(Evaluate const&, std::optional<Relation>, Span s) { return no("evaluate", s); }
Result<Relation> Binder::parse_columns(Parse const&, Relation, Span s) { return no("parse", s); }
Result<Relation> Binder::parse_kv(ParseKv const&, Relation, Span s) { return no("parse-kv", s); }
Result<Relation> Binder::mv_expand(MvExpand const&, Relation, Span s) { return no("mv-expand", s); }
Result<Relation> Binder::mv_apply(MvApply const&, Relation, Span s) { return no("mv-apply", s); }
Result<Relation> Binder::make_series(MakeSeries const&, Relation, Span s) { return no("make-series", s); }
Result<Relation> Binder::top_nested(TopNested const&, Relation, Span s) { return no("top-nested", s); }
Result<Relation> Binder::top_hitters(TopHitters const&, Relation, Span s) { return no("top-hitters", s); }
Result<Relation> Binder::partition(Partition const&, Relation, Span s) { return no("partition", s); }
Result<Relation> Binder::scan(Scan const&, Relation, Span s) { return no("scan", s); }
Result<Relation> Binder::file_profile(CallNode const& c, Relation, Span s) { return no(c.name, s); }
}
