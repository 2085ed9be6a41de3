// The management door: health and metrics on an address of its own, and the control socket of the data folder, through which
// the command line of the same user works on a running server.
#pragma once
#include <atomic>

#include "api/http/server.h"
#include "api/service.h"
#include "server/metrics.h"
#include "store/store.h"
#include "store/writer.h"

namespace merlon::server {

struct Management {
    api::Service& service;
    store::Store const& store;
    store::Writer& writer;
    Metrics& metrics;
    std::function<int()> connections;
    std::atomic<bool> stopping = false;

    // GET /health/live, /health/ready, /health/started, /metrics.
    api::HttpResponse answer(api::HttpRequest const&);
    // GET /backup (a backup, streamed), GET /check (a JSON line for each thing looked at), GET /settings, and every call of
    // the API, without the gate: only the owner of the data folder can open the socket.
    api::HttpResponse control(api::HttpRequest const&);
};

// Where the control socket of a data folder is.
std::filesystem::path control_socket(std::filesystem::path const& data);

// Tells systemd (sd_notify, by its socket): "READY=1", "STOPPING=1". Does nothing without a socket.
void notify_supervisor(std::string_view state);

}  // namespace merlon::server
