// Calls of the API from the command line: of a remote server (--server), of the one that runs on the data folder, or answered
// from the data folder itself. Whoever may open the data folder may do everything.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/client.h"
#include "base/json_read.h"
#include "cli/front.h"

namespace merlon::cli {

// `target` is path and query as they go over the wire. `take`, where given, gets the body of a good answer piece by piece.
using Ask = std::function<Result<api::CallAnswer>(std::string const& method, std::string const& target, std::string const& accept,
                                                  std::string const& body, std::function<Status(std::string_view)> const& take)>;
// What a verb wants of the data folder, where it is the folder that is asked.
enum class Folder {
    read,
    change,  // what is asked goes into the audit ledger, as at a server
    make,    // the same, and the folder is made where there is none
    if_any,  // read; none says what an empty one does
};
// Errors: store's, http's.
Result<Ask> asker(Front const&, Folder = Folder::read);
// The URL of --server, or nothing.
std::string remote_server();

// One GET: a list of the API, an entity of it, or a list below one.
struct Question {
    std::vector<std::string> path;  // below /api/; a slash inside one goes on
    std::string filter = {}, order = {}, select = {}, expand = {}, search = {}, top = {}, as_of = {}, output = "table";
    std::string from = {}, to = {};  // of lists that are about a time between two others
    bool count = false;
    std::vector<std::pair<std::string, std::string>> more = {};  // options of that route alone
};
// Path and query as they go over the wire.
std::string target_of(Question const&);
// What an answer that is no success says, in the server's words: cli.asked_wrongly; with its status where who asks may not,
// or the server cannot: cli.server_said.
std::unexpected<Error> said(api::CallAnswer const&);
// Prints the answer, all pages of it. Errors: cli.server_said, cli.asked_wrongly (those below too).
Result<int> ask_and_print(Ask const&, Question const&);
// A hunting query; prints its rows.
Result<int> query_and_print(Ask const&, std::string_view kql, std::string const& output);
// Any call; the body of its answer. `path` below /api/, encoded.
Result<std::string> send(Ask const&, std::string const& method, std::string_view path, std::string const& body = {});
// One entity; `not_there` where the answer is 404.
Result<std::string> get_one(Ask const&, std::string_view path, Error not_there);
// The first page of a list, and the one that follows a page; nothing behind the last.
Result<json::Document> first_page(Ask const&, Question const&);
Result<std::optional<json::Document>> next_page(Ask const&, json::Document const&);
// "a, b" of a JSON list.
std::string items_of(json::Value list);
// "2026-01-31T08:00:00Z" of a time of the API; nothing of nothing.
std::string seconds_of(std::string_view time);

}  // namespace merlon::cli
