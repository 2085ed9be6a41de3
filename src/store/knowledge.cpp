#include "store/knowledge.h"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>

#include "base/json_text.h"
#include "store/knowledge_json.h"
#include "store/knowledge_rating.h"

namespace merlon::store {
namespace {

// Numbers of advisories are taken from the sequence in blocks, so that later loads have higher ones.
constexpr std::int64_t numbers_a_block = std::int64_t{1} << 24;

struct KnownAdvisory {
    std::int64_t number = 0;
    std::int64_t content = 0;
    Ticks modified = 0;
    std::uint32_t statements = 0;  // rows of this load, when it wrote them
    bool of_this_load = false;
};

std::int64_t content_hash(std::initializer_list<std::string_view> texts) {
    std::uint64_t hash = 0;
    for (auto const text : texts)
        hash = (hash ^ std::hash<std::string_view>{}(text)) * 0x9E3779B97F4A7C15ULL + (hash >> 29);
    return static_cast<std::int64_t>(hash);
}

class Writing {
public:
    Writing(Connection& connection, FeedFile const& file) : connection_(connection), file_(file) {}

    Status begin();
    Status take(KnowledgeRecord record) {
        return std::visit([this](auto& it) { return put(it); }, record);
    }
    Status finish(FeedCounts const&);
    WriteOutcome outcome;

private:
    Status put(Advisory const&);
    Status put(ExploitFact const&);
    Status put(EpssScore const&);
    Status put(LifecycleProduct const&);
    Status add_rows(Advisory const&, std::int64_t number, std::int64_t content);
    Status learn_source(std::string const&);
    Status drop_replaced();
    Status settle_exploits();
    Status settle_scores();
    Status settle_products();
    Status note_file(FeedCounts const&);

