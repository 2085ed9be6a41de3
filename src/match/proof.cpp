#include "match/proof.h"

#include "match/evidence.h"

namespace merlon::match {

Result<std::vector<Proof>> proofs(store::Connection& connection, std::string const& device, std::string const& cve) {
    std::vector<Proof> all;
    std::vector<store::Value> const what{device, cve};
    auto rows = TRY(connection.query(
        "SELECT s.id, s.source, s.name, s.vendor, s.version, i.path, i.installed_at, coalesce(y.vendor, ''), coalesce(y.product, ''), "
        "coalesce(y.candidates, '[]'), f.state, f.fixed_version, f.hotfix, f.urgency, f.advisories, f.confidence, f.hidden, f.evidence, "
        "coalesce(max(x.reason), ''), f.first_seen, s.distribution, s.platform, s.source_name, s.source_version FROM main.finding f JOIN main.installation i ON i.software = f.software "
        "JOIN main.software s ON s.id = f.software LEFT JOIN main.identity y ON y.software = f.software "
        "LEFT JOIN main.finding_cleared x ON x.device = i.device AND x.software = f.software AND x.cve = f.cve "
        "WHERE i.device = $1 AND upper(f.cve) = upper($2) GROUP BY ALL ORDER BY s.name, s.version, i.path",
        what));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            Proof proof;
            proof.software = c[0].int64(row);
            std::size_t at = 1;
            for (auto* place : {&proof.source, &proof.name, &proof.vendor, &proof.version, &proof.path, &proof.installed_at, &proof.product_vendor,
                                &proof.product, &proof.candidates, &proof.state, &proof.fixed_version, &proof.hotfix, &proof.urgency, &proof.advisories})
                *place = c[at++].text(row);
            proof.confidence = static_cast<int>(c[15].integer(row));
            proof.hidden = c[16].boolean(row);
            SoftwareKey key{.item = {.source = proof.source, .name = proof.name, .vendor = proof.vendor, .version = proof.version}, .platform = {}};
            at = 20;
            for (auto* place : {&key.item.distribution, &key.platform, &key.item.source_name, &key.item.source_version}) *place = c[at++].text(row);
            Finding const finding{.fixed_version = proof.fixed_version, .hotfix = proof.hotfix};
            proof.steps = TRY(stored_steps(key, proof.candidates, proof.advisories, finding, c[17].text(row)));
            proof.cleared = c[18].text(row);
            proof.first_seen = c[19].int64(row);
            all.push_back(std::move(proof));
        }
    return all;
}

}  // namespace merlon::match
