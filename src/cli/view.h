// What a list verb prints, as data: which list of the API it asks, and what it calls the fields of its rows. So a verb says
// the same of a data folder, of a server that runs on one, and of --server.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/ask.h"

namespace merlon::cli {

struct ViewColumn {
    std::string name;   // as it is printed
    std::string field;  // of the API's rows; "a+b": both, with a blank between
    // Of a day tables show the day, of a moment the minute, of a second all of it, of tenth one digit behind the point; of a list they show its items.
    enum class Kind { text, whole, real, tenth, flag, list, day, moment, second } kind = Kind::text;
    std::string absent = {};  // what stands for null; empty: nothing
};
struct View {
    Question question = {};
    std::vector<ViewColumn> columns = {};
    std::string nothing = "none";  // what a table says when there is no row
    std::string group = {};        // a device group that was named: an answer without rows asks whether there is such a one
    std::optional<Error> not_there = {};  // what a 404 means
    bool selects = true;           // false: the route takes no $select
    std::size_t widest = 60;       // of a cell in a table
};

// Asks, follows the pages and prints: table, json or csv (question.output). Returns the number of rows.
// Errors: not_there, advise.no_such_group, cli.server_said, cli.asked_wrongly.
Result<std::int64_t> print_view(Ask const&, View const&);
// Opens what is asked (cli/ask.h) and prints.
Result<int> show_view(Front const&, View const&);

// Adds a condition to $filter; «{}» in it stands for `value` as a quoted text.
void only(Question&, std::string_view condition, std::string_view value = {});
// The same for each of several values, one of which must fit.
void only_any(Question&, std::string_view condition, std::span<std::string const> values);
// The id of the device that people name. Errors: cli.no_such_device.
Result<std::string> known_device(Ask const&, std::string const& named);
// Nothing wrong where no group is named. Errors: advise.no_such_group, which lists the groups.
Status known_group(Ask const&, std::string const& named);
// A line about one thing: its name and what it is; none where it is nothing.
void print_fact(std::string_view name, std::string const& value);
// A date of an option, or nothing when it was not given: 2026-12-31, or "30d" from now. Errors: cli.bad_date.
Result<std::optional<Ticks>> optional_date(std::string const& text, Ticks now);
// Adds --output table|json|csv to a verb.
void add_output_option(CLI::App& verb, std::string& output);

}  // namespace merlon::cli
