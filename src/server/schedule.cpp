#include "server/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

#include "feeds/health.h"
#include "match/local_corrections.h"
#include "match/run.h"
#include "server/journey.h"

namespace merlon::server {

struct Schedule::State {
    store::Store const& store;
    store::Writer& writer;
    ScheduleOptions options;
    std::mutex guard;
    std::vector<feeds::FeedAddress> asked;  // by people, not begun
    std::optional<feeds::FeedAtWork> now;
    std::condition_variable_any woken;
    std::jthread thread;

    State(store::Store const& s, store::Writer& w, ScheduleOptions o) : store(s), writer(w), options(std::move(o)) {}

    void work(std::stop_token const& stop) {
        for (bool first = true; !stop.stop_requested(); first = false) {
            if (!first) {
                std::unique_lock lock(guard);
                woken.wait_for(lock, stop, std::chrono::seconds(options.look_every_seconds), [&] { return !asked.empty(); });
            }
            if (stop.stop_requested()) return;
            tell("the daily evaluation", evaluate_daily());
            tell("ending what ran out", end_what_ran_out());
            while (auto const feed = next_asked()) {
                auto connection = store.connect();
                tell(feed->name, connection ? fetch_one(*connection, *feed, stop) : std::unexpected(connection.error()));
                if (stop.stop_requested()) return;
            }
            if (options.fetch) tell("fetching feeds", fetch_due(stop));
        }
    }

    // Also where the server was not running when the day began.
    Status evaluate_daily() {
        auto connection = TRY(store.connect());
        if (!TRY(evaluation_due(connection, now_ticks()))) return {};
        TRY(writer.run([](store::Connection& writing) { return match_everything(writing, {}); }));
        if (options.changed) options.changed();
        return {};
    }

    // Corrections end at their time, not when the day does.
    Status end_what_ran_out() {
        auto connection = TRY(store.connect());
        if (!TRY(match::correction_ran_out(connection, now_ticks()))) return {};
        TRY(writer.run([](store::Connection& writing) { return match::clear_findings(writing, now_ticks()); }));
        if (options.changed) options.changed();
        return {};
    }

    static void tell(std::string_view what, Status const& outcome) {
        if (!outcome) std::cerr << fmt::format("{} failed: {}\n", what, describe(outcome.error()));
    }

    std::optional<feeds::FeedAddress> next_asked() {
        std::lock_guard lock(guard);
        if (asked.empty()) return {};
        auto feed = std::move(asked.front());
        asked.erase(asked.begin());
        now = {feed.name, "fetching"};
        return feed;
    }

    void say_where(feeds::FeedAtWork at) {
        std::lock_guard lock(guard);
        now = std::move(at);
    }

    Status fetch_due(std::stop_token const& stop) {
        auto connection = TRY(store.connect());
        std::set<std::string, std::less<>> due;
        for (auto const& health : TRY(feeds::feed_health(connection, now_ticks())))
            if (feeds::is_due(health, now_ticks())) due.insert(health.name);
        // In the order of schema/feeds.json: what changed since comes after what it changes.
        for (auto const& feed : TRY(feeds::feed_addresses())) {
            if (stop.stop_requested()) return {};
            // Who asked waits; the rest is due the next time as well.
            if (std::lock_guard lock(guard); !asked.empty()) return {};
            if (due.contains(feed.name)) TRY(fetch_one(connection, feed, stop));
        }
        return {};
    }

    // The download takes its time here; only loading holds the writer.
    Status fetch_one(store::Connection& connection, feeds::FeedAddress const& feed, std::stop_token const& stop) {
        auto outcome = fetch_and_load(connection, feed, stop);
        std::lock_guard lock(guard);
        now.reset();
        return outcome;
    }

    Status fetch_and_load(store::Connection& connection, feeds::FeedAddress const& feed, std::stop_token const& stop) {
        auto const download = feeds::fetch_patiently(connection, feed, store.folder() / "feeds", options.fetching, options.patience,
                                                [&](std::uint64_t bytes, std::uint64_t total) {
                                                    say_where({feed.name, "fetching", bytes, total});
                                                    return !stop.stop_requested();
                                                });
        if (stop.stop_requested()) return {};
        Result<feeds::LoadReport> report = download ? feeds::LoadReport{} : Result<feeds::LoadReport>(std::unexpected(download.error()));
        if (download) {
            say_where({feed.name, "loading"});
            auto const loaded = writer.run([&](store::Connection& writing) -> Status {
                // A server that is told to stop does not wait for a load of minutes: nothing of it is kept, and the next one makes it.
                feeds::LoadOptions loading;
                loading.stopped = [&] { return stop.stop_requested(); };
                report = TRY(feeds::load_fetched(writing, *download, loading));
                if (report->already_loaded) return {};
                if (stop.stop_requested()) return fail("feeds.stopped", feed.name);
                KnowledgeChange change;
                change.add(report->outcome);
                return knowledge_changed(writing, change, true, {});
            });
            if (loaded) TRY(feeds::accept_download(*download));
            else feeds::discard_download(*download);
            if (!loaded && stop.stop_requested()) return {};
            if (!loaded) report = std::unexpected(loaded.error());
        }
        if (report && !report->already_loaded && options.changed) options.changed();
        auto const detail = report ? std::string{} : describe(report.error());
        if (!report) std::cerr << fmt::format("feed {}: {}\n", feed.name, detail);
        return writer.run([&](store::Connection& writing) {
            return feeds::note_attempt(writing, feed.name, now_ticks(), std::string(feeds::outcome_of(report)), detail);
        });
    }
};

Schedule::Schedule(std::unique_ptr<State> state) : state_(std::move(state)) {}
Schedule::~Schedule() = default;

std::unique_ptr<Schedule> Schedule::start(store::Store const& store, store::Writer& writer, ScheduleOptions const& options) {
    auto state = std::make_unique<State>(store, writer, options);
    state->thread = std::jthread([at = state.get()](std::stop_token const& stop) { at->work(stop); });
    return std::unique_ptr<Schedule>(new Schedule(std::move(state)));
}

Status Schedule::fetch_now(std::span<std::string const> names) {
    auto connection = TRY(state_->store.connect());
    auto const wanted = TRY(feeds::chosen_addresses(connection, names));
    std::lock_guard lock(state_->guard);
    for (auto const& feed : wanted)
        if (std::ranges::find(state_->asked, feed.name, &feeds::FeedAddress::name) == state_->asked.end()) state_->asked.push_back(feed);
    state_->woken.notify_all();
    return {};
}

std::vector<feeds::FeedAtWork> Schedule::at_work() const {
    std::lock_guard lock(state_->guard);
    std::vector<feeds::FeedAtWork> all;
    if (state_->now) all.push_back(*state_->now);
    for (auto const& feed : state_->asked) all.push_back({feed.name, "waiting"});
    return all;
}

feeds::Patience patience(Settings const& settings) { return {.seconds = static_cast<double>(settings.integer("feeds.patience"))}; }

feeds::UpdateSettings update_settings(Settings const& settings) {
    feeds::UpdateSettings made;
    made.fetch.proxy = settings.text("feeds.proxy");
    made.fetch.mirror = settings.text("feeds.mirror");
    made.fetch.authorities = settings.text("feeds.authorities");
    made.fetch.attempts = static_cast<int>(std::clamp<std::int64_t>(settings.integer("feeds.attempts"), 1, 100));
    made.nvd_key = settings.text("feeds.nvd_key");
    return made;
}

}  // namespace merlon::server
