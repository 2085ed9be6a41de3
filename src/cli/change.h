// Verbs that change something, as data: the route, and which option gives which member of its body. What was not given is not
// sent, so a change changes no more than was said. A noun of the command line is a list (cli/view.h) and such changes.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "cli/view.h"

namespace merlon::cli {

struct Part {
    enum class Kind {
        text,      // `value`, where there is one, is the word that stands for an empty text
        number,
        texts,     // the option again for more
        written,   // text; - is standard input
        file,      // the text of the file that is named; - is standard input
        secret,    // the same without the end of its line
        body,      // the same, as the whole body
        day,       // 30d is counted from now; a date goes as it stands
        constant,  // a flag that stands for `value`; without an option it is always sent
        password,  // the first line of standard input: passwords never stand in an argument list
        scope,     // `value` (device, group) as member scope, what is given as scopeValue
        action,    // {"type": `value`, "value": what is given}, in a list with the others of the member
    };
    std::string option;  // "NAME" or "--note"
    std::string member;  // of the body, "a.b" of an object in it; options of one member exclude each other, but for actions
    std::string doc = {};
    Kind kind = Kind::text;
    std::string value = {};  // of a constant: its JSON
    bool needed = false;
    std::string otherwise = {};  // the JSON that is sent where it was not given
};
inline Part needed(Part part) {  // of options of one member, one is
    part.needed = true;
    return part;
}
inline std::vector<Part> with(std::vector<Part> parts, std::vector<Part> const& more) {
    parts.insert(parts.end(), more.begin(), more.end());
    return parts;
}

struct Change {
    std::string verb, doc;
    std::string method, path;  // below /api/; {} is the id of what is named first, or of each where no value is asked for
    std::vector<Part> parts = {};
    std::string said = {};   // for people: {x} is the answer's x, that of what was named (id, name), or as it was given; {x device}: so many devices
    std::string alone = {};  // the same with --quiet, for scripts; empty: as `said`
    Folder folder = Folder::change;
    std::function<void(json::Value answer)> tell = {};   // where a line does not do
    std::function<bool(json::Value answer)> is_no = {};  // exit code 1, in whatever form it is printed
    std::string footer = {};
};

// What the changes of a verb are about: which list knows ids and names. Without a list the route itself knows them.
struct Noun {
    std::string what = {};   // "token"
    std::string lists = {};  // "merlon tokens list"
    Question list = {};
    std::string name = "name";      // the field of its rows by which people call them
    std::string condition = {};     // for long lists: the rows that may be meant (cli/view.h, only)
    std::string prefix = {};        // what ids of some begin with, which may be left away
    bool all_of_name = false;       // a name stands for all that have it
    std::string key = "NAME", key_doc = "Its name or id";
};
struct Named {
    std::string id, name;
};

// Those that have this id, or else this name. Errors: cli.no_such, cli.several (where only one may be meant).
Result<std::vector<Named>> find_named(Ask const&, Noun const&, std::string const& wanted);
// Adds a list (what it is called; its documentation; what it shows) and the changes to a verb of the command line.
CLI::App* add_list(CLI::App& verb, Front&, std::string const& name, std::string const& doc, View, Folder = Folder::read);
void add_changes(CLI::App& verb, Front&, Noun const&, std::vector<Change>);

}  // namespace merlon::cli
