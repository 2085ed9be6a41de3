// The matchers behind the operators parse and parse-kv. Source: shared semantics guide, section 15.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

// ---- the operator parse ----

// One piece of a pattern, left to right.
struct PatternStep {
    enum Kind { literal, capture, skip } kind = literal;
    std::string text;  // of a literal (a regular expression in regex mode), or the type of a capture: "string", "long" ...
};
enum class PatternMode { simple, relaxed, regex };

class Pattern {
public:
    // From JSON: {"mode":"simple","flags":"","steps":[{"lit":"a="},{"col":"long"},{"skip":true}]}.
    static Result<Pattern> read(std::string_view spec);
    // The captured texts in order as a JSON array, or false when the text does not fit. In simple mode a capture that
    // cannot become its type makes the whole text unfit.
    bool match(std::string_view text, std::string& json) const;

private:
    bool match_plainly(std::string_view text, std::vector<std::string_view>& captured) const;
    bool match_regex(std::string_view text, std::vector<std::string_view>& captured) const;
    PatternMode mode_ = PatternMode::simple;
    std::vector<PatternStep> steps_;
    std::string regex_;
    std::vector<int> groups_;  // of the captures, in regex mode
};

// ---- the operator parse-kv ----

// From JSON: {"pair":",","kv":"=","quotes":[["\"","\""]],"escape":"\\","greedy":false,"regex":"","keys":["a","b"]}.
class KeyValueReader {
public:
    static Result<KeyValueReader> read(std::string_view spec);
    // The text of each key in order as a JSON array; null where it is missing.
    void match(std::string_view text, std::string& json) const;

private:
    std::string pair_, kv_, escape_, regex_;
    std::vector<std::pair<std::string, std::string>> quotes_;
    bool greedy_ = false;
    std::vector<std::string> keys_;
};

}  // namespace merlon::hunt
