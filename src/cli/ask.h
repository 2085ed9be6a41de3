// Calls of the API from the command line: of a remote server (--server), of the one that runs on the data folder, or answered
// from the data folder itself. Whoever may open the data folder may do everything.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/client.h"
#include "cli/front.h"

namespace merlon::cli {

// `target` is path and query as they go over the wire. `take`, where given, gets the body of a good answer piece by piece.
using Ask = std::function<Result<api::CallAnswer>(std::string const& method, std::string const& target, std::string const& accept,
                                                  std::string const& body, std::function<Status(std::string_view)> const& take)>;
// `writes`: something will be changed, so that it goes into the audit ledger, here too. Errors: store's, http's.
Result<Ask> asker(Front const&, bool writes = false);
// The URL of --server, or nothing.
std::string remote_server();

// One GET: a list of the API, an entity of it, or a list below one.
struct Question {
    std::vector<std::string> path;  // below /api/; a slash inside one goes on
    std::string filter = {}, order = {}, select = {}, expand = {}, search = {}, top = {}, as_of = {}, output = "table";
    bool count = false;
};
// Prints the answer, all pages of it. Errors: cli.server_said.
Result<int> ask_and_print(Ask const&, Question const&);
// A hunting query; prints its rows. Errors: cli.server_said.
Result<int> query_and_print(Ask const&, std::string_view kql, std::string const& output);
// Any call; the body of its answer. `path` below /api/, encoded. Errors: cli.server_said.
Result<std::string> send(Ask const&, std::string const& method, std::string_view path, std::string const& body = {});

}  // namespace merlon::cli
