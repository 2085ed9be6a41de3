#include "store/standing.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_set>

#include "base/parallel.h"
#include "store/history.h"

namespace merlon::store {
namespace {

// Texts that stay where they are.
class Texts {
public:
    std::string_view keep(std::string_view text) {
        constexpr std::size_t block = 64 * 1024;
        if (blocks_.empty() || blocks_.back().size() + text.size() > blocks_.back().capacity()) {
            blocks_.emplace_back();
            blocks_.back().reserve(std::max(block, text.size()));
        }
        auto& last = blocks_.back();
        last.append(text);
        return std::string_view(last).substr(last.size() - text.size());
    }

private:
    std::deque<std::string> blocks_;
};

struct PlaceKey {
    std::int64_t software;
    std::uint32_t path;
    friend bool operator==(PlaceKey const&, PlaceKey const&) = default;
};
struct PlaceHash {
    std::size_t operator()(PlaceKey const& key) const {
        return static_cast<std::size_t>(key.software) ^ (std::size_t{key.path} * 0x9e3779b97f4a7c15U);
    }
};

template <typename Map, typename List, typename Key>
std::uint32_t number_of(Map& numbers, List& all, Key const& key) {
    auto const [found, fresh] = numbers.try_emplace(key, static_cast<std::uint32_t>(all.size()));
    if (fresh) all.push_back(key);
    return found->second;
}

auto by_place = [](Installed::Entry const& a, Installed::Entry const& b) { return a.place < b.place; };

// Places of software without a path, which nearly all of it is, among those met before: one look at memory each. Ids are
// digests already.
class MetPlaces {
public:
    void expect(std::int64_t id) const { __builtin_prefetch(&slots_[slot_of(id)]); }
    // The place, or what `find` says, which is kept where there is room.
    template <typename Find>
    std::uint32_t place(std::int64_t id, Find find) {
        constexpr std::size_t probes = 8;
        auto slot = slot_of(id);
        for (std::size_t i = 0; i < probes; ++i, slot = (slot + 1) % slots) {
            if (slots_[slot].first == id) return slots_[slot].second;
            if (slots_[slot].first == nobody) break;
        }
        slots_[slot] = {id, find()};
        return slots_[slot].second;
    }

private:
    static constexpr std::size_t slots = 1U << 18U;
    static constexpr std::int64_t nobody = -1;
    static std::size_t slot_of(std::int64_t id) { return static_cast<std::size_t>(id) % slots; }
    std::vector<std::pair<std::int64_t, std::uint32_t>> slots_ =
        std::vector<std::pair<std::int64_t, std::uint32_t>>(slots, {nobody, 0});
};

// Installed while it is filled.
struct Filling {
    Installed all;
    std::shared_ptr<Texts> texts = std::make_shared<Texts>();
    std::unordered_map<std::string_view, std::uint32_t> numbers;
    std::unordered_map<PlaceKey, std::uint32_t, PlaceHash> places;
    std::deque<std::string> paths{""};  // they stay where they are
    std::vector<std::string> sources;
    std::unordered_map<std::string, std::uint32_t> path_numbers{{"", 0}}, source_numbers;
    std::unordered_map<std::int64_t, std::uint32_t> software;  // id -> source

    Filling() { all.ids = texts; }

