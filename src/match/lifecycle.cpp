#include "match/lifecycle.h"

#include <algorithm>

#include "base/text.h"
#include "match/identity/identify.h"
#include "match/identity/windows_release.h"
#include "match/next_line.h"
#include "match/versions/versions.h"
#include "model/extended_support.h"
#include "model/purl.h"
#include "store/store.h"

namespace merlon::match {
namespace {

// Names that os-release and inventories use, where the life-cycle source has another. CentOS and CentOS Stream are both "centos"
// there; the edition tells them apart (model/device.cpp). Raspbian is Debian, rebuilt.
std::string_view distribution_slug(SoftwareItem const& os) {
    static std::map<std::string_view, std::string_view> const slugs{
        {"alma", "almalinux"},         {"alpine", "alpine-linux"}, {"amazon", "amazon-linux"}, {"amzn", "amazon-linux"},
        {"mint", "linuxmint"},         {"mx", "mxlinux"},          {"ol", "oracle-linux"},     {"opensuse-leap", "opensuse"},
        {"oracle", "oracle-linux"},    {"pop", "pop-os"},          {"raspbian", "debian"},     {"redhat", "rhel"},
        {"rocky", "rocky-linux"},      {"sles_sap", "sles"},       {"suse", "sles"},           {"centos_stream", "centos-stream"}};
    if (os.name == "centos" && ascii_lower(os.edition).find("stream") != std::string::npos) return "centos-stream";
    auto const found = slugs.find(os.name);
    return found == slugs.end() ? std::string_view(os.name) : found->second;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// "w", "zk": how OpenSSL counts the patches of a version.
bool patch_letters(std::string_view rest) {
    return rest.size() <= 2 && std::ranges::all_of(rest, [](char c) { return c >= 'a' && c <= 'z'; });
}

// Whether `version` begins with the cycle's name and the name ends where a number or word ends.
bool dotted_prefix(std::string_view cycle, std::string_view version) {
    if (cycle.empty() || version.size() < cycle.size()) return false;
    if (!equal_ignoring_ascii_case(version.substr(0, cycle.size()), cycle)) return false;
    if (version.size() == cycle.size()) return true;
    if (digit(cycle.back()) && patch_letters(version.substr(cycle.size()))) return true;
    char const next = version[cycle.size()];
    return !(digit(cycle.back()) && digit(next)) && (!digit(cycle.back()) || next == '.' || next == '-' || next == '_' || next == '+' || next == ' ');
}

bool is_windows(LifecycleProduct const& product) { return product.slug == "windows" || product.slug == "windows-server"; }

// endoflife.date's Windows cycles end in the edition: -w Home and Pro, -e Enterprise and Education, -lts, -iot-lts. Those that a
// device's may have, the best first; "" is of all editions.
std::vector<std::string> windows_tails(SoftwareKey const& key) {
    auto const edition = ascii_lower(key.item.edition + " " + key.item.name);
    auto const has = [&](std::string_view word) { return edition.find(word) != std::string::npos; };
    std::vector<std::string> tails;
    if (has("ltsc") || has("ltsb") || has("long-term")) {
        if (has("iot")) tails.emplace_back("-iot-lts");
        tails.insert(tails.end(), {"-e-lts", "-lts"});
    }
    // "Pro Education" has Pro's dates (Microsoft's life-cycle pages: Home and Pro).
    if (has("enterprise") || (has("education") && !has("pro education"))) tails.emplace_back("-e");
    else tails.emplace_back("-w");
    tails.emplace_back("");
    return tails;
}

LifecycleCycle const* windows_cycle(LifecycleProduct const& product, SoftwareKey const& key, WindowsRelease const& release) {
    for (auto const& tail : windows_tails(key))
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
    // Java's 1.8.0_301 and "1.8.0 update301" are of cycle 8.
    bool const java = version.find('_') != std::string_view::npos || version.find(" update") != std::string_view::npos;
    if (version.starts_with("1.") && version.size() > 2 && java) version.remove_prefix(2);
    auto const epoch = version.find(':');
    if (epoch != std::string_view::npos) version.remove_prefix(epoch + 1);
    return std::string(version);
}

// Whether the edition says that somebody has paid for longer support: Windows 10 "Enterprise ESU", Ubuntu "Pro", "ELTS", or what
// people entered (extended_support_mark). Red Hat's EUS of a minor release lengthens nothing of RHEL; OpenShift's is its extension.
bool entitled(LifecycleProduct const& product, SoftwareItem const& item) {
    auto const edition = ascii_lower(item.edition);
    if (edition.find("extended security") != std::string::npos || edition.ends_with(extended_support_mark)) return true;
    for (auto const word : split(edition, ' ')) {
        for (std::string_view const known : {"esu", "esm", "els", "elts", "ltss"})
            if (word == known) return true;
        if ((product.slug == "ubuntu" && word == "pro") || (product.slug == "red-hat-openshift" && word == "eus")) return true;
    }
    return false;
}

// The end that counts: the paid extension's where that is later and somebody is entitled to it.
PhaseEnd const& end_of(LifecycleCycle const& cycle, bool extended) {
    auto const& end = cycle.end_of_life;
    auto const& paid = cycle.extended_support;
    bool const over = end.date || end.reached.value_or(false);  // or will be
    bool const longer = paid.date ? (end.date ? *paid.date > *end.date : over) : over && paid.reached == false;
    return extended && longer ? paid : end;
}

void add_next_line(SupportFact& fact, LifecycleProduct const& product, std::span<std::string const> tails, bool moves, LifecycleOptions const& options) {
    if (fact.status != SupportStatus::no_data && fact.status != SupportStatus::supported) fact.next = next_line(product, fact.cycle, tails, moves, options);
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

// Cycles that go by service pack ("13.0", "13.0-sp3") tell by their newest build: the version is of the first that has not passed it.
LifecycleCycle const* service_pack_of(LifecycleProduct const& product, LifecycleCycle const& plain, std::string_view version) {
    auto const build = [](LifecycleCycle const& cycle) { return std::string_view(cycle.latest).substr(0, cycle.latest.find(' ')); };
    LifecycleCycle const* best = nullptr;
    bool packs = false;
    for (auto const& one : product.cycles) {
        bool const pack = one.name.starts_with(plain.name + "-sp");
        packs = packs || pack;
        if ((!pack && &one != &plain) || one.latest.empty() || compare(Scheme::cpe, version, build(one)) > 0) continue;
        if (!best || compare(Scheme::cpe, build(one), build(*best)) < 0) best = &one;
    }
    return packs && best ? best : &plain;
}

// The cycle of a version, or null: the longest cycle name that is a dotted prefix of it ("3.1" is none of 3.11); of operating systems
// "15" is 15.0; for years ("2019") also by the product's name; else the nearest "before X" that is above it.
LifecycleCycle const* cycle_of(LifecycleProduct const& product, SoftwareKey const& key, Identity const& identity) {
    auto const version = version_text(identity.version);
    LifecycleCycle const* best = nullptr;
    for (auto const& cycle : product.cycles)
        if (dotted_prefix(cycle.name, version) && (!best || cycle.name.size() > best->name.size())) best = &cycle;
    if (best) return service_pack_of(product, *best, version);
    if (key.item.source == "os")
        for (auto const& cycle : product.cycles)
            if (cycle.name == version + ".0") return &cycle;
    // Office 2019 is version 16.0 like its neighbours: the year stands in the name.
    auto const name = " " + key.item.name + " " + key.item.edition + " ";
    for (auto const& cycle : product.cycles)
        if (cycle.name.size() == 4 && name.find(" " + cycle.name + " ") != std::string::npos) return &cycle;
    return cycle_of_older(product, version);
}

// Where no cycle is the version's: whether it is of the versions that the cycles are about. One that is newer than all of them may
// be of a cycle that nobody has told us of.
bool within_what_is_known(LifecycleProduct const& product, std::string_view version) {
    if (version.empty()) return true;
    if (!digit(version.front())) return false;
    return std::ranges::any_of(product.cycles, [&](LifecycleCycle const& cycle) {
        return !cycle.name.empty() && digit(cycle.name.front()) && compare(Scheme::cpe, version, cycle.name) < 0;
    });
}

// A product of short releases, each of which ends when the next one comes (browsers, GitLab): that all known ones have ended, or
// soon will, says that we have not been told of the next, not that the product ends.
bool on_the_move(LifecycleProduct const& product) {
    LifecycleCycle const* newest = nullptr;
    for (auto const& cycle : product.cycles)
        if (cycle.released > 0 && (!newest || cycle.released > newest->released)) newest = &cycle;
    return newest && newest->end_of_life.date && *newest->end_of_life.date - newest->released <= 366 * ticks_per_day;
}

// Who says that the paid extension counts, and when support would have ended without it.
std::string why_extended(LifecycleCycle const& cycle, SoftwareItem const& item) {
    bool const entered = item.edition.ends_with(extended_support_mark);
    return (entered ? std::string(", with the extended support entered for this device or its group")
                    : ", with the extended support that edition «" + item.edition + "» says it has") +
           (cycle.end_of_life.date ? "; without it support ends on " + iso_date(*cycle.end_of_life.date) : "");
}

// What an identifier of a product is called in statements; "" for those that are never an identity here (images, repositories) and
// for packages of distributions, which follow these.
std::string subject_of(std::string_view identifier) {
    if (auto const cpe = parse_cpe(identifier)) return subject_key(Subject{*cpe});
    auto const purl = parse_purl(identifier);
    if (!purl) return {};
    auto const package = language_package(purl->type, ecosystem_name(*purl));
    return package ? subject_key(Subject{*package}) : std::string{};
}

// Paid extensions that we know of and the feed does not: Debian's ELTS, which another sells.
void keep_extensions(LifecycleProduct& fed, LifecycleProduct const& ours) {
    for (auto& cycle : fed.cycles) {
        if (cycle.extended_support.date || cycle.extended_support.reached) continue;
        auto const same = std::ranges::find(ours.cycles, cycle.name, &LifecycleCycle::name);
        if (same == ours.cycles.end() || !same->extended_support.date || !cycle.end_of_life.date) continue;
        if (*same->extended_support.date > *cycle.end_of_life.date) cycle.extended_support = same->extended_support;
    }
}

}  // namespace

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

Result<int> window_days_of(store::Connection& connection, int wanted) {
    if (wanted > 0) return wanted;
    return static_cast<int>(to_int(TRY(store::state_value(connection, "support.window_days"))).value_or(usual_window_days));
}

LifecycleCatalog::LifecycleCatalog(std::vector<LifecycleProduct> products) : products_(std::move(products)) {
    for (std::size_t i = 0; i < products_.size(); ++i) {
        auto const& product = products_[i];
        // What a feed says of a product replaces what we ship.
        auto const [place, fresh] = by_slug_.emplace(product.slug, i);
        if (fresh) continue;
        auto& before = products_[place->second];
        if (before.source != "merlon") {
            if (product.source == "merlon") keep_extensions(before, product);
            continue;
        }
        keep_extensions(products_[i], before);
        place->second = i;
    }
    // In the order in which the products were given: of two that claim one name (Ansible and its core) the first has it.
    for (std::size_t i = 0; i < products_.size(); ++i) {
        if (by_slug_.at(products_[i].slug) != i) continue;
        for (auto const& identifier : products_[i].identifiers)
            if (auto subject = subject_of(identifier); !subject.empty()) by_subject_.emplace(std::move(subject), i);
    }
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
    // So do libraries of a language that the distribution installed: of those the key names it.
    if (kind == Kind::distribution_package || (kind == Kind::language_package && !key.item.distribution.empty())) return fact;
    auto named = identity;
    if (kind == Kind::operating_system && named.lifecycle.empty()) named.lifecycle = distribution_slug(key.item);
    auto const* product = catalog.product_of(named);
    if (!product || product->cycles.empty()) return fact;
    fact.product = product->slug;
    LifecycleCycle const* cycle = nullptr;
    std::vector<std::string> tails;
    if (is_windows(*product)) {
        auto const release = windows_release(named.version, says_server(key.item.edition + " " + key.item.name));
        if (release) cycle = windows_cycle(*product, key, *release);
        tails = windows_tails(key);
        if (release && !cycle) {
            fact = without_service_pack(std::move(fact), *product, *release);
            add_next_line(fact, *product, tails, false, options);
            return fact;
        }
    } else {
        cycle = cycle_of(*product, key, named);
    }
    bool const extended = entitled(*product, key.item);
    bool const moves = on_the_move(*product);
    bool all_ended = !moves, none_goes_on = !moves;
    for (auto const& one : product->cycles) {
        auto const phase = phase_of(end_of(one, extended), options);
        all_ended = all_ended && phase == Phase::ended;
        none_goes_on = none_goes_on && phase != Phase::goes_on;
    }
    auto const name = product->label.empty() ? product->slug : product->label;
    auto const source = product->source.empty() ? "" : " (" + product->source + ")";
    if (!cycle) {
        if (!all_ended || !within_what_is_known(*product, named.version)) return fact;
        fact.status = SupportStatus::software;
        fact.reason = name + ": every known cycle is out of support" + source;
        return fact;
    }
    fact.cycle = cycle->name;
    fact.latest = cycle->latest;
    bool const guessed = is_windows(*product) && cycle->name.ends_with("-w") && key.item.edition.empty();
    auto const& end = end_of(*cycle, extended);
    fact.date = end.date;
    auto const phase = phase_of(end, options);
    if (phase == Phase::ended) fact.status = all_ended ? SupportStatus::software : SupportStatus::version;
    else if (phase == Phase::ends_soon) fact.status = none_goes_on ? SupportStatus::upcoming_software : SupportStatus::upcoming_version;
    else fact.status = SupportStatus::supported;
    fact.reason = name + ", cycle " + cycle->name +
                  (fact.date ? (phase == Phase::ended ? ": support ended on " : ": supported through ") + iso_date(*fact.date)
                   : phase == Phase::ended ? std::string(": out of support, date not published")
                                           : std::string(": supported, end not announced")) +
                  (&end == &cycle->end_of_life ? "" : why_extended(*cycle, key.item)) +
                  (guessed ? ", edition not known: the dates of Home and Pro" : "") + source;
    // A line of short releases that became a long-term one has devices of both: their name tells.
    bool const long_term = cycle->lts && ascii_lower(named.product + " " + key.item.name).find("esr") != std::string::npos;
    add_next_line(fact, *product, tails, moves && !long_term, options);
    return fact;
}

}  // namespace merlon::match
