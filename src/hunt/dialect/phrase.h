// What an engine is to be told, in the words of no engine: a word of the dialects (words.inc), with texts or further phrases
// in its places $1, $2 ... A dialect turns it into text when a query is emitted, and not before.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace merlon::hunt {

struct Signature;

enum class Say : std::uint16_t {
    text,      // as it is: a name, a number, a place such as {0}
    joined,    // the first is put between the others
    function,  // the template of a function's signature
#define WORD(name) name,
#include "hunt/dialect/words.inc"
#undef WORD
    end
};

struct Phrase {
    Say word = Say::text;
    std::string text = {};
    Signature const* function = nullptr;
    std::vector<Phrase> with = {};

    Phrase() = default;
    Phrase(Say said, std::vector<Phrase> places = {}) : word(said), with(std::move(places)) {}
    Phrase(std::string as_it_is) : text(std::move(as_it_is)) {}
    Phrase(Signature const& of) : word(Say::function), function(&of) {}
};

// Nothing at all.
inline bool is_empty(Phrase const& p) { return p.word == Say::text && p.text.empty(); }
// "{3}": the argument of that number.
inline Phrase slot(std::size_t argument) { return "{" + std::to_string(argument) + "}"; }
// The name of a column in a statement.
inline Phrase column_name(int id) { return "c" + std::to_string(id); }
// A word with the first arguments in its places.
inline Phrase over_arguments(Say w, std::size_t count) {
    std::vector<Phrase> slots;
    for (std::size_t i = 0; i < count; ++i) slots.push_back(slot(i));
    return {w, std::move(slots)};
}
// The parts, with a word between two of them.
inline Phrase joined(Say between, std::vector<Phrase> parts) {
    parts.insert(parts.begin(), Phrase(between));
    return {Say::joined, std::move(parts)};
}

}  // namespace merlon::hunt
