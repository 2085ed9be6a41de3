// The osquery agents that report to this server: who may enrol, and whose key a request holds. Known in memory, because each
// agent asks every minute; what is written is in the store first (store/agents.h). The protocol is api/routes/osquery.cpp.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/agents.h"
#include "store/store.h"
#include "store/writer.h"

namespace merlon::api {

// How often an agent asks whether something is wanted of it.
inline constexpr std::int64_t agents_call_every_s = 60;

class Agents {
public:
    static Result<std::unique_ptr<Agents>> open(store::Store const&, store::Writer&);

    // What a host says of itself when it enrols.
    struct Enrolment {
        std::string secret, identifier, name, platform, version, address;
    };
    // The agent's node key. Nothing: the secret is none of ours, or the agent is blocked.
    // A host identifier is no proof of who one is: images that were cloned share theirs. An identifier that another host (by
    // its name) has used within a day is made this host's own by its name; else the agent takes the place of the one before,
    // whose key ends.
    Result<std::optional<std::string>> enrol(Enrolment const&);
    // Whose key this is; notes that the agent was seen there. Nothing: of nobody, or of one that is blocked.
    std::optional<store::Agent> by_key(std::string_view key, std::string_view address);
    // An inventory of the agent's was taken in; `whole`: the fresh one that was asked for.
    void reported(std::string const& id, bool whole);

    // The agent of a device is asked for a fresh inventory when it next calls. Errors: agents.none.
    Status rescan(std::string const& device);
    Status block(std::string const& id, bool blocked);  // agents.no_such
    Status forget(std::string const& id);               // agents.no_such; it may enrol again

    std::vector<store::EnrolmentSecret> secrets() const;
    // The secret itself is told this once.
    Result<std::pair<std::string, std::string>> make_secret(std::string_view name, std::string_view by);  // id, secret
    Status drop_secret(std::string const& id);                                                          // agents.no_such

private:
    Agents(store::Store const& store, store::Writer& writer) : store_(store), writer_(writer) {}
    Status reload_secrets();
    std::optional<store::Agent> find(std::string const& id) const;
    Status write(store::Agent const&);
    void keep(store::Agent const&);
    void write_later(store::Agent const&);

    store::Store const& store_;
    store::Writer& writer_;
    mutable std::mutex guard_;  // for all below
    std::map<std::string, store::Agent> agents_;      // by id
    std::map<std::string, std::string> ids_;          // by the hash of the key
    std::map<std::string, Ticks> written_;            // by id: when `seen` was last written
    std::vector<store::EnrolmentSecret> secrets_;
    std::mutex enrolling_;  // one at a time: each looks at those before
};

}  // namespace merlon::api
