#include "match/identity/clean.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "match/versions/key_bytes.h"

namespace merlon::match {
namespace {

template <std::size_t N>
bool among(std::array<std::string_view, N> const& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 30> architecture_words{
    {"x64", "x86", "amd64", "arm64", "x86_64", "win32", "win64", "i386", "i686", "aarch64", "arm", "64bit", "32bit",
     "64", "32", "bit", "bits", "msi", "exe", "installer", "setup", "edition", "app", "version", "build", "release",
     "user", "portable", "machine", "systemwide"}};

constexpr std::array<std::string_view, 44> company_words{
    {"inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "gmbh", "ag", "sa", "sas",
     "srl", "bv", "ab", "oy", "as", "aps", "kg", "plc", "pty", "pvt", "software", "softwares", "foundation",
     "technologies", "technology", "systems", "labs", "team", "project", "group", "international", "development",
     "community", "developers", "the", "and", "contributors", "networks", "solutions", "org", "com"}};

constexpr std::array<std::string_view, 34> domain_words{
    {"com", "org", "net", "io", "dev", "app", "apps", "co", "de", "us", "uk", "fr", "ch", "at", "ai", "me", "edu",
     "gov", "eu", "nl", "se", "jp", "cn", "ru", "info", "biz", "tv", "mac", "macos", "osx", "desktop", "electron",
     "www", "github"}};

constexpr std::array<std::string_view, 3> trade_marks{{"®", "™", "©"}};

bool language_code(std::string_view word) {
    // en-US, de-de, sv-se, zh-Hans
    return word.size() == 5 && word[2] == '-' && is_letter(word[0]) && is_letter(word[1]) && is_letter(word[3]) &&
           is_letter(word[4]);
}

constexpr std::array<std::string_view, 60> product_words{
    {"alpha", "app", "application", "basic", "beta", "business", "canary", "ce", "client", "community", "current",
     "desktop", "dev", "developer", "edition", "ee", "english", "enterprise", "esr", "express", "for", "free",
     "home", "individual", "insiders", "lite", "lts", "ltsc", "mac", "macos", "mui", "multilingual",
     "nightly", "only", "or", "osx", "personal", "plus", "portable", "premium", "preview", "pro", "professional",
     "program", "rc", "release", "remove", "repair", "server", "snapshot", "software", "stable", "standard",
     "suite", "team", "trial", "ultimate", "user", "version", "windows"}};
// What a thing is that another extends: "Dell Update - SupportAssist Update Plugin", also where a remark stands.
constexpr std::array<std::string_view, 14> extending_words{
    {"plugin", "addin", "addon", "extension", "extensions", "updater", "sdk", "theme", "themes", "skin", "skins", "toolkit", "driver", "samples"}};
// What numbers stand behind: "SP1", "R2", "Update4" with the number in the same word.
constexpr std::array<std::string_view, 13> numbered_words{
    {"sp", "r", "rc", "u", "update", "cu", "fp", "b", "build", "beta", "alpha", "rev", "hotfix"}};

bool looks_like_version(std::string_view word) {
    if (word.starts_with('v') && word.size() > 1) word.remove_prefix(1);
    if (word.empty() || !is_digit(word.front())) return false;
    bool dotted = false;
    for (char const c : word) {
        if (c == '.') dotted = true;
        else if (!is_digit(c) && !is_letter(c) && c != '-' && c != '_' && c != '+') return false;
    }
    bool const digits_only = word.find_first_not_of("0123456789.") == std::string_view::npos;
    return dotted || digits_only;
}

std::string_view without_brackets(std::string_view name, std::string& out) {
    int depth = 0;
    for (char const c : name) {
        if (c == '(' || c == '[' || c == '{') ++depth;
        else if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
        else if (depth == 0) out += c;
    }
    return out;
}

std::vector<std::string> blank_split(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (char const c : text) {
        if (c == ' ' || c == '\t' || c == '/' || c == ',' || c == '_') {
            if (!word.empty()) words.push_back(std::exchange(word, {}));
        } else {
            word += lower(c);
        }
    }
    if (!word.empty()) words.push_back(word);
    return words;
}

}  // namespace

std::string squeezed(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        // "Intel® Unison™" is Intel Unison.
        auto const mark = std::ranges::find_if(trade_marks, [&](auto const& it) { return text.substr(i).starts_with(it); });
        if (mark != trade_marks.end()) {
            i += mark->size() - 1;
            continue;
        }
        char const c = text[i];
        if (is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80 || c == '+' || c == '#') out += lower(c);
    }
    return out;
}

std::string with_underscores(std::string_view text) {
    std::string out;
    for (char const c : trim(text)) {
        bool const plain = is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80 || c == '.' ||
                           c == '-' || c == '+';
        if (plain) out += lower(c);
        else if (!out.empty() && out.back() != '_') out += '_';
    }
    while (!out.empty() && (out.back() == '_' || out.back() == '.')) out.pop_back();
    return out;
}

std::vector<std::string> name_words(std::string_view name) {
    std::string outside;
    without_brackets(name, outside);
    std::string_view text = trim(outside);
    if (text.size() > 4 && equal_ignoring_ascii_case(text.substr(text.size() - 4), ".app")) text.remove_suffix(4);
    // "Product - what it does", "Product: what it does", "Product – what it does".
    for (std::string_view const mark : {" - ", ": ", " – ", " — ", " | "}) {
        auto const cut = text.find(mark);
        if (cut == std::string_view::npos || cut == 0) continue;
        auto const extends = [](std::string_view word) { return among(extending_words, std::string_view(squeezed(word))); };
        if (std::ranges::none_of(blank_split(text.substr(cut)), extends)) text = text.substr(0, cut);
    }
    std::vector<std::string> words;
    for (auto& word : blank_split(text)) {
        if (language_code(word)) continue;
        auto const plain = squeezed(word);
        if (plain.empty() || among(architecture_words, std::string_view(plain)) || plain == "x8664") continue;
        // A number is part of the name when it comes first ("1Password", "7-Zip", "3D ...").
        if (!words.empty() && looks_like_version(word)) continue;
        words.push_back(word);
    }
    return words;
}

bool leaves_product(std::string_view word) {
    auto const digits = word.find_first_of("0123456789");
    if (digits == std::string_view::npos) return among(product_words, word);
    if (word.find_first_not_of("0123456789+#") == std::string_view::npos) return true;
    return word.find_first_not_of("0123456789", digits) == std::string_view::npos && among(numbered_words, word.substr(0, digits));
}

bool only_the_same_product_follows(std::string_view name, std::size_t end) {
    constexpr std::string_view between = " \t/,_:([{";
    // What was recognised may end inside of a word: "keepass 2" of "keepass 2.45", "tortoisegit" of "tortoisegitmerge".
    if (end > 0 && end < name.size() && !between.contains(name[end - 1]) && !between.contains(name[end])) {
        auto const begin = name.find_last_of(between, end - 1) + 1;
        auto const stop = std::min(name.find_first_of(between, end), name.size());
        auto const left = squeezed(name.substr(end, stop - end));
        if (!left.empty() && !leaves_product(left) && !among(architecture_words, std::string_view(left)) &&
            !looks_like_version(name.substr(begin, stop - begin)))
            return false;
        end = stop;
    }
    // The name itself stands as one word, so that versions behind it are no beginning of a name.
    auto const words = name_words("name" + std::string(name.substr(end)));
    return std::all_of(words.begin() + 1, words.end(), [](auto const& word) { return leaves_product(squeezed(word)); });
}

std::vector<std::string> vendor_words(std::string_view vendor) {
    std::string_view text = vendor.substr(0, vendor.find('<'));
    std::vector<std::string> words;
    for (auto const& word : blank_split(trim(text).empty() ? vendor : text)) {
        auto const plain = squeezed(word);
        if (plain.empty() || among(company_words, std::string_view(plain))) continue;
        words.push_back(plain);
    }
    // contact@grafana.com -> grafana
    if (words.size() == 1 && vendor.find('@') != std::string_view::npos) {
        auto domain = vendor.substr(vendor.find('@') + 1);
        domain = domain.substr(0, domain.find_first_of(">. "));
        words = {squeezed(domain)};
    }
    return words;
}

std::vector<std::string> bundle_words(std::string_view bundle_id) {
    std::vector<std::string> words;
    for (auto const part : split(bundle_id, '.')) {
        auto const plain = squeezed(part);
        if (plain.empty() || among(domain_words, std::string_view(plain))) continue;
        words.push_back(plain);
    }
    return words;
}

std::vector<std::string> bundle_makers(std::string_view bundle_id) {
    auto words = bundle_words(bundle_id);
    if (words.size() > 1) words.pop_back();
    return words;
}

std::string version_in_name(std::string_view name) {
    std::string outside;
    without_brackets(name, outside);
    std::string found;
    for (auto const& word : blank_split(outside))
        if (looks_like_version(word)) found = word.starts_with('v') ? word.substr(1) : word;
    return found;
}

std::string clean_version(std::string_view version, std::string_view source) {
    std::string_view text = trim(version);
    if (source == "deb" || source == "rpm" || source == "apk" || source == "pacman") {
        if (auto const colon = text.find(':'); colon != std::string_view::npos && colon < 4) text.remove_prefix(colon + 1);
        if (auto const hyphen = text.rfind('-'); hyphen != std::string_view::npos && hyphen > 0) text = text.substr(0, hyphen);
        // What packagers add to the upstream version: 1.2+dfsg, 1.2~ubuntu.
        for (std::string_view const mark : {"+dfsg", "~dfsg", "+ds", "+really", "~ubuntu", "~deb"})
            if (auto const at = text.find(mark); at != std::string_view::npos) text = text.substr(0, at);
    }
    if (source == "homebrew") {
        text = text.substr(0, text.find(','));
        if (auto const mark = text.rfind('_');
            mark != std::string_view::npos && mark + 1 < text.size() &&
            text.substr(mark + 1).find_first_not_of("0123456789") == std::string_view::npos)
            text = text.substr(0, mark);
    }
    if (auto const bracket = text.find(" ("); bracket != std::string_view::npos) text = text.substr(0, bracket);
    if (text.size() > 1 && (text[0] == 'v' || text[0] == 'V') && is_digit(text[1])) text.remove_prefix(1);
    return std::string(trim(text));
}

std::string package_version(std::string_view type, std::string_view version) {
    if (type == "bitnami") {
        auto const dash = version.rfind('-');
        bool const revision = dash != std::string_view::npos && dash + 1 < version.size() && version.find_first_not_of("0123456789", dash + 1) == std::string_view::npos;
        return std::string(version.substr(0, revision ? dash : version.size()));
    }
    // Gem::Platform: CPU, then system; or one word.
    constexpr std::array<std::string_view, 19> platforms{{"x86_64", "x86-", "x86", "x64", "amd64", "aarch64", "arm64", "arm-", "armv", "i386", "i486", "i586", "i686",
                                                          "universal", "java", "jruby", "mswin", "mingw", "ppc64le"}};
    if (type == "gem")
        if (auto const dash = version.find('-'); dash != std::string_view::npos)
            for (auto const platform : platforms)
                if (version.substr(dash + 1).starts_with(platform)) return std::string(version.substr(0, dash));
    return std::string(version);
}

namespace {

std::vector<std::string> numbers_of(std::string_view version) {
    std::vector<std::string> numbers;
    for (auto const part : split(version, '.')) numbers.emplace_back(part);
    return numbers;
}

std::string python_windows(std::string_view version) {
    auto const numbers = numbers_of(version);
    if (numbers.size() < 3) return std::string(version);
    auto const field = to_int(numbers[2]);
    if (!field || *field < 100) return std::string(version);
    auto const patch = *field / 1000;
    auto const level = (*field % 1000) / 10;
    auto const serial = *field % 10;
    std::string out = numbers[0] + "." + numbers[1] + "." + std::to_string(patch);
    if (level == 10) out += " update alpha" + std::to_string(serial);
    if (level == 11) out += " update beta" + std::to_string(serial);
    if (level == 12) out += " update rc" + std::to_string(serial);
    return out;
}

std::string year_month(std::string_view version) {
    auto const numbers = numbers_of(version);
    if (numbers.size() < 2 || numbers[0].size() != 2) return std::string(version);
    std::string out = numbers[0] + (numbers[1].size() == 1 ? "0" : "") + numbers[1];
    for (std::size_t i = 2; i < numbers.size(); ++i) out += "." + numbers[i];
    return out;
}

std::string minio_date(std::string_view version) {
    std::string digits;
    for (char const c : version)
        if (is_digit(c)) digits += c;
    if (digits.size() != 14) return std::string(version);
    auto const part = [&](std::size_t at, std::size_t length) { return digits.substr(at, length); };
    return part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(8, 2) + "-" + part(10, 2) + "-" + part(12, 2) +
           "Z";
}

std::string java_update(std::string_view version) {
    // 1.8.0_401-b10 of the file and of rpm packages, 8u401 of the download page.
    for (std::string_view const release : {"6", "7", "8"})
        for (auto const& begin : {"1." + std::string(release) + ".0_", std::string(release) + "u"}) {
            if (!version.starts_with(begin)) continue;
            auto const number = version.substr(begin.size(), version.find_first_not_of("0123456789", begin.size()) - begin.size());
            if (!number.empty()) return "1." + std::string(release) + ".0 update" + std::string(number);
        }
    auto const numbers = numbers_of(version);
    bool const old = numbers.size() >= 3 && (numbers[0] == "6" || numbers[0] == "7" || numbers[0] == "8");
    if (!old || numbers[2].size() < 2) return std::string(version);
    // 8.0.3010.9, 7.0.800: the update number times ten.
    auto const update = to_int(numbers[2]);
    if (!update || *update % 10 != 0) return std::string(version);
    return "1." + numbers[0] + ".0 update" + std::to_string(*update / 10);
}

}  // namespace

std::string fixed_version(std::string_view fix, std::string_view version) {
    if (fix == "python_windows") return python_windows(version);
    if (fix == "year_month") return year_month(version);
    if (fix == "minio_date") return minio_date(version);
    if (fix == "java_update") return java_update(version);
    return std::string(version);
}

}  // namespace merlon::match
