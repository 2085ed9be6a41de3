#include "match/next_line.h"

#include <algorithm>

#include <fmt/format.h>

namespace merlon::match {
namespace {

// "11-24h2-e-lts" -> "-e-lts": the edition that a Windows cycle is of; none: all shared it.
std::string_view tail_of(std::string_view cycle) {
    auto const first = cycle.find('-');
    auto const second = first == std::string_view::npos ? first : cycle.find('-', first + 1);
    return second == std::string_view::npos ? std::string_view{} : cycle.substr(second);
}

// Windows 11 26H1 came on new machines of one processor only; nothing else can be brought to it (Microsoft's release information).
bool can_be_moved_to(LifecycleProduct const& product, std::string_view cycle) { return product.slug != "windows" || !cycle.starts_with("11-26h1"); }

LifecycleCycle const* choose(std::vector<LifecycleCycle const*> const& lines, bool newest) {
    if (lines.empty()) return nullptr;
    auto const by_release = [](LifecycleCycle const* a, LifecycleCycle const* b) { return a->released < b->released; };
    return newest ? *std::ranges::max_element(lines, by_release) : *std::ranges::min_element(lines, by_release);
}

}  // namespace

NextLine next_line(LifecycleProduct const& product, std::string_view cycle, std::span<std::string const> tails, bool moves, LifecycleOptions const& options) {
    auto const here = std::ranges::find(product.cycles, cycle, &LifecycleCycle::name);
    bool const known = here != product.cycles.end();
    std::vector<LifecycleCycle const*> after;
    for (auto const& one : product.cycles) {
        if (one.name == cycle || one.released == 0 || (known && one.released < here->released) || !can_be_moved_to(product, one.name)) continue;
        auto const phase = phase_of(one.end_of_life, options);
        if (phase == Phase::goes_on || (phase == Phase::ends_soon && moves)) after.push_back(&one);
    }
    auto const keep = [&](auto const& wanted) {
        std::vector<LifecycleCycle const*> kept;
        std::ranges::copy_if(after, std::back_inserter(kept), wanted);
        return kept;
    };
    if (!tails.empty()) {
        auto const tail = std::ranges::find_if(tails, [&](std::string const& one) { return !keep([&](auto const* line) { return tail_of(line->name) == one; }).empty(); });
        if (tail == tails.end()) return {};
        after = keep([&](auto const* line) { return tail_of(line->name) == *tail; });
    } else if (moves) {
        after = keep([](auto const* line) { return !line->lts; });
    } else if (known && here->lts) {
        if (auto same = keep([](auto const* line) { return line->lts; }); !same.empty()) after = std::move(same);
    }
    auto const* best = choose(after, moves);
    if (!best) return {};
    NextLine next{.cycle = best->name, .version = best->latest.empty() ? best->name : best->latest, .reason = {}};
    auto const& end = best->end_of_life;
    next.reason = fmt::format("{} {}: the {} line that stays supported ({}); its newest {}", product.label.empty() ? product.slug : product.label, best->name,
                              moves ? "newest" : "nearest", end.date ? "through " + iso_date(*end.date) : "its end is not announced",
                              best->latest.empty() ? "version is not known" : "known version is " + best->latest);
    return next;
}

}  // namespace merlon::match
