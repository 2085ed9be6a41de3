#include "api/limits.h"

#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::size_t most_callers = 100'000;

}  // namespace

CallKind kind_of(std::string_view pattern) {
    if (pattern.ends_with("/rest/query") || pattern.ends_with("/run") || pattern.ends_with("/runHuntingQuery") || pattern == "api/merlon/hunt" ||
        pattern == "api/merlon/scan" || pattern == "api/merlon/identify")
        return CallKind::query;
    constexpr std::string_view machines = "api/machines/";
    if (!pattern.starts_with(machines)) return CallKind::other;
    auto const name = pattern.substr(machines.size());
    if (name.find('/') != std::string_view::npos) return CallKind::other;
    if (name.ends_with("ByMachine")) return CallKind::export_json;
    return name.ends_with("Export") ? CallKind::export_file : CallKind::other;
}

std::optional<Limiter::Refused> Limiter::count(std::string const& who, CallKind kind, std::int64_t now_s) {
    std::lock_guard lock(guard_);
    auto const minute = now_s / 60;
    if (windows_.size() >= most_callers) std::erase_if(windows_, [&](auto const& entry) { return entry.second.minute != minute; });
    auto& window = windows_[who];
    if (window.minute != minute) window = {minute, {}};
    auto const over = [&](CallKind counted, std::int64_t limit) {
        auto& count = window.counts[static_cast<std::size_t>(counted)];
        return ++count > limit && limit > 0;
    };
    auto const refused = [&](std::int64_t limit, std::string_view what) {
        return Refused{std::to_string(limit) + " " + std::string(what) + " a minute", static_cast<int>(60 - now_s % 60)};
    };
    if (over(CallKind::other, limits_.calls)) return refused(limits_.calls, "calls");
    if (kind == CallKind::query && over(kind, limits_.queries)) return refused(limits_.queries, "queries");
    if (kind == CallKind::export_json && over(kind, limits_.exports)) return refused(limits_.exports, "exports");
    if (kind == CallKind::export_file && over(kind, limits_.files)) return refused(limits_.files, "exports as files");
    return {};
}

std::shared_ptr<void> Limiter::take(Places& places, std::string const& who, std::int64_t limit, int limit_in_all) {
    std::lock_guard lock(guard_);
    if (limit_in_all > 0 && places.in_all >= limit_in_all) return nullptr;
    auto& count = places.of[who];
    if (limit > 0 && count >= limit) return nullptr;
    ++count;
    ++places.in_all;
    return {static_cast<void*>(this), [this, &places, who](void*) {
                std::lock_guard inner(guard_);
                --places.in_all;
                if (--places.of[who] == 0) places.of.erase(who);
            }};
}

std::shared_ptr<void> Limiter::begin_query(std::string const& who) { return take(queries_, who, limits_.running_queries, 0); }
std::shared_ptr<void> Limiter::begin_stream(std::string const& who) { return take(streams_, who, limits_.streams, most_streams); }

int Limiter::running() const {
    std::lock_guard lock(guard_);
    return queries_.in_all;
}

}  // namespace merlon::api
