// Answers of lists kept for as long as nothing is committed, so that a page which many people have open costs the engine once.
// Whoever asks is let in, counted and scoped before; who they are is not part of an answer, what they may see is part of its key.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "api/together.h"

namespace merlon::api {

class Kept {
public:
    struct Options {
        std::size_t most_bytes = std::size_t{64} << 20;  // of all answers together
        // Some fields depend on the time of the request ("Active": seen within seven days): an answer grows no older than this.
        std::chrono::seconds most_age{10};
    };
    Kept() = default;
    explicit Kept(Options const& options) : options_(options) {}

    // The answer of this key that was made while the database had the number `changes()` (store::Database::changes), or what
    // `make` makes now, for all who ask for the same at the same time (together.h). Errors, and answers that are not whole yet
    // (`rest`), are nobody's but the asker's.
    Result<HttpResponse> answer(std::string const& key, std::function<std::uint64_t()> const& changes, std::function<Result<HttpResponse>()> const& make);
    // The same for who wants none that was kept.
    Result<HttpResponse> anew(std::string const& key, std::function<Result<HttpResponse>()> const& make) { return together_.answer(key, make); }
    std::size_t bytes() const;

private:
    struct Entry {
        HttpResponse response;
        std::chrono::steady_clock::time_point made;
    };
    std::optional<HttpResponse> at_hand(std::string const& key, std::uint64_t number) const;
    void keep(std::string const& key, std::uint64_t number, HttpResponse const&);

    Options options_;
    mutable std::mutex guard_;
    std::map<std::string, Entry> entries_;  // all made at `number_`
    std::uint64_t number_ = 0;
    std::size_t bytes_ = 0;
    Together together_;
};

// What an answer depends on beside the database: the address and body as sent, what the client accepts, and the groups it is about.
// Nothing where the answer also depends on the caller's other rights ($expand), or where the client wants none that was kept
// (Cache-Control: no-cache).
std::optional<std::string> kept_key(HttpRequest const&, std::optional<std::vector<std::string>> const& groups, std::string_view base);

}  // namespace merlon::api