    Connection& connection_;
    FeedFile const& file_;
    std::optional<Appender> advisories_, statements_, opinions_, exploits_, scores_;
    std::int64_t base_ = 0, next_ = 0;
    // By source and id; ids alone are short enough to need no memory of their own.
    std::unordered_map<std::string, std::unordered_map<std::string, KnownAdvisory>> known_;
    std::set<std::string> sources_;
    std::vector<std::int64_t> gone_;                        // numbers of advisories to drop
    std::unordered_map<std::string, LifecycleProduct> products_;
    Ticks newest_score_ = 0;
    std::string cves_, aliases_, severities_, cwes_, references_, bodies_;
    std::vector<std::pair<std::string, std::pair<std::size_t, std::size_t>>> rows_;  // subject, part of bodies_
};

Status Writing::begin() {
    auto const block = TRY(connection_.count("SELECT nextval('advisory_number')"));
    base_ = next_ = block * numbers_a_block;
    TRY(connection_.execute(
        "CREATE OR REPLACE TEMP TABLE loading_exploit (cve VARCHAR, source VARCHAR, kind VARCHAR, type VARCHAR, "
        "url VARCHAR, date BIGINT, due BIGINT, detail VARCHAR);"
        "CREATE OR REPLACE TEMP TABLE loading_epss (cve VARCHAR, score DOUBLE, percentile DOUBLE, date BIGINT, "
        "model VARCHAR);"
        "CREATE OR REPLACE TEMP TABLE loading_gone (number BIGINT)"));
    advisories_ = TRY(connection_.appender("advisory"));
    statements_ = TRY(connection_.appender("affected"));
    opinions_ = TRY(connection_.appender("advisory_cve"));
    exploits_ = TRY(connection_.appender("loading_exploit"));
    scores_ = TRY(connection_.appender("loading_epss"));
    return {};
}

// Reads what is stored of a source, once, when its first record comes.
Status Writing::learn_source(std::string const& source) {
    auto& known = known_[source];
    auto rows = TRY(connection_.query("SELECT id, number, content, modified FROM advisory WHERE source = $1",
                                      {Value{source}}));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            if (chunk->columns[1].int64(row) >= base_) continue;
            known[std::string(chunk->columns[0].text(row))] = {chunk->columns[1].int64(row), chunk->columns[2].int64(row),
                                                               chunk->columns[3].int64(row)};
        }
    return {};
}

Status Writing::put(Advisory const& advisory) {
    if (sources_.insert(advisory.source).second) TRY(learn_source(advisory.source));
    for (auto* text : {&cves_, &aliases_, &severities_, &cwes_, &references_, &bodies_}) text->clear();
    append_texts(cves_, advisory.cves);
    append_texts(aliases_, advisory.aliases);
    append_severities(severities_, advisory.severities);
    append_texts(cwes_, advisory.cwes);
    append_references(references_, advisory.references);
    rows_.clear();
    for (auto const& affected : advisory.affected) {
        auto const begin = bodies_.size();
        append_affected(bodies_, affected);
        rows_.push_back({subject_key(affected.subject), {begin, bodies_.size()}});
    }
    std::string subjects;
    for (auto const& [subject, place] : rows_) subjects += subject + '\n';
    auto const content = content_hash({cves_, aliases_, severities_, cwes_, references_, bodies_, subjects,
                                       advisory.title, advisory.description, advisory_state_name(advisory.state)});

    auto const [found, is_new] = known_[advisory.source].try_emplace(advisory.id);
    auto& known = found->second;
    if (!is_new) {
        if (known.content == content) {
            ++outcome.unchanged;
            return {};
        }
        if (advisory.modified != 0 && advisory.modified < known.modified) {
            ++outcome.older;
            return {};
        }
        gone_.push_back(known.number);
        ++outcome.replaced;
    } else {
        ++outcome.added;
    }
    known = {next_, content, advisory.modified};
    return add_rows(advisory, next_++, content);
}

Status Writing::add_rows(Advisory const& advisory, std::int64_t number, std::int64_t content) {
    TRY(advisories_->int64(number).text(advisory.source).text(advisory.id).text(cves_).text(aliases_)
            .text(advisory_state_name(advisory.state)).text(advisory.title).text(advisory.description)
            .int64(advisory.published).int64(advisory.modified).text(severities_).text(cwes_).text(references_)
            .int64(content).end_row());
    for (auto const& [subject, place] : rows_) {
        auto const body = std::string_view(bodies_).substr(place.first, place.second - place.first);
        TRY(statements_->int64(number).text(subject).text(body).end_row());
    }
    outcome.statements += static_cast<std::int64_t>(rows_.size());
    auto const opinion = best_rating(advisory);
    for (auto const& cve : advisory.cves) {
        opinions_->int64(number).text(cve).int32(text_rank(advisory)).int32(opinion.rank).optional_real(opinion.score);
        TRY(opinions_->text(opinion.vector).text(opinion.version).text(opinion.word).text(opinion.rater).end_row());
    }
    return {};
}

Status Writing::put(ExploitFact const& fact) {
    ++outcome.exploits;
    return exploits_->text(fact.cve).text(fact.source).text(fact.kind).text(fact.type).text(fact.url).int64(fact.date)
        .int64(fact.due).text(fact.detail).end_row();
}

Status Writing::put(EpssScore const& score) {
    ++outcome.scores;
    newest_score_ = std::max(newest_score_, score.date);
    return scores_->text(score.cve).real(score.score).real(score.percentile).int64(score.date).text(score.model)
        .end_row();
}

Status Writing::put(LifecycleProduct const& product) {
    ++outcome.products;
    products_.insert_or_assign(product.source + '\n' + product.slug, product);
    return {};
}

Status Writing::drop_replaced() {
    auto gone = TRY(connection_.appender("loading_gone"));
    for (auto const number : gone_) TRY(gone.int64(number).end_row());
    TRY(gone.close());
    auto rows = TRY(connection_.query(
        "SELECT DISTINCT subject FROM affected WHERE advisory >= $1 OR advisory IN (SELECT number FROM loading_gone)",
        {Value{base_}}));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row)
            outcome.changed_subjects.emplace_back(chunk->columns[0].text(row));
    std::ranges::sort(outcome.changed_subjects);
    if (gone_.empty()) return {};
    return connection_.execute(
        "DELETE FROM affected WHERE advisory IN (SELECT number FROM loading_gone);"
        "DELETE FROM advisory_cve WHERE advisory IN (SELECT number FROM loading_gone);"
        "DELETE FROM advisory WHERE number IN (SELECT number FROM loading_gone)");
}

// Whole sets replace all of their source; facts that came with advisories those of the same CVEs; others those of the
// same source and CVE.
Status Writing::settle_exploits() {
    for (auto const& source : file_.whole_exploit_sets)
        TRY(connection_.query("DELETE FROM exploit WHERE source = $1", {Value{source}}));
    for (auto const& source : file_.facts_of_advisories)
        TRY(connection_.query("DELETE FROM exploit WHERE source = $1 AND cve IN (SELECT cve FROM advisory_cve WHERE "
                              "advisory >= $2)",
                              {Value{source}, Value{base_}}));
    return connection_.execute(
        "DELETE FROM exploit WHERE (source, cve) IN (SELECT source, cve FROM loading_exploit);"
        "INSERT INTO exploit SELECT DISTINCT * FROM loading_exploit");
}

