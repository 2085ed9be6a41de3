#include <algorithm>

#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "hunt/functions/runtime/convert.h"
#include "hunt/functions/runtime/parse_pattern.h"
#include "hunt/functions/runtime/regex.h"
#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

constexpr auto npos = std::string_view::npos;

bool converts(std::string_view text, std::string_view type) {
    if (type == "long") return to_long(text).has_value();
    if (type == "int") return to_int(text).has_value();
    if (type == "real" || type == "decimal") return to_real(text).has_value();
    if (type == "bool") return to_bool(text).has_value();
    if (type == "datetime") return to_datetime(text).has_value();
    if (type == "timespan") return to_timespan(text).has_value();
    if (type == "guid") return to_guid(text).has_value();
    return true;
}

bool is_number_type(std::string_view type) { return type == "long" || type == "int"; }

// What a capture takes that has another capture right behind it: a number its digits, a text nothing.
std::size_t length_alone(std::string_view text, std::string_view type) {
    if (!is_number_type(type)) return 0;
    std::size_t at = !text.empty() && (text.front() == '-' || text.front() == '+') ? 1 : 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at;
}

}  // namespace

Result<Pattern> Pattern::read(std::string_view spec) {
    auto const padded = std::string(spec) + std::string(64, '\0');
    auto const document = TRY(json::Document::parse(std::string_view(padded).substr(0, spec.size()), "parse pattern"));
    Pattern made;
    auto const mode = json::text(document.root(), "mode");
    made.mode_ = mode == "regex" ? PatternMode::regex : mode == "relaxed" ? PatternMode::relaxed : PatternMode::simple;
    for (auto const step : json::array(document.root(), "steps")) {
        if (auto const literal = json::member(step, "lit")) made.steps_.push_back({PatternStep::literal, std::string(json::text(*literal))});
        else if (auto const column = json::member(step, "col")) made.steps_.push_back({PatternStep::capture, std::string(json::text(*column))});
        else made.steps_.push_back({PatternStep::skip, ""});
    }
    if (made.mode_ != PatternMode::regex) return made;
    // Literals are regular expressions, whose own groups shift ours; captures are named to be found again.
    auto const flags = json::text(document.root(), "flags");
    if (!flags.empty()) made.regex_ += "(?" + std::string(flags) + ")";
    int captures = 0;
    for (auto const& step : made.steps_) {
        if (step.kind == PatternStep::literal) made.regex_ += "(?:" + step.text + ")";
        else if (step.kind == PatternStep::skip) made.regex_ += ".*?";
        else made.regex_ += "(?P<merlon" + std::to_string(captures++) + ">" +
                            (is_number_type(step.text) ? "\\s*[-+]?[0-9]+\\s*" : ".*") + ")";
    }
    TRY(check_regex(made.regex_));
    auto const& names = compiled(made.regex_)->NamedCapturingGroups();
    for (int i = 0; i < captures; ++i) made.groups_.push_back(names.at("merlon" + std::to_string(i)));
    return made;
}

// Literals are found from the left, which leaves the most text for what follows; the last one must end the text.
bool Pattern::match_plainly(std::string_view text, std::vector<std::string_view>& captured) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        auto const& step = steps_[i];
        bool const last = i + 1 == steps_.size();
        if (step.kind == PatternStep::literal) {  // at the front, or behind another literal
            if (text.substr(at, step.text.size()) != step.text) return false;
            at += step.text.size();
            if (last && at != text.size()) return false;
            continue;
        }
        auto end = text.size();
        auto after = text.size();
        if (!last && steps_[i + 1].kind == PatternStep::literal) {
            auto const& literal = steps_[i + 1].text;
            if (i + 2 == steps_.size()) {  // anchored at the end
                if (text.size() < at + literal.size() || !text.ends_with(literal)) return false;
                end = text.size() - literal.size();
            } else {
                end = text.find(literal, at);
                if (end == npos) return false;
                after = end + literal.size();
            }
            if (step.kind == PatternStep::capture) captured.push_back(text.substr(at, end - at));
            at = after;
            ++i;
            continue;
        }
        if (!last) end = at + (step.kind == PatternStep::capture ? length_alone(text.substr(at), step.text) : 0);
        if (step.kind == PatternStep::capture) captured.push_back(text.substr(at, end - at));
        at = end;
    }
    return true;
}

bool Pattern::match_regex(std::string_view text, std::vector<std::string_view>& captured) const {
    auto const regex = compiled(regex_);
    std::vector<re2::StringPiece> found(static_cast<std::size_t>(regex->NumberOfCapturingGroups()) + 1);
    if (!regex->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, found.data(),
                      static_cast<int>(found.size())))
        return false;
    for (auto const group : groups_) {
        auto const& piece = found[static_cast<std::size_t>(group)];
        captured.emplace_back(piece.data(), piece.size());
    }
    return true;
}

bool Pattern::match(std::string_view text, std::string& json) const {
    thread_local std::vector<std::string_view> captured;
    captured.clear();
    if (!(mode_ == PatternMode::regex ? match_regex(text, captured) : match_plainly(text, captured))) return false;
    if (mode_ != PatternMode::relaxed) {
        std::size_t place = 0;
        for (auto const& step : steps_)
            if (step.kind == PatternStep::capture && !converts(captured[place++], step.text)) return false;
    }
    json += '[';
    for (std::size_t i = 0; i < captured.size(); ++i) {
        if (i > 0) json += ',';
        append_json_string(json, captured[i]);
    }
    json += ']';
    return true;
}

