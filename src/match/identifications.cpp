#include "match/identifications.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json_read.h"
#include "base/json_text.h"
#include "match/evidence.h"

namespace merlon::match {
namespace {

Result<SoftwareKey> key_of_line(std::string_view line, std::string const& where) {
    auto const document = TRY(json::Document::parse(line, where));
    auto const root = document.root();
    SoftwareKey key;
    auto& item = key.item;
    item.source = "programs";
    for (auto const& [member, place] :
         {std::pair{"name", &item.name}, {"vendor", &item.vendor}, {"version", &item.version}, {"platform", &key.platform},
          {"source", &item.source}, {"bundle_id", &item.bundle_id}, {"edition", &item.edition}, {"distribution", &item.distribution},
          {"source_name", &item.source_name}, {"purl", &item.purl}, {"cpe", &item.cpe}})
        if (auto const text = json::text(root, member); !text.empty()) *place = text;
    if (item.name.empty()) return fail("match.no_name", where);
    auto const is = [&](std::initializer_list<std::string_view> sources) { return std::ranges::find(sources, item.source) != sources.end(); };
    if (key.platform.empty()) key.platform = is({"apps", "homebrew", "pkg"}) ? "macos" : is({"deb", "rpm", "apk", "pacman"}) ? "linux" : "windows";
    return key;
}

std::size_t shown_findings(Assessed const& one) { return static_cast<std::size_t>(std::ranges::count(one.findings, false, &Finding::hidden)); }

std::string as_json(Assessed const& one) {
    std::string out;
    JsonWriter json(out);
    auto const& identity = one.identity;
    json.begin_object();
    json.member("name", one.key.item.name);
    json.member("vendor", identity.vendor);
    json.member("product", identity.product);
    json.member("version", identity.version);
    json.member("scheme", identity.scheme);
    json.member("lifecycle", identity.lifecycle);
    json.member("assessed", identity.assessed);
    json.key("candidates");
    json.raw(candidates_json(identity.candidates));
    json.member("findings", shown_findings(one));
    // As exports say it; null: there is no life-cycle data.
    json.key("support");
    if (one.support.status == SupportStatus::no_data) {
        json.null();
    } else {
        auto const status = support_status_name(one.support.status);
        json.begin_object();
        json.member("status", status.empty() ? "None" : status);
        json.member("product", one.support.product);
        json.member("cycle", one.support.cycle);
        json.key("date");
        if (one.support.date) json.string(iso_date(*one.support.date));
        else json.null();
        json.member("reason", one.support.reason);
        json.end_object();
    }
    json.end_object();
    return out + "\n";
}

std::string as_words(Assessed const& one) {
    return explain_identity(one.key, one.identity) + (one.support.reason.empty() ? "" : "support:     " + one.support.reason + "\n") +
           fmt::format("findings:    {}\n", shown_findings(one));
}

}  // namespace

Result<std::vector<SoftwareKey>> keys_of_lines(std::span<std::string const> lines, std::string_view name, std::size_t first) {
    std::vector<SoftwareKey> keys;
    for (std::size_t at = 0; at < lines.size(); ++at)
        if (!lines[at].empty()) keys.push_back(TRY(key_of_line(lines[at], fmt::format("{} line {}", name, first + at))));
    return keys;
}

Result<std::string> identifications(store::Connection& knowledge, std::span<SoftwareKey const> keys, bool in_words, Ticks now) {
    MatchOptions options;
    options.now = now;
    std::string out;
    for (auto const& one : TRY(assess(knowledge, keys, options))) out += in_words ? as_words(one) : as_json(one);
    return out;
}

}  // namespace merlon::match
