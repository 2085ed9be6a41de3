#include "match/lifecycle.h"

#include "base/text.h"
#include "match/identity/identify.h"
#include "match/identity/windows_release.h"
#include "match/versions/versions.h"

namespace merlon::match {
namespace {

// Names that os-release and inventories use, where the life-cycle source has another.
std::string_view distribution_slug(std::string_view distribution) {
    static std::map<std::string_view, std::string_view> const slugs{
        {"rocky", "rocky-linux"},  {"almalinux", "almalinux"}, {"alpine", "alpine-linux"}, {"amzn", "amazon-linux"},
        {"ol", "oracle-linux"},    {"opensuse-leap", "opensuse"}};
    auto const found = slugs.find(distribution);
    return found == slugs.end() ? distribution : found->second;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// Whether `version` begins with the cycle's name and the name ends where a number or word ends.
bool dotted_prefix(std::string_view cycle, std::string_view version) {
    if (cycle.empty() || version.size() < cycle.size()) return false;
    if (!equal_ignoring_ascii_case(version.substr(0, cycle.size()), cycle)) return false;
    if (version.size() == cycle.size()) return true;
    char const next = version[cycle.size()];
    return !(digit(cycle.back()) && digit(next)) && (!digit(cycle.back()) || next == '.' || next == '-' || next == '_' || next == '+' || next == ' ');
}

bool is_windows(LifecycleProduct const& product) { return product.slug == "windows" || product.slug == "windows-server"; }

// endoflife.date's Windows cycles end in the edition: -w Home and Pro, -e Enterprise and Education, -lts, -iot-lts.
LifecycleCycle const* windows_cycle(LifecycleProduct const& product, SoftwareKey const& key, WindowsRelease const& release) {
    auto const edition = ascii_lower(key.item.edition + " " + key.item.name);
    auto const has = [&](std::string_view word) { return edition.find(word) != std::string::npos; };
    std::vector<std::string> tails;
    if (has("ltsc") || has("ltsb") || has("long-term")) {
        if (has("iot")) tails.emplace_back("-iot-lts");
        tails.insert(tails.end(), {"-e-lts", "-lts"});
    }
    if (has("enterprise") || has("education")) tails.emplace_back("-e");
    else tails.emplace_back("-w");
    tails.emplace_back("");
    for (auto const& tail : tails)
        for (auto const& cycle : product.cycles)
            if (cycle.name == std::string(release.cycle) + tail) return &cycle;
    return nullptr;
}

// A cycle "before 136" stands for all older versions that have none of their own: the old majors of a browser, which have all ended.
// Of several the nearest.
LifecycleCycle const* cycle_of_older(LifecycleProduct const& product, std::string_view version) {
    constexpr std::string_view mark = "before ";
    if (version.empty() || !digit(version.front())) return nullptr;
    LifecycleCycle const* best = nullptr;
    auto const bound = [&](LifecycleCycle const& cycle) { return std::string_view(cycle.name).substr(mark.size()); };
    for (auto const& cycle : product.cycles) {
        if (!cycle.name.starts_with(mark) || compare(Scheme::cpe, version, bound(cycle)) >= 0) continue;
        if (!best || compare(Scheme::cpe, bound(cycle), bound(*best)) < 0) best = &cycle;
    }
    return best;
}

std::string version_text(std::string_view version) {
    if (version.starts_with('v') || version.starts_with('V')) version.remove_prefix(1);
    // Java's 1.8.0_301 is of cycle 8.
    if (version.starts_with("1.") && version.size() > 2 && version.find('_') != std::string_view::npos) version.remove_prefix(2);
    auto const epoch = version.find(':');
    if (epoch != std::string_view::npos) version.remove_prefix(epoch + 1);
    return std::string(version);
}

// Whether the edition says that somebody has paid for longer support: Windows 10 "Enterprise ESU", Ubuntu "Pro", "ELTS".
bool entitled(LifecycleProduct const& product, SoftwareItem const& item) {
    auto const edition = ascii_lower(item.edition);
    if (edition.find("extended security") != std::string::npos) return true;
    for (auto const word : split(edition, ' ')) {
        for (std::string_view const known : {"esu", "esm", "els", "elts", "eus"})
            if (word == known) return true;
        if (product.slug == "ubuntu" && word == "pro") return true;
    }
    return false;
}

// The end that counts: the paid extension's where there is one and somebody is entitled to it.
PhaseEnd const& end_of(LifecycleCycle const& cycle, bool extended) {
    auto const& paid = cycle.extended_support;
    return extended && (paid.date || paid.reached) ? paid : cycle.end_of_life;
}

// A Windows that lacks the service pack without which updates ended: life-cycles list the service packs, not what was before them.
SupportFact without_service_pack(SupportFact fact, LifecycleProduct const& product, WindowsRelease const& release) {
    if (release.lifecycle != product.slug || release.ended.empty()) return fact;
    fact.cycle = release.cycle;
    fact.date = parse_iso_time(release.ended);
    fact.status = SupportStatus::version;
    fact.reason = product.label + ", cycle " + fact.cycle + ": without the next service pack support ended on " + std::string(release.ended);
    return fact;
}

// The cycle of a version, or null: the longest cycle name that is a dotted prefix of it ("3.1" is none of 3.11); for years ("2019")
// also by the product's name; else the nearest "before X" that is above it.
LifecycleCycle const* cycle_of(LifecycleProduct const& product, SoftwareKey const& key, Identity const& identity) {
    auto const version = version_text(identity.version);
    LifecycleCycle const* best = nullptr;
    for (auto const& cycle : product.cycles)
        if (dotted_prefix(cycle.name, version) && (!best || cycle.name.size() > best->name.size())) best = &cycle;
    if (best) return best;
    // Office 2019 is version 16.0 like its neighbours: the year stands in the name.
    auto const name = " " + key.item.name + " " + key.item.edition + " ";
    for (auto const& cycle : product.cycles)
        if (cycle.name.size() == 4 && name.find(" " + cycle.name + " ") != std::string::npos) return &cycle;
    return cycle_of_older(product, version);
}

enum class Phase { ended, ends_soon, goes_on };

Phase phase_of(PhaseEnd const& end, LifecycleOptions const& options) {
    if (end.date) {
        // The last day of support is still supported: it is over from the next day on.
        if (options.now >= *end.date + ticks_per_day) return Phase::ended;
        auto const today = options.now - options.now % ticks_per_day;
        if (*end.date - today <= options.window_days * ticks_per_day) return Phase::ends_soon;
        return Phase::goes_on;
    }
    return end.reached.value_or(false) ? Phase::ended : Phase::goes_on;
}

}  // namespace

LifecycleCatalog::LifecycleCatalog(std::vector<LifecycleProduct> products) : products_(std::move(products)) {
    for (std::size_t i = 0; i < products_.size(); ++i) {
        auto const& product = products_[i];
        // What a feed says of a product replaces what we ship.
        auto const [place, fresh] = by_slug_.emplace(product.slug, i);
        if (!fresh && products_[place->second].source == "merlon") place->second = i;
    }
    for (auto const& [slug, index] : by_slug_)
        for (auto const& identifier : products_[index].identifiers)
            if (auto const cpe = parse_cpe(identifier)) by_subject_.emplace(subject_key(Subject{*cpe}), index);
}

LifecycleProduct const* LifecycleCatalog::product_of(Identity const& identity) const {
    if (!identity.lifecycle.empty()) {
        auto const found = by_slug_.find(identity.lifecycle);
        if (found != by_slug_.end()) return &products_[found->second];
    }
    for (auto const& candidate : identity.candidates) {
        if (candidate.confidence < 80) break;
        auto const found = by_subject_.find(candidate.subject);
        if (found != by_subject_.end()) return &products_[found->second];
    }
    return nullptr;
}

std::string_view support_status_name(SupportStatus status) {
    switch (status) {
    case SupportStatus::upcoming_version: return "Upcoming EOS Version";
    case SupportStatus::upcoming_software: return "Upcoming EOS Software";
    case SupportStatus::version: return "EOS Version";
    case SupportStatus::software: return "EOS Software";
    case SupportStatus::no_data:
    case SupportStatus::supported: return "";
    }
    return "";
}

SupportFact support_of(LifecycleCatalog const& catalog, SoftwareKey const& key, Identity const& identity,
                       LifecycleOptions const& options) {
    SupportFact fact;
    auto const kind = kind_of(key);
    if (kind == Kind::distribution_package) return fact;
    auto named = identity;
    if (kind == Kind::operating_system && named.lifecycle.empty()) named.lifecycle = distribution_slug(key.item.name);
    auto const* product = catalog.product_of(named);
    if (!product || product->cycles.empty()) return fact;
    fact.product = product->slug;
    LifecycleCycle const* cycle = nullptr;
    if (is_windows(*product)) {
        auto const release = windows_release(named.version, says_server(key.item.edition + " " + key.item.name));
        if (release) cycle = windows_cycle(*product, key, *release);
        if (release && !cycle) return without_service_pack(std::move(fact), *product, *release);
    } else {
        cycle = cycle_of(*product, key, named);
    }
    if (!cycle) return fact;
    fact.cycle = cycle->name;
    fact.latest = cycle->latest;
    bool const extended = entitled(*product, key.item);
    auto const& end = end_of(*cycle, extended);
    fact.date = end.date;
    auto const phase = phase_of(end, options);
    bool all_ended = true, none_goes_on = true;
    for (auto const& one : product->cycles) {
        auto const other = phase_of(end_of(one, extended), options);
        all_ended = all_ended && other == Phase::ended;
        none_goes_on = none_goes_on && other != Phase::goes_on;
    }
    if (phase == Phase::ended) fact.status = all_ended ? SupportStatus::software : SupportStatus::version;
    else if (phase == Phase::ends_soon) fact.status = none_goes_on ? SupportStatus::upcoming_software : SupportStatus::upcoming_version;
    else fact.status = SupportStatus::supported;
    fact.reason = (product->label.empty() ? product->slug : product->label) + ", cycle " + cycle->name +
                  (fact.date ? (phase == Phase::ended ? ": support ended on " : ": supported through ") + iso_date(*fact.date)
                   : phase == Phase::ended ? std::string(": out of support, date not published")
                                           : std::string(": supported, end not announced")) +
                  (&end == &cycle->end_of_life ? "" : ", with the extended support that edition «" + key.item.edition + "» says it has") +
                  (product->source.empty() ? "" : " (" + product->source + ")");
    return fact;
}

}  // namespace merlon::match