// A newer day replaces all scores; an older one only adds CVEs that have none.
Status Writing::settle_scores() {
    if (outcome.scores == 0) return {};
    auto const stored = TRY(connection_.count("SELECT coalesce(max(date), 0) FROM epss"));
    if (file_.whole_epss && newest_score_ >= stored) {
        TRY(connection_.execute("DELETE FROM epss"));
    } else if (newest_score_ >= stored) {
        TRY(connection_.execute("DELETE FROM epss WHERE cve IN (SELECT cve FROM loading_epss)"));
    }
    return connection_.execute(
        "INSERT INTO epss SELECT cve, any_value(score), any_value(percentile), max(date), any_value(model) "
        "FROM loading_epss WHERE cve NOT IN (SELECT cve FROM epss) GROUP BY cve");
}

Status Writing::settle_products() {
    if (products_.empty()) return {};
    // The older form of the source has no identifiers and labels: what a fuller form said before stays.
    for (auto& stored : TRY(lifecycle_products(connection_))) {
        auto const fresh = products_.find(stored.source + '\n' + stored.slug);
        if (fresh == products_.end()) {
            products_.emplace(stored.source + '\n' + stored.slug, std::move(stored));
            continue;
        }
        if (!fresh->second.identifiers.empty()) continue;
        fresh->second.identifiers = std::move(stored.identifiers);
        if (fresh->second.label == fresh->second.slug) fresh->second.label = std::move(stored.label);
        if (fresh->second.category.empty()) fresh->second.category = std::move(stored.category);
    }
    TRY(connection_.execute("DELETE FROM lifecycle"));
    auto table = TRY(connection_.appender("lifecycle"));
    std::string body;
    for (auto const& [key, product] : products_) {
        body.clear();
        append_lifecycle(body, product);
        TRY(table.text(product.slug).text(product.source).text(body).end_row());
    }
    return table.close();
}

Status Writing::note_file(FeedCounts const& counts) {
    if (!file_.whole_exploit_sets.empty() || file_.whole_epss)
        TRY(connection_.query("DELETE FROM feed WHERE name = $1", {Value{file_.feed}}));
    else
        TRY(connection_.query("DELETE FROM feed WHERE name = $1 AND (file = $2 OR digest = $3)",
                              {Value{file_.feed}, Value{file_.file}, Value{file_.digest}}));
    TRY(connection_.query("INSERT INTO feed VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                          {Value{file_.feed}, Value{file_.file}, Value{file_.digest}, Value{now_ticks()},
                           Value{counts.data_time}, Value{counts.records}, Value{counts.kept},
                           Value{counts.rejected}}));
    return {};
}

Status Writing::finish(FeedCounts const& counts) {
    outcome.counts = counts;
    for (auto* appender : {&advisories_, &statements_, &opinions_, &exploits_, &scores_}) {
        TRY((*appender)->close());
        appender->reset();
    }
    TRY(drop_replaced());
    TRY(settle_exploits());
    TRY(settle_scores());
    TRY(settle_products());
    TRY(note_file(counts));
    return connection_.execute("DROP TABLE loading_exploit; DROP TABLE loading_epss; DROP TABLE loading_gone");
}

}  // namespace

Result<bool> already_loaded(Connection& connection, std::string_view feed, std::string_view digest) {
    std::vector<Value> const values{std::string(feed), std::string(digest)};
    return TRY(connection.count("SELECT count(*) FROM feed WHERE name = $1 AND digest = $2", values)) > 0;
}

Result<WriteOutcome> write_knowledge(Connection& connection, FeedFile const& file, ReadFeed const& read) {
    WriteOutcome outcome;
    TRY(connection.transaction([&]() -> Status {
        Writing writing(connection, file);
        TRY(writing.begin());
        auto const counts = TRY(read([&](KnowledgeRecord record) { return writing.take(std::move(record)); }));
        TRY(writing.finish(counts));
        outcome = std::move(writing.outcome);
        return {};
    }));
    return outcome;
}

}  // namespace merlon::store
