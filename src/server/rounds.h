// What a running server does by itself, once a minute: exceptions end when their time is over, queries that are the
// scope of exceptions are asked again, and notifications are sent.
#pragma once
#include <functional>
#include <memory>

#include "server/deliver.h"

namespace merlon::server {

// Publishes what follows and returns when it is done (Publisher::publish_now()).
using Publish = std::function<Status()>;
// Makes a round of notifications (deliver.h).
using Deliver = std::function<Result<advise::Delivered>()>;

// Ends what is over and asks queries again. What follows is published by `publish`; without one, by the operation of the
// writer. Errors are the store's.
Status renew_exceptions(store::Store const&, store::Writer&, Ticks now, Publish const& publish = {});

// Makes rounds on a thread of its own until it is destroyed. A round that fails is said on stderr and tried again with
// the next.
class Rounds {
public:
    static Rounds start(store::Store const&, store::Writer&, Deliver, Publish = {});
    Rounds(Rounds&&) noexcept;
    ~Rounds();

private:
    struct State;
    explicit Rounds(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

}  // namespace merlon::server