Result<KeyValueReader> KeyValueReader::read(std::string_view spec) {
    auto const padded = std::string(spec) + std::string(64, '\0');
    auto const document = TRY(json::Document::parse(std::string_view(padded).substr(0, spec.size()), "parse-kv options"));
    auto const root = document.root();
    KeyValueReader made;
    made.pair_ = json::text(root, "pair");
    made.kv_ = json::text(root, "kv");
    made.escape_ = json::text(root, "escape");
    made.regex_ = json::text(root, "regex");
    made.greedy_ = json::boolean(root, "greedy").value_or(false);
    for (auto const pair : json::array(root, "quotes")) {
        std::vector<std::string> ends;
        for (auto const end : json::array(pair)) ends.emplace_back(json::text(end));
        if (ends.size() == 2 && !ends[0].empty()) made.quotes_.emplace_back(ends[0], ends[1]);
    }
    for (auto const key : json::array(root, "keys")) made.keys_.emplace_back(json::text(key));
    if (!made.regex_.empty()) TRY(check_regex(made.regex_));
    return made;
}

namespace {

// Reads a text up to one of `ends`, or a quoted one; blanks around it go.
class KeyValueCursor {
public:
    KeyValueCursor(std::string_view text, std::vector<std::pair<std::string, std::string>> const& quotes,
                   std::string_view escape)
        : text_(text), quotes_(quotes), escape_(escape) {}

    bool done() const { return at_ >= text_.size(); }
    bool take(std::string_view sign) {
        if (sign.empty() || !text_.substr(at_).starts_with(sign)) return false;
        at_ += sign.size();
        return true;
    }
    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    std::size_t place() const { return at_; }
    void move(std::size_t to) { at_ = to; }

    // A quoted text or a run of letters, digits and underscores; nothing after passing over one other sign.
    std::optional<std::string> word() {
        for (auto const& [open, close] : quotes_)
            if (text_.substr(at_).starts_with(open)) return item({}, {});
        auto const start = at_;
        while (!done()) {
            auto const [code, next] = decode_at(text_, at_);
            if (!is_term_character(code) && code != '_') break;
            at_ = next;
        }
        if (at_ > start) return std::string(text_.substr(start, at_ - start));
        ++at_;
        return {};
    }

    std::string item(std::string_view end, std::string_view other_end) {
        auto const start = at_;
        skip_blanks();
        for (auto const& [open, close] : quotes_)
            if (take(open)) {
                std::string out;
                while (!done() && !text_.substr(at_).starts_with(close)) {
                    if (!escape_.empty() && text_.substr(at_).starts_with(escape_) && at_ + escape_.size() < text_.size())
                        at_ += escape_.size();
                    out += text_[at_++];
                }
                take(close);
                return out;
            }
        at_ = start;
        auto stop = text_.size();
        for (auto const sign : {end, other_end})
            if (!sign.empty()) stop = std::min(stop, text_.find(sign, at_));
        auto const found = text_.substr(at_, stop - at_);
        at_ = stop;
        return std::string(trim(found));
    }

private:
    std::string_view text_;
    std::vector<std::pair<std::string, std::string>> const& quotes_;
    std::string_view escape_;
    std::size_t at_ = 0;
};

}  // namespace

void KeyValueReader::match(std::string_view text, std::string& json) const {
    std::vector<std::optional<std::string>> values(keys_.size());
    auto const keep = [&](std::string_view key, std::string value) {
        for (std::size_t i = 0; i < keys_.size(); ++i)
            if (keys_[i] == key && !values[i]) values[i] = std::move(value);
    };
    if (!regex_.empty()) {
        auto const regex = compiled(regex_);
        std::string all;
        std::string key, value;
        if (extract_all(*regex, {}, text, all))
            each_element(all, [&](Json pair) {
                keep(json_text(json_element(pair, 0), key), std::string(json_text(json_element(pair, 1), value)));
                return true;
            });
    } else if (greedy_) {
        // A value ends where the next wanted key begins.
        struct Place {
            std::size_t start, value;
            std::string_view key;
        };
        std::vector<Place> places;
        for (auto const& key : keys_) {
            auto const mark = key + kv_;
            for (auto at = text.find(mark); at != npos; at = text.find(mark, at + 1))
                if (at == 0 || text.substr(0, at).ends_with(pair_)) {
                    places.push_back({at, at + mark.size(), key});
                    break;
                }
        }
        std::sort(places.begin(), places.end(), [](Place const& a, Place const& b) { return a.start < b.start; });
        for (std::size_t i = 0; i < places.size(); ++i) {
            auto const end = i + 1 < places.size() ? places[i + 1].start : text.size();
            auto value = text.substr(places[i].value, end - places[i].value);
            if (i + 1 < places.size() && value.ends_with(pair_)) value.remove_suffix(pair_.size());
            keep(places[i].key, std::string(trim(value)));
        }
    } else if (pair_.empty() && kv_.empty()) {
        // No delimiters given: words stand one after the other, a key's value is the word behind it.
        std::vector<std::string> words;
        KeyValueCursor cursor(text, quotes_, escape_);
        while (!cursor.done())
            if (auto word = cursor.word()) words.push_back(std::move(*word));
        for (std::size_t i = 0; i + 1 < words.size(); ++i) keep(words[i], words[i + 1]);
    } else {
        KeyValueCursor cursor(text, quotes_, escape_);
        while (!cursor.done()) {
            auto const start = cursor.place();
            auto key = cursor.item(kv_, pair_);
            cursor.skip_blanks();
            if (cursor.take(kv_)) keep(key, cursor.item(pair_, {}));
            cursor.skip_blanks();
            if (!cursor.take(pair_) && cursor.place() == start) cursor.move(start + 1);
        }
    }
    json += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) json += ',';
        if (values[i]) append_json_string(json, *values[i]);
        else json += "null";
    }
    json += ']';
}

}  // namespace merlon::hunt
