// One row for each CVE, made of what all sources say: set-based, one statement.
#include "store/knowledge.h"

namespace merlon::store {
namespace {

// JSON array of distinct texts (which hold no control characters).
std::string json_list(std::string const& expression) {
    return "'[' || coalesce(string_agg(DISTINCT '\"' || replace(replace(" + expression +
           ", '\\', '\\\\'), '\"', '\\\"') || '\"', ',' ORDER BY '\"' || replace(replace(" + expression +
           ", '\\', '\\\\'), '\"', '\\\"') || '\"') FILTER (" + expression + " <> ''), '') || ']'";
}

std::string rebuild_statement() {
    // Ranks are below 1000 and numbers of advisories below 2^53: one integer orders by both. Of equal ranks the advisory
    // read last wins.
    return R"(
INSERT INTO cve
WITH opinion AS (
    SELECT o.*, a.source, a.state, a.published, a.modified, a.title <> '' AS titled, a.cwes <> '[]' AS classed,
           a.refs <> '[]' AS referring
    FROM advisory_cve o JOIN advisory a ON a.number = o.advisory
), said AS (
    SELECT cve,
        bool_or(source IN ('nvd', 'cve5') AND state = 'rejected') AS rejected,
        bool_and(state = 'withdrawn' OR state = 'rejected') AS withdrawn,
        bool_or(state = 'disputed') AS disputed,
        arg_min(advisory, (text_rank, -advisory)) AS words,
        arg_min(advisory, (text_rank, -advisory)) FILTER (titled) AS title_of,
        arg_min(advisory, (text_rank, -advisory)) FILTER (classed) AS class_of,
        arg_min(advisory, (text_rank, -advisory)) FILTER (referring) AS refs_of,
        max(rating_rank) AS rated,
        arg_max(score, (rating_rank, advisory)) AS score,
        arg_max(score IS NULL, (rating_rank, advisory)) AS scoreless,
        arg_max(vector, (rating_rank, advisory)) AS vector,
        arg_max(cvss_version, (rating_rank, advisory)) AS version,
        arg_max(word, (rating_rank, advisory)) AS word,
        arg_max(rater, (rating_rank, advisory)) AS rater,
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
    FROM exploit GROUP BY cve
), scores AS (
    SELECT cve, max(score) AS score, max(percentile) AS percentile FROM epss GROUP BY cve
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
LEFT JOIN advisory words ON words.number = said.words
LEFT JOIN advisory title ON title.number = said.title_of
LEFT JOIN advisory classed ON classed.number = said.class_of
LEFT JOIN advisory referring ON referring.number = said.refs_of)";
}

}  // namespace

Status rebuild_cve_table(Connection& connection) {
    return connection.transaction([&]() -> Status {
        TRY(connection.execute("DELETE FROM cve"));
        return connection.execute(rebuild_statement());
    });
}

}  // namespace merlon::store
