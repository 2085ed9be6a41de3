#include "store/knowledge.h"

#include <algorithm>
#include <future>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "store/knowledge_json.h"
#include "store/knowledge_reach.h"
#include "store/subject_book.h"
#include "store/unmatched.h"

namespace merlon::store {
namespace {

// Numbers of advisories are taken from the sequence in blocks, so that later loads have higher ones.
constexpr std::int64_t numbers_a_block = std::int64_t{1} << 24;

struct KnownAdvisory {
    std::int64_t number = 0;
    std::int64_t content = 0;
    Ticks modified = 0;
};

// What is stored of one source, as far as it has been learnt, and what this load adds to it.
struct Known {
    SubjectBook ids;
    std::vector<KnownAdvisory> advisories;  // by number in the book
    std::set<std::string, std::less<>> blocks;  // learnt; "": all

    bool knows(std::string_view block) const { return blocks.contains(block) || blocks.contains(""); }

    // The advisory of this id; true with it when it is new.
    std::pair<KnownAdvisory*, bool> find(std::string_view id) {
        auto const [number, is_new] = ids.number_of(id);
        auto const at = static_cast<std::size_t>(number);
        if (at >= advisories.size()) advisories.resize(at + 1 + at / 2);
        return {&advisories[at], is_new};
    }
};

// Ids around a CVE number are learnt a year at a time, so that a yearly file does not look at all others: "CVE-2024-" of
// "CVE-2024-1234", "DEBIAN-CVE-2024-" ...; "" for other ids.
std::string_view block_of(std::string_view id) {
    auto const at = id.find("CVE-");
    if (at == std::string_view::npos || id.size() < at + 9 || id[at + 8] != '-') return {};
    return id.substr(0, at + 9);
}

// So many changed CVEs are worth no list: all rows of table cve are made anew.
constexpr std::size_t most_pending = 20'000;

class Writing {
public:
    Writing(Connection& connection, FeedFile const& file) : connection_(connection), file_(file) {}

    Status begin();
    Status take(PackedBatch& batch) {
        subject_hashes_.clear();
        for (auto const& statement : batch.statements) subject_hashes_.push_back(SubjectBook::hash_of(batch.of(statement.subject)));
        subjects_.fetch(subject_hashes_);
        for (auto const& advisory : batch.advisories) TRY(put(batch, advisory));
        for (auto const& fact : batch.facts) TRY(put(fact));
        for (auto const& score : batch.scores) TRY(put(score));
        for (auto& product : batch.products) TRY(put(std::move(product)));
        return {};
    }
    Status finish(FeedCounts const&);
    WriteOutcome outcome;

private:
    Status put(PackedBatch const&, PackedAdvisory const&);
    Status put(ExploitFact const&);
    Status put(EpssScore const&);
    Status put(LifecycleProduct&&);
    Status add_rows(PackedBatch const&, PackedAdvisory const&, std::int64_t number);
    Status learn(Known&, std::string_view source, std::string_view block);
    Status learn_subjects();
    Result<std::int32_t> number_of(std::string_view subject, std::size_t hash);
    void touch(std::int32_t subject);
    Status drop_replaced();
    Status drop_unspoken();
    Status refuse_older(FeedCounts const&);
    Status refuse_shrunk();
    Status add_changed(std::string_view select);
    Status note_pending();
    bool too_many_changed() const { return changed_cves_.numbers() > most_pending + 1; }
    Status settle_exploits();
    Status drop_older_facts();
    Status settle_scores();
    Status settle_products();
    Status note_file(FeedCounts const&);

