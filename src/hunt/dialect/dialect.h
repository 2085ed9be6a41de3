// How an engine says what phrases mean: a table of templates, read once from schema/dialects/NAME.json. The first dialect
// (duckdb) has them all; another one names what it says the same way (member "same") and what it says otherwise. What it does
// neither of, it lacks: a query that needs it is refused.
//
// In a template stand {0} {1} the arguments, {*} all of them, {2*} from the third on, {in0} the relations that a statement
// reads, {type} the type of the value that comes out, {{ and }} braces, and $1 $2 what a phrase puts into its places
// ($* all of them, $2* from the second on).
#pragma once
#include <optional>

#include "hunt/dialect/phrase.h"
#include "hunt/types.h"

namespace merlon::hunt {

struct Wording {
    enum class Kind : std::uint8_t { text, argument, arguments_from, input, type, place, places_from };
    struct Piece {
        Kind kind = Kind::text;
        std::size_t index = 0;
        std::string text = {};
    };
    std::vector<Piece> pieces;

    static Wording parse(std::string_view text, bool with_places);
};

class Dialect {
public:
    // The dialects in the order of their numbers; the first one is that of the store's engine.
    static std::vector<Dialect> const& all();
    static Dialect const& duckdb() { return all().front(); }
    static Dialect const* find(std::string_view name);

    std::string const& name() const { return name_; }
    std::size_t number() const { return number_; }
    // Null: this dialect lacks it.
    Wording const* say(Say w) const {
        auto const& found = words_[static_cast<std::size_t>(w)];
        return found ? &*found : nullptr;
    }
    // What is wrong with the file; empty when it reads well (a test asserts it).
    std::vector<std::string> const& faults() const { return faults_; }

private:
    std::string name_;
    std::size_t number_ = 0;
    std::vector<std::optional<Wording>> words_;
    std::vector<std::string> faults_;
    void read(std::string_view path, std::string_view bytes, Dialect const* first);
};

std::string_view name_of(Say);
std::optional<Say> word_named(std::string_view);
// The name of a type.
Say type_word(Type);

}  // namespace merlon::hunt
