#include "advise/supported_version.h"

#include <algorithm>

#include "match/lifecycle.h"

namespace merlon::advise {
namespace {

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
        if (&one == &*here || match::phase_of(one.end_of_life, {now, window_days}) != match::Phase::goes_on || one.released < here->released || one.latest.empty()) continue;
        if (edition_of(product, one.name) != edition_of(product, cycle)) continue;
        if (!best || one.released < best->released) best = &one;
    }
    return best ? best->latest : std::string{};
}

}  // namespace merlon::advise
