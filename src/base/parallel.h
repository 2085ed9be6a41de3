// Work on many things by all cores, without the order of threads showing in the answer.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace merlon {

// Runs work(i) for each i below `count`; results go by position. threads 0: one a core. `work` must not throw.
template <typename Work>
void for_each_parallel(std::size_t count, int threads, Work const& work) {
    auto const wanted = threads > 0 ? static_cast<unsigned>(threads) : std::max(1U, std::thread::hardware_concurrency());
    if (wanted == 1 || count < 64) {
        for (std::size_t i = 0; i < count; ++i) work(i);
        return;
    }
    std::atomic<std::size_t> next = 0;
    constexpr std::size_t stride = 32;
    std::vector<std::jthread> crew;
    for (unsigned t = 0; t < wanted; ++t)
        crew.emplace_back([&] {
            for (auto begin = next.fetch_add(stride); begin < count; begin = next.fetch_add(stride))
                for (auto i = begin; i < std::min(begin + stride, count); ++i) work(i);
        });
}

}  // namespace merlon
