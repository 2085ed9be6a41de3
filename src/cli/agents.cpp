// merlon agents: osquery agents and the secrets that let them in (docs/agents.md). They report to a running server, so these
// verbs ask its API: here, or of --server.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/http/server.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cli/ask.h"

namespace merlon::cli {
namespace {

struct Wanted {
    Question list{{"merlon", "agents"}};
    std::vector<std::string> named;
    std::string output = "table";
};

Result<int> list(Front const& front, Wanted wanted) {
    wanted.list.output = wanted.output;
    if (wanted.output == "table") wanted.list.select = "name,computerDnsName,osPlatform,agentVersion,lastSeen,lastInventory,blocked,id";
    return ask_and_print(TRY(asker(front)), wanted.list);
}

// The id of the agent with this id, else of the only one with this name or of a device of this name.
Result<std::string> agent_id(Ask const& ask, std::string const& named) {
    auto const text = "'" + replace_all(named, "'", "''") + "'";
    auto const filter = "id eq " + text + " or name eq " + text + " or computerDnsName eq " + text;
    auto const answer = TRY(send(ask, "GET", "merlon/agents?$select=id&$filter=" + api::percent_encode(filter)));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    std::vector<std::string> ids;
    for (auto const one : json::array(document.root(), "value")) ids.emplace_back(json::text(one, "id"));
    if (ids.empty()) return fail("agents.no_such", "agent", clean_text(named, 100));
    if (std::ranges::find(ids, named) != ids.end()) return named;
    if (ids.size() > 1) return fail("agents.several", clean_text(named, 100), join(ids, ", "));
    return ids.front();
}

// Does to each agent what `path` and `body` say.
Result<int> change_each(Front const& front, Wanted const& wanted, std::string_view done_to, std::string const& method, std::string const& body) {
    auto const ask = TRY(asker(front, Folder::change));
    std::vector<std::string> ids;
    for (auto const& one : wanted.named) ids.push_back(TRY(agent_id(ask, one)));
    for (auto const& id : ids) TRY(send(ask, method, "merlon/agents/" + api::percent_encode(id), body));
    for (std::size_t i = 0; i < ids.size(); ++i) std::cout << fmt::format("agent {} {}\n", wanted.named[i], done_to);
    return done;
}

Result<int> rescan(Front const& front, Wanted const& wanted) {
    auto const ask = TRY(asker(front, Folder::change));
    for (auto const& device : wanted.named) {
        TRY(send(ask, "POST", "machines/" + api::percent_encode(device) + "/rescan"));
        std::cout << fmt::format("{} is asked for a fresh inventory when its agent next calls\n", device);
    }
    return done;
}

Result<int> flags(Front const& front) {
    std::cout << TRY(send(TRY(asker(front)), "GET", "merlon/agents/flags"));
    return done;
}

Result<int> secrets(Front const& front, Wanted const& wanted) {
    return ask_and_print(TRY(asker(front)), {.path = {"merlon", "enrolmentSecrets"}, .output = wanted.output});
}

Result<int> add_secret(Front const& front, Wanted const& wanted) {
    auto const answer = TRY(send(TRY(asker(front, Folder::change)), "POST", "merlon/enrolmentSecrets", "{\"name\":" + json_string(wanted.named.at(0)) + "}"));
    auto const document = TRY(json::Document::parse(answer, "answer"));
    std::cout << fmt::format("secret   {}\nid       {}\nIt is shown this once: put it in /etc/osquery/merlon.secret of the device.\n",
                             json::text(document.root(), "secret"), json::text(document.root(), "id"));
    return done;
}

Result<int> drop_secret(Front const& front, Wanted const& wanted) {
    TRY(send(TRY(asker(front, Folder::change)), "DELETE", "merlon/enrolmentSecrets/" + api::percent_encode(wanted.named.at(0))));
    std::cout << fmt::format("secret {} lets no one in any more; agents that are in stay\n", wanted.named.at(0));
    return done;
}

void add_output(CLI::App& verb, Wanted& wanted, std::vector<std::string> const& forms) {
    verb.add_option("--output", wanted.output, join(forms, ", "))->check(CLI::IsMember(forms));
}

}  // namespace

void add_agents(CLI::App& app, Front& front) {
    auto wanted = std::make_shared<Wanted>();
    auto* agents = app.add_subcommand("agents", "osquery agents: which report, what lets them in, asking for a fresh inventory");
    agents->require_subcommand(1);
    auto const verb = [&](char const* name, char const* words, char const* what, char const* doc, auto work) {
        auto* made = agents->add_subcommand(name, words);
        if (what) made->add_option(what, wanted->named, doc)->required()->expected(1, std::string_view(what) == "NAME" || std::string_view(what) == "ID" ? 1 : 1000);
        made->callback([work] { throw run(work()); });
        return made;
    };
    auto* listed = verb("list", "The agents, where they run and when they were heard of", nullptr, nullptr, [&front, wanted] { return list(front, *wanted); });
    listed->add_option("--filter", wanted->list.filter, "OData condition: \"blocked eq true\", \"lastSeen lt 2026-05-01Z\"");
    listed->add_option("--orderby", wanted->list.order, "\"lastSeen desc\"");
    listed->add_option("--search", wanted->list.search, "Words looked for in every text");
    listed->add_option("--top", wanted->list.top, "Number of rows");
    add_output(*listed, *wanted, {"table", "json", "csv", "ndjson"});
    constexpr auto agent = "Ids or names";
    verb("block", "Refuse what an agent sends, and every enrolment of its host", "AGENT", agent,
         [&front, wanted] { return change_each(front, *wanted, "is blocked", "PATCH", R"({"blocked":true})"); });
    verb("unblock", "Let a blocked agent in again", "AGENT", agent,
         [&front, wanted] { return change_each(front, *wanted, "is let in again", "PATCH", R"({"blocked":false})"); });
    verb("forget", "Remove an agent; its device stays, and it may enrol again", "AGENT", agent,
         [&front, wanted] { return change_each(front, *wanted, "is forgotten", "DELETE", ""); });
    verb("rescan", "Ask for a fresh inventory now", "DEVICE", "Names or ids of devices", [&front, wanted] { return rescan(front, *wanted); });
    verb("flags", "The flagfile that makes osquery an agent of this server", nullptr, nullptr, [&front] { return flags(front); });
    add_output(*verb("secrets", "Which secrets let agents in", nullptr, nullptr, [&front, wanted] { return secrets(front, *wanted); }), *wanted, {"table", "json"});
    verb("add-secret", "Make a secret that lets agents in; it is printed once", "NAME", "What it is for", [&front, wanted] { return add_secret(front, *wanted); });
    verb("remove-secret", "End a secret", "ID", "As agents secrets lists it", [&front, wanted] { return drop_secret(front, *wanted); });
}

}  // namespace merlon::cli
