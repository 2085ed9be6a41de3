#include "feeds/msrc/product.h"

#include <algorithm>

#include "base/text.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

// Takes a phrase out of a name; true when it was there.
bool take_out(std::string& name, std::string_view phrase) {
    auto const at = name.find(phrase);
    if (at == std::string::npos) return false;
    name.erase(at, phrase.size());
    return true;
}

std::string take_architecture(std::string& name) {
    struct Word {
        std::string_view phrase, architecture;
    };
    constexpr Word words[] = {
        {" for x64-based systems", "x64"},     {" for 32-bit systems", "x86"},   {" for arm64-based systems", "arm64"},
        {" for itanium-based systems", "ia64"}, {" (64-bit editions)", "x64"},    {" (32-bit editions)", "x86"},
        {" (64-bit edition)", "x64"},          {" (32-bit edition)", "x86"},     {" for 64-bit editions", "x64"},
        {" for 32-bit editions", "x86"},       {" for 64-bit systems", "x64"},
    };
    for (auto const& word : words)
        if (take_out(name, word.phrase)) return std::string(word.architecture);
    return {};
}

// The names of NVD for Windows: a release each.
std::string windows_product(std::string name) {
    take_out(name, ", 23h2 edition");
    if (name.starts_with("windows server, version ")) return "windows_server_" + name.substr(24);
    if (name == "windows 10") return "windows_10_1507";
    for (std::string_view const generation : {"windows 10 version ", "windows 11 version "})
        if (name.starts_with(generation)) return "windows_" + std::string(generation.substr(8, 2)) + "_" + name.substr(generation.size());
    return cpe_word(name);
}

std::string leading(std::string_view version, std::size_t parts) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < parts; ++i) {
        auto const dot = version.find('.', end);
        if (dot == std::string_view::npos) return std::string(version);
        end = dot + 1;
    }
    return std::string(version.substr(0, end ? end - 1 : 0));
}

}  // namespace

MsrcProduct msrc_product(std::string_view full_name) {
    MsrcProduct product;
    auto name = ascii_lower(trim(full_name));
    bool const edition_23h2 = name.find("23h2 edition") != std::string::npos;
    product.architecture = take_architecture(name);
    take_out(name, " (server core installation)");
    product.is_windows = name.starts_with("windows ") && name.find("defender") == std::string::npos &&
                         name.find("admin center") == std::string::npos && name.find("subsystem") == std::string::npos;
    product.subject.vendor = "microsoft";
    if (product.is_windows) {
        auto const pack = name.find(" service pack ");
        if (pack != std::string::npos) {
            product.subject.update = "sp" + name.substr(pack + 14);
            name.resize(pack);
        }
        product.subject.part = "o";
        product.subject.product = edition_23h2 ? "windows_server_2022_23h2" : windows_product(name);
        // One name for the two spellings of NVD.
        if (name.ends_with(" r2")) product.subject.product = cpe_word(name.substr(0, name.size() - 3)) + "_r2";
        product.subject.update = "*";
        return product;
    }
    product.subject.part = "a";
    // ".NET Framework 4.8 on Windows Server 2019": the product is what comes before.
    if (auto const on = name.find(" on windows"); on != std::string::npos) name.resize(on);
    if (name.starts_with("microsoft ")) name.erase(0, 10);
    for (std::string_view const phrase : {" (chromium-based)", " for mac", " for android", " for ios"}) {
        if (!take_out(name, phrase)) continue;
        if (phrase == " (chromium-based)") name = "edge_chromium";
        else product.subject.target_sw = phrase == " for mac" ? "macos" : phrase == " for ios" ? "iphone_os" : "android";
    }
    for (std::string_view const cut : {" service pack ", " cumulative update ", " version ", " update ", " (gdr)", " (cu"})
        if (auto const at = name.find(cut); at != std::string::npos) name.resize(at);
    // ".NET 8.0", "PowerShell 7.4": the number is the branch, which the fixed build says.
    if (name.starts_with(".net ") || name.starts_with("powershell ") || name.starts_with("asp.net core ")) {
        if (auto const at = name.find_last_of(' '); at + 1 < name.size() && name[at + 1] >= '0' && name[at + 1] <= '9') name.resize(at);
    }
    if (name.starts_with("exchange server ")) name = "exchange_server";
    product.subject.product = cpe_word(name);
    return product;
}

std::optional<VersionRange> msrc_range(MsrcProduct const& product, std::string_view fixed_build) {
    auto const digit = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
    if (fixed_build.empty() || fixed_build.size() > 40 || !std::ranges::all_of(fixed_build, digit)) return {};
    auto const dots = static_cast<std::size_t>(std::ranges::count(fixed_build, '.'));
    if (dots == 0) return {};
    VersionRange range{.scheme = product.is_windows ? "windows_build" : "windows", .to = std::string(fixed_build)};
    if (product.subject.product == "edge_chromium") return range;
    range.from = leading(fixed_build, dots >= 3 ? 3 : dots);
    // SQL Server has two branches inside one release: security-only (x.0.2nnn) and cumulative (x.0.4nnn).
    if (product.subject.product.starts_with("sql_server")) {
        auto const parts = split(fixed_build, '.');
        auto const build = parts.size() > 2 ? to_int(parts[2]).value_or(0) : 0;
        range.from = leading(fixed_build, 2) + (build >= 4000 ? ".4000" : "");
    }
    return range;
}

}  // namespace merlon::feeds
