// merlon agents: osquery agents and the secrets that let them in (docs/agents.md). They report to a running server, so these
// verbs ask its API: here, or of --server.
#include <iostream>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/change.h"

namespace merlon::cli {
namespace {

// An agent is meant by its id, its name, or that of its device.
Noun const all_agents{.what = "agent", .lists = "merlon agents list", .list = {.path = {"merlon/agents"}, .select = "id,name"},
                      .condition = "id eq {} or name eq {} or computerDnsName eq {}", .key = "AGENT", .key_doc = "Ids or names"};

Result<int> list(Front const& front, Question question) {
    if (question.output == "table") question.select = "name,computerDnsName,osPlatform,agentVersion,lastSeen,lastInventory,blocked,id";
    return ask_and_print(TRY(asker(front)), question);
}

Result<int> flags(Front const& front) {
    std::cout << TRY(send(TRY(asker(front)), "GET", "merlon/agents/flags"));
    return done;
}

}  // namespace

void add_agents(CLI::App& app, Front& front) {
    using Of = Part::Kind;
    auto* agents = app.add_subcommand("agents", "osquery agents: which report, what lets them in, asking for a fresh inventory");
    agents->require_subcommand(1);
    auto const asked = std::make_shared<Question>(Question{.path = {"merlon/agents"}});
    auto* listed = agents->add_subcommand("list", "The agents, where they run and when they were heard of");
    listed->add_option("--filter", asked->filter, "OData condition: \"blocked eq true\", \"lastSeen lt 2026-05-01Z\"");
    listed->add_option("--orderby", asked->order, "\"lastSeen desc\"");
    listed->add_option("--search", asked->search, "Words looked for in every text");
    listed->add_option("--top", asked->top, "Number of rows");
    std::vector<std::string> const forms{"table", "json", "csv", "ndjson"};
    listed->add_option("--output", asked->output, join(forms, ", "))->check(CLI::IsMember(forms));
    listed->callback([&front, asked] { throw run(list(front, *asked)); });

    auto const blocked = [](char const* verb, char const* doc, char const* value, char const* said) {
        return Change{verb, doc, "PATCH", "merlon/agents/{}", {{"", "blocked", "", Of::constant, value}}, said};
    };
    add_changes(*agents, front, all_agents,
                {blocked("block", "Refuse what an agent sends, and every enrolment of its host", "true", "agent {name} is blocked"),
                 blocked("unblock", "Let a blocked agent in again", "false", "agent {name} is let in again"),
                 {"forget", "Remove an agent; its device stays, and it may enrol again", "DELETE", "merlon/agents/{}", {}, "agent {name} is forgotten"}});
    add_changes(*agents, front, {.key = "DEVICE", .key_doc = "Names or ids of devices"},
                {{"rescan", "Ask for a fresh inventory now", "POST", "machines/{}/rescan", {}, "{name} is asked for a fresh inventory when its agent next calls, within {withinSeconds} seconds"}});
    agents->add_subcommand("flags", "The flagfile that makes osquery an agent of this server")->callback([&front] { throw run(flags(front)); });

    Question const secrets{.path = {"merlon/enrolmentSecrets"}};
    View shown{secrets, {}, "no secret: no agent is let in"};
    shown.columns = {{"name", "name"}, {"made", "created", ViewColumn::Kind::moment}, {"by", "createdBy"}, {"id", "id"}};
    shown.selects = false;
    add_list(*agents, front, "secrets", "Which secrets let agents in", std::move(shown));
    add_changes(*agents, front, {.what = "enrolment secret", .lists = "merlon agents secrets", .list = secrets, .key = "SECRET", .key_doc = "Its id or name"},
                {{"add-secret", "Make a secret that lets agents in; it is printed once", "POST", "merlon/enrolmentSecrets", {needed({"NAME", "name", "What it is for"})},
                  "secret   {secret}\nid       {id}\nIt is shown this once: put it in /etc/osquery/merlon.secret of the device."},
                 {"remove-secret", "End secrets", "DELETE", "merlon/enrolmentSecrets/{}", {}, "secret {name} lets no one in any more; agents that are in stay"}});
}

}  // namespace merlon::cli
