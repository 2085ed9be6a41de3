#include "store/agents.h"

#include <array>

#include "base/text.h"

namespace merlon::store {

Result<std::vector<Agent>> read_agents(Connection& connection) {
    std::vector<Agent> all;
    auto rows = TRY(connection.query("SELECT id, device, identifier, name, platform, version, node_key, address, enrolled, seen, reported, "
                                     "rescan, blocked FROM main.agent ORDER BY id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            auto const text = [&](std::size_t at) { return std::string(c[at].text(row)); };
            all.push_back({text(0), text(1), text(2), text(3), text(4), text(5), text(6), text(7), c[8].int64(row), c[9].int64(row),
                           c[10].int64(row), c[11].int64(row), c[12].boolean(row)});
        }
    return all;
}

Result<std::vector<EnrolmentSecret>> read_enrolment_secrets(Connection& connection) {
    std::vector<EnrolmentSecret> all;
    auto rows = TRY(connection.query("SELECT id, name, secret, created, created_by FROM main.agent_secret ORDER BY created, id"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const& c = chunk->columns;
            all.push_back({std::string(c[0].text(row)), std::string(c[1].text(row)), std::string(c[2].text(row)), c[3].int64(row),
                           std::string(c[4].text(row))});
        }
    return all;
}

Status write_agent(Connection& connection, Agent const& agent) {
    std::array const values{Value{agent.id},       Value{agent.device},  Value{agent.identifier}, Value{agent.name},   Value{agent.platform},
                            Value{agent.version},  Value{agent.key},     Value{agent.address},    Value{agent.enrolled}, Value{agent.seen},
                            Value{agent.reported}, Value{agent.rescan},  Value{agent.blocked}};
    TRY(connection.query("INSERT OR REPLACE INTO main.agent VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", values));
    return {};
}

Status remove_agent(Connection& connection, std::string_view id) {
    std::array const which{Value{std::string(id)}};
    TRY(connection.query("DELETE FROM main.agent WHERE id = $1", which));
    return {};
}

Status add_enrolment_secret(Connection& connection, EnrolmentSecret const& secret) {
    std::array const values{Value{secret.id}, Value{secret.name}, Value{secret.hash}, Value{secret.created}, Value{secret.created_by}};
    TRY(connection.query("INSERT INTO main.agent_secret VALUES ($1, $2, $3, $4, $5)", values));
    return {};
}

Status remove_enrolment_secret(Connection& connection, std::string_view id) {
    std::array const which{Value{std::string(id)}};
    if (TRY(connection.count("SELECT count(*) FROM main.agent_secret WHERE id = $1", which)) == 0)
        return fail("agents.no_such", "enrolment secret", clean_text(id, 100));
    TRY(connection.query("DELETE FROM main.agent_secret WHERE id = $1", which));
    return {};
}

}  // namespace merlon::store
