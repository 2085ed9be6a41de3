#include "feeds/merlon/read.h"

#include "model/cvss.h"

#include <array>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/json_read.h"
#include "base/text.h"

namespace merlon::feeds {
namespace {

using json::Value;

// Where in the file a value stands; the path is spelled out only when something is wrong with it.
struct Place {
    std::string_view file;
    std::size_t line = 0;
    Place const* above = nullptr;
    std::string_view key;
    std::size_t index = 0;

    Place member(std::string_view name) const { return {file, line, this, name, 0}; }
    Place element(std::size_t n) const { return {file, line, this, {}, n}; }
    std::string path() const {
        if (!above) return {};
        auto before = above->path();
        if (key.empty()) return before + fmt::format("[{}]", index);
        return before.empty() ? std::string(key) : before + "." + std::string(key);
    }
};

Status wrong(Place const& at, std::string_view wanted) {
    return fail("knowledge.wrong_shape", std::string(at.file), std::to_string(at.line),
                at.above ? "\"" + at.path() + "\"" : std::string("the record"), std::string(wanted));
}

using Take = std::function<Status(Place const&, Value)>;
struct Field {
    std::string_view name;
    Take take;
};

Status unknown_field(Place const& at, std::string_view key, std::span<Field const> fields) {
    std::vector<std::string> names;
    for (auto const& field : fields) names.emplace_back(field.name);
    auto const near = nearest(key, names);
    auto const hint = near ? fmt::format("Did you mean \"{}\"?", *near) : "It has: " + join(names, ", ") + ".";
    auto const named = at.member(key);
    return std::unexpected(error("knowledge.unknown_field", std::string(at.file), std::to_string(at.line),
                                 "\"" + named.path() + "\"", hint).with_hint(hint));
}

Status object(Place const& at, Value value, std::initializer_list<Field> fields) {
    simdjson::dom::object found;
    if (value.get(found) != simdjson::SUCCESS) return wrong(at, "an object");
    for (auto const [key, member] : found) {
        auto const field = std::ranges::find(fields, std::string_view(key), &Field::name);
        if (field == fields.end()) return unknown_field(at, key, {fields.begin(), fields.size()});
        TRY(field->take(at.member(field->name), member));
    }
    return {};
}

// ---- Plain values ------------------------------------------------------------------------------------------------

Take text(std::string& out) {
    return [&out](Place const& at, Value value) -> Status {
        std::string_view found;
        if (value.get(found) != simdjson::SUCCESS) return wrong(at, "a string");
        out = found;
        return {};
    };
}

Take flag(bool& out) {
    return [&out](Place const& at, Value value) -> Status {
        if (value.get(out) != simdjson::SUCCESS) return wrong(at, "true or false");
        return {};
    };
}

Take number(double& out) {
    return [&out](Place const& at, Value value) -> Status {
        if (value.get(out) != simdjson::SUCCESS) return wrong(at, "a number");
        return {};
    };
}

Take number(std::optional<double>& out) {
    return [&out](Place const& at, Value value) -> Status {
        double found = 0;
        if (value.get(found) != simdjson::SUCCESS) return wrong(at, "a number");
        out = found;
        return {};
    };
}

Result<Ticks> time_of(Place const& at, Value value) {
    std::string_view found;
    auto const time = value.get(found) == simdjson::SUCCESS ? parse_iso_time(found) : std::nullopt;
    if (!time) return std::unexpected(wrong(at, "an ISO date or time, such as \"2024-07-09\"").error());
    return *time;
}

Take time(Ticks& out) {
    return [&out](Place const& at, Value value) -> Status {
        out = TRY(time_of(at, value));
        return {};
    };
}

template <typename T>
Take list(std::vector<T>& out, Take (*read)(T&)) {
    return [&out, read](Place const& at, Value value) -> Status {
        simdjson::dom::array found;
        if (value.get(found) != simdjson::SUCCESS) return wrong(at, "a list");
        std::size_t index = 0;
        for (auto const element : found) {
            T item{};
            TRY(read(item)(at.element(index++), element));
            out.push_back(std::move(item));
        }
        return {};
    };
}
Take texts(std::vector<std::string>& out) { return list<std::string>(out, text); }

// A name out of a closed list, with its value.
template <typename Enum, std::size_t N>
Take word(Enum& out, std::array<Enum, N> const& all, std::string_view (*name_of)(Enum)) {
    return [&out, all, name_of](Place const& at, Value value) -> Status {
        std::string_view found;
        std::string names;
        auto const is_text = value.get(found) == simdjson::SUCCESS;
        for (auto const item : all) {
            if (is_text && name_of(item) == found) {
                out = item;
                return {};
            }
            names += (names.empty() ? "" : ", ") + std::string(name_of(item));
        }
        return wrong(at, "one of " + names);
    };
}

// ---- Records -----------------------------------------------------------------------------------------------------

Take cpe(Cpe& out) {
    return [&out](Place const& at, Value value) -> Status {
        std::string_view found;
        auto read = value.get(found) == simdjson::SUCCESS ? parse_cpe(found) : std::nullopt;
        if (!read) return wrong(at, "a CPE name, such as \"cpe:2.3:a:7-zip:7-zip\"");
        out = std::move(*read);
        return {};
    };
}
Take cpes(std::vector<Cpe>& out) { return list<Cpe>(out, cpe); }

Take subject(Subject& out) {
    return [&out](Place const& at, Value value) -> Status {
        std::optional<Cpe> named;
        std::optional<PackageName> package;
        TRY(object(at, value, {
            {"cpe", [&](Place const& here, Value v) { return cpe(named.emplace())(here, v); }},
            {"package", [&](Place const& here, Value v) -> Status {
                auto& made = package.emplace();
                TRY(object(here, v, {{"ecosystem", text(made.ecosystem)}, {"name", text(made.name)}}));
                if (made.ecosystem.empty() || made.name.empty()) return wrong(here, "an ecosystem and a name");
                return {};
            }}}));
        if (named.has_value() == package.has_value()) return wrong(at, "either a cpe or a package");
        if (named) out = std::move(*named);
        else out = std::move(*package);
        return {};
    };
}

Take range(VersionRange& out) {
    return [&out](Place const& at, Value value) -> Status {
        TRY(object(at, value, {{"scheme", text(out.scheme)}, {"from", text(out.from)},
                               {"from_inclusive", flag(out.from_inclusive)}, {"to", text(out.to)},
                               {"to_inclusive", flag(out.to_inclusive)}}));
        if (out.scheme.empty()) return wrong(at.member("scheme"), "the name of a version order");
        return {};
    };
}

constexpr std::array fix_states{FixState::fixed, FixState::affected, FixState::will_not_fix, FixState::deferred,
                                FixState::not_affected, FixState::under_investigation, FixState::unknown};
constexpr std::array advisory_states{AdvisoryState::published, AdvisoryState::rejected, AdvisoryState::withdrawn,
                                     AdvisoryState::disputed};

Take affected(Affected& out) {
    return [&out](Place const& at, Value value) -> Status {
        bool named = false;
        auto const take_subject = [&](Place const& here, Value v) {
            named = true;
            return subject(out.subject)(here, v);
        };
        TRY(object(at, value, {{"subject", take_subject},
                               {"ranges", list<VersionRange>(out.ranges, range)},
                               {"versions", texts(out.versions)},
                               {"state", word(out.state, fix_states, fix_state_name)},
                               {"fixed_version", text(out.fixed_version)},
                               {"urgency", text(out.urgency)},
                               {"conditions", list<std::vector<Cpe>>(out.conditions, cpes)},
                               {"modules", texts(out.modules)},
                               {"architecture", text(out.architecture)},
                               {"hotfix", text(out.hotfix)},
                               {"note", text(out.note)}}));
        if (!named) return wrong(at.member("subject"), "a cpe or a package");
        return {};
    };
}

Take severity(Severity& out) {
    return [&out](Place const& at, Value value) -> Status {
        TRY(object(at, value, {{"scheme", text(out.scheme)}, {"vector", text(out.vector)},
                               {"score", number(out.score)}, {"word", text(out.word)},
                               {"source", text(out.source)}, {"primary", flag(out.primary)}}));
        // A vector says its score.
        if (out.score || out.vector.empty()) return {};
        auto const computed = TRY(cvss_base_score(out.vector));
        out.score = computed.base;
        if (out.word.empty()) out.word = computed.word;
        return {};
    };
}

Take reference(Reference& out) {
    return [&out](Place const& at, Value value) {
        return object(at, value, {{"url", text(out.url)}, {"tags", texts(out.tags)}});
    };
}

// "kind" was read before; it is a field of each record all the same.
Field const kind_field{"kind", [](Place const&, Value) -> Status { return {}; }};

Result<Advisory> read_advisory(Place const& at, Value value) {
    Advisory out;
    TRY(object(at, value, {kind_field, {"id", text(out.id)}, {"source", text(out.source)}, {"cves", texts(out.cves)},
                           {"aliases", texts(out.aliases)},
                           {"state", word(out.state, advisory_states, advisory_state_name)},
                           {"title", text(out.title)}, {"description", text(out.description)},
                           {"published", time(out.published)}, {"modified", time(out.modified)},
                           {"severities", list<Severity>(out.severities, severity)}, {"cwes", texts(out.cwes)},
                           {"references", list<Reference>(out.references, reference)},
                           {"affected", list<Affected>(out.affected, affected)}}));
    return out;
}

Result<ExploitFact> read_exploit(Place const& at, Value value) {
    ExploitFact out;
    TRY(object(at, value, {kind_field, {"cve", text(out.cve)}, {"source", text(out.source)},
                           // The record's own "kind" names the record, so the model's `kind` is called "sign" here.
                           {"sign", text(out.kind)}, {"type", text(out.type)}, {"url", text(out.url)},
                           {"date", time(out.date)}, {"due", time(out.due)}, {"detail", text(out.detail)}}));
    return out;
}

Result<EpssScore> read_epss(Place const& at, Value value) {
    EpssScore out;
    TRY(object(at, value, {kind_field, {"cve", text(out.cve)}, {"score", number(out.score)},
                           {"percentile", number(out.percentile)}, {"date", time(out.date)},
                           {"model", text(out.model)}}));
    if (out.score < 0 || out.score > 1) TRY(wrong(at.member("score"), "a number from 0 to 1"));
    if (out.percentile < 0 || out.percentile > 1) TRY(wrong(at.member("percentile"), "a number from 0 to 1"));
    return out;
}

Take phase(PhaseEnd& out) {
    return [&out](Place const& at, Value value) -> Status {
        bool reached = false;
        if (value.get(reached) == simdjson::SUCCESS) {
            out.reached = reached;
            return {};
        }
        if (!value.is_string()) return wrong(at, "an ISO date, true or false");
        out.date = TRY(time_of(at, value));
        return {};
    };
}

Take cycle(LifecycleCycle& out) {
    return [&out](Place const& at, Value value) -> Status {
        TRY(object(at, value, {{"name", text(out.name)}, {"codename", text(out.codename)}, {"label", text(out.label)},
                               {"released", time(out.released)}, {"active_support", phase(out.active_support)},
                               {"end_of_life", phase(out.end_of_life)},
                               {"extended_support", phase(out.extended_support)}, {"lts", flag(out.lts)},
                               {"latest", text(out.latest)}, {"latest_date", time(out.latest_date)}}));
        if (out.name.empty()) return wrong(at.member("name"), "the name of the cycle");
        return {};
    };
}

Result<LifecycleProduct> read_lifecycle(Place const& at, Value value) {
    LifecycleProduct out;
    TRY(object(at, value, {kind_field, {"slug", text(out.slug)}, {"label", text(out.label)},
                           {"category", text(out.category)}, {"source", text(out.source)},
                           {"identifiers", texts(out.identifiers)},
                           {"cycles", list<LifecycleCycle>(out.cycles, cycle)}, {"url", text(out.url)}}));
    return out;
}

Status missing(Place const& at, std::string_view field) {
    return fail("knowledge.missing_field", std::string(at.file), std::to_string(at.line),
                "\"" + std::string(field) + "\"");
}

Result<KnowledgeRecord> read_record(Place const& at, Value value) {
    if (!json::is_object(value)) TRY(wrong(at, "an object"));
    auto const kind = json::text(value, "kind");
    if (kind == "advisory") {
        auto record = TRY(read_advisory(at, value));
        if (record.id.empty()) TRY(missing(at, "id"));
        if (record.source.empty()) TRY(missing(at, "source"));
        return record;
    }
    if (kind == "exploit") {
        auto record = TRY(read_exploit(at, value));
        if (record.cve.empty()) TRY(missing(at, "cve"));
        if (record.source.empty()) TRY(missing(at, "source"));
        if (record.kind.empty()) TRY(missing(at, "sign"));
        return record;
    }
    if (kind == "epss") {
        auto record = TRY(read_epss(at, value));
        if (record.cve.empty()) TRY(missing(at, "cve"));
        return record;
    }
    if (kind == "lifecycle") {
        auto record = TRY(read_lifecycle(at, value));
        if (record.slug.empty()) TRY(missing(at, "slug"));
        return record;
    }
    if (!json::member(value, "kind")) TRY(missing(at, "kind"));
    return fail("knowledge.unknown_kind", std::string(at.file), std::to_string(at.line), std::string(kind));
}

std::string_view next_line(std::string_view& rest) {
    auto const end = rest.find('\n');
    auto const line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return trim(line);
}

}  // namespace

Status read_knowledge(std::string_view bytes, std::string_view name, KnowledgeSink const& take) {
    simdjson::dom::parser parser;
    Place at{name};
    while (!bytes.empty()) {
        ++at.line;
        auto const line = next_line(bytes);
        if (line.empty() || line.starts_with('#')) continue;
        Value value;
        if (auto const failed = parser.parse(line.data(), line.size()).get(value))
            return fail("knowledge.not_json", std::string(name), std::to_string(at.line),
                        simdjson::error_message(failed));
        TRY(take(TRY(read_record(at, value))));
    }
    return {};
}

bool looks_like_knowledge(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const line = next_line(bytes);
        if (line.empty() || line.starts_with('#')) continue;
        auto const document = json::Document::parse(line, "first line");
        if (!document) return false;
        auto const kind = json::text(document->root(), "kind");
        return kind == "advisory" || kind == "exploit" || kind == "epss" || kind == "lifecycle";
    }
    return false;
}

}  // namespace merlon::feeds
