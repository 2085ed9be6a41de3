#include "advise/supported_version.h"

#include <algorithm>

namespace merlon::advise {
namespace {

bool lasts(LifecycleCycle const& cycle, Ticks now, int window_days) {
    auto const& end = cycle.end_of_life;
    // As in match/lifecycle.cpp: what ends within the window, days counted, is soon to end.
    if (end.date) return *end.date - (now - now % ticks_per_day) > window_days * ticks_per_day;
    return !end.reached.value_or(false);
}

// "11-24h2-e-lts" -> "-e-lts": the edition that a Windows cycle is of.
std::string_view edition_of(LifecycleProduct const& product, std::string_view cycle) {
    if (product.slug != "windows") return {};
    auto const first = cycle.find('-');
    auto const second = first == std::string_view::npos ? first : cycle.find('-', first + 1);
    // A cycle that all editions shared goes on in that of Home and Pro.
    return second == std::string_view::npos ? "-w" : cycle.substr(second);
}

}  // namespace

std::string next_supported_version(LifecycleProduct const& product, std::string_view cycle, Ticks now, int window_days) {
    auto const here = std::ranges::find(product.cycles, cycle, &LifecycleCycle::name);
    if (here == product.cycles.end()) return {};
    LifecycleCycle const* best = nullptr;
    for (auto const& one : product.cycles) {
        if (&one == &*here || !lasts(one, now, window_days) || one.released < here->released || one.latest.empty()) continue;
        if (edition_of(product, one.name) != edition_of(product, cycle)) continue;
        if (!best || one.released < best->released) best = &one;
    }
    return best ? best->latest : std::string{};
}

}  // namespace merlon::advise
