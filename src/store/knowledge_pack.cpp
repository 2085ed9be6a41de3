#include "store/knowledge_pack.h"

#include "store/knowledge_json.h"

namespace merlon::store {
namespace {

std::int64_t content_hash(std::initializer_list<std::string_view> texts) {
    std::uint64_t hash = 0;
    for (auto const text : texts)
        hash = (hash ^ std::hash<std::string_view>{}(text)) * 0x9E3779B97F4A7C15ULL + (hash >> 29);
    return static_cast<std::int64_t>(hash);
}

}  // namespace

PackedAdvisory pack(Advisory const& advisory) {
    PackedAdvisory packed;
    packed.source = advisory.source;
    packed.id = advisory.id;
    packed.state = advisory.state;
    packed.published = advisory.published;
    packed.modified = advisory.modified;
    packed.text_rank = text_rank(advisory);
    packed.rating = best_rating(advisory);
    auto& texts = packed.texts;
    texts.reserve(advisory.description.size() + advisory.title.size() + 160 * (advisory.references.size() + advisory.affected.size()) + 400);
    auto const here = [&] { return static_cast<std::uint32_t>(texts.size()); };
    auto const piece = [&](auto const& append) {
        auto const begin = here();
        append();
        return PackedAdvisory::Piece{begin, here()};
    };
    packed.cves = piece([&] { append_texts(texts, advisory.cves); });
    packed.aliases = piece([&] { append_texts(texts, advisory.aliases); });
    packed.severities = piece([&] { append_severities(texts, advisory.severities); });
    packed.cwes = piece([&] { append_texts(texts, advisory.cwes); });
    packed.references = piece([&] { append_references(texts, advisory.references); });
    packed.title = piece([&] { texts += advisory.title; });
    packed.description = piece([&] { texts += advisory.description; });
    packed.statements.reserve(advisory.affected.size());
    auto const bodies = piece([&] {
        for (auto const& affected : advisory.affected)
            packed.statements.push_back({{}, piece([&] { append_affected(texts, affected); })});
    });
    auto const subjects = piece([&] {
        for (std::size_t i = 0; i < advisory.affected.size(); ++i) {
            packed.statements[i].subject = piece([&] { texts += subject_key(advisory.affected[i].subject); });
            texts += '\n';
        }
    });
    packed.content = content_hash({packed.of(packed.cves), packed.of(packed.aliases), packed.of(packed.severities), packed.of(packed.cwes),
                                   packed.of(packed.references), packed.of(bodies), packed.of(subjects), advisory.title, advisory.description,
                                   advisory_state_name(advisory.state)});
    for (auto const& cve : advisory.cves) packed.cve_names.push_back(piece([&] { texts += cve; }));
    return packed;
}

PackedRecord pack(KnowledgeRecord&& record) {
    if (auto const* advisory = std::get_if<Advisory>(&record)) return pack(*advisory);
    if (auto* fact = std::get_if<ExploitFact>(&record)) return std::move(*fact);
    if (auto const* score = std::get_if<EpssScore>(&record)) return *score;
    return std::move(std::get<LifecycleProduct>(record));
}

}  // namespace merlon::store
