#include "server/rounds.h"

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "advise/publish.h"
#include "api/device_query.h"

namespace merlon::server {
namespace {

constexpr Ticks query_age = ticks_per_hour;

// Whether an exception begins or ends something by the clock alone, or its query is to be asked again.
bool is_due(advise::Exception const& one, Ticks now) {
    if (!one.open()) return false;
    return one.ends <= now || (!one.query.empty() && now - one.query_time >= query_age);
}

}  // namespace

Status renew_exceptions(store::Store const& store, store::Writer& writer, Ticks now, Publish const& publish) {
    auto connection = TRY(store.connect());
    auto const all = TRY(advise::read_exceptions(connection));
    if (std::ranges::none_of(all, [&](auto const& one) { return is_due(one, now); })) return {};
    auto const answers = TRY(advise::ask_queries(
        connection, [&](std::string const& kql) { return api::devices_of_query(connection, kql); }));
    TRY(writer.run([&](store::Connection& c) -> Status {
        TRY(advise::keep_query_answers(c, answers, now));
        if (!publish) TRY(advise::publish_all(c, now));
        return {};
    }));
    return publish ? publish() : Status{};
}

struct Rounds::State {
    std::mutex guard;
    std::condition_variable stop;
    bool stopping = false;
    Deliver deliver;
    Publish publish;
    std::thread thread;

    State(Deliver d, Publish p) : deliver(std::move(d)), publish(std::move(p)) {}

    static void complain(Error const& e) { std::cerr << "a round failed and is tried again: " << describe(e) << "\n"; }
    void work(store::Store const& store, store::Writer& writer) {
        if (auto const done = renew_exceptions(store, writer, now_ticks(), publish); !done) complain(done.error());
        if (auto const done = deliver(); !done) complain(done.error());
    }
};

Rounds::Rounds(std::unique_ptr<State> state) : state_(std::move(state)) {}
Rounds::Rounds(Rounds&&) noexcept = default;

Rounds Rounds::start(store::Store const& store, store::Writer& writer, Deliver deliver, Publish publish) {
    auto state = std::make_unique<State>(std::move(deliver), std::move(publish));
    state->thread = std::thread([raw = state.get(), &store, &writer] {
        std::unique_lock lock(raw->guard);
        while (!raw->stop.wait_for(lock, std::chrono::minutes(1), [raw] { return raw->stopping; })) {
            lock.unlock();
            raw->work(store, writer);
            lock.lock();
        }
    });
    return Rounds(std::move(state));
}

Rounds::~Rounds() {
    if (!state_) return;
    {
        std::lock_guard const lock(state_->guard);
        state_->stopping = true;
    }
    state_->stop.notify_all();
    state_->thread.join();
}

}  // namespace merlon::server
