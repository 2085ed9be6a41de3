// Python: PEP 440 with all its spellings. Order inside one release: .devN < aN < bN < rcN < final < .postN, each with
// its own .dev before it, local versions after the public one. Text that is no PEP 440 version sorts below all valid
// ones, among themselves as setuptools' LegacyVersion did.
#include <optional>
#include <vector>

#include "match/versions/key_bytes.h"
#include "match/versions/schemes.h"

namespace merlon::match {
namespace {

struct Pep440 {
    std::string_view epoch = "0";
    std::vector<std::string_view> release;
    int phase = 9;  // 1 a, 2 b, 3 rc, 9 none
    std::string_view phase_number = "0";
    std::optional<std::string_view> post, dev;
    std::string_view local;
};

bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

// [-_.]? word [-_.]? digits*
std::optional<std::string_view> take_word(std::string_view text, std::size_t& at, std::string_view word) {
    std::size_t look = at;
    if (look < text.size() && is_separator(text[look])) ++look;
    if (!text.substr(look).starts_with(word)) return {};
    look += word.size();
    std::size_t number_at = look;
    if (number_at < text.size() && is_separator(text[number_at])) ++number_at;
    auto number = take_digits(text, number_at);
    if (number.empty()) {
        // The separator belongs to what follows.
        at = look;
        return "0";
    }
    at = number_at;
    return number;
}

void take_pre_release(std::string_view text, std::size_t& at, Pep440& version) {
    struct Word {
        std::string_view text;
        int phase;
    };
    static constexpr std::array<Word, 8> words{{{"alpha", 1}, {"a", 1}, {"beta", 2}, {"b", 2}, {"preview", 3},
                                                {"pre", 3}, {"rc", 3}, {"c", 3}}};
    for (auto const& word : words) {
        std::size_t look = at;
        auto const number = take_word(text, look, word.text);
        if (!number) continue;
        if (look < text.size() && is_letter(text[look]) && !text.substr(look).starts_with("post") &&
            !text.substr(look).starts_with("dev") && !text.substr(look).starts_with("r"))
            continue;
        at = look;
        version.phase = word.phase;
        version.phase_number = *number;
        return;
    }
}

std::optional<Pep440> parse(std::string_view text) {
    Pep440 version;
    std::size_t at = 0;
    if (at < text.size() && text[at] == 'v') ++at;
    auto number = take_digits(text, at);
    if (number.empty()) return {};
    if (at < text.size() && text[at] == '!') {
        version.epoch = number;
        number = take_digits(text, ++at);
        if (number.empty()) return {};
    }
    version.release.push_back(number);
    while (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
        ++at;
        version.release.push_back(take_digits(text, at));
    }
    take_pre_release(text, at, version);
    if (at + 1 < text.size() && text[at] == '-' && is_digit(text[at + 1])) {
        ++at;
        version.post = take_digits(text, at);
    } else {
        for (std::string_view const word : {"post", "rev", "r"})
            if ((version.post = take_word(text, at, word))) break;
    }
    version.dev = take_word(text, at, "dev");
    if (at < text.size() && text[at] == '+') {
        version.local = text.substr(at + 1);
        if (version.local.empty()) return {};
        for (char const c : version.local)
            if (!is_digit(c) && !is_lower(c) && !is_separator(c)) return {};
        at = text.size();
    }
    if (at != text.size()) return {};
    return version;
}

void put_local(std::string& out, std::string_view local) {
    for (std::size_t at = 0; at < local.size();) {
        std::size_t end = at;
        while (end < local.size() && !is_separator(local[end])) ++end;
        auto const part = local.substr(at, end - at);
        bool const number = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
        put(out, number ? 2 : 1);
        if (number) put_number(out, part);
        else put_text(out, part);
        at = end + 1;
    }
    put(out, 0);
}

void put_valid(std::string& out, Pep440 const& version) {
    put(out, 1);
    put_number(out, version.epoch);
    auto count = version.release.size();
    while (count > 0 && version.release[count - 1].find_first_not_of('0') == std::string_view::npos) --count;
    for (std::size_t i = 0; i < count; ++i) {
        put(out, 1);
        put_number(out, version.release[i]);
    }
    put(out, 0);
    bool const only_dev = version.phase == 9 && !version.post && version.dev;
    put(out, only_dev ? 0U : static_cast<unsigned>(version.phase));
    put_number(out, version.phase_number);
    put(out, version.post ? 1 : 0);
    if (version.post) put_number(out, *version.post);
    put(out, version.dev ? 0 : 1);
    if (version.dev) put_number(out, *version.dev);
    put(out, version.local.empty() ? 0 : 1);
    if (!version.local.empty()) put_local(out, version.local);
}

// packaging 21's LegacyVersion: parts of digits or letters, "pre", "preview", "rc" are "c", "dev" is "@", "-" is
// "final-"; digits filled to eight places, other parts behind "*"; trailing zeros fall away before "final".
void put_legacy(std::string& out, std::string_view text) {
    std::vector<std::string> parts;
    auto const add = [&](std::string part) {
        if (part.starts_with('*')) {
            if (part < "*final")
                while (!parts.empty() && parts.back() == "*final-") parts.pop_back();
            while (!parts.empty() && parts.back() == "00000000") parts.pop_back();
        }
        parts.push_back(std::move(part));
    };
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        if (is_digit(text[at])) {
            while (end < text.size() && is_digit(text[end])) ++end;
            std::string digits(text.substr(at, end - at));
            if (digits.size() < 8) digits.insert(0, 8 - digits.size(), '0');
            add(std::move(digits));
        } else if (text[at] != '.') {
            if (is_lower(text[at])) while (end < text.size() && is_lower(text[end])) ++end;
            else if (text[at] != '-') while (end < text.size() && !is_digit(text[end]) && !is_lower(text[end]) &&
                                             text[end] != '.' && text[end] != '-') ++end;
            auto const word = text.substr(at, end - at);
            if (word == "pre" || word == "preview" || word == "rc") add("*c");
            else if (word == "-") add("*final-");
            else if (word == "dev") add("*@");
            else add("*" + std::string(word));
        }
        at = end;
    }
    add("*final");
    put(out, 0);
    for (auto const& part : parts) {
        put(out, 1);
        put_text(out, part);
    }
    put(out, 0);
}

}  // namespace

void pep440_key(std::string& out, std::string_view version) {
    auto const blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!version.empty() && blank(version.front())) version.remove_prefix(1);
    while (!version.empty() && blank(version.back())) version.remove_suffix(1);
    std::string folded(version);
    for (auto& c : folded) c = lower(c);
    if (auto const parsed = parse(folded)) put_valid(out, *parsed);
    else put_legacy(out, folded);
}

}  // namespace merlon::match
