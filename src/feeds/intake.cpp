#include "feeds/intake.h"

#include <algorithm>

#include "base/text.h"

namespace merlon::feeds {
namespace {

// Cuts at a code point and says so.
void cut(std::string& text, std::size_t most_bytes) {
    if (text.size() <= most_bytes) return;
    auto end = most_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += " [cut]";
}

// Text that goes into JSON lists inside SQL must not hold control characters.
void clean(std::string& text, std::size_t most_bytes) {
    cut(text, most_bytes);
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
}

std::size_t statements_of(Affected const& affected) {
    auto count = 1 + affected.ranges.size() + affected.versions.size() + affected.modules.size();
    for (auto const& group : affected.conditions) count += group.size();
    return count;
}

std::string_view broken_bound(Advisory const& advisory) {
    if (advisory.id.empty()) return "it has no id";
    if (advisory.id.size() > 256) return "its id is longer than 256 bytes";
    if (advisory.cves.size() > 10'000 || advisory.aliases.size() > 10'000) return "it names over 10,000 other records";
    std::size_t statements = 0;
    for (auto const& affected : advisory.affected) {
        statements += statements_of(affected);
        if (statements > most_statements) return "it makes over 100,000 statements";
        if (subject_key(affected.subject).size() > most_name_bytes) return "it names a product of over 4,096 bytes";
        for (auto const& version : affected.versions)
            if (version.size() > most_name_bytes) return "it names a version of over 4,096 bytes";
        for (auto const& range : affected.ranges)
            if (range.from.size() > most_name_bytes || range.to.size() > most_name_bytes)
                return "it names a version of over 4,096 bytes";
    }
    return {};
}

void cut_texts(Advisory& advisory) {
    cut(advisory.title, most_name_bytes);
    cut(advisory.description, most_text_bytes);
    if (advisory.references.size() > most_references) advisory.references.resize(most_references);
    std::erase_if(advisory.references, [](auto const& it) { return it.url.size() > most_name_bytes; });
    if (advisory.cwes.size() > 100) advisory.cwes.resize(100);
    if (advisory.severities.size() > 100) advisory.severities.resize(100);
    for (auto& affected : advisory.affected) cut(affected.note, most_name_bytes);
}

}  // namespace

Status Intake::emit(std::vector<ExploitFact>&& facts) {
    for (auto& fact : facts) {
        for (auto* text : {&fact.cve, &fact.source, &fact.kind, &fact.type, &fact.url}) clean(*text, 2048);
        cut(fact.detail, most_name_bytes);
        TRY(sink_(std::move(fact)));
    }
    return {};
}

Status Intake::keep(Advisory&& advisory, std::vector<ExploitFact>&& facts) {
    if (auto const reason = broken_bound(advisory); !reason.empty()) {
        reject(advisory.id.substr(0, 100), reason);
        return {};
    }
    cut_texts(advisory);
    ++counts.records;
    ++counts.kept;
    TRY(sink_(std::move(advisory)));
    return emit(std::move(facts));
}

Status Intake::keep(std::vector<ExploitFact>&& facts) {
    ++counts.records;
    ++counts.kept;
    return emit(std::move(facts));
}

Status Intake::keep(EpssScore&& score) {
    ++counts.records;
    ++counts.kept;
    return sink_(std::move(score));
}

Status Intake::keep(LifecycleProduct&& product) {
    if (product.cycles.size() > 10'000 || product.slug.size() > 256 || product.identifiers.size() > 10'000) {
        reject(product.slug.substr(0, 100), "it is larger than any product's life cycle");
        return {};
    }
    ++counts.records;
    ++counts.kept;
    return sink_(std::move(product));
}

void Intake::reject(std::string_view id, std::string_view reason) {
    ++counts.records;
    ++counts.rejected;
    if (counts.reasons.size() < 1000) ++counts.reasons[std::string(reason)];
    if (counts.rejections.size() < most_rejections_told)
        counts.rejections.push_back({clean_text(id, 200), std::string(reason)});
}

void Intake::unused(std::string_view reason) {
    ++counts.records;
    ++counts.unused;
    if (counts.reasons.size() < 1000) ++counts.reasons[std::string(reason)];
}

void Intake::note(std::string text) {
    if (counts.notes.size() < 100) counts.notes.push_back(std::move(text));
}

void Intake::data_time(Ticks time) { counts.data_time = std::max(counts.data_time, time); }

}  // namespace merlon::feeds
