// merlon tokens, merlon sessions: what lets people in beside their password (docs/access.md).
#include <CLI/CLI.hpp>

#include "cli/change.h"

namespace merlon::cli {
namespace {

using Kind = Part::Kind;
using Column = ViewColumn::Kind;

View all_tokens() {
    View view{{.path = {"merlon/tokens"}}, {}, "no token"};
    view.columns = {{"id", "id"}, {"name", "name"}, {"owner", "owner"}, {"begins with", "prefix"}, {"limited to", "permissions", Column::list},
                    {"device groups", "deviceGroups", Column::list, "the owner's"}, {"expires", "expires", Column::day}, {"last used", "lastUsed", Column::moment, "never"}};
    view.selects = false;
    view.widest = 200;
    return view;
}

View all_sessions() {
    View view{{.path = {"merlon/sessions"}}, {}, "nobody is signed in"};
    view.columns = {{"id", "id"}, {"who", "user"}, {"from", "address"}, {"since", "created", Column::moment}, {"last seen", "lastSeen", Column::moment}, {"with", "client"}};
    view.selects = false;
    return view;
}

}  // namespace

void add_tokens(CLI::App& app, Front& front) {
    auto* tokens = app.add_subcommand("tokens", "Personal tokens: what lets a person's scripts in, for a time");
    tokens->require_subcommand(1);
    add_list(*tokens, front, "list", "One's own; of all people for who manages access", all_tokens());
    add_changes(*tokens, front, {.what = "token", .lists = "merlon tokens list", .list = {.path = {"merlon/tokens"}}},
                {{.verb = "add", .doc = "Make a token; it is printed once, and never may do more than its owner", .method = "POST", .path = "merlon/tokens",
                  .parts = {needed({"NAME", "name", "What it is for"}),
                   {"--owner", "owner", "Whose it is: needed on the data folder, where nobody is signed in; with --server it is of whoever asks"},
                   {"--permission", "permissions", "Such as Machine.Read.All (several times; default: all that its owner may)", Kind::texts},
                   {"--group", "deviceGroups", "A device group that it sees (several times; default: those of its owner)", Kind::texts},
                   {"--days", "days", "How long it is good: 1 to 366 (default 90)", Kind::number}},
                  .said = "token {token}\nid    {id}\nThe token is shown only now.", .alone = "{token}",
                  .footer = "With --quiet the token alone is printed: merlon --quiet tokens add nightly --owner anna --days 30 > FILE"},
                 {"remove", "Revoke tokens; what uses them is refused from now on", "DELETE", "merlon/tokens/{}", {}, "token {name} revoked"}});

    auto* sessions = app.add_subcommand("sessions", "Who is signed in to the portal of a running server");
    sessions->require_subcommand(1);
    add_list(*sessions, front, "list", "One's own; of all people for who manages access", all_sessions());
    add_changes(*sessions, front,
                {.what = "session", .lists = "merlon sessions list", .list = {.path = {"merlon/sessions"}}, .name = "user", .all_of_name = true,
                 .key = "SESSION", .key_doc = "Its id, or the name of a person: all that they have"},
                {{"end", "Sign people out; they may sign in again (merlon users disable keeps them out)", "DELETE", "merlon/sessions/{}", {}, "session {id} of {name} ended"}});
}

}  // namespace merlon::cli
