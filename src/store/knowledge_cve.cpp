// One row for each CVE, made of what all sources say: set-based, one statement. For a few CVEs the same statement runs over
// what is said of these, put aside first.
#include "base/text.h"
#include "store/knowledge.h"

namespace merlon::store {
namespace {

// JSON array of distinct texts (which hold no control characters).
std::string json_list(std::string const& expression) {
    return "'[' || coalesce(string_agg(DISTINCT '\"' || replace(replace(" + expression +
           ", '\\', '\\\\'), '\"', '\\\"') || '\"', ',' ORDER BY '\"' || replace(replace(" + expression +
           ", '\\', '\\\\'), '\"', '\\\"') || '\"') FILTER (" + expression + " <> ''), '') || ']'";
}

struct Tables {
    std::string_view advisory = "main.advisory", opinions = "main.advisory_cve", exploit = "main.exploit", scores = "main.epss";
};

std::string rebuild_statement(Tables const& from) {
    // Of equal ranks the advisory that its publisher changed last wins, so that the order in which feeds are read decides nothing;
    // only of two that were changed in the same moment the one read last does.
    std::string statement = R"(
INSERT INTO cve
WITH opinion AS (
    SELECT o.*, a.source, a.state, a.published, a.modified, a.title <> '' AS titled, a.cwes <> '[]' AS classed,
           a.refs <> '[]' AS referring
    FROM <opinions> o JOIN <advisory> a ON a.number = o.advisory
), said AS (
    SELECT cve,
        bool_or(source IN ('nvd', 'cve5') AND state = 'rejected') AS rejected,
        bool_and(state = 'withdrawn' OR state = 'rejected') AS withdrawn,
        bool_or(state = 'disputed') AS disputed,
        arg_min(advisory, (text_rank, -opinion.modified, -advisory)) AS words,
        arg_min(advisory, (text_rank, -opinion.modified, -advisory)) FILTER (titled) AS title_of,
        arg_min(advisory, (text_rank, -opinion.modified, -advisory)) FILTER (classed) AS class_of,
        arg_min(advisory, (text_rank, -opinion.modified, -advisory)) FILTER (referring) AS refs_of,
        max(rating_rank) AS rated,
        arg_max(score, (rating_rank, opinion.modified, advisory)) AS score,
        arg_max(score IS NULL, (rating_rank, opinion.modified, advisory)) AS scoreless,
        arg_max(vector, (rating_rank, opinion.modified, advisory)) AS vector,
        arg_max(cvss_version, (rating_rank, opinion.modified, advisory)) AS version,
        arg_max(word, (rating_rank, opinion.modified, advisory)) AS word,
        arg_max(rater, (rating_rank, opinion.modified, advisory)) AS rater,
        coalesce(min(published) FILTER (published > 0), 0) AS published,
        max(modified) AS modified,
        )" + json_list("source") + R"( AS sources
    FROM opinion GROUP BY cve
), signs AS (
    SELECT cve,
        bool_or(kind IN ('public', 'verified', 'kit', 'poc')) AS public,
        bool_or(kind IN ('verified', 'kit', 'exploited', 'active')) AS verified,
        bool_or(kind = 'kit') AS kit,
        bool_or(kind IN ('exploited', 'active')) AS exploited,
        bool_or(kind = 'ransomware') AS ransomware,
        coalesce(max(due) FILTER (source = 'kev'), 0) AS due,
        )" + json_list("type") + R"( AS types,
        )" + json_list("CASE WHEN kind IN ('public', 'verified', 'kit', 'poc') THEN url ELSE '' END") + R"( AS urls
    FROM <exploit> GROUP BY cve
), scores AS (
    SELECT cve, max(score) AS score, max(percentile) AS percentile FROM <scores> GROUP BY cve
)
SELECT coalesce(said.cve, signs.cve),
    CASE WHEN said.rejected THEN 'rejected' WHEN said.withdrawn THEN 'withdrawn' WHEN said.disputed THEN 'disputed'
         ELSE 'published' END,
    coalesce(title.title, ''), coalesce(words.description, ''),
    CASE WHEN said.rated > 0 THEN said.word ELSE '' END,
    CASE WHEN said.rated > 0 AND NOT said.scoreless THEN said.score END,
    CASE WHEN said.rated > 0 THEN said.vector ELSE '' END,
    CASE WHEN said.rated > 0 THEN said.version ELSE '' END,
    CASE WHEN said.rated > 0 THEN said.rater ELSE '' END,
    coalesce(said.published, 0), coalesce(said.modified, 0),
    coalesce(signs.public, false), coalesce(signs.verified, false), coalesce(signs.kit, false),
    coalesce(signs.exploited, false), coalesce(signs.ransomware, false), coalesce(signs.due, 0),
    coalesce(signs.types, '[]'), coalesce(signs.urls, '[]'),
    scores.score, scores.percentile,
    coalesce(classed.cwes, '[]'), coalesce(referring.refs, '[]'), coalesce(said.sources, '[]')
FROM said FULL JOIN signs ON signs.cve = said.cve
LEFT JOIN scores ON scores.cve = coalesce(said.cve, signs.cve)
LEFT JOIN <advisory> words ON words.number = said.words
LEFT JOIN <advisory> title ON title.number = said.title_of
LEFT JOIN <advisory> classed ON classed.number = said.class_of
LEFT JOIN <advisory> referring ON referring.number = said.refs_of)";
    for (auto const& [table, place] : {std::pair{"<advisory>", from.advisory}, {"<opinions>", from.opinions}, {"<exploit>", from.exploit}, {"<scores>", from.scores}})
        statement = replace_all(std::move(statement), table, place);
    return statement;
}

Status rebuild_all(Connection& connection) {
    TRY(connection.execute("DELETE FROM cve"));
    return connection.execute(rebuild_statement({}));
}

Status rebuild_pending(Connection& connection) {
    TRY(connection.execute(
        "CREATE OR REPLACE TEMP TABLE cve_now AS SELECT DISTINCT cve FROM cve_pending;"
        "CREATE OR REPLACE TEMP TABLE opinion_now AS SELECT o.* FROM advisory_cve o SEMI JOIN cve_now USING (cve);"
        "CREATE OR REPLACE TEMP TABLE advisory_now AS SELECT a.* FROM advisory a SEMI JOIN (SELECT DISTINCT advisory FROM opinion_now) o ON o.advisory = a.number;"
        "CREATE OR REPLACE TEMP TABLE exploit_now AS SELECT e.* FROM exploit e SEMI JOIN cve_now USING (cve);"
        "CREATE OR REPLACE TEMP TABLE epss_now AS SELECT s.* FROM epss s SEMI JOIN cve_now USING (cve);"
        "DELETE FROM cve WHERE id IN (SELECT cve FROM cve_now)"));
    TRY(connection.execute(rebuild_statement({"temp.advisory_now", "temp.opinion_now", "temp.exploit_now", "temp.epss_now"})));
    return connection.execute("DROP TABLE cve_now; DROP TABLE opinion_now; DROP TABLE advisory_now; DROP TABLE exploit_now; DROP TABLE epss_now");
}

}  // namespace

Status rebuild_cve_table(Connection& connection) {
    return connection.transaction([&]() -> Status {
        auto const pending = TRY(connection.count("SELECT count(*) FROM cve_pending"));
        if (pending == 0) return {};
        auto const all = TRY(connection.count("SELECT count(*) FROM cve_pending WHERE cve = ''"));
        // Beyond a tenth of all, making all of them is less work than looking for some.
        bool const few = all == 0 && pending * 10 < TRY(connection.count("SELECT count(*) FROM cve"));
        TRY(few ? rebuild_pending(connection) : rebuild_all(connection));
        return connection.execute("DELETE FROM cve_pending");
    });
}

}  // namespace merlon::store
