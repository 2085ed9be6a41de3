#include "store/knowledge_json.h"

#include "base/json_text.h"

namespace merlon::store {
namespace {

// True when subject_of_key() gives this very name back.
bool key_says_all(Cpe const& cpe) {
    Cpe plain;
    plain.part = cpe.part;
    plain.vendor = cpe.vendor;
    plain.product = cpe.product;
    return cpe == plain && cpe.part.size() == 1 && cpe.vendor.find(':') == std::string::npos;
}
bool key_says_all(PackageName const& package) { return package.ecosystem.find('/') == std::string::npos; }

Subject subject_of_key(std::string_view key) {
    if (key.starts_with("pkg:")) {
        key.remove_prefix(4);
        auto const slash = key.find('/');
        return PackageName{std::string(key.substr(0, slash)),
                           slash == std::string_view::npos ? std::string{} : std::string(key.substr(slash + 1))};
    }
    Cpe cpe;
    auto const first = key.find(':');
    auto const second = first == std::string_view::npos ? first : key.find(':', first + 1);
    if (second == std::string_view::npos) return cpe;
    cpe.part = key.substr(0, first);
    cpe.vendor = key.substr(first + 1, second - first - 1);
    cpe.product = key.substr(second + 1);
    return cpe;
}

// A bound as a JSON string, its sign (which needs no escapes) before the version.
void append_bound(std::string& out, std::string_view sign, std::string const& version) {
    auto const begin = out.size();
    append_json_string(out, version);
    if (!version.empty()) out.insert(begin + 1, sign);
}

void append_range(std::string& out, VersionRange const& range) {
    out += '[';
    append_json_string(out, range.scheme);
    out += ',';
    append_bound(out, range.from_inclusive ? ">=" : ">", range.from);
    out += ',';
    append_bound(out, range.to_inclusive ? "<=" : "<", range.to);
    out += ']';
}

// Takes "<=2.0" apart into its bound.
void read_bound(std::string_view text, std::string& version, bool& inclusive) {
    if (text.empty()) return;
    text.remove_prefix(1);
    inclusive = text.starts_with('=');
    if (inclusive) text.remove_prefix(1);
    version = text;
}

Result<VersionRange> range_of(json::Value value) {
    VersionRange range;
    std::size_t place = 0;
    for (auto const part : json::array(value)) {
        auto const text = json::text(part);
        if (place == 0) range.scheme = text;
        else if (place == 1) read_bound(text, range.from, range.from_inclusive);
        else read_bound(text, range.to, range.to_inclusive);
        ++place;
    }
    if (place != 3) return fail("store.statement_damaged", json::dump(value));
    return range;
}

void member_if(JsonWriter& json, std::string_view name, std::string const& text) {
    if (!text.empty()) json.member(name, text);
}

// The version before which the last range ends: mostly the one that has the fix.
std::string const* end_of_ranges(std::span<VersionRange const> ranges) {
    return ranges.empty() || ranges.back().to_inclusive || ranges.back().to.empty() ? nullptr : &ranges.back().to;
}

}  // namespace

void append_texts(std::string& out, std::span<std::string const> texts) {
    out += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i) out += ',';
        append_json_string(out, texts[i]);
    }
    out += ']';
}

std::vector<std::string> texts_of(json::Value value) {
    std::vector<std::string> texts;
    for (auto const text : json::array(value)) texts.emplace_back(json::text(text));
    return texts;
}

std::optional<std::vector<std::string>> text_list(std::string_view list) {
    std::vector<std::string> texts;
    if (list.find('\\') != std::string_view::npos) {
        simdjson::dom::parser parser;
        json::Value value;
        if (parser.parse(list.data(), list.size()).get(value) != simdjson::SUCCESS || !json::is_array(value)) return {};
        return texts_of(value);
    }
    // Without escapes, as nearly all are, the marks alone take it apart: ["a","b"].
    if (list == "[]") return texts;
    if (list.size() < 4 || !list.starts_with("[\"") || !list.ends_with("\"]")) return {};
    list = list.substr(2, list.size() - 4);
    for (auto mark = list.find('"'); mark != std::string_view::npos; mark = list.find('"')) {
        if (!list.substr(mark).starts_with("\",\"")) return {};
        texts.emplace_back(list.substr(0, mark));
        list.remove_prefix(mark + 3);
    }
    texts.emplace_back(list);
    return texts;
}

