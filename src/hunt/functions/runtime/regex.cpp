#include "hunt/functions/runtime/regex.h"

#include <mutex>
#include <unordered_map>

#include "base/json_text.h"
#include "hunt/functions/runtime/unicode.h"

namespace merlon::hunt {

namespace {

constexpr std::size_t most_patterns = 512;
constexpr std::int64_t regex_memory_bytes = std::int64_t{64} << 20;

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(re2::StringPiece text) { return {text.data(), text.size()}; }

// What a class escape means in KQL, inside and outside of brackets; nothing for the ones RE2 reads alike.
std::string_view class_of(char escape, bool in_brackets) {
    switch (escape) {
    case 'd': return "\\p{Nd}";
    case 'D': return "\\P{Nd}";
    case 'w': return in_brackets ? "\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}" : "[\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}]";
    case 'W': return in_brackets ? std::string_view{} : "[^\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}]";
    case 's': return in_brackets ? "\\t\\n\\v\\f\\r\\x{85}\\p{Z}" : "[\\t\\n\\v\\f\\r\\x{85}\\p{Z}]";
    case 'S': return in_brackets ? std::string_view{} : "[^\\t\\n\\v\\f\\r\\x{85}\\p{Z}]";
    case '_': return "_";
    default: return {};
    }
}

}  // namespace

std::string to_re2(std::string_view pattern) {
    std::string out;
    out.reserve(pattern.size() + 16);
    bool in_brackets = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        char const c = pattern[i];
        if (c == '\\' && i + 1 < pattern.size()) {
            char const next = pattern[++i];
            if (next == 'Q') {  // quoted up to \E
                auto end = pattern.find("\\E", i);
                if (end == std::string_view::npos) end = pattern.size();
                out.append(pattern.substr(i - 1, end - i + 1));
                i = end - 1;
                continue;
            }
            auto const meaning = class_of(next, in_brackets);
            if (meaning.empty()) (out += c) += next;
            else out += meaning;
            continue;
        }
        if (!in_brackets && c == '[') {
            in_brackets = true;
            out += c;
            if (i + 1 < pattern.size() && pattern[i + 1] == '^') out += pattern[++i];
            if (i + 1 < pattern.size() && pattern[i + 1] == ']') out += pattern[++i];
            continue;
        }
        if (in_brackets && c == '[' && i + 1 < pattern.size() && pattern[i + 1] == ':') {  // [[:alpha:]]
            auto const end = pattern.find(":]", i);
            if (end != std::string_view::npos) {
                out.append(pattern.substr(i, end + 2 - i));
                i = end + 1;
                continue;
            }
        }
        if (in_brackets && c == ']') in_brackets = false;
        if (!in_brackets && c == '(' && pattern.substr(i, 3) == "(?<" && i + 3 < pattern.size() &&
            pattern[i + 3] != '=' && pattern[i + 3] != '!') {
            out += "(?P<";
            i += 2;
            continue;
        }
        out += c;
    }
    return out;
}

namespace {

std::shared_ptr<RE2 const> from_cache(std::string const& key, std::string const& re2_pattern) {
    static std::mutex mutex;
    static std::unordered_map<std::string, std::shared_ptr<RE2 const>> cache;
    std::lock_guard const lock(mutex);
    if (auto const found = cache.find(key); found != cache.end()) return found->second;
    if (cache.size() >= most_patterns) cache.clear();
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(regex_memory_bytes);
    auto made = std::make_shared<RE2 const>(re2_pattern, options);
    cache.emplace(key, made);
    return made;
}

}  // namespace

std::shared_ptr<RE2 const> compiled(std::string_view pattern) {
    return from_cache(std::string(pattern), to_re2(pattern));
}

Status check_regex(std::string_view pattern) {
    auto const regex = compiled(pattern);
    if (!regex->ok()) return fail("hunt.bad_regex", std::string(pattern), regex->error());
    return {};
}

