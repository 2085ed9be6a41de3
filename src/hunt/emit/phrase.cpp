// Phrases in the words of a dialect.
#include "hunt/emit/emission.h"
#include "hunt/functions/table.h"

namespace merlon::hunt {

std::string Emission::fill(Say w, std::span<std::string_view const> places) {
    std::string out;
    auto const* form = dialect_.say(w);
    if (!form) {
        lack(name_of(w));
        return "?";
    }
    for (auto const& piece : form->pieces) {
        if (piece.kind == Wording::Kind::text) out += piece.text;
        else if (piece.kind == Wording::Kind::place && piece.index < places.size()) out += places[piece.index];
    }
    return out;
}

void Emission::put(Wording const& form, Phrase const& phrase, Slots& slots, std::string& out) {
    using Kind = Wording::Kind;
    auto const argument = [&](std::size_t i) {
        if (slots.shown || !slots.arguments) {
            out += "{" + std::to_string(i) + "}";
        } else if (i < slots.arguments->size()) {
            if (slots.made.size() <= i) slots.made.resize(slots.arguments->size());
            if (slots.made[i].empty()) slots.made[i] = expression((*slots.arguments)[i], Use::value);
            out += slots.made[i];
        }
    };
    for (auto const& piece : form.pieces) {
        switch (piece.kind) {
            case Kind::text: out += piece.text; break;
            case Kind::argument: argument(piece.index); break;
            case Kind::arguments_from:
                if (slots.shown) out += "{" + std::to_string(piece.index) + "*}";
                else
                    for (auto i = piece.index; i < slots.arguments->size(); ++i) {
                        if (i > piece.index) out += ", ";
                        argument(i);
                    }
                break;
            case Kind::input:
                if (slots.shown || !slots.inputs) out += "{in" + std::to_string(piece.index) + "}";
                else out += "(" + plan((*slots.inputs)[piece.index]) + ")";
                break;
            case Kind::type: out += type(slots.type); break;
            case Kind::place:
                if (piece.index < phrase.with.size()) put(phrase.with[piece.index], slots, out);
                break;
            case Kind::places_from:
                for (auto i = piece.index; i < phrase.with.size(); ++i) {
                    if (i > piece.index) out += ", ";
                    put(phrase.with[i], slots, out);
                }
                break;
        }
    }
}

void Emission::put(Phrase const& phrase, Slots& slots, std::string& out) {
    if (phrase.word == Say::text) {
        if (phrase.text.find('{') == std::string::npos) out += phrase.text;
        else put(Wording::parse(phrase.text, false), phrase, slots, out);
        return;
    }
    if (phrase.word == Say::joined) {
        for (std::size_t i = 1; i < phrase.with.size(); ++i) {
            if (i > 1) put(phrase.with[0], slots, out);
            put(phrase.with[i], slots, out);
        }
        return;
    }
    auto const* form = phrase.function ? form_in(*phrase.function, dialect_) : dialect_.say(phrase.word);
    if (form) return put(*form, phrase, slots, out);
    lack(phrase.function && !slots.of.empty() ? std::string(slots.of) + "()" : std::string(name_of(phrase.word)));
    out += '?';
}

Result<std::string> Emission::answer(std::string text) const {
    if (!lacking_.empty()) return fail("hunt.dialect_lacks", lacking_, dialect_.name());
    return text;
}

}  // namespace merlon::hunt
