#include "feeds/merlon/write.h"

#include "base/json_text.h"

namespace merlon::feeds {
namespace {

void member(JsonWriter& json, std::string_view name, std::string const& text) {
    if (!text.empty()) json.member(name, std::string_view(text));
}

void time(JsonWriter& json, std::string_view name, Ticks at) {
    if (at == 0) return;
    json.member(name, std::string_view(at % ticks_per_day == 0 ? iso_date(at) : iso_time(at)));
}

void texts(JsonWriter& json, std::string_view name, std::vector<std::string> const& all) {
    if (all.empty()) return;
    json.key(name);
    json.begin_array();
    for (auto const& text : all) json.string(text);
    json.end_array();
}

template <typename T>
void objects(JsonWriter& json, std::string_view name, std::vector<T> const& all, void (*body)(JsonWriter&, T const&)) {
    if (all.empty()) return;
    json.key(name);
    json.begin_array();
    for (auto const& item : all) {
        json.begin_object();
        body(json, item);
        json.end_object();
    }
    json.end_array();
}

void subject(JsonWriter& json, Subject const& subject) {
    json.key("subject");
    json.begin_object();
    if (auto const* cpe = std::get_if<Cpe>(&subject)) {
        json.member("cpe", std::string_view(cpe_text(*cpe)));
    } else {
        auto const& package = std::get<PackageName>(subject);
        json.key("package");
        json.begin_object();
        member(json, "ecosystem", package.ecosystem);
        member(json, "name", package.name);
        json.end_object();
    }
    json.end_object();
}

void range(JsonWriter& json, VersionRange const& range) {
    member(json, "scheme", range.scheme);
    member(json, "from", range.from);
    if (!range.from_inclusive) json.member("from_inclusive", false);
    member(json, "to", range.to);
    if (range.to_inclusive) json.member("to_inclusive", true);
}

void affected(JsonWriter& json, Affected const& statement) {
    subject(json, statement.subject);
    objects(json, "ranges", statement.ranges, range);
    texts(json, "versions", statement.versions);
    if (statement.state != FixState::unknown) json.member("state", fix_state_name(statement.state));
    member(json, "fixed_version", statement.fixed_version);
    member(json, "urgency", statement.urgency);
    if (!statement.conditions.empty()) {
        json.key("conditions");
        json.begin_array();
        for (auto const& group : statement.conditions) {
            json.begin_array();
            for (auto const& cpe : group) json.string(cpe_text(cpe));
            json.end_array();
        }
        json.end_array();
    }
    texts(json, "modules", statement.modules);
    member(json, "architecture", statement.architecture);
    member(json, "hotfix", statement.hotfix);
    member(json, "note", statement.note);
}

void severity(JsonWriter& json, Severity const& severity) {
    member(json, "scheme", severity.scheme);
    member(json, "vector", severity.vector);
    if (severity.score) json.member("score", *severity.score);
    member(json, "word", severity.word);
    member(json, "source", severity.source);
    if (severity.primary) json.member("primary", true);
}

void reference(JsonWriter& json, Reference const& reference) {
    member(json, "url", reference.url);
    texts(json, "tags", reference.tags);
}

void record(JsonWriter& json, Advisory const& advisory) {
    json.member("kind", "advisory");
    member(json, "id", advisory.id);
    member(json, "source", advisory.source);
    texts(json, "cves", advisory.cves);
    texts(json, "aliases", advisory.aliases);
    if (advisory.state != AdvisoryState::published) json.member("state", advisory_state_name(advisory.state));
    member(json, "title", advisory.title);
    member(json, "description", advisory.description);
    time(json, "published", advisory.published);
    time(json, "modified", advisory.modified);
    objects(json, "severities", advisory.severities, severity);
    texts(json, "cwes", advisory.cwes);
    objects(json, "references", advisory.references, reference);
    objects(json, "affected", advisory.affected, affected);
}

void record(JsonWriter& json, ExploitFact const& fact) {
    json.member("kind", "exploit");
    member(json, "cve", fact.cve);
    member(json, "source", fact.source);
    member(json, "sign", fact.kind);
    member(json, "type", fact.type);
    member(json, "url", fact.url);
    time(json, "date", fact.date);
    time(json, "due", fact.due);
    member(json, "detail", fact.detail);
}

void record(JsonWriter& json, EpssScore const& score) {
    json.member("kind", "epss");
    member(json, "cve", score.cve);
    json.member("score", score.score);
    json.member("percentile", score.percentile);
    time(json, "date", score.date);
    member(json, "model", score.model);
}

void phase(JsonWriter& json, std::string_view name, PhaseEnd const& end) {
    if (end.date) json.member(name, std::string_view(iso_date(*end.date)));
    else if (end.reached) json.member(name, *end.reached);
}

void cycle(JsonWriter& json, LifecycleCycle const& cycle) {
    member(json, "name", cycle.name);
    member(json, "codename", cycle.codename);
    member(json, "label", cycle.label);
    time(json, "released", cycle.released);
    phase(json, "active_support", cycle.active_support);
    phase(json, "end_of_life", cycle.end_of_life);
    phase(json, "extended_support", cycle.extended_support);
    if (cycle.lts) json.member("lts", true);
    member(json, "latest", cycle.latest);
    time(json, "latest_date", cycle.latest_date);
}

void record(JsonWriter& json, LifecycleProduct const& product) {
    json.member("kind", "lifecycle");
    member(json, "slug", product.slug);
    member(json, "label", product.label);
    member(json, "category", product.category);
    member(json, "source", product.source);
    texts(json, "identifiers", product.identifiers);
    objects(json, "cycles", product.cycles, cycle);
    member(json, "url", product.url);
}

}  // namespace

void write_knowledge(KnowledgeRecord const& any, std::string& out) {
    JsonWriter json(out);
    json.begin_object();
    std::visit([&](auto const& one) { record(json, one); }, any);
    json.end_object();
    out += '\n';
}

}  // namespace merlon::feeds
