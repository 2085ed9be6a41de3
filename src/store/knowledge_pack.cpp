#include "store/knowledge_pack.h"

#include <cstring>

#include "store/advisory_name.h"
#include "store/knowledge_rating.h"

namespace merlon::store {
namespace {

std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::int64_t content_hash(std::initializer_list<std::size_t> parts) {
    std::uint64_t hash = 0;
    for (auto const part : parts) hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL + (hash >> 29);
    return static_cast<std::int64_t>(hash);
}

}  // namespace

std::string name_without_cve(std::string const& id, std::span<std::string const> aliases) {
    std::string const* best = &id;
    auto const preferred = [](std::string const& name) { return name.starts_with("GHSA-") ? 0 : 1; };
    for (auto const& alias : aliases)
        if (preferred(alias) < preferred(*best) || (preferred(alias) == preferred(*best) && alias < *best)) best = &alias;
    return *best;
}

// Adds the statements' bodies and returns the hash of them in full: by this one a record is known as unchanged that was stored
// before bodies had a short form. They lie there in the short one.
std::size_t PackedBatch::add_bodies(Advisory const& advisory) {
    auto const begin = texts_.size(), first = statements.size();
    written_.clear();
    for (auto const& affected : advisory.affected) {
        auto const here = static_cast<std::uint32_t>(texts_.size());
        written_.push_back(append_affected(texts_, affected));
        statements.push_back({{}, {here, static_cast<std::uint32_t>(texts_.size())}});
    }
    auto const hash = hash_of(std::string_view(texts_).substr(begin));
    auto to = begin;
    auto const move = [&](std::string_view text) {
        std::memmove(texts_.data() + to, text.data(), text.size());
        to += text.size();
    };
    for (std::size_t i = 0; i < written_.size(); ++i) {
        auto& body = statements[first + i].body;
        auto const [fixed_begin, fixed_end] = written_[i];
        auto const full = std::string_view(texts_).substr(0, body.end);
        auto const at = static_cast<std::uint32_t>(to);
        if (fixed_end == 0) {
            move(full.substr(body.begin));
        } else {
            move(full.substr(body.begin, fixed_begin - body.begin));
            move(fixed_where_range_ends);
            move(full.substr(fixed_end));
        }
        body = {at, static_cast<std::uint32_t>(to)};
    }
    texts_.resize(to);
    return hash;
}

void PackedBatch::add(Advisory const& advisory) {
    auto& texts = texts_;
    auto& packed = advisories.emplace_back();
    packed.state = advisory.state;
    packed.published = advisory.published;
    packed.modified = advisory.modified;
    auto const here = [&] { return static_cast<std::uint32_t>(texts.size()); };
    auto const piece = [&](auto const& append) {
        auto const begin = here();
        append();
        return Piece{begin, here()};
    };
    auto const text = [&](std::string_view it) { return piece([&] { texts += it; }); };
    packed.source = text(advisory.source);
    packed.id = text(advisory.id);
    packed.cves = piece([&] { append_texts(texts, advisory.cves); });
    packed.aliases = piece([&] { append_texts(texts, advisory.aliases); });
    packed.severities = piece([&] { append_severities(texts, advisory.severities); });
    packed.cwes = piece([&] { append_texts(texts, advisory.cwes); });
    packed.references = piece([&] { append_references(texts, advisory.references); });
    packed.title = text(advisory.title);
    packed.description = text(advisory.description);
    auto const first = statements.size();
    auto const bodies = add_bodies(advisory);
    auto const subjects = piece([&] {
        for (std::size_t i = 0; i < advisory.affected.size(); ++i) {
            statements[first + i].subject = text(subject_key(advisory.affected[i].subject));
            texts += '\n';
        }
    });
    packed.statements = {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(statements.size())};
    packed.cve_names.begin = static_cast<std::uint32_t>(cve_names.size());
    for (auto const& cve : advisory.cves) cve_names.push_back(text(cve));
    // A flaw without a CVE that software can have: its rating, words and times are found under its own name.
    Piece own_name;
    if (advisory.cves.empty() && !advisory.affected.empty())
        cve_names.push_back(own_name = text(name_without_cve(advisory.id, advisory.aliases)));
    packed.cve_names.end = static_cast<std::uint32_t>(cve_names.size());
    packed.content = content_hash({hash_of(own_name.end > 0 ? of(own_name) : of(packed.cves)), hash_of(of(packed.aliases)), hash_of(of(packed.severities)), hash_of(of(packed.cwes)),
                                   hash_of(of(packed.references)), bodies, hash_of(of(subjects)), hash_of(advisory.title), hash_of(advisory.description),
                                   hash_of(advisory_state_name(advisory.state))});
    auto const rating = best_rating(advisory);
    packed.text_rank = text_rank(advisory);
    packed.rating_rank = rating.rank;
    packed.score = rating.score;
    packed.vector = text(rating.vector);
    packed.version = text(rating.version);
    packed.word = text(rating.word);
    packed.rater = text(rating.rater);
}

void PackedBatch::add(KnowledgeRecord&& record) {
    if (auto const* advisory = std::get_if<Advisory>(&record)) add(*advisory);
    else if (auto* fact = std::get_if<ExploitFact>(&record)) facts.push_back(std::move(*fact));
    else if (auto* score = std::get_if<EpssScore>(&record)) scores.push_back(std::move(*score));
    else products.push_back(std::move(std::get<LifecycleProduct>(record)));
}

// Keeps the memory, unless one record of the batch was huge.
void PackedBatch::clear() {
    constexpr std::size_t worth_keeping = std::size_t{8} << 20;
    texts_.clear();
    if (texts_.capacity() > worth_keeping) texts_.shrink_to_fit();
    advisories.clear();
    statements.clear();
    if (statements.capacity() > worth_keeping / sizeof statements[0]) statements.shrink_to_fit();
    cve_names.clear();
    facts.clear();
    scores.clear();
    products.clear();
}

}  // namespace merlon::store
