// osquery agents and the secrets that let them in (docs/agents.md). Who asks in their name is for api/agents.h to tell.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/engine.h"

namespace merlon::store {

struct Agent {
    std::string id;
    std::string device;      // device.id
    std::string identifier;  // what osquery calls the host
    std::string name, platform, version;  // platform: windows, macos, linux
    std::string key;         // SHA-256 of its node key
    std::string address;
    Ticks enrolled = 0, seen = 0, reported = 0;
    Ticks rescan = 0;  // when a fresh inventory was asked for; 0: none is awaited
    bool blocked = false;
};

struct EnrolmentSecret {
    std::string id, name, hash;
    Ticks created = 0;
    std::string created_by;
};

Result<std::vector<Agent>> read_agents(Connection&);
Result<std::vector<EnrolmentSecret>> read_enrolment_secrets(Connection&);

// ---- For the writer -------------------------------------------------------------------------------------------

Status write_agent(Connection&, Agent const&);  // the one with its id, new or as it is now
Status remove_agent(Connection&, std::string_view id);
Status add_enrolment_secret(Connection&, EnrolmentSecret const&);
Status remove_enrolment_secret(Connection&, std::string_view id);  // agents.no_such

}  // namespace merlon::store
