#include "server/publisher.h"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "advise/publish.h"
#include "base/parallel.h"
#include "match/run.h"
#include "store/history.h"

namespace merlon::server {
namespace {

using Clock = std::chrono::steady_clock;

// What a server that was stopped in the middle had still to do: software that is not matched, reports not published.
Result<std::set<std::int64_t>> left_to_match(store::Connection& connection) {
    std::set<std::int64_t> ids;
    auto rows =
        TRY(connection.query("SELECT id FROM main.software WHERE id NOT IN (SELECT software FROM main.identity)"));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) ids.insert(chunk->columns[0].int64(row));
    return ids;
}
Result<bool> newer_than_published(store::Connection& connection) {
    auto const last = TRY(connection.count(
        "SELECT greatest((SELECT coalesce(max(greatest(last_seen, software_seen)), 0) FROM main.device), "
        "(SELECT coalesce(max(first_seen), 0) FROM main.installation), (SELECT coalesce(max(gone), 0) FROM "
        "main.installation_past))"));
    return last > TRY(store::published_before(connection, now_ticks()));
}

// Devices that reported since then: what is cleared on them may not be said yet.
Result<std::set<std::string>> reported_since(store::Connection& connection, Ticks published) {
    std::set<std::string> ids;
    std::vector<store::Value> const values{published};
    auto rows = TRY(connection.query("SELECT id FROM main.device WHERE greatest(last_seen, software_seen) > $1", values));
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) ids.emplace(chunk->columns[0].text(row));
    return ids;
}

}  // namespace

struct Publisher::State {
    PublisherOptions options;
    std::function<void(std::string_view)> say;
    store::Connection reader;  // of the writer's thread
    store::Connection worker;  // of the publishing thread
    store::Store const& store;

    // Of the writer's thread alone; `live` is written to under live_guard, so that others may copy it.
    store::Standing standing;
    fleet::Live live;
    std::mutex live_guard;
    std::shared_ptr<fleet::Index const> snapshot;  // of `live` as it is, once somebody asked for it
    std::vector<store::ReportChange> noted;
    std::vector<std::int64_t> noted_matched;
    std::vector<std::string> noted_cleared;
    std::unique_ptr<fleet::Live> noted_anew, retired;  // retired: freed by the publishing thread
    // Since the state of which an index is being built anew: what it has to take before it is put in place.
    bool building = false;
    std::vector<store::ReportChange> meanwhile;

    std::mutex guard;
    std::condition_variable woken;
    double score = 0;
    std::set<std::int64_t> to_match;
    std::set<std::string> to_clear;  // devices that reported something else than before
    bool dirty = false, rebuild = false, rebuilding = false, urgent = false, started = false, stopping = false, stopped = false;
    std::uint64_t begun = 0, ended = 0;  // passes

    store::Writer* writer = nullptr;
    std::shared_ptr<fleet::Index const> published;  // what this object published last, and when
    Ticks published_at = 0;
    std::thread thread;

    State(PublisherOptions o, std::function<void(std::string_view)> s, store::Connection c, store::Connection w,
          store::Store const& st, store::Standing had, fleet::Live l)
        : options(std::move(o)),
          say(std::move(s)),
          reader(std::move(c)),
          worker(std::move(w)),
          store(st),
          standing(std::move(had)),
          live(std::move(l)) {}

    // A copy is made when somebody asks for it, not with every commit: while one is alive, each version that is written
    // to has to be copied first.
    std::shared_ptr<fleet::Index const> take_snapshot() {
        std::lock_guard lock(live_guard);
        if (!snapshot) snapshot = live.snapshot();
        return snapshot;
    }
    Status take_noted() {
        std::lock_guard lock(live_guard);
        snapshot.reset();
        if (noted_anew) {
            std::swap(live, *noted_anew);
            retired = std::move(noted_anew);
            TRY(live.apply(reader, std::exchange(meanwhile, {}), now_ticks()));
        }
        if (building) meanwhile.insert(meanwhile.end(), noted.begin(), noted.end());
        if (!noted_matched.empty()) TRY(live.matched(reader, noted_matched));
        TRY(live.cleared(reader, noted_cleared));
        return live.apply(reader, noted, now_ticks());
    }

    void forget_noted();
    void work();
    Status build_anew();
    Status match(std::vector<std::int64_t> const& software);
    Status clear(std::vector<std::string> const& devices);
    Status publish();
    Status pass(bool anew, std::vector<std::int64_t> const& software, std::vector<std::string> const& reported);
};

Publisher::Publisher(std::unique_ptr<State> state) : state_(std::move(state)) {}
Publisher::~Publisher() { stop(); }

