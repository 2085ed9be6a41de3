// The headers that nearly every file reads, compiled once.
#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
// clang takes from them what a file uses; GCC reads all of them each time, which costs it more than it saves.
#ifdef __clang__
#include <fmt/format.h>
#include <simdjson.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#endif