    Connection& connection_;
    FeedFile const& file_;
    std::optional<Appender> advisories_, statements_, subject_rows_, opinions_, exploits_, scores_;
    std::int64_t base_ = 0, next_ = 0;
    std::map<std::string, Known, std::less<>> known_;  // by source
    // Of the last record: the next one is mostly of the same.
    std::string learnt_source_, learnt_block_;
    Known* learnt_ = nullptr;
    SubjectBook subjects_;
    std::vector<std::size_t> subject_hashes_;  // of the statements of the batch
    std::vector<bool> touched_;      // by number of subject: of which a statement came or goes
    std::vector<std::string> came_;  // subjects
    EcosystemReach reach_;
    SubjectBook changed_cves_;
    bool all_cves_ = false;
    std::vector<std::int64_t> gone_;                        // numbers of advisories to drop
    std::set<std::string, std::less<>> older_cves_;         // of records that came in an older state than is stored
    std::unordered_map<std::string, LifecycleProduct> products_;
    Ticks newest_score_ = 0;
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
    TRY(learn_subjects());
    statements_ = TRY(connection_.appender("statement"));
    subject_rows_ = TRY(connection_.appender("subject"));
    opinions_ = TRY(connection_.appender("advisory_cve"));
    exploits_ = TRY(connection_.appender("loading_exploit"));
    scores_ = TRY(connection_.appender("loading_epss"));
    return {};
}

Status Writing::learn_subjects() {
    auto rows = TRY(connection_.query("SELECT number, name FROM subject"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) subjects_.add(chunk->columns[1].text(row), chunk->columns[0].int32(row));
    return {};
}

Result<std::int32_t> Writing::number_of(std::string_view subject, std::size_t hash) {
    auto const [number, is_new] = subjects_.number_of(subject, hash);
    if (is_new) {
        TRY(subject_rows_->int32(number).text(subject).end_row());
        came_.emplace_back(subject);
    }
    return number;
}

void Writing::touch(std::int32_t subject) {
    auto const at = static_cast<std::size_t>(subject);
    if (at >= touched_.size()) touched_.resize(at + at / 2 + 1);
    touched_[at] = true;
}

// Reads what is stored of a source, once for each block, when its first record comes. A file of many blocks learns all at once: each
// time all rows are looked at.
Status Writing::learn(Known& known, std::string_view source, std::string_view block) {
    constexpr std::size_t most_blocks = 4;
    if (known.blocks.size() == most_blocks) block = {};
    known.blocks.emplace(block);
    // Of what this load has written nothing: that is known.
    std::vector<Value> const wanted{std::string(source), std::string(block), base_};
    auto rows = TRY(connection_.query("SELECT id, number, content, modified FROM advisory WHERE source = $1 AND number < $3 AND starts_with(id, $2)", wanted));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            // What this load has replaced already is not learnt back.
            if (auto const [stored, is_new] = known.find(chunk->columns[0].text(row)); is_new)
                *stored = {chunk->columns[1].int64(row), chunk->columns[2].int64(row), chunk->columns[3].int64(row)};
        }
    return {};
}

Status Writing::put(PackedBatch const& batch, PackedAdvisory const& advisory) {
    auto const source = batch.of(advisory.source), id = batch.of(advisory.id);
    if (auto const block = block_of(id); !learnt_ || source != learnt_source_ || block != learnt_block_) {
        auto found = known_.find(source);
        if (found == known_.end()) found = known_.emplace(source, Known{}).first;
        learnt_ = &found->second;
        if (!learnt_->knows(block)) TRY(learn(*learnt_, source, block));
        learnt_source_ = source;
        learnt_block_ = block;
    }
    auto const [found, is_new] = learnt_->find(id);
    auto& known = *found;
    if (!is_new) {
        if (known.content == advisory.content) {
            ++outcome.unchanged;
            return {};
        }
        if (advisory.modified != 0 && advisory.modified < known.modified) {
            ++outcome.older;
            for (auto at = advisory.cve_names.begin; at < advisory.cve_names.end; ++at) older_cves_.emplace(batch.of(batch.cve_names[at]));
            return {};
        }
        gone_.push_back(known.number);
        ++outcome.replaced;
    } else {
        ++outcome.added;
    }
    known = {next_, advisory.content, advisory.modified};
    return add_rows(batch, advisory, next_++);
}

Status Writing::add_rows(PackedBatch const& batch, PackedAdvisory const& advisory, std::int64_t number) {
    auto const of = [&](PackedAdvisory::Piece piece) { return batch.of(piece); };
    TRY(advisories_->int64(number).text(of(advisory.source)).text(of(advisory.id)).text(of(advisory.cves)).text(of(advisory.aliases))
            .text(advisory_state_name(advisory.state)).text(of(advisory.title)).text(of(advisory.description))
            .int64(advisory.published).int64(advisory.modified).text(of(advisory.severities)).text(of(advisory.cwes)).text(of(advisory.references))
            .int64(advisory.content).end_row());
    auto const newest = std::max(advisory.modified, advisory.published);
    auto const year = advisory.published == 0 ? year_of_last_cve(of(advisory.cves)) : 0;
    for (auto at = advisory.statements.begin; at < advisory.statements.end; ++at) {
        auto const& statement = batch.statements[at];
        auto const subject = TRY(number_of(of(statement.subject), subject_hashes_[at]));
        TRY(statements_->int64(number).int32(subject).text(of(statement.body)).end_row());
        touch(subject);
        reach_.note(subject, subjects_.name_of(subject), newest, year);
    }
    outcome.statements += advisory.statements.end - advisory.statements.begin;
    for (auto at = advisory.cve_names.begin; at < advisory.cve_names.end; ++at) {
        auto const cve = of(batch.cve_names[at]);
        opinions_->int64(number).text(cve).int32(advisory.text_rank).int32(advisory.rating_rank).optional_real(advisory.score);
        TRY(opinions_->text(of(advisory.vector)).text(of(advisory.version)).text(of(advisory.word)).text(of(advisory.rater)).end_row());
        if (!too_many_changed()) changed_cves_.number_of(cve);
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

Status Writing::put(LifecycleProduct&& product) {
    ++outcome.products;
    auto key = product.source + '\n' + product.slug;
    products_.insert_or_assign(std::move(key), std::move(product));
    return {};
}

Status Writing::drop_replaced() {
    if (!gone_.empty()) {
        auto gone = TRY(connection_.appender("loading_gone"));
        for (auto const number : gone_) TRY(gone.int64(number).end_row());
        TRY(gone.close());
        TRY(connection_.execute("CREATE OR REPLACE TEMP TABLE loading_left AS SELECT DISTINCT subject AS number FROM statement WHERE advisory IN "
                                "(SELECT number FROM loading_gone)"));
        auto rows = TRY(connection_.query("SELECT number FROM loading_left"));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row) touch(chunk->columns[0].int32(row));
        TRY(add_changed("SELECT DISTINCT cve FROM advisory_cve WHERE advisory IN (SELECT number FROM loading_gone)"));
        TRY(connection_.execute(
            "DELETE FROM statement WHERE advisory IN (SELECT number FROM loading_gone);"
            "DELETE FROM advisory_cve WHERE advisory IN (SELECT number FROM loading_gone);"
            "DELETE FROM advisory WHERE number IN (SELECT number FROM loading_gone)"));
    }
    for (std::size_t number = 0; number < touched_.size(); ++number)
        if (touched_[number]) outcome.changed_subjects.emplace_back(subjects_.name_of(static_cast<std::int32_t>(number)));
    outcome.changed_names = std::move(came_);
    if (!gone_.empty()) TRY(drop_unspoken());
    auto& names = outcome.changed_names;
    for (auto& name : TRY(reach_.settle(connection_, outcome.changed_subjects, !gone_.empty()))) names.push_back(std::move(name));
    std::ranges::sort(names);
    auto const repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return {};
}

// Names of which nothing is stated any more.
Status Writing::drop_unspoken() {
    TRY(connection_.execute("DELETE FROM loading_left WHERE number IN (SELECT subject FROM statement)"));
    auto rows = TRY(connection_.query("SELECT s.name FROM subject s SEMI JOIN loading_left USING (number)"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) outcome.changed_names.emplace_back(chunk->columns[0].text(row));
    return connection_.execute("DELETE FROM subject WHERE number IN (SELECT number FROM loading_left); DROP TABLE loading_left");
}

// What is published as of a day is not put back to an earlier one: whatever order files are loaded in, the newest counts.
Status Writing::refuse_older(FeedCounts const& counts) {
    bool const whole = file_.whole_epss || !file_.whole_exploit_sets.empty();
    if (file_.may_shrink || !(whole || (outcome.products > 0 && counts.data_time != 0))) return {};
    std::vector<Value> const values{file_.feed};
    auto const stored = TRY(connection_.count("SELECT coalesce(max(data_time), 0) FROM feed WHERE name = $1", values));
    if (stored == 0 || counts.data_time >= stored) return {};
    return fail("store.set_older", file_.file, counts.data_time == 0 ? "of a day that it does not say" : "of " + iso_date(counts.data_time), iso_date(stored));
}

// A set that is published whole does not lose half of itself from one day to the next: somebody cut it, or sent another file.
Status Writing::refuse_shrunk() {
    constexpr std::int64_t worth_guarding = 200;
    if (file_.may_shrink) return {};
    auto const check = [&](std::int64_t coming, std::int64_t stored) -> Status {
        if (stored < worth_guarding || coming * 2 >= stored) return {};
        return fail("store.set_shrunk", file_.file, std::to_string(coming), std::to_string(stored));
    };
    for (auto const& source : file_.whole_exploit_sets) {
        std::vector<Value> const values{source};
        TRY(check(TRY(connection_.count("SELECT count(*) FROM (SELECT DISTINCT * FROM loading_exploit WHERE source = $1)", values)),
                  TRY(connection_.count("SELECT count(*) FROM exploit WHERE source = $1", values))));
    }
    if (file_.whole_epss)
        return check(outcome.scores, TRY(connection_.count("SELECT count(*) FROM epss")));
    return {};
}

// Adds the CVEs that the statement gives.
Status Writing::add_changed(std::string_view select) {
    if (too_many_changed()) return {};
    auto rows = TRY(connection_.query(select));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows && !too_many_changed(); ++row) changed_cves_.number_of(chunk->columns[0].text(row));
    return {};
}

// What rebuild_cve_table() has to make anew.
Status Writing::note_pending() {
    if (all_cves_ || too_many_changed()) return connection_.execute("INSERT INTO cve_pending VALUES ('')");
    auto pending = TRY(connection_.appender("cve_pending"));
    for (std::size_t number = 1; number < changed_cves_.numbers(); ++number)
        TRY(pending.text(changed_cves_.name_of(static_cast<std::int32_t>(number))).end_row());
    return pending.close();
}

// Whole sets replace all of their source; facts that came with advisories those of the same CVEs; others those of the
// same source and CVE.
Status Writing::settle_exploits() {
    if (outcome.exploits == 0 && file_.whole_exploit_sets.empty() && file_.facts_of_advisories.empty()) return {};
    for (auto const& source : file_.whole_exploit_sets) {
        // Most of a set is as it was.
        auto const stored = "SELECT * FROM exploit WHERE source = '" + replace_all(source, "'", "''") + "'";
        TRY(add_changed("SELECT DISTINCT cve FROM (" + stored + " EXCEPT SELECT * FROM loading_exploit)"));
        TRY(add_changed("SELECT DISTINCT cve FROM (SELECT * FROM loading_exploit EXCEPT " + stored + ")"));
        TRY(connection_.query("DELETE FROM exploit WHERE source = $1", {Value{source}}));
    }
    if (!older_cves_.empty() && !file_.facts_of_advisories.empty()) TRY(drop_older_facts());
    if (file_.whole_exploit_sets.empty()) TRY(add_changed("SELECT DISTINCT cve FROM loading_exploit"));
    for (auto const& source : file_.facts_of_advisories)
        TRY(connection_.query("DELETE FROM exploit WHERE source = $1 AND cve IN (SELECT cve FROM advisory_cve WHERE "
                              "advisory >= $2)",
                              {Value{source}, Value{base_}}));
    return connection_.execute(
        "DELETE FROM exploit WHERE (source, cve) IN (SELECT source, cve FROM loading_exploit);"
        "INSERT INTO exploit SELECT DISTINCT * FROM loading_exploit");
}

// Facts that came with a record whose newer state is stored say no more than the record does.
Status Writing::drop_older_facts() {
    TRY(connection_.execute("CREATE OR REPLACE TEMP TABLE loading_older (cve VARCHAR)"));
    auto older = TRY(connection_.appender("loading_older"));
    for (auto const& cve : older_cves_) TRY(older.text(cve).end_row());
    TRY(older.close());
    for (auto const& source : file_.facts_of_advisories)
        TRY(connection_.query("DELETE FROM loading_exploit WHERE source = $1 AND cve IN (SELECT cve FROM loading_older) AND cve NOT IN "
                              "(SELECT cve FROM advisory_cve WHERE advisory >= $2)",
                              {Value{source}, Value{base_}}));
    return connection_.execute("DROP TABLE loading_older");
}

// The scores of a day replace all; scores by themselves those of the same CVEs.
Status Writing::settle_scores() {
    if (outcome.scores == 0) return {};
    all_cves_ = true;
    if (file_.whole_epss) {
        TRY(connection_.execute("DELETE FROM epss"));
    } else if (newest_score_ >= TRY(connection_.count("SELECT coalesce(max(date), 0) FROM epss"))) {
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
                          {Value{file_.feed}, Value{file_.file}, Value{file_.digest}, Value{file_.loaded > 0 ? file_.loaded : now_ticks()},
                           Value{counts.data_time}, Value{counts.records}, Value{counts.kept},
                           Value{counts.rejected}}));
    return {};
}

Status Writing::finish(FeedCounts const& counts) {
    outcome.counts = counts;
    for (auto* appender : {&advisories_, &statements_, &subject_rows_, &opinions_, &exploits_, &scores_}) {
        TRY((*appender)->close());
        appender->reset();
    }
    TRY(refuse_older(counts));
    TRY(refuse_shrunk());
    TRY(drop_replaced());
    TRY(settle_exploits());
    TRY(settle_scores());
    TRY(settle_products());
    TRY(note_pending());
    TRY(note_file(counts));
    TRY(note_unmatched_load(connection_));
    return connection_.execute("DROP TABLE loading_exploit; DROP TABLE loading_epss; DROP TABLE loading_gone");
}

}  // namespace

Result<bool> already_loaded(Connection& connection, std::string_view feed, std::string_view digest) {
    std::vector<Value> const values{std::string(feed), std::string(digest)};
    return TRY(connection.count("SELECT count(*) FROM feed WHERE name = $1 AND digest = $2", values)) > 0;
}

Result<WriteOutcome> write_knowledge(Connection& connection, FeedFile const& file, ReadFeed const& read) {
    WriteOutcome outcome;
    std::future<void> sorting;  // beside the commit
    TRY(connection.transaction([&]() -> Status {
        Writing writing(connection, file);
        TRY(writing.begin());
        auto const counts = TRY(read([&](PackedBatch& batch) { return writing.take(batch); }));
        TRY(writing.finish(counts));
        outcome = std::move(writing.outcome);
        sorting = std::async(std::launch::async, [&outcome] { std::ranges::sort(outcome.changed_subjects); });
        return {};
    }));
    sorting.get();
    return outcome;
}

}  // namespace merlon::store
