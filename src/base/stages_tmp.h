#pragma once
#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <time.h>
namespace merlon::stages {
struct Table {
    std::map<std::string, std::pair<double, double>> of;
    std::mutex mutex;
    void print() {
        for (auto const& [k, v] : of) std::fprintf(stderr, "   %-36s %7.3f s wall %7.3f s cpu\n", k.c_str(), v.first, v.second);
        of.clear();
    }
};
inline Table table;
inline double cpu() { timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return t.tv_sec + t.tv_nsec / 1e9; }
inline double wall() { timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
// fine: only wall
struct Fine {
    double& into; double begin = wall();
    explicit Fine(double& i) : into(i) {}
    ~Fine() { into += wall() - begin; }
};
struct Stage {
    char const* name; double w = wall(), c = cpu();
    explicit Stage(char const* n) : name(n) {}
    ~Stage() { std::lock_guard l(table.mutex); auto& at = table.of[name]; at.first += wall() - w; at.second += cpu() - c; }
};
inline double parse_s, pack_s, push_s, feed_s, take_s, sink_s;
inline void add(char const* n, double v) { std::lock_guard l(table.mutex); table.of[n].first += v; }
}
