// The resources of the API as data: schema/api/NAME.json declares the entity set, its fields and where they come from.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon::api {

enum class FieldType : std::uint8_t { string, integer, real, boolean, datetime, strings, json };

struct Field {
    std::string name;
    FieldType type = FieldType::string;
    std::string sql;  // expression over the resource's tables; $now is the time of the request
    std::string alias;  // another name by which clients may filter, order and select
    bool on_demand = false;  // only there when $select or $expand names it
    std::string doc;
    std::string past = {};  // as of a time, where `sql` asks for what has no past; empty: `sql` does
    std::span<std::string_view const> scale = {};  // the words it can be, least first: it is ordered by them; empty: as its type is
};

// Tables beside those of `from` that have one row at most for each of its rows: joined where a statement speaks of them.
struct Join {
    std::string alias;  // under which fields name it
    std::string sql;    // "LEFT JOIN main.device d ON d.id = a.device"; $rows(a.device) in it is the condition that the
                        // device is one of the rows that are shown, where these are known before
};

struct Resource {
    std::string set;         // name in @odata.context: "Machines"
    std::string path;        // below /api/
    std::string key;         // field that identifies an entity
    std::string permission;  // application permission: "Machine.Read.All"
    std::string from;        // SQL
    std::string where;       // SQL, may be empty
    std::vector<Join> joins;
    std::string row;         // SQL of a text that is another for each row of `from`: a page is then found by it, and its fields
                             // computed for the rows of the page alone. Empty: they are computed for all rows that are sorted
    bool once = false;       // finding the rows is what costs, and they are not many: a page and its count come of one pass
    std::string doc;
    std::int64_t most = 10'000;  // largest page
    std::int64_t page = 0;       // rows of a page when nothing is asked for; 0: `most`
    // A path with "{}" is about another entity; its parts stand for $1, $2 ... in `from` and `where`.
    bool below = false;
    // "device", or SQL of the entity which $1 names: its key, which then stands for $1 in `from` and `where`, or its number. None is a 404.
    std::string parent;
    std::string order;           // default order, written as $orderby; the key follows
    std::vector<std::string> tie;  // what follows in place of a key that is put together: fields that together are one for each row
    bool single = false;         // one object instead of a list
    bool history = false;        // may be asked as of a time: ?asOf=TIME (store/history.h)
    bool period = false;         // is about ?from=TIME&to=TIME, which stand for $from and $to in `from`
    std::string file;            // path of the file form of an export; empty: none
    std::string device;          // SQL of the id of the device that a row is about, where rows are told device after device:
                                 // files and pages then look at some devices only
    std::string since;           // SQL condition for the option sinceTime, which stands in it as $since
    std::int64_t since_days = 0;  // sinceTime is needed, and at most so many days back
    std::vector<Field> fields;

    Field const* field(std::string_view name) const;  // compared without case
    std::vector<std::string> field_names() const;
    // `from`, with the joins that a statement of these parts speaks of; `rows`: the values of `row` that are shown ("'a', 'b'"),
    // where they are known.
    std::string from_for(std::string_view parts, std::string_view rows = {}) const;
};

// All declared resources; their files are part of the binary, so a bad one is an error of ours.
Result<std::vector<Resource>> read_resources();

}  // namespace merlon::api