bool matches(RE2 const& regex, std::string_view text) {
    return regex.ok() && regex.Match(piece(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

std::string_view extract(RE2 const& regex, std::int64_t group, std::string_view text) {
    if (!regex.ok() || group < 0 || group > regex.NumberOfCapturingGroups()) return {};
    re2::StringPiece found[17];
    auto const wanted = static_cast<int>(group) + 1;
    if (wanted > 17) return {};
    if (!regex.Match(piece(text), 0, text.size(), RE2::UNANCHORED, found, wanted)) return {};
    return view(found[group]);
}

namespace {

// Calls `take(groups)` for each match, left to right; after an empty match the search goes on one character later.
template <typename Take>
void each_match(RE2 const& regex, std::string_view text, int groups, Take take) {
    std::vector<re2::StringPiece> found(static_cast<std::size_t>(groups) + 1);
    std::size_t at = 0;
    while (at <= text.size() &&
           regex.Match(piece(text), at, text.size(), RE2::UNANCHORED, found.data(), groups + 1)) {
        if (!take(found)) return;
        auto const begin = static_cast<std::size_t>(found[0].data() - text.data());
        auto const end = begin + found[0].size();
        if (end > begin) {
            at = end;
        } else {
            if (end >= text.size()) return;
            at = decode_at(text, end).next;
        }
    }
}

}  // namespace

bool extract_all(RE2 const& regex, std::span<int const> wanted, std::string_view text, std::string& json) {
    auto const groups = regex.ok() ? regex.NumberOfCapturingGroups() : 0;
    if (groups == 0) return false;
    std::vector<int> picked(wanted.begin(), wanted.end());
    if (picked.empty())
        for (int i = 1; i <= groups; ++i) picked.push_back(i);
    bool any = false;
    auto const start = json.size();
    each_match(regex, text, groups, [&](std::vector<re2::StringPiece> const& found) {
        json += any ? ',' : '[';
        any = true;
        if (picked.size() > 1) json += '[';
        for (std::size_t i = 0; i < picked.size(); ++i) {
            if (i > 0) json += ',';
            auto const group = picked[i];
            append_json_string(json, group >= 0 && group <= groups ? view(found[static_cast<std::size_t>(group)])
                                                                    : std::string_view{});
        }
        if (picked.size() > 1) json += ']';
        return true;
    });
    if (!any) {
        json.resize(start);
        return false;
    }
    json += ']';
    return true;
}

void replace_regex(RE2 const& regex, std::string_view text, std::string_view rewrite, std::string& out) {
    if (!regex.ok()) {
        out += text;
        return;
    }
    auto const groups = regex.NumberOfCapturingGroups();
    std::size_t copied = 0;
    each_match(regex, text, groups, [&](std::vector<re2::StringPiece> const& found) {
        auto const begin = static_cast<std::size_t>(found[0].data() - text.data());
        out += text.substr(copied, begin - copied);
        for (std::size_t i = 0; i < rewrite.size(); ++i) {
            if (rewrite[i] != '\\' || i + 1 == rewrite.size()) {
                out += rewrite[i];
                continue;
            }
            char const next = rewrite[++i];
            if (next >= '0' && next <= '9') {
                auto const group = static_cast<std::size_t>(next - '0');
                if (group < found.size()) out += view(found[group]);
            } else {
                out += next;
            }
        }
        copied = begin + found[0].size();
        return true;
    });
    out += text.substr(copied);
}

std::int64_t count_matches(RE2 const& regex, std::string_view text) {
    std::int64_t count = 0;
    if (regex.ok()) each_match(regex, text, 0, [&](auto const&) { return ++count, true; });
    return count;
}

std::int64_t index_of_match(RE2 const& regex, std::string_view text, std::int64_t start, std::int64_t length,
                            std::int64_t occurrence) {
    if (!regex.ok() || occurrence < 1) return -1;
    auto const size = static_cast<std::int64_t>(count_code_points(text));
    if (start < 0) start = std::max<std::int64_t>(0, size + start);
    if (start > size) return -1;
    auto const end = length < 0 ? size : std::min(size, start + std::min(length, size));
    auto const begin_byte = byte_offset(text, static_cast<std::size_t>(start));
    auto const end_byte = byte_offset(text, static_cast<std::size_t>(end));
    auto const part = text.substr(begin_byte, end_byte - begin_byte);
    std::int64_t place = -1;
    each_match(regex, part, 0, [&](std::vector<re2::StringPiece> const& found) {
        if (--occurrence > 0) return true;
        auto const at = static_cast<std::size_t>(found[0].data() - part.data());
        place = start + static_cast<std::int64_t>(count_code_points(part.substr(0, at)));
        return false;
    });
    return place;
}

std::string_view trim_regex(std::string_view pattern, TrimEnd where, std::string_view text) {
    if (where != TrimEnd::end) {
        auto const regex = compiled(pattern);
        re2::StringPiece found;
        if (regex->ok() && regex->Match(piece(text), 0, text.size(), RE2::ANCHOR_START, &found, 1))
            text.remove_prefix(found.size());
    }
    if (where != TrimEnd::start) {
        std::string key = "end of text:";
        key += pattern;
        auto const regex = from_cache(key, "(?:" + to_re2(pattern) + ")\\z");
        re2::StringPiece found;
        if (regex->ok() && regex->Match(piece(text), 0, text.size(), RE2::UNANCHORED, &found, 1))
            text.remove_suffix(found.size());
    }
    return text;
}

std::string regex_quote(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (std::string_view("\\.+*?()|[]{}^$#-").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

}  // namespace merlon::hunt
