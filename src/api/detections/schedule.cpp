#include "api/detections/schedule.h"

#include <condition_variable>
#include <cstdio>
#include <thread>

#include "hunt/detections/detection.h"

namespace merlon::api {
namespace {

constexpr std::chrono::seconds pause{10};

Status run_due(Service& service) {
    auto reading = TRY(service.lease_for({}));
    bool raised = false;
    TRY(hunt::run_due_detections(
        *reading, [&](std::function<Status(store::Connection&)> change) { return service.writer().run(std::move(change)); }, now_ticks(), false,
        [&](hunt::Detection const&, hunt::DetectionOutcome const& outcome) { raised = raised || !outcome.devices.empty(); }));
    return raised ? service.recompute() : Status{};
}

}  // namespace

struct DetectionSchedule::State {
    std::mutex guard;
    std::condition_variable woken;
    bool stopping = false;
    std::thread thread;

    void work(Service& service) {
        std::unique_lock lock(guard);
        while (!woken.wait_for(lock, pause, [&] { return stopping; })) {
            lock.unlock();
            // A query's own failure is kept with its run; what fails here is the store.
            if (auto const done = run_due(service); !done) std::fprintf(stderr, "custom detections: %s\n", describe(done.error()).c_str());
            lock.lock();
        }
    }
};

DetectionSchedule::DetectionSchedule(Service& service) : state_(std::make_unique<State>()) {
    state_->thread = std::thread([state = state_.get(), &service] { state->work(service); });
}

DetectionSchedule::~DetectionSchedule() {
    {
        std::lock_guard lock(state_->guard);
        state_->stopping = true;
    }
    state_->woken.notify_all();
    state_->thread.join();
}

}  // namespace merlon::api
