#include "hunt/dialect/dialect.h"

#include <array>
#include <map>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::hunt {
namespace {

constexpr auto names = std::to_array<std::string_view>({"text", "joined", "function",
#define WORD(name) #name,
#include "hunt/dialect/words.inc"
#undef WORD
});
static_assert(names.size() == static_cast<std::size_t>(Say::end));

// The number that `text` begins with; it is taken off.
std::optional<std::size_t> take_number(std::string_view& text) {
    std::size_t digits = 0, number = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') number = number * 10 + static_cast<std::size_t>(text[digits++] - '0');
    if (digits == 0) return {};
    text.remove_prefix(digits);
    return number;
}

}  // namespace

std::string_view name_of(Say w) { return names[static_cast<std::size_t>(w)]; }

std::optional<Say> word_named(std::string_view name) {
    static auto const all = [] {
        std::map<std::string_view, Say> made;
        for (std::size_t i = static_cast<std::size_t>(Say::function) + 1; i < names.size(); ++i) made[names[i]] = static_cast<Say>(i);
        return made;
    }();
    auto const found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional(found->second);
}

Say type_word(Type t) { return static_cast<Say>(static_cast<std::size_t>(Say::type_bool) + static_cast<std::size_t>(t)); }

Wording Wording::parse(std::string_view text, bool with_places) {
    Wording made;
    std::string plain;
    auto const put = [&](Kind kind, std::size_t index) {
        if (!plain.empty()) made.pieces.push_back({Kind::text, 0, std::exchange(plain, {})});
        made.pieces.push_back({kind, index});
    };
    while (!text.empty()) {
        char const c = text.front();
        text.remove_prefix(1);
        if ((c == '{' || c == '}') && text.starts_with(c)) {
            plain += c;
            text.remove_prefix(1);
        } else if (c == '{') {
            auto inside = text.substr(0, text.find('}'));
            text.remove_prefix(std::min(inside.size() + 1, text.size()));
            if (inside == "type") {
                put(Kind::type, 0);
                continue;
            }
            bool const input = inside.starts_with("in");
            if (input) inside.remove_prefix(2);
            auto const index = take_number(inside).value_or(0);
            put(input ? Kind::input : inside == "*" ? Kind::arguments_from : Kind::argument, index);
        } else if (with_places && c == '$' && text.starts_with('*')) {
            text.remove_prefix(1);
            put(Kind::places_from, 0);
        } else if (auto const index = with_places && c == '$' ? take_number(text) : std::nullopt) {
            bool const rest = text.starts_with('*');
            if (rest) text.remove_prefix(1);
            put(rest ? Kind::places_from : Kind::place, *index - 1);
        } else {
            plain += c;
        }
    }
    if (!plain.empty() || made.pieces.empty()) made.pieces.push_back({Kind::text, 0, std::move(plain)});
    return made;
}

void Dialect::read(std::string_view path, std::string_view bytes, Dialect const* first) {
    words_.resize(static_cast<std::size_t>(Say::end));
    auto const fault = [&](std::string what) { faults_.push_back(std::string(path) + ": " + std::move(what)); };
    auto const document = json::Document::parse(bytes, path);
    if (!document) return fault(describe(document.error()));
    auto const root = document->root();
    name_ = json::text(root, "name");
    for (auto item : json::array(root, "same")) {
        auto const word = word_named(json::text(item));
        if (!word || !first) fault("no word " + std::string(json::text(item)));
        else words_[static_cast<std::size_t>(*word)] = first->words_[static_cast<std::size_t>(*word)];
    }
    simdjson::dom::object sections;
    if (root.get(sections)) return fault("no object");
    for (auto const [section, value] : sections) {
        simdjson::dom::object words;
        if (value.get(words)) continue;  // name, doc, same
        for (auto const [name, text] : words) {
            auto const word = word_named(name);
            if (!word) fault("no word " + std::string(name));
            else if (!json::is_string(text)) fault(std::string(name) + " is no text");
            else if (auto& place = words_[static_cast<std::size_t>(*word)]) fault(std::string(name) + " twice");
            else place = Wording::parse(json::text(text), true);
        }
    }
    if (!first)
        for (std::size_t i = static_cast<std::size_t>(Say::function) + 1; i < names.size(); ++i)
            if (!words_[i]) fault("lacks " + std::string(names[i]));
}

std::vector<Dialect> const& Dialect::all() {
    static auto const made = [] {
        constexpr std::string_view folder = "schema/dialects/", base = "schema/dialects/duckdb.json";
        std::vector<Dialect> all(1);
        all[0].read(base, embedded(base), nullptr);
        for (auto const& file : embedded_under(folder)) {
            if (file.path == base || !file.path.ends_with(".json")) continue;
            Dialect other;
            other.number_ = all.size();
            other.read(file.path, file.bytes, &all[0]);
            all.push_back(std::move(other));
        }
        return all;
    }();
    return made;
}

Dialect const* Dialect::find(std::string_view name) {
    for (auto const& one : all())
        if (one.name_ == name) return &one;
    return nullptr;
}

}  // namespace merlon::hunt
