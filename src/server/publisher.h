// Keeps what follows from the inventory up to date while the server runs: the fleet index with every commit, the tables
// and histories soon after.
//
//   report committed -> index changed (microseconds), before the report is acknowledged
//   soon after       -> new software matched, exposure, recommendations, events and history published
//
// Publishing costs a pass over the fleet, so passes are spaced: after one that took s seconds the next waits at least
// 10 s seconds (and one second), unless somebody waits for it. One device's report never costs a pass of its own. A pass is a
// transaction beside the writer's, of the state when it began: reports are taken meanwhile (docs/decisions/014).
#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "fleet/live.h"
#include "store/writer.h"

namespace merlon::server {

struct PublisherOptions {
    fleet::IndexOptions index;
    double least_pause_s = 1;
};

class Publisher {
public:
    // Builds the index. `say` takes a line when something could not be published (it is tried again).
    static Result<std::unique_ptr<Publisher>> create(store::Store const&, PublisherOptions const&, std::function<void(std::string_view)> say);
    ~Publisher();

    // To be handed to the writer: the index takes what was noted, or forgets it.
    void committed();
    void taken_back();
    // Called by operations of the writer, inside their transaction: writes reports, and notes what they changed.
    Result<std::vector<store::ReportChange>> write_reports(store::Connection&, std::span<DeviceReport const>, Ticks now);

    // Starts publishing through this writer, which must live until stop().
    void start(store::Writer&);
    void stop();
    // Something else changed than reports (knowledge, people's settings): the index is built anew and everything published.
    void everything_changed();
    // Publishes what is committed now and returns when that is done; with `anew` as after everything_changed(). A pass that
    // fails is said and tried again by itself: nobody waits for that. Returns at once when publishing has not begun.
    Status publish_now(bool anew);

    // The index as of the last commit.
    std::shared_ptr<fleet::Index const> index() const;
    // False while something else than reports changed and the index is yet to be built anew.
    bool index_is_current() const;
    // The organisation's score as of the last commit.
    double score() const;

private:
    struct State;
    explicit Publisher(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

}  // namespace merlon::server