    std::uint32_t device(std::string_view id) {
        if (auto const found = numbers.find(id); found != numbers.end()) return found->second;
        auto const kept = texts->keep(id);
        auto const number = static_cast<std::uint32_t>(all.devices.size());
        numbers.emplace(kept, number);
        Installed::Device one;
        one.id = kept;
        all.devices.push_back(std::move(one));
        return number;
    }
    std::uint32_t place(std::int64_t id, std::string_view path, std::optional<std::string_view> source = {}) {
        std::uint32_t path_number = 0;
        if (!path.empty()) path_number = number_of(path_numbers, paths, std::string(path));
        auto const [found, fresh] =
            places.try_emplace({id, path_number}, static_cast<std::uint32_t>(all.places.size()));
        if (fresh) {
            auto const known = software.find(id);
            auto const number = source                    ? number_of(source_numbers, sources, std::string(*source))
                                : known == software.end() ? 0
                                                          : known->second;
            all.places.push_back({id, path_number, number});
        }
        return found->second;
    }
    // Puts more entries on a device, which are sorted and each there once.
    void put(std::uint32_t number, std::vector<Installed::Entry> const& more, std::string bytes) {
        auto& one = all.devices.edit(number);
        auto together = more;
        each_entry(one.entries, [&](Installed::Entry entry) { together.push_back(entry); });
        auto const there = together.size() - more.size();
        if (there > 0) {
            sort_entries(together);
            bytes = packed(together);
        }
        all.rows += static_cast<std::int64_t>(together.size()) - static_cast<std::int64_t>(there);
        one.entries = std::move(bytes);
    }
    static void sort_entries(std::vector<Installed::Entry>& entries) {
        std::ranges::sort(entries, by_place);
        auto const rest = std::ranges::unique(entries, {}, &Installed::Entry::place);
        entries.erase(rest.begin(), rest.end());
    }
    Status read_rows(Connection& connection, Ticks as_of, std::span<Connection> helpers = {});
    Status read_devices(Connection& connection) {
        auto rows = TRY(connection.query("SELECT id FROM main.device ORDER BY id"));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row) device(chunk->columns[0].text(row));
        return {};
    }
    Status read_software(Connection& connection) {
        auto rows = TRY(connection.query("SELECT id, source FROM main.software"));
        while (auto const chunk = TRY(rows.next()))
            for (std::size_t row = 0; row < chunk->rows; ++row)
                software.emplace(chunk->columns[0].int64(row),
                                 number_of(source_numbers, sources, std::string(chunk->columns[1].text(row))));
        return {};
    }
};

// Puts entries in the order of their places, each once: places are marked in a map of bits, which is read in order. That is
// quicker than comparing as long as there are not many more places than entries.
class Ordering {
public:
    void order(std::vector<Installed::Entry>& entries) {
        if (entries.empty()) return;
        constexpr std::size_t most_words_an_entry = 16;
        auto const last = std::ranges::max(entries, {}, &Installed::Entry::place).place / 64;
        if (last > entries.size() * most_words_an_entry) return Filling::sort_entries(entries);
        if (last >= marks_.size()) {
            marks_.resize(last + 1);
            times_.resize(marks_.size() * 64);
        }
        for (auto const& entry : entries) {
            marks_[entry.place / 64] |= std::uint64_t{1} << (entry.place % 64);
            times_[entry.place] = entry.time;
        }
        entries.clear();
        for (std::uint32_t word = 0; word <= last; ++word)
            for (auto marks = std::exchange(marks_[word], 0); marks != 0; marks &= marks - 1) {
                auto const place = word * 64 + static_cast<std::uint32_t>(std::countr_zero(marks));
                entries.push_back({place, times_[place]});
            }
    }

private:
    std::vector<std::uint64_t> marks_;
    std::vector<std::uint32_t> times_;  // by place
};

// Reads rows of the table into a Filling that others fill too. Rows come report by report: most of a device in one run.
class RowReader {
public:
    RowReader(Filling& into, std::mutex& guard, bool alone) : into_(into), guard_(guard), alone_(alone) {}

    Status read(Connection& connection, std::string const& sql) {
        auto rows = TRY(connection.query(sql));
        std::string last;
        std::vector<Installed::Entry> entries;
        while (auto const chunk = TRY(rows.next())) {
            auto const& c = chunk->columns;
            // Memory answers slowly, but many questions at a time.
            for (std::size_t row = 0; row < chunk->rows; ++row) met_.expect(c[1].int64(row));
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                auto const id = c[0].text(row);
                if (id != last) {
                    if (!entries.empty()) take(last, entries);
                    last = id;
                }
                entries.push_back({place_of(c[1].int64(row), c[2].text(row)), Standing::check_of(c[3].text(row))});
            }
        }
        if (!entries.empty()) take(last, entries);
        for (auto& [number, waiting] : scattered_)
            if (!waiting.empty()) put(number, waiting);
        return {};
    }
    // Devices that were not known before; when all have read.
    void put_strangers() {
        for (auto& [id, waiting] : strangers_) put(into_.device(id), waiting);
    }

private:
    std::uint32_t place_of(std::int64_t id, std::string_view path) {
        auto const find = [&] {
            std::lock_guard const lock(guard_);
            return into_.place(id, path);
        };
        return path.empty() ? met_.place(id, find) : find();
    }
    // Nobody adds devices while several read, so known ones are found without asking the others. Of devices whose rows
    // come scattered so many at a time are packed with what is there.
    void take(std::string_view id, std::vector<Installed::Entry>& run) {
        constexpr std::size_t many = 64;
        auto const known = into_.numbers.find(id);
        if (known == into_.numbers.end() && !alone_) {
            auto& waiting = strangers_[std::string(id)];
            waiting.insert(waiting.end(), run.begin(), run.end());
            run.clear();
            return;
        }
        auto const number = known == into_.numbers.end() ? into_.device(id) : known->second;
        if (run.size() >= many) return put(number, run);
        auto& waiting = scattered_[number];
        waiting.insert(waiting.end(), run.begin(), run.end());
        run.clear();
        if (waiting.size() >= many) put(number, waiting);
    }
    void put(std::uint32_t number, std::vector<Installed::Entry>& more) {
        ordering_.order(more);
        auto bytes = packed(more);
        {
            std::lock_guard const lock(guard_);
            into_.put(number, more, std::move(bytes));
        }
        more.clear();
    }

