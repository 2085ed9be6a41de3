// What every verb of the command line shares: settings, the store, how errors and tables are printed.
// Exit codes: 0 done, 1 done and the answer is "no" (--fail-on met, a check failed), 2 could not be done.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "server/settings.h"
#include "store/store.h"

namespace CLI {
class App;
}

namespace merlon::cli {

inline constexpr int done = 0;
inline constexpr int answer_is_no = 1;
inline constexpr int could_not = 2;

// The options before the verb, and what they lead to.
struct Front {
    std::string settings_file;
    std::map<std::string, std::string> flags;  // setting name -> value given on the command line
    std::vector<std::string> sets;             // --set name=value
    bool quiet = false;

    Result<server::Settings> settings() const;
    // The data folder of the settings. `create`: make it when there is none. Refused where --server is given (cli.local_only):
    // whoever names a server does not mean the folder here.
    Result<store::Store> open_store(bool create) const;
};

// Prints an error with its caret and hint to stderr; `text` is what was read (a query), `name` what to call it.
void print_error(Error const&, std::string_view text = {}, std::string_view name = {});
// Runs a verb: its exit code, or the error printed and could_not.
int run(Result<int>);
// A line of progress on stderr: rewritten in place on a terminal, else printed at most every few seconds.
class Progress {
public:
    explicit Progress(bool quiet);
    ~Progress();
    void say(std::string_view line);

private:
    bool quiet_, terminal_, open_ = false;
    std::int64_t last_ = 0;
};

// A table with aligned columns; numbers to the right. Cells longer than `widest` code points end in "…".
struct TextTable {
    std::vector<std::string> head;
    std::vector<std::vector<std::string>> rows;
    std::vector<bool> to_the_right;
};
std::string print_table(TextTable const&, std::size_t widest = 60);
// "1 device", "1,234 devices".
std::string counted(std::int64_t many, std::string_view one);
// One value quoted for CSV (RFC 4180) and made harmless for spreadsheets: = + - @ at its start get a quote.
std::string csv_cell(std::string_view);

// What an option gives as a time, such as 2026-01-31. Errors: cli.usage.
Result<Ticks> time_option(std::string_view option, std::string const& text);

// What stands on standard input, where an option says "-"; and its first line, for passwords, which never stand in an
// argument list.
std::string standard_input();
std::string password_from_input();

// Each verb adds its subcommand; one file each.
void add_access(CLI::App&, Front&);  // users, roles, apps, audit
void add_agents(CLI::App&, Front&);
void add_backup(CLI::App&, Front&);  // backup, restore, check
void add_baselines(CLI::App&, Front&);
void add_call(CLI::App&, Front&);
void add_collect(CLI::App&, Front&);
void add_completion(CLI::App&, Front&);  // after all others: its script knows the verbs that are there
void add_corrections(CLI::App&, Front&);
void add_demo(CLI::App&, Front&);
void add_detections(CLI::App&, Front&);  // detections, alerts
void add_device_verbs(CLI::App&, Front&);  // below devices, which add_scores makes; groups
void add_events(CLI::App&, Front&);
void add_exceptions(CLI::App&, Front&);
void add_explain(CLI::App&, Front&);
void add_feeds(CLI::App&, Front&);
void add_get(CLI::App&, Front&);
void add_history(CLI::App&, Front&);
void add_hunt(CLI::App&, Front&);
void add_identify(CLI::App&, Front&);
void add_import(CLI::App&, Front&);
void add_match(CLI::App&, Front&);
void add_notifications(CLI::App&, Front&);
void add_queries(CLI::App&, Front&);
void add_query(CLI::App&, Front&);
void add_recommendations(CLI::App&, Front&);
void add_remediation(CLI::App&, Front&);
void add_scan(CLI::App&, Front&);
void add_scan_definitions(CLI::App&, Front&);
void add_scores(CLI::App&, Front&);  // score, devices, what-if
void add_serve(CLI::App&, Front&);
void add_settings(CLI::App&, Front&);
void add_summary(CLI::App&, Front&);
void add_support(CLI::App&, Front&);
void add_targets(CLI::App&, Front&);
void add_tokens(CLI::App&, Front&);  // tokens, sessions
void add_version(CLI::App&, Front&);

}  // namespace merlon::cli
