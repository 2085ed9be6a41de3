// The closed table of KQL functions and aggregates, read once from schema/functions/**.json (see README.md there).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hunt/dialect/dialect.h"
#include "hunt/types.h"

namespace merlon::hunt {

// What a parameter takes.
struct Parameter {
    enum class Kind : std::uint8_t {
        exact,     // one type; int widens to long, long to real; dynamic turns into string
        any,       // any type, handed over as it is
        scalar,    // any type but dynamic
        number,    // int, long, real, decimal
        integer,   // int, long
        text,      // any type, handed over as its tostring()
        json,      // any type, handed over as a dynamic value
    };
    Kind kind = Kind::any;
    Type type = Type::string;
    bool optional = false;
    bool constant = false;  // must be known when compiling
};

struct Signature {
    std::vector<Parameter> parameters;
    bool repeats = false;  // the last parameter may come again and again
    enum class Returns : std::uint8_t { type, argument, common };
    Returns returns = Returns::type;
    Type type = Type::dynamic;      // of Returns::type
    std::size_t argument = 0;       // of Returns::argument
    std::vector<std::optional<Wording>> forms;  // by the number of the dialect; none: that one lacks it
};

enum class ResultName : std::uint8_t { none, first_argument, function_and_argument, prefix_and_argument, prefix };

// A column of a function that gives several; `name` follows the function's and the argument's.
struct OutputColumn {
    std::string name;
    Type type;
};

struct Function {
    std::string name;
    std::vector<std::string> aliases;
    std::string doc;
    std::vector<Signature> signatures;
    ResultName result_name = ResultName::none;
    std::string prefix;         // of the two prefix rules
    std::vector<OutputColumn> columns;  // the engine function then gives an array with a value for each
    bool total = false;         // a string result is never NULL, so no coalesce is put around it
    bool is_volatile = false;   // another value for each row
    bool is_aggregate = false;
    std::string refused;        // known, but not supported: why
};

// Null when there is no such function. Aliases are found as well.
Function const* find_scalar(std::string_view name);
Function const* find_aggregate(std::string_view name);
// All names, for suggestions and for listing.
std::vector<std::string> const& scalar_names();
std::vector<std::string> const& aggregate_names();
// How a dialect says it; null: it lacks it.
Wording const* form_in(Signature const&, Dialect const&);
// What is wrong with the data files; empty when they read well (a test asserts it).
std::vector<std::string> const& table_faults();

}  // namespace merlon::hunt