    Filling& into_;
    std::mutex& guard_;
    bool alone_;
    MetPlaces met_;
    Ordering ordering_;
    std::unordered_map<std::uint32_t, std::vector<Installed::Entry>> scattered_;
    std::unordered_map<std::string, std::vector<Installed::Entry>> strangers_;
};

}  // namespace

Status Filling::read_rows(Connection& connection, Ticks as_of, std::span<Connection> helpers) {
    std::string sql = "SELECT device, software, path, installed_at FROM main.installation";
    if (as_of) sql = TRY(store::as_of(std::move(sql), as_of));
    std::mutex shared;
    auto const readers_wanted = as_of ? 1 : helpers.size() + 1;
    std::vector<RowReader> readers(readers_wanted, RowReader(*this, shared, readers_wanted == 1));
    std::vector<Status> outcomes(readers.size());
    if (readers.size() == 1) {
        outcomes.front() = readers.front().read(connection, sql);
    } else {
        // Each connection reads a range of rows.
        auto const many = static_cast<std::int64_t>(readers.size());
        auto const rows = TRY(connection.count("SELECT coalesce(max(rowid), -1) + 1 FROM main.installation"));
        auto const border = [&](std::size_t of) { return std::to_string(rows * static_cast<std::int64_t>(of) / many); };
        in_parallel(readers.size(), readers.size(), 1, [&](std::size_t, std::size_t part) {
            auto const range = " WHERE rowid >= " + border(part) + " AND rowid < " + border(part + 1);
            outcomes[part] = readers[part].read(part == 0 ? connection : helpers[part - 1], sql + range);
        });
    }
    for (auto& reader : readers) reader.put_strangers();
    for (auto const& outcome : outcomes) TRY(outcome);
    return {};
}

std::string packed(std::span<Installed::Entry const> entries) {
    std::string out;
    out.reserve(entries.size() * 2);
    std::uint32_t last = 0;
    for (auto const& entry : entries) {
        auto step = (static_cast<std::uint64_t>(entry.place - last) << 1U) | (entry.time ? 1U : 0U);
        for (; step >= 0x80; step >>= 7U) out += static_cast<char>(0x80U | (step & 0x7fU));
        out += static_cast<char>(step);
        if (entry.time)
            for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(entry.time >> shift);
        last = entry.place;
    }
    out.shrink_to_fit();
    return out;
}

std::vector<Installed::Entry> entries_of(Installed::Device const& device) {
    std::vector<Installed::Entry> out;
    each_entry(device.entries, [&](Installed::Entry entry) { out.push_back(entry); });
    return out;
}

Result<Installed> Installed::read(Connection& connection, Ticks as_of) {
    Filling filling;
    TRY(filling.read_rows(connection, as_of));
    return std::move(filling.all);
}

struct Standing::State : Filling {
    std::vector<OperatingSystem> oses;
    std::map<std::string, std::uint32_t> os_numbers;
    SoftwareIds software_ids;
    MetPlaces met;
    Ticks last_time = 0;
    // As it was before the transaction.
    std::vector<std::pair<std::uint32_t, Installed::Device>> before;
    std::unordered_set<std::uint32_t> touched;
    std::vector<std::int64_t> fresh_software;
    std::int64_t rows_before = 0;
};

Standing::Standing(std::unique_ptr<State> state) : state_(std::move(state)) {}
Standing::Standing(Standing&&) noexcept = default;
Standing& Standing::operator=(Standing&&) noexcept = default;
Standing::~Standing() = default;

Result<Standing> Standing::read(Connection& connection, std::span<Connection> helpers) {
    auto state = std::make_unique<State>();
    TRY(state->read_software(connection));
    // Devices without any installation are known too: their settings may be.
    TRY(state->read_devices(connection));
    TRY(state->read_rows(connection, 0, helpers));
    state->last_time =
        TRY(connection.count("SELECT greatest((SELECT coalesce(max(first_seen), 0) FROM main.installation), "
                             "(SELECT coalesce(max(gone), 0) FROM main.installation_gone))"));
    state->rows_before = state->all.rows;
    Standing standing(std::move(state));
    TRY(standing.read_lists(connection));
    return standing;
}

