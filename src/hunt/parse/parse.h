// KQL text -> tree. All independent syntax errors come at once: the first, with the others attached.
#pragma once
#include <string_view>

#include "hunt/parse/tree.h"

namespace merlon::hunt {

// First values of the limits page; each is checked while reading, before anything is built that could cost more.
struct Limits {
    std::size_t text_bytes = std::size_t{64} << 10;
    int depth = 100;             // nesting of brackets, and of the expression tree
    std::size_t nodes = 20'000;
    int pipes = 200;
    int joins = 16;
    std::int64_t rows = 100'000;           // of the answer; more are cut, and the answer says so
    std::int64_t time_ms = 30'000;
    std::size_t statement_depth = 20;      // nesting of let functions
};

Result<Program> parse(std::string_view text, Limits const& = {});

// The tree as KQL, an operator a line: parse() of it gives the same tree, and printing that the same text.
std::string print_kql(Program const&);

// The tree as KQL-like text with one node a line, for --explain and tests.
std::string print_tree(Program const&);

}  // namespace merlon::hunt