Result<std::unique_ptr<Publisher>> Publisher::create(store::Store const& store, PublisherOptions const& options,
                                                     std::function<void(std::string_view)> say) {
    auto connection = TRY(store.connect());
    auto wanted = options;
    wanted.index.now = now_ticks();
    std::vector<store::Connection> helpers;
    while (helpers.size() + 1 < std::min<std::size_t>(4, cores())) helpers.push_back(TRY(store.connect()));
    auto standing = TRY(store::Standing::read(connection, helpers));
    helpers.clear();
    auto live = TRY(fleet::Live::build(connection, wanted.index, &standing.installed()));
    auto left = TRY(left_to_match(connection));
    bool const dirty = !left.empty() || TRY(newer_than_published(connection));
    std::set<std::string> reported;
    if (dirty) reported = TRY(reported_since(connection, TRY(store::published_before(connection, now_ticks()))));
    auto state = std::make_unique<State>(wanted, std::move(say), std::move(connection), TRY(store.connect()), store,
                                         std::move(standing), std::move(live));
    state->to_match = std::move(left);
    state->to_clear = std::move(reported);
    state->dirty = dirty;
    state->score = state->live.all().score();
    return std::unique_ptr<Publisher>(new Publisher(std::move(state)));
}

Result<std::vector<store::ReportChange>> Publisher::write_reports(store::Connection& connection,
                                                                  std::span<DeviceReport const> reports, Ticks now) {
    auto changes = TRY(store::write_reports(connection, reports, now, &state_->standing));
    state_->noted.insert(state_->noted.end(), changes.begin(), changes.end());
    return changes;
}

void Publisher::State::forget_noted() {
    noted.clear();
    noted_matched.clear();
    noted_cleared.clear();
    noted_anew.reset();
}

void Publisher::taken_back() {
    state_->standing.taken_back();
    state_->forget_noted();
}

void Publisher::committed() {
    auto& state = *state_;
    state.standing.committed();
    if (state.noted.empty() && state.noted_matched.empty() && state.noted_cleared.empty() && !state.noted_anew) return;
    auto const taken = state.take_noted();
    std::vector<std::int64_t> fresh;
    std::vector<std::string> changed;
    for (auto const& one : state.noted) {
        if (one.changed) changed.push_back(one.device_id);
        fresh.insert(fresh.end(), one.new_software.begin(), one.new_software.end());
    }
    state.forget_noted();
    std::lock_guard lock(state.guard);
    state.score = state.live.all().score();
    state.to_match.insert(fresh.begin(), fresh.end());
    state.to_clear.insert(changed.begin(), changed.end());
    state.dirty = state.dirty || !changed.empty();
    if (!taken) state.rebuild = true;  // what could not be taken in is read again from the store
    if (state.dirty || state.rebuild) state.woken.notify_all();
}

// The worker's transaction begins in an operation of the writer: it sees what was committed before, all of it.
Status begin_here(store::Connection& worker) {
    TRY(worker.count("SELECT count(*) FROM main.schema_version"));
    return {};
}

// Builds the index beside the writer, from a state that is fixed in an operation of it; what reports change meanwhile
// the index takes when it is put in place.
Status Publisher::State::build_anew() {
    auto const finish = [&](std::unique_ptr<fleet::Live> made) {
        return writer->run_alone([&](store::Connection&) -> Status {
            building = false;
            noted_anew = std::move(made);
            if (!noted_anew) meanwhile.clear();
            return {};
        });
    };
    std::unique_ptr<fleet::Live> made;
    auto const built = worker.transaction([&]() -> Status {
        store::Installed installed;
        TRY(writer->run_alone([&](store::Connection&) -> Status {
            TRY(begin_here(worker));
            installed = standing.installed();
            building = true;
            meanwhile.clear();
            return {};
        }));
        auto wanted = options.index;
        wanted.now = now_ticks();
        made = std::make_unique<fleet::Live>(TRY(fleet::Live::build(worker, wanted, &installed)));
        return {};
    });
    TRY(finish(built ? std::move(made) : nullptr));
    retired.reset();
    return built;
}

Status Publisher::State::match(std::vector<std::int64_t> const& software) {
    match::MatchOptions matching;
    matching.now = now_ticks();
    matching.only = software;
    TRY(match::run(worker, matching));
    return writer->run_alone([&](store::Connection&) -> Status {
        noted_matched.insert(noted_matched.end(), software.begin(), software.end());
        return {};
    });
}

