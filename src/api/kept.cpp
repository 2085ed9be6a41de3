#include "api/kept.h"

#include <algorithm>

#include "base/text.h"

namespace merlon::api {
namespace {

std::size_t size_of(std::string const& key, HttpResponse const& response) {
    constexpr std::size_t around = 512;  // nodes, headers
    return key.size() + response.body.size() + around;
}

}  // namespace

std::optional<HttpResponse> Kept::at_hand(std::string const& key, std::uint64_t number) const {
    std::lock_guard const lock(guard_);
    if (number != number_) return {};
    auto const place = entries_.find(key);
    if (place == entries_.end() || std::chrono::steady_clock::now() - place->second.made > options_.most_age) return {};
    return place->second.response;
}

void Kept::keep(std::string const& key, std::uint64_t number, HttpResponse const& response) {
    auto const size = size_of(key, response);
    if (response.status != 200 || response.rest || number < number_ || size > options_.most_bytes) return;
    auto const old = entries_.find(key);
    if (number > number_ || bytes_ + size > options_.most_bytes) {
        entries_.clear();
        bytes_ = 0;
    } else if (old != entries_.end()) {
        bytes_ -= size_of(key, old->second.response);
        entries_.erase(old);
    }
    number_ = number;
    bytes_ += size;
    entries_[key] = {response, std::chrono::steady_clock::now()};
}

Result<HttpResponse> Kept::answer(std::string const& key, std::function<std::uint64_t()> const& changes, std::function<Result<HttpResponse>()> const& make) {
    if (auto kept = at_hand(key, changes())) return std::move(*kept);
    return together_.answer(key, [&]() -> Result<HttpResponse> {
        auto const number = changes();
        if (auto kept = at_hand(key, number)) return std::move(*kept);  // made by those before, while these waited
        auto made = make();
        std::lock_guard const lock(guard_);
        if (made && changes() == number) keep(key, number, *made);
        return made;
    });
}

std::size_t Kept::bytes() const {
    std::lock_guard lock(guard_);
    return bytes_;
}

std::optional<std::string> kept_key(HttpRequest const& request, std::optional<std::vector<std::string>> const& groups, std::string_view base) {
    if (request.header("cache-control").find("no-cache") != std::string_view::npos) return {};
    for (auto const& [name, value] : request.options())
        if (equal_ignoring_ascii_case(name, "$expand") || equal_ignoring_ascii_case(name, "expand")) return {};
    auto key = request.sent_path.empty() ? request.path : request.sent_path;
    for (auto const part : {std::string_view(request.query), request.header("accept"), request.header("prefer"), base}) key += "\n" + std::string(part);
    key += "\n" + std::to_string(request.body.size()) + " " + request.body;
    if (groups)
        for (auto const& group : *groups) key += "\n" + std::to_string(group.size()) + " " + group;
    else
        key += "\n*";
    return key;
}

}  // namespace merlon::api