Installed const& Standing::installed() const { return state_->all; }

std::optional<std::uint32_t> Standing::device(std::string_view id) const {
    auto const found = state_->numbers.find(id);
    return found == state_->numbers.end() ? std::nullopt : std::optional(found->second);
}
std::uint32_t Standing::add_device(std::string_view id) { return state_->device(id); }

Installed::Device& Standing::edit(std::uint32_t number) {
    auto& device = state_->all.devices.edit(number);
    if (state_->touched.insert(number).second) state_->before.emplace_back(number, device);
    return device;
}
Installed::Device& Standing::raw(std::uint32_t number) { return state_->all.devices.edit(number); }
void Standing::set_entries(std::uint32_t number, std::span<Installed::Entry const> sorted) {
    auto& device = edit(number);
    state_->all.rows += static_cast<std::int64_t>(sorted.size()) - static_cast<std::int64_t>(entries_of(device).size());
    device.entries = packed(sorted);
}

std::uint32_t Standing::place(std::int64_t software, std::string_view path, std::string_view source) {
    auto const find = [&] { return state_->place(software, path, source); };
    return path.empty() ? state_->met.place(software, find) : find();
}
std::string const& Standing::path(std::uint32_t number) const { return state_->paths[number]; }
std::vector<std::string> const& Standing::sources() const { return state_->sources; }

std::uint32_t Standing::os_number(OperatingSystem const& os) {
    std::string key;
    for (auto const* field : {&os.platform, &os.distribution, &os.name, &os.version, &os.release, &os.edition,
                              &os.build, &os.architecture, &os.kernel})
        key += *field + '\0';
    auto const [found, fresh] = state_->os_numbers.try_emplace(key, static_cast<std::uint32_t>(state_->oses.size()));
    if (fresh) state_->oses.push_back(os);
    return found->second;
}
OperatingSystem const& Standing::os(std::uint32_t number) const { return state_->oses[number]; }

std::uint32_t Standing::check_of(std::string_view installed_at) {
    if (installed_at.empty()) return 0;
    auto const hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(installed_at));
    return hash == 0 ? 1 : hash;
}

bool Standing::knows_software(std::int64_t id) const { return state_->software.contains(id); }
void Standing::add_software(std::int64_t id) {
    // Its source is that of its places, which are made with it.
    if (state_->software.emplace(id, 0).second) state_->fresh_software.push_back(id);
}

Ticks Standing::next_time(Ticks now) { return state_->last_time = std::max(now, state_->last_time + 1); }

SoftwareIds& Standing::software_ids() {
    constexpr std::size_t most = 1'000'000;
    if (state_->software_ids.size() > most) state_->software_ids.clear();
    return state_->software_ids;
}

void Standing::committed() {
    state_->before.clear();
    state_->touched.clear();
    state_->fresh_software.clear();
    state_->rows_before = state_->all.rows;
}
void Standing::taken_back() {
    for (auto& [number, device] : state_->before) state_->all.devices.edit(number) = std::move(device);
    for (auto const id : state_->fresh_software) state_->software.erase(id);
    state_->all.rows = state_->rows_before;
    state_->software_ids.clear();
    committed();
}

Status settle_installations(Connection& connection) {
    if (TRY(connection.count("SELECT count(*) FROM main.installation_gone")) == 0) return {};
    TRY(
        connection.execute("CREATE OR REPLACE TEMP TABLE stage_settled AS SELECT i.rowid AS row, min(g.gone) AS gone "
                           "FROM main.installation i "
                           "JOIN main.installation_gone g ON g.device = i.device AND g.software = i.software AND "
                           "g.path = i.path AND i.first_seen < g.gone "
                           "GROUP BY i.rowid"));
    TRY(connection.execute(
        "INSERT INTO main.installation_past SELECT i.device, i.software, i.path, i.installed_at, i.first_seen, s.gone "
        "FROM main.installation i JOIN stage_settled s ON s.row = i.rowid"));
    TRY(connection.execute("DELETE FROM main.installation WHERE rowid IN (SELECT row FROM stage_settled)"));
    return connection.execute("DELETE FROM main.installation_gone; DROP TABLE stage_settled");
}

}  // namespace merlon::store
