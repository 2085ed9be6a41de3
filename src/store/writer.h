// The single writer. Every change is an operation in one ordered commit path; operations that arrive together share
// one transaction (group commit), so thousands of small reports a second cost a few disk flushes.
#pragma once
#include <functional>
#include <future>
#include <memory>

#include "base/result.h"
#include "store/store.h"

namespace merlon::store {

// Changes the database through the connection it is given, inside a transaction that is not its own. It may run
// twice: when another operation of its group fails, the group is taken back and each is run alone; and when it meets a
// transaction of another connection that changed the same rows (store.conflict), it is tried again.
using Operation = std::function<Status(Connection&)>;

class Writer {
public:
    // Both are called on the writer's thread: `published` after each commit and before the operations of that commit are
    // acknowledged (there the fleet index takes its new snapshot), `taken_back` when operations that had run were undone.
    static Result<Writer> start(Store const&, std::function<void()> published = {}, std::function<void()> taken_back = {});
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;
    // Runs what is queued, then stops.
    ~Writer();

    // Acknowledged (the future is ready, without error) only when durable. After a fatal engine error every
    // operation fails with store.fatal until the process is restarted.
    std::future<Status> submit(Operation);
    // submit() and wait.
    Status run(Operation operation) { return submit(std::move(operation)).get(); }
    // The same in a transaction of its own, begun when all that was acknowledged before has been published.
    Status run_alone(Operation);
    bool healthy() const;

private:
    struct State;
    explicit Writer(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

}  // namespace merlon::store
