#include "api/agents.h"

#include <algorithm>

#include "api/auth/secrets.h"
#include "base/text.h"
#include "model/device.h"

namespace merlon::api {
namespace {

constexpr Ticks lives_beside = ticks_per_day;          // an identifier of another host's is not taken over so soon
constexpr Ticks seen_written = 15 * ticks_per_minute;  // how old the written time may become

}  // namespace

Result<std::unique_ptr<Agents>> Agents::open(store::Store const& store, store::Writer& writer) {
    std::unique_ptr<Agents> made(new Agents(store, writer));
    auto connection = TRY(store.connect());
    for (auto const& agent : TRY(store::read_agents(connection))) made->keep(agent);
    TRY(made->reload_secrets());
    return made;
}

Status Agents::reload_secrets() {
    auto connection = TRY(store_.connect());
    auto secrets = TRY(store::read_enrolment_secrets(connection));
    std::lock_guard lock(guard_);
    secrets_ = std::move(secrets);
    return {};
}

void Agents::keep(store::Agent const& agent) {
    std::lock_guard lock(guard_);
    if (auto const found = agents_.find(agent.id); found != agents_.end() && found->second.key != agent.key) ids_.erase(found->second.key);
    ids_[agent.key] = agent.id;
    agents_[agent.id] = agent;
    written_[agent.id] = agent.seen;
}

std::optional<store::Agent> Agents::find(std::string const& id) const {
    std::lock_guard lock(guard_);
    auto const found = agents_.find(id);
    return found == agents_.end() ? std::nullopt : std::optional(found->second);
}

Status Agents::write(store::Agent const& agent) {
    TRY(writer_.run([&](store::Connection& connection) { return store::write_agent(connection, agent); }));
    keep(agent);
    return {};
}

Result<std::optional<std::string>> Agents::enrol(Enrolment const& asked) {
    std::lock_guard one_at_a_time(enrolling_);
    auto const now = now_ticks();
    store::Agent agent;
    agent.identifier = asked.identifier;
    {
        std::lock_guard lock(guard_);
        auto const hash = secret_hash(asked.secret);
        bool known = false;
        for (auto const& one : secrets_) known = same_secret(one.hash, hash) || known;
        if (!known || asked.identifier.empty()) return std::optional<std::string>{};
        auto const of = [&](std::string_view identifier) {
            return std::ranges::find_if(agents_, [&](auto const& entry) { return equal_ignoring_ascii_case(entry.second.identifier, identifier); });
        };
        auto found = of(agent.identifier);
        if (found != agents_.end() && !equal_ignoring_ascii_case(found->second.name, asked.name) && now - found->second.seen < lives_beside) {
            agent.identifier += "@" + asked.name;
            found = of(agent.identifier);
        }
        if (found != agents_.end()) agent = found->second;
    }
    if (agent.blocked) return std::optional<std::string>{};
    if (agent.id.empty()) {
        agent.id = new_id();
        agent.device = device_id_of(agent.identifier);
        agent.enrolled = now;
    }
    auto const key = new_secret();
    agent.name = asked.name;
    agent.platform = asked.platform;
    agent.version = asked.version;
    agent.address = asked.address;
    agent.key = secret_hash(key);
    agent.seen = agent.rescan = now;  // its first inventory comes at once, not after the first interval
    TRY(write(agent));
    return std::optional(key);
}

// When an agent was seen is known in memory and written again before long: nobody waits for it.
void Agents::write_later(store::Agent const& agent) {
    (void)writer_.submit([agent](store::Connection& connection) { return store::write_agent(connection, agent); });
}

std::optional<store::Agent> Agents::by_key(std::string_view key, std::string_view address) {
    auto const now = now_ticks();
    store::Agent agent;
    {
        std::lock_guard lock(guard_);
        auto const id = ids_.find(secret_hash(key));
        if (id == ids_.end()) return {};
        auto& kept = agents_.at(id->second);
        if (kept.blocked) return {};
        kept.seen = now;
        kept.address = address;
        agent = kept;
        auto& written = written_[agent.id];
        if (now - written < seen_written) return agent;
        written = now;
    }
    write_later(agent);
    return agent;
}

void Agents::reported(std::string const& id, bool whole) {
    store::Agent agent;
    {
        std::lock_guard lock(guard_);
        auto const found = agents_.find(id);
        if (found == agents_.end()) return;
        found->second.reported = now_ticks();
        if (whole) found->second.rescan = 0;
        agent = found->second;
        written_[id] = agent.seen;
    }
    write_later(agent);
}

Status Agents::rescan(std::string const& device) {
    std::optional<store::Agent> newest;
    {
        std::lock_guard lock(guard_);
        for (auto const& [id, agent] : agents_)
            if (agent.device == device && !agent.blocked && (!newest || agent.seen > newest->seen)) newest = agent;
    }
    if (!newest) return fail("agents.none");
    newest->rescan = now_ticks();
    return write(*newest);
}

Status Agents::block(std::string const& id, bool blocked) {
    auto agent = find(id);
    if (!agent) return fail("agents.no_such", "agent", clean_text(id, 100));
    agent->blocked = blocked;
    return write(*agent);
}

Status Agents::forget(std::string const& id) {
    auto const agent = find(id);
    if (!agent) return fail("agents.no_such", "agent", clean_text(id, 100));
    TRY(writer_.run([&](store::Connection& connection) { return store::remove_agent(connection, id); }));
    std::lock_guard lock(guard_);
    ids_.erase(agent->key);
    agents_.erase(id);
    written_.erase(id);
    return {};
}

std::vector<store::EnrolmentSecret> Agents::secrets() const {
    std::lock_guard lock(guard_);
    return secrets_;
}

Result<std::pair<std::string, std::string>> Agents::make_secret(std::string_view name, std::string_view by) {
    auto const secret = new_secret("mes_");
    store::EnrolmentSecret const made{new_id(), clean_text(name, 100), secret_hash(secret), now_ticks(), std::string(by)};
    TRY(writer_.run([&](store::Connection& connection) { return store::add_enrolment_secret(connection, made); }));
    TRY(reload_secrets());
    return std::pair(made.id, secret);
}

Status Agents::drop_secret(std::string const& id) {
    TRY(writer_.run([&](store::Connection& connection) { return store::remove_enrolment_secret(connection, id); }));
    return reload_secrets();
}

}  // namespace merlon::api