WrittenBody append_affected(std::string& out, Affected const& affected) {
    WrittenBody written;
    JsonWriter json(out);
    json.begin_object();
    if (auto const* cpe = std::get_if<Cpe>(&affected.subject)) {
        if (!key_says_all(*cpe)) json.member("cpe", cpe_text(*cpe));
    } else if (auto const& package = std::get<PackageName>(affected.subject); !key_says_all(package)) {
        json.key("package");
        std::string const names[]{package.ecosystem, package.name};
        std::string pair;
        append_texts(pair, names);
        json.raw(pair);
    }
    if (!affected.ranges.empty()) {
        json.key("ranges");
        json.raw("[");  // its rows are written behind it
        for (auto const& range : affected.ranges) {
            if (&range != affected.ranges.data()) out += ',';
            append_range(out, range);
        }
        out += ']';
    }
    auto const texts = [&](std::string_view name, std::vector<std::string> const& list) {
        if (list.empty()) return;
        json.key(name);
        json.raw({});
        append_texts(out, list);
    };
    texts("versions", affected.versions);
    auto const state_begin = out.size();
    if (affected.state != FixState::unknown) json.member("state", fix_state_name(affected.state));
    member_if(json, "fixed", affected.fixed_version);
    if (auto const* end = end_of_ranges(affected.ranges); end && affected.state == FixState::fixed && affected.fixed_version == *end)
        written = {state_begin + 1, out.size()};  // behind the comma
    member_if(json, "urgency", affected.urgency);
    if (!affected.conditions.empty()) {
        json.key("conditions");
        json.begin_array();
        for (auto const& group : affected.conditions) {
            json.begin_array();
            for (auto const& cpe : group) json.string(cpe_text(cpe));
            json.end_array();
        }
        json.end_array();
    }
    texts("modules", affected.modules);
    member_if(json, "architecture", affected.architecture);
    member_if(json, "hotfix", affected.hotfix);
    member_if(json, "note", affected.note);
    json.end_object();
    return written;
}

Result<Affected> affected_of(std::string_view subject, json::Value body) {
    Affected affected;
    affected.subject = subject_of_key(subject);
    simdjson::dom::object members;
    if (body.get(members) != simdjson::SUCCESS) return fail("store.statement_damaged", json::dump(body));
    for (auto const [key, value] : members) {
        if (key == "ranges") {
            for (auto const range : json::array(value)) affected.ranges.push_back(TRY(range_of(range)));
        } else if (key == "versions") affected.versions = texts_of(value);
        else if (key == "state") affected.state = fix_state_of(json::text(value));
        else if (key == "fixed" && json::is_string(value)) affected.fixed_version = json::text(value);
        else if (key == "fixed") {
            auto const* end = end_of_ranges(affected.ranges);  // which are written first
            if (!end) return fail("store.statement_damaged", json::dump(body));
            affected.state = FixState::fixed;
            affected.fixed_version = *end;
        }
        else if (key == "urgency") affected.urgency = json::text(value);
        else if (key == "cpe") {
            auto cpe = parse_cpe(json::text(value));
            if (!cpe) return fail("store.statement_damaged", json::dump(body));
            affected.subject = std::move(*cpe);
        } else if (key == "package") {
            auto const names = texts_of(value);
            if (names.size() != 2) return fail("store.statement_damaged", json::dump(body));
            affected.subject = PackageName{names[0], names[1]};
        } else if (key == "conditions") {
            for (auto const group : json::array(value)) {
                auto& names = affected.conditions.emplace_back();
                for (auto const name : json::array(group)) {
                    auto cpe = parse_cpe(json::text(name));
                    if (!cpe) return fail("store.statement_damaged", json::dump(body));
                    names.push_back(std::move(*cpe));
                }
            }
        } else if (key == "modules") affected.modules = texts_of(value);
        else if (key == "architecture") affected.architecture = json::text(value);
        else if (key == "hotfix") affected.hotfix = json::text(value);
        else if (key == "note") affected.note = json::text(value);
    }
    return affected;
}

