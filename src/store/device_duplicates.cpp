#include "base/text.h"
#include "store/device_facts.h"

namespace merlon::store {
namespace {

// Each device with what tells it apart from others: serial numbers that sensors report as settings, hardware addresses
// (not those that virtual adapters share: the second digit's bit 2 marks them as locally made), and its name.
constexpr std::string_view pairs = R"sql(
    WITH present AS (SELECT * FROM main.device WHERE NOT excluded),
    sign AS (
        SELECT d.id, 'serial number ' || s.value AS sign, 1 AS strength FROM present d JOIN main.setting s ON s.device = d.id
        WHERE s.key IN ('osquery.system_info.hardware_serial', 'system.serial_number') AND length(s.value) > 4
          AND lower(s.value) NOT IN ('default string', 'system serial number', 'to be filled by o.e.m.', 'not specified', 'none')
        UNION ALL
        SELECT DISTINCT d.id, 'hardware address ' || m.mac, 2 FROM present d, json_each(d.interfaces) i,
               LATERAL (SELECT lower(replace(replace(coalesce(json_extract_string(i.value, '$.mac'), ''), ':', ''), '-', '')) AS mac) m
        WHERE length(m.mac) = 12 AND m.mac NOT IN ('000000000000', 'ffffffffffff') AND substr(m.mac, 2, 1) NOT IN ('2', '3', '6', '7', 'a', 'b', 'e', 'f')
        UNION ALL
        SELECT d.id, 'name ' || lower(d.name), 3 FROM present d WHERE d.name LIKE '%.%'
    ),
    pair AS (
        SELECT a.id AS one, b.id AS other, arg_min(a.sign, a.strength) AS sign
        FROM sign a JOIN sign b ON a.sign = b.sign AND a.id <> b.id
        GROUP BY a.id, b.id
    )
    SELECT o.id, o.name, n.id, n.name, p.sign FROM pair p JOIN present o ON o.id = p.one JOIN present n ON n.id = p.other
    WHERE (o.last_seen, o.id) < (n.last_seen, n.id) AND (NOT starts_with(p.sign, 'name ') OR o.os_platform = n.os_platform)
    ORDER BY n.name, o.last_seen, o.id
)sql";

}  // namespace

Result<std::vector<DuplicatePair>> find_duplicates(Connection& connection) {
    std::vector<DuplicatePair> all;
    auto rows = TRY(connection.query(pairs));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            auto const& c = chunk->columns;
            all.push_back({std::string(c[0].text(i)), std::string(c[1].text(i)), std::string(c[2].text(i)), std::string(c[3].text(i)),
                           "same " + std::string(c[4].text(i))});
        }
    return all;
}

Status merge_devices(Connection& connection, std::string const& from, std::string const& into, std::string_view by, Ticks now) {
    auto const sources = TRY(read_sources(connection, quote_text(from) + "," + quote_text(into)));
    if (auto const found = sources.choices.find(from); found != sources.choices.end()) {
        ChoiceChange taken;
        taken.add_tags = found->second.tags_added;
        auto const theirs = sources.choices.find(into);
        bool const has_value = theirs != sources.choices.end() && !theirs->second.value.empty();
        if (!has_value && !found->second.value.empty()) taken.value = found->second.value;
        TRY(change_devices(connection, std::span(&into, 1), taken, by, now));
    }
    ChoiceChange out;
    out.exclusion = {true, "DuplicateDevice", "", into};
    TRY(change_devices(connection, std::span(&from, 1), out, by, now));
    return {};
}

}  // namespace merlon::store
