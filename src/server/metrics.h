// What the server counts, in Prometheus' form.
#pragma once
#include <memory>
#include <string>

#include "api/http/server.h"
#include "api/service.h"
#include "store/store.h"

namespace merlon::server {

class Metrics {
public:
    explicit Metrics(std::string_view version);
    ~Metrics();
    void count(api::Answered const&);
    // The text of /metrics; gauges are read now.
    std::string text(api::Service&, store::Store const&, int connections);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace merlon::server
