#include "store/device_facts.h"

#include "base/json_text.h"
#include "base/text.h"

namespace merlon::store {
namespace {

constexpr std::array<std::string_view, 3> device_values{"Low", "Normal", "High"};
constexpr std::array<std::string_view, 5> known_justifications{"InactiveDevice", "DuplicateDevice", "DeviceDoesNotExist", "OutOfScope", "Other"};
constexpr std::size_t most_tag_bytes = 200;  // specification of the portal, section 12
constexpr std::size_t most_note_bytes = 2000;

bool has(std::span<std::string const> all, std::string_view one) {
    return std::any_of(all.begin(), all.end(), [&](std::string const& t) { return equal_ignoring_ascii_case(t, one); });
}
void take_out(std::vector<std::string>& from, std::string_view one) {
    std::erase_if(from, [&](std::string const& t) { return equal_ignoring_ascii_case(t, one); });
}
void put_in(std::vector<std::string>& into, std::string const& one) {
    if (!has(into, one)) into.push_back(one);
}

template <std::size_t size>
std::optional<std::string> usual_letters(std::array<std::string_view, size> const& known, std::string_view text) {
    for (auto const one : known)
        if (equal_ignoring_ascii_case(one, text)) return std::string(one);
    return {};
}
template <std::size_t size>
std::string listed(std::array<std::string_view, size> const& known) {
    std::vector<std::string> const all(known.begin(), known.end());
    return join(all, ", ");
}

// Tags that are shown when nothing is chosen, less those taken away, and those added.
void change_tags(DeviceChoice& choice, std::span<std::string const> reported, ChoiceChange const& change) {
    auto add = change.add_tags, remove = change.remove_tags;
    if (change.tags) {
        add = *change.tags;
        for (auto const& tag : reported)
            if (!has(*change.tags, tag)) remove.push_back(tag);
        for (auto const& tag : choice.tags_added)
            if (!has(*change.tags, tag)) remove.push_back(tag);
    }
    for (auto const& tag : remove) {
        take_out(choice.tags_added, tag);
        // Also a tag that nobody reports yet: a later report must not bring it.
        put_in(choice.tags_removed, tag);
    }
    for (auto const& tag : add) {
        take_out(choice.tags_removed, tag);
        if (!has(reported, tag)) put_in(choice.tags_added, tag);
    }
}

void change_choice(DeviceChoice& choice, Reported const& reported, ChoiceChange const& change) {
    if (change.value) choice.value = *change.value;
    change_tags(choice, reported.tags, change);
    if (!change.exclusion) return;
    choice.excluded = change.exclusion->excluded;
    choice.justification = choice.excluded ? change.exclusion->justification : "";
    choice.note = choice.excluded ? change.exclusion->note : "";
    choice.merged_into = choice.excluded ? change.exclusion->merged_into : "";
}

Status write_choice(Connection& connection, std::string const& id, DeviceChoice const& choice, std::string_view by, Ticks now) {
    std::array const values{Value{id}, Value{choice.value}, Value{texts_json(choice.tags_added)}, Value{texts_json(choice.tags_removed)},
                            Value{choice.excluded}, Value{choice.justification}, Value{choice.note}, Value{choice.merged_into},
                            Value{now}, Value{std::string(by)}};
    TRY(connection.query("INSERT OR REPLACE INTO main.device_choice VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", values));
    return {};
}

Status write_reported(Connection& connection, std::string const& id, Reported const& reported) {
    std::array const values{Value{id}, Value{reported.group}, Value{reported.value}, Value{texts_json(reported.tags)}};
    TRY(connection.query("INSERT OR IGNORE INTO main.device_reported VALUES ($1, $2, $3, $4)", values));
    return {};
}

Reported reported_of(DeviceRow const& row, FactSources const& sources) {
    auto const found = sources.reported.find(row.id);
    return found == sources.reported.end() ? Reported{row.group, row.value, row.tags} : found->second;
}

}  // namespace

std::span<std::string_view const> justifications() { return known_justifications; }

Status check_change(ChoiceChange& change) {
    if (change.value && !change.value->empty()) {
        auto const known = usual_letters(device_values, *change.value);
        if (!known) return fail("devices.bad_value", clean_text(*change.value, 100), listed(device_values));
        change.value = *known;
    }
    auto const check_tags = [](std::vector<std::string>& tags) -> Status {
        for (auto& tag : tags) {
            auto const clean = clean_text(trim(tag), 4 * most_tag_bytes);
            bool const one_line = std::ranges::none_of(clean, [](char c) { return static_cast<unsigned char>(c) < ' '; });
            if (clean.empty() || clean.size() > most_tag_bytes || clean != trim(tag) || !one_line) return fail("devices.bad_tag", clean_text(tag, 100));
            tag = clean;
        }
        return {};
    };
    TRY(check_tags(change.add_tags));
    TRY(check_tags(change.remove_tags));
    if (change.tags) TRY(check_tags(*change.tags));
    if (change.exclusion && change.exclusion->excluded) {
        auto const known = usual_letters(known_justifications, change.exclusion->justification);
        if (!known) return fail("devices.bad_justification", clean_text(change.exclusion->justification, 100), listed(known_justifications));
        change.exclusion->justification = *known;
        change.exclusion->note = clean_text(change.exclusion->note, most_note_bytes);
    }
    return {};
}

Result<FactSources> read_sources(Connection& connection, std::string const& ids) {
    FactSources made;
    made.groups = TRY(read_groups(connection));
    made.entitled = TRY(read_entitled(connection));
    if (ids.empty()) return made;
    auto rows = TRY(connection.query("SELECT device, value, tags_added, tags_removed, excluded, justification, note, merged_into "
                                     "FROM main.device_choice WHERE device IN (" + ids + ")"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            auto const& c = chunk->columns;
            made.choices[std::string(c[0].text(i))] = {std::string(c[1].text(i)), texts_of(c[2].text(i)), texts_of(c[3].text(i)), c[4].boolean(i),
                                                       std::string(c[5].text(i)), std::string(c[6].text(i)), std::string(c[7].text(i))};
        }
    auto told = TRY(connection.query("SELECT device, device_group, value, tags FROM main.device_reported WHERE device IN (" + ids + ")"));
    while (auto const chunk = TRY(told.next()))
        for (std::size_t i = 0; i < chunk->rows; ++i) {
            auto const& c = chunk->columns;
            made.reported[std::string(c[0].text(i))] = {std::string(c[1].text(i)), std::string(c[2].text(i)), texts_of(c[3].text(i))};
        }
    return made;
}

void decide(DeviceRow& row, Reported const& reported, FactSources const& sources) {
    row.value = reported.value.empty() ? "Normal" : reported.value;
    row.tags = reported.tags;
    row.excluded = false;
    if (auto const found = sources.choices.find(row.id); found != sources.choices.end()) {
        auto const& choice = found->second;
        if (!choice.value.empty()) row.value = choice.value;
        for (auto const& tag : choice.tags_removed) take_out(row.tags, tag);
        for (auto const& tag : choice.tags_added) put_in(row.tags, tag);
        row.excluded = choice.excluded;
    }
    row.group = reported.group;
    for (auto const& group : sources.groups)
        if (fits(group, row)) {
            row.group = group.name;
            break;
        }
}

Result<std::size_t> change_devices(Connection& connection, std::span<std::string const> ids, ChoiceChange const& change,
                                   std::string_view by, Ticks now) {
    if (ids.empty()) return 0;
    std::string list;
    for (auto const& id : ids) list += (list.empty() ? "" : ",") + quote_text(id);
    auto sources = TRY(read_sources(connection, list));
    std::vector<DeviceRow> devices;
    TRY(read_devices(connection, [&](DeviceRow row) -> Status {
        devices.push_back(std::move(row));
        return {};
    }, "id IN (" + list + ")"));
    for (auto& row : devices) {
        auto const reported = reported_of(row, sources);
        TRY(write_reported(connection, row.id, reported));
        auto& choice = sources.choices[row.id];
        change_choice(choice, reported, change);
        TRY(write_choice(connection, row.id, choice, by, now));
        decide(row, reported, sources);
        std::array const values{Value{row.group}, Value{row.value}, Value{texts_json(row.tags)}, Value{row.excluded}, Value{row.id}};
        TRY(connection.query("UPDATE main.device SET device_group = $1, value = $2, tags = $3, excluded = $4 WHERE id = $5", values));
    }
    return devices.size();
}

Result<std::optional<std::string>> device_named(Connection& connection, std::string_view id_or_name) {
    std::array const name{Value{std::string(id_or_name)}};
    // An id as it is written is looked up; anything else is looked for among all.
    auto id = TRY(connection.scalar("SELECT id FROM main.device WHERE id = $1", name));
    if (std::holds_alternative<std::monostate>(id)) id = TRY(connection.scalar(device_named_sql, name));
    auto const* text = std::get_if<std::string>(&id);
    return text ? std::optional(*text) : std::nullopt;
}

}  // namespace merlon::store
