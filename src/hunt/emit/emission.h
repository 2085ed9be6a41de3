// One query on its way to text: the dialect, what it turned out to lack, and the relations that are read several times.
#pragma once
#include <array>
#include <map>
#include <span>

#include "hunt/emit/emit.h"

namespace merlon::hunt {

// Where a null and a false are the same (the conditions of a filter), the plain operators of the engine serve.
enum class Use : std::uint8_t { value, filter };

class Emission {
public:
    explicit Emission(Dialect const& in) : dialect_(in) {}

    std::string query(Relation const&);
    std::string plan(PlanPtr const&);
    std::string expression(ExprPtr const&, Use);
    std::string constant(Constant const&);
    std::string quoted_text(std::string_view);
    std::string quoted_name(std::string_view);

    // A word with texts in its places.
    template <typename... Texts>
    std::string say(Say w, Texts const&... texts) {
        return fill(w, std::array<std::string_view, sizeof...(texts)>{std::string_view(texts)...});
    }
    std::string say(Say w) { return fill(w, {}); }
    std::string type(Type t) { return say(type_word(t)); }

    // What the slots of a phrase stand for: {0} arguments, {in0} inputs, {type}; `shown`: they stay as they are.
    struct Slots {
        std::vector<ExprPtr> const* arguments = nullptr;
        std::vector<PlanPtr> const* inputs = nullptr;
        Type type = Type::dynamic;
        bool shown = false;
        std::string_view of = {};  // the KQL function that is being said
        std::vector<std::string> made = {};
    };
    void put(Phrase const&, Slots&, std::string& out);

    // What the statement needs and the dialect lacks; "": nothing.
    std::string const& lacking() const { return lacking_; }
    Result<std::string> answer(std::string text) const;

private:
    friend struct PlanEmitter;
    std::string fill(Say, std::span<std::string_view const> places);
    void put(Wording const&, Phrase const&, Slots&, std::string& out);
    void lack(std::string_view what) { if (lacking_.empty()) lacking_ = what; }
    std::string with_shared(std::map<int, std::string> const&, std::string body);

    Dialect const& dialect_;
    std::string lacking_;
    std::map<int, std::string>* shared_ = nullptr;
};

}  // namespace merlon::hunt
