// What the server does by itself while it serves: fetches feeds that are due (setting feeds.schedule), ends corrections at their
// time, and evaluates everything again when a new day begins (UTC), since support ends by date.
#pragma once
#include <functional>
#include <memory>

#include "feeds/patience.h"
#include "server/settings.h"
#include "store/store.h"
#include "store/writer.h"

namespace merlon::server {

// What the settings say about fetching.
feeds::UpdateSettings update_settings(Settings const&);
feeds::Patience patience(Settings const&);

struct ScheduleOptions {
    bool fetch = false;
    std::function<void()> changed;  // called when findings were made anew
    feeds::UpdateSettings fetching;
    feeds::Patience patience = {};
    int look_every_seconds = 60;
};

class Schedule {
public:
    // Works on a thread of its own until it is destroyed; changes go through the writer.
    static std::unique_ptr<Schedule> start(store::Store const&, store::Writer&, ScheduleOptions const&);
    ~Schedule();

    // Fetches these as soon as it can, due or not; no name: all. Errors: feeds.unknown_name.
    Status fetch_now(std::span<std::string const> names);
    // What waits for that, or is being fetched or loaded, in order.
    std::vector<feeds::FeedAtWork> at_work() const;

private:
    struct State;
    explicit Schedule(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

}  // namespace merlon::server
