#include "store/writer.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace merlon::store {
namespace {

constexpr std::size_t most_in_a_group = 512;

struct Waiting {
    Operation operation;
    std::promise<Status> done;
    bool alone = false;
};

}  // namespace

struct Writer::State {
    Connection connection;
    std::function<void()> published, taken_back;
    std::mutex guard;
    std::condition_variable arrived;
    std::deque<Waiting> queue;
    bool stopping = false;
    std::atomic<bool> healthy = true;
    std::thread thread;

    State(Connection c, std::function<void()> p, std::function<void()> t)
        : connection(std::move(c)), published(std::move(p)), taken_back(std::move(t)) {}

    std::future<Status> submit(Operation, bool alone);

    // What is published beside the writer (server/publisher.h) changes few rows that operations change too; one that meets it
    // waits until that is done.
    static constexpr auto patience = std::chrono::minutes(10);
    static constexpr auto pause = std::chrono::milliseconds(50);

    void commit_alone(Waiting& waiting) {
        auto const begin = std::chrono::steady_clock::now();
        auto outcome = connection.transaction([&] { return waiting.operation(connection); });
        while (!outcome && outcome.error().code == "store.conflict" && std::chrono::steady_clock::now() - begin < patience) {
            if (taken_back) taken_back();
            std::this_thread::sleep_for(pause);
            outcome = connection.transaction([&] { return waiting.operation(connection); });
        }
        if (!outcome && outcome.error().code == "store.fatal") healthy = false;
        if (outcome && published) published();
        if (!outcome && taken_back) taken_back();
        waiting.done.set_value(std::move(outcome));
    }

    void commit(std::vector<Waiting>& group) {
        if (!healthy) {
            for (auto& waiting : group) waiting.done.set_value(fail("store.fatal", "the writer has stopped"));
            return;
        }
        if (group.size() == 1) return commit_alone(group.front());
        auto const outcome = connection.transaction([&]() -> Status {
            for (auto& waiting : group) TRY(waiting.operation(connection));
            return {};
        });
        if (!outcome) {
            if (taken_back) taken_back();
            // One of them spoils the group: each alone, so that only the guilty one fails.
            for (auto& waiting : group) commit_alone(waiting);
            return;
        }
        if (published) published();
        for (auto& waiting : group) waiting.done.set_value({});
    }

    void work() {
        std::unique_lock lock(guard);
        while (true) {
            arrived.wait(lock, [&] { return stopping || !queue.empty(); });
            if (queue.empty()) return;
            std::vector<Waiting> group;
            while (!queue.empty() && group.size() < most_in_a_group) {
                if (!group.empty() && (queue.front().alone || group.front().alone)) break;
                group.push_back(std::move(queue.front()));
                queue.pop_front();
            }
            lock.unlock();
            commit(group);
            lock.lock();
        }
    }
};

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

Result<Writer> Writer::start(Store const& store, std::function<void()> published, std::function<void()> taken_back) {
    auto state = std::make_unique<State>(TRY(store.connect()), std::move(published), std::move(taken_back));
    state->thread = std::thread([raw = state.get()] { raw->work(); });
    return Writer(std::move(state));
}

Writer::~Writer() {
    if (!state_) return;
    {
        std::lock_guard lock(state_->guard);
        state_->stopping = true;
    }
    state_->arrived.notify_all();
    state_->thread.join();
}

std::future<Status> Writer::State::submit(Operation operation, bool alone) {
    Waiting waiting{std::move(operation), {}, alone};
    auto future = waiting.done.get_future();
    {
        std::lock_guard lock(guard);
        queue.push_back(std::move(waiting));
    }
    arrived.notify_one();
    return future;
}

std::future<Status> Writer::submit(Operation operation) { return state_->submit(std::move(operation), false); }

Status Writer::run_alone(Operation operation) { return state_->submit(std::move(operation), true).get(); }

bool Writer::healthy() const { return state_->healthy; }

}  // namespace merlon::store