void append_severities(std::string& out, std::span<Severity const> severities) {
    JsonWriter json(out);
    json.begin_array();
    for (auto const& severity : severities) {
        json.begin_object();
        json.member("scheme", severity.scheme);
        member_if(json, "vector", severity.vector);
        if (severity.score) json.member("score", *severity.score);
        member_if(json, "word", severity.word);
        member_if(json, "source", severity.source);
        if (severity.primary) json.member("primary", true);
        json.end_object();
    }
    json.end_array();
}

void append_references(std::string& out, std::span<Reference const> references) {
    JsonWriter json(out);
    json.begin_array();
    for (auto const& reference : references) {
        json.begin_object();
        json.member("url", reference.url);
        if (!reference.tags.empty()) {
            json.key("tags");
            json.begin_array();
            for (auto const& tag : reference.tags) json.string(tag);
            json.end_array();
        }
        json.end_object();
    }
    json.end_array();
}

// ---- life cycles --------------------------------------------------------------------------------------------
namespace {

void phase_member(JsonWriter& json, std::string_view name, PhaseEnd const& phase) {
    if (phase.date) json.member(name, *phase.date);
    else if (phase.reached) json.member(name, *phase.reached);
}

PhaseEnd phase_of(json::Value cycle, std::string_view name) {
    return {.date = json::integer(cycle, name), .reached = json::boolean(cycle, name)};
}

}  // namespace

void append_lifecycle(std::string& out, LifecycleProduct const& product) {
    JsonWriter json(out);
    json.begin_object();
    json.member("slug", product.slug);
    json.member("label", product.label);
    json.member("category", product.category);
    json.member("source", product.source);
    json.member("url", product.url);
    std::string identifiers;
    append_texts(identifiers, product.identifiers);
    json.key("identifiers");
    json.raw(identifiers);
    json.key("cycles");
    json.begin_array();
    for (auto const& cycle : product.cycles) {
        json.begin_object();
        json.member("name", cycle.name);
        member_if(json, "codename", cycle.codename);
        member_if(json, "label", cycle.label);
        if (cycle.released) json.member("released", cycle.released);
        phase_member(json, "active_support", cycle.active_support);
        phase_member(json, "end_of_life", cycle.end_of_life);
        phase_member(json, "extended_support", cycle.extended_support);
        if (cycle.lts) json.member("lts", true);
        member_if(json, "latest", cycle.latest);
        if (cycle.latest_date) json.member("latest_date", cycle.latest_date);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

LifecycleProduct lifecycle_of(json::Value value) {
    LifecycleProduct product;
    product.slug = json::text(value, "slug");
    product.label = json::text(value, "label");
    product.category = json::text(value, "category");
    product.source = json::text(value, "source");
    product.url = json::text(value, "url");
    if (auto const identifiers = json::member(value, "identifiers")) product.identifiers = texts_of(*identifiers);
    for (auto const entry : json::array(value, "cycles")) {
        auto& cycle = product.cycles.emplace_back();
        cycle.name = json::text(entry, "name");
        cycle.codename = json::text(entry, "codename");
        cycle.label = json::text(entry, "label");
        cycle.released = json::integer(entry, "released").value_or(0);
        cycle.active_support = phase_of(entry, "active_support");
        cycle.end_of_life = phase_of(entry, "end_of_life");
        cycle.extended_support = phase_of(entry, "extended_support");
        cycle.lts = json::boolean(entry, "lts").value_or(false);
        cycle.latest = json::text(entry, "latest");
        cycle.latest_date = json::integer(entry, "latest_date").value_or(0);
    }
    return product;
}

}  // namespace merlon::store
