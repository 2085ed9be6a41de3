// Work that the cores share. Results go by position or into a worker's own place, so the order of threads never shows.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace merlon {

inline std::size_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

// How many threads share `count` items of which each should have at least `least`: 1 to `most`.
inline std::size_t workers_for(std::size_t count, std::size_t least, std::size_t most = cores()) {
    return std::clamp<std::size_t>(count / std::max<std::size_t>(1, least), 1, std::max<std::size_t>(1, most));
}

// Calls work(worker, i) for each i below `count`, `stride` at a time to whoever is free; the calling thread takes part.
// `work` must not throw.
template <typename Work>
void in_parallel(std::size_t workers, std::size_t count, std::size_t stride, Work const& work) {
    std::atomic<std::size_t> next = 0;
    auto const run = [&](std::size_t worker) {
        for (auto begin = next.fetch_add(stride); begin < count; begin = next.fetch_add(stride))
            for (auto i = begin; i < std::min(begin + stride, count); ++i) work(worker, i);
    };
    std::vector<std::jthread> crew;
    for (std::size_t worker = 1; worker < workers; ++worker) crew.emplace_back(run, worker);
    run(0);
}

// Runs work(i) for each i below `count`, `stride` at a time; results go by position. threads 0: one a core.
template <typename Work>
void for_each_parallel(std::size_t count, int threads, Work const& work, std::size_t stride = 32) {
    auto const most = threads > 0 ? static_cast<std::size_t>(threads) : cores();
    in_parallel(workers_for(count, stride, most), count, stride, [&](std::size_t, std::size_t i) { work(i); });
}

}  // namespace merlon