// What a correction or an installed update clears on devices that came, or that changed without bringing software that has to be
// matched: on them nothing else would say so before the next evaluation of everything.
Status Publisher::State::clear(std::vector<std::string> const& devices) {
    std::vector<std::string> changed;
    TRY(worker.transaction([&]() -> Status {
        changed = TRY(match::clear_findings_of(worker, devices, now_ticks()));
        return {};
    }));
    if (changed.empty()) return {};
    return writer->run_alone([&](store::Connection&) -> Status {
        noted_cleared = changed;
        return {};
    });
}

Status Publisher::State::publish() {
    std::shared_ptr<fleet::Index const> index;
    Ticks now = 0;
    TRY(worker.transaction([&]() -> Status {
        // What is published is the state of this moment, all of it and nothing that is not committed yet.
        TRY(writer->run_alone([&](store::Connection&) -> Status {
            TRY(begin_here(worker));
            index = take_snapshot();
            return {};
        }));
        TRY(store::settle_installations(worker));
        // Others publish too (the command line): then what they published is read from the history.
        now = now_ticks();
        bool const mine = published && TRY(store::published_before(worker, now)) == published_at;
        TRY(advise::publish_all(worker, *index, mine ? published.get() : nullptr, now));
        return {};
    }));
    published = std::move(index);
    published_at = now;
    return {};
}

Status Publisher::State::pass(bool anew, std::vector<std::int64_t> const& software, std::vector<std::string> const& reported) {
    constexpr int most_tries = 20;
    for (int tries = 1;; ++tries) {
        auto const done = [&]() -> Status {
            TRY(clear(reported));
            if (!software.empty()) TRY(match(software));
            if (anew) TRY(build_anew());
            return publish();
        }();
        // Somebody changed an exception or a remediation meanwhile: that is part of the next try.
        if (done || done.error().code != "store.conflict" || tries == most_tries) return done;
    }
}

void Publisher::State::work() {
    auto not_before = Clock::now();
    std::unique_lock lock(guard);
    while (true) {
        // Devices fall silent without a word: looked at anew every few hours.
        if (!woken.wait_for(lock, std::chrono::hours(6), [&] { return stopping || dirty || rebuild || urgent; }))
            rebuild = true;
        if (!stopping) woken.wait_until(lock, not_before, [&] { return stopping || urgent; });
        if (stopping) return;
        std::vector<std::int64_t> const software(to_match.begin(), to_match.end());
        bool const anew = rebuilding = std::exchange(rebuild, false);
        std::vector<std::string> const reported(to_clear.begin(), to_clear.end());
        to_match.clear();
        to_clear.clear();
        dirty = urgent = false;
        ++begun;
        lock.unlock();
        auto const begin = Clock::now();
        auto const done = pass(anew, software, reported);
        auto const took = Clock::now() - begin;
        lock.lock();
        ended = begun;
        rebuilding = false;
        woken.notify_all();
        if (!done) {
            if (say) say("publishing failed and is tried again: " + describe(done.error()));
            to_match.insert(software.begin(), software.end());
            to_clear.insert(reported.begin(), reported.end());
            dirty = true;
            rebuild = rebuild || anew;
            if (done.error().code == "store.fatal") {
                stopped = true;
                woken.notify_all();
                return;
            }
        }
        auto const least = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.least_pause_s));
        not_before = Clock::now() + std::max<Clock::duration>(10 * took, least);
    }
}

void Publisher::start(store::Writer& writer) {
    state_->writer = &writer;
    state_->started = true;
    state_->thread = std::thread([this] { state_->work(); });
}

void Publisher::stop() {
    if (!state_ || !state_->thread.joinable()) return;
    {
        std::lock_guard lock(state_->guard);
        state_->stopping = true;
    }
    state_->woken.notify_all();
    state_->thread.join();
}

void Publisher::everything_changed() {
    std::lock_guard lock(state_->guard);
    state_->rebuild = true;
    state_->woken.notify_all();
}

Status Publisher::publish_now(bool anew) {
    auto& state = *state_;
    std::unique_lock lock(state.guard);
    if (!state.started) return {};
    state.urgent = true;
    state.rebuild = state.rebuild || anew;
    auto const wanted = state.begun + 1;
    state.woken.notify_all();
    state.woken.wait(lock, [&] { return state.stopping || state.stopped || state.ended >= wanted; });
    return {};
}

std::shared_ptr<fleet::Index const> Publisher::index() const { return state_->take_snapshot(); }

bool Publisher::index_is_current() const {
    std::lock_guard lock(state_->guard);
    return !state_->rebuild && !state_->rebuilding;
}

double Publisher::score() const {
    std::lock_guard lock(state_->guard);
    return state_->score;
}

}  // namespace merlon::server
