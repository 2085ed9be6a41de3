// invoke: functions of let over the rows at hand, and the portal's own: FileProfile, SeenBy, DeviceFromIP.
#include "hunt/bind/binder.h"

namespace merlon::hunt {

Result<Relation> Binder::invoke(Invoke const& o, Relation relation, Span span) {
    auto const* call = form_of<CallNode>(*o.call);
    CallNode bare;
    if (!call) {
        auto const* name = form_of<NameNode>(*o.call);
        if (!name) return std::unexpected(error("KS005", "a function call", "an expression").with(o.call->span));
        bare = CallNode{name->name, o.call->span, {}};
        call = &bare;
    }
    if (auto const* found = lookup(call->name); found && std::holds_alternative<Lambda const*>(found->value))
        return tabular_function(*call, *found, o.call->span, fresh(relation));
    return file_profile(*call, std::move(relation), span);
}

// Columns that a profile adds; they are null until file events feed them.
Result<Relation> Binder::file_profile(CallNode const& call, Relation relation, Span span) {
    struct Added { std::string_view name; Type type; };
    static std::vector<Added> const file{
        {"SHA1", Type::string}, {"SHA256", Type::string}, {"MD5", Type::string}, {"FileSize", Type::long_},
        {"GlobalPrevalence", Type::int_}, {"GlobalFirstSeen", Type::datetime}, {"GlobalLastSeen", Type::datetime},
        {"Signer", Type::string}, {"Issuer", Type::string}, {"SignerHash", Type::string}, {"IsCertificateValid", Type::bool_},
        {"IsRootSignerMicrosoft", Type::bool_}, {"SignatureState", Type::string}, {"IsExecutable", Type::bool_},
        {"ThreatName", Type::string}, {"Publisher", Type::string}, {"SoftwareName", Type::string}, {"ProfileAvailability", Type::string}};
    static std::vector<Added> const seen_by{{"SeenBy", Type::string}};
    static std::vector<Added> const device{{"IP", Type::string}, {"DeviceId", Type::string}};
    auto const* added = call.name == "FileProfile" ? &file : call.name == "SeenBy" ? &seen_by : call.name == "DeviceFromIP" ? &device : nullptr;
    bool const known = find_scalar(call.name) || call.name == "AssignedIPAddresses";
    if (!added) return std::unexpected(error(known ? "hunt.not_supported" : "KS211", call.name).with(call.name_span));
    if (!call.arguments.empty() && !relation.columns.empty()) {
        Rows rows;
        rows.columns = &relation.columns;
        auto const& node = *call.arguments[0];
        std::string column;
        if (auto const* literal = form_of<LiteralNode>(node))
            if (auto const* text = std::get_if<std::string>(&literal->value.value)) column = *text;
        if (!column.empty() && !relation.find_named(column)) return std::unexpected(unknown_name(column, node.span, rows));
        if (column.empty()) TRY(expression(node, rows));
    }
    if (relation.columns.empty()) {
        ValuesPlan none;
        for (auto const& a : *added) {
            Column const c{std::string(a.name), new_id(), a.type, true, true};
            none.columns.emplace_back(c.id, c.type);
            relation.columns.push_back(c);
        }
        relation.plan = make_plan(std::move(none));
        return relation;
    }
    std::vector<NamedExpr> made;
    for (auto const& a : *added)
        if (!relation.find(a.name)) made.push_back({std::string(a.name), true, make_null(a.type), span});
    tables_without_source.insert(call.name);
    if (call.name == "DeviceFromIP") {  // of the rows only their addresses stay
        auto const* found = relation.find("IP");
        if (!found) return std::unexpected(error("KS142", "IP").with(call.name_span).with_hint("Project the address as IP first."));
        auto const address = *found;
        relation.columns = {address};
        relation.plan = make_plan(AggregatePlan{relation.plan, {address.id}, {}});
    }
    return extended(std::move(relation), made);
}

}  // namespace merlon::hunt
