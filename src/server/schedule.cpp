#include "server/schedule.h"

#include <fmt/format.h>

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "feeds/health.h"
#include "server/journey.h"

namespace merlon::server {

struct Schedule::State {
    store::Store const& store;
    store::Writer& writer;
    ScheduleOptions options;
    std::mutex guard;
    std::condition_variable_any woken;
    std::jthread thread;

    State(store::Store const& s, store::Writer& w, ScheduleOptions o) : store(s), writer(w), options(std::move(o)) {}

    void work(std::stop_token const& stop) {
        auto day = civil_date(now_ticks());
        while (!stop.stop_requested()) {
            {
                std::unique_lock lock(guard);
                woken.wait_for(lock, stop, std::chrono::seconds(options.look_every_seconds), [] { return false; });
            }
            if (stop.stop_requested()) return;
            auto const today = civil_date(now_ticks());
            if (today.day != day.day) {
                day = today;
                tell("the daily evaluation", writer.run([](store::Connection& connection) { return match_everything(connection, {}); }));
                if (options.changed) options.changed();
            }
            if (options.fetch) tell("fetching feeds", fetch_due(stop));
        }
    }

    static void tell(std::string_view what, Status const& outcome) {
        if (!outcome) std::cerr << fmt::format("{} failed: {}\n", what, describe(outcome.error()));
    }

    Status fetch_due(std::stop_token const& stop) {
        auto connection = TRY(store.connect());
        for (auto const& feed : TRY(feeds::feed_health(connection, now_ticks()))) {
            if (stop.stop_requested()) return {};
            if (feeds::is_due(feed, now_ticks())) TRY(fetch_one(feed, stop));
        }
        return {};
    }

    // The download takes its time here; only loading holds the writer.
    Status fetch_one(feeds::FeedHealth const& feed, std::stop_token const& stop) {
        auto const folder = store.folder() / "feeds";
        std::error_code failed;
        std::filesystem::create_directories(folder, failed);
        auto const download = feeds::fetch(feed.url, folder / feed.name, options.fetching, [&](std::uint64_t, std::uint64_t) { return !stop.stop_requested(); });
        if (stop.stop_requested()) return {};
        std::string outcome = !download ? "failed" : download->unchanged ? "unchanged" : "loaded", detail = download ? "" : describe(download.error());
        if (outcome == "loaded") {
            auto const loaded = writer.run([&](store::Connection& connection) -> Status {
                auto const report = TRY(feeds::load_file(connection, download->file));
                if (report.already_loaded) return {};
                KnowledgeChange change;
                change.add(report.outcome);
                return knowledge_changed(connection, change, true, {});
            });
            if (loaded) {
                TRY(feeds::accept_download(*download));
                if (options.changed) options.changed();
            } else {
                outcome = "failed";
                detail = describe(loaded.error());
            }
        }
        if (outcome == "failed") std::cerr << fmt::format("feed {}: {}\n", feed.name, detail);
        return writer.run([&](store::Connection& connection) { return feeds::note_attempt(connection, feed.name, now_ticks(), outcome, detail); });
    }
};

Schedule::Schedule(std::unique_ptr<State> state) : state_(std::move(state)) {}
Schedule::~Schedule() = default;

std::unique_ptr<Schedule> Schedule::start(store::Store const& store, store::Writer& writer, ScheduleOptions const& options) {
    auto state = std::make_unique<State>(store, writer, options);
    state->thread = std::jthread([at = state.get()](std::stop_token const& stop) { at->work(stop); });
    return std::unique_ptr<Schedule>(new Schedule(std::move(state)));
}

}  // namespace merlon::server
