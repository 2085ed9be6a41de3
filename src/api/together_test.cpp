#include "api/together.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "api/kept.h"

namespace merlon::api {
namespace {

HttpResponse said(std::string body) {
    HttpResponse response;
    response.body = std::move(body);
    return response;
}

// Sixteen who ask again and again while something is committed all the time: few answers are made, and nobody reads one of
// before what they know of.
void ask_under_writes(std::function<Result<HttpResponse>(std::function<std::uint64_t()> const&, std::function<Result<HttpResponse>()> const&)> const& ask) {
    std::atomic<std::uint64_t> number = 1;
    std::atomic<int> made = 0, stale = 0, failed = 0;
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        while (!stop) {
            ++number;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    constexpr int people = 16, times = 20;
    std::vector<std::thread> all;
    for (int i = 0; i < people; ++i)
        all.emplace_back([&] {
            for (int k = 0; k < times; ++k) {
                auto const known = number.load();
                auto const answer = ask([&] { return number.load(); }, [&]() -> Result<HttpResponse> {
                    auto const shown = number.load();
                    ++made;
                    std::this_thread::sleep_for(std::chrono::milliseconds(10));
                    return said(std::to_string(shown));
                });
                if (!answer) ++failed;
                else if (std::stoull(answer->body) < known) ++stale;
            }
        });
    for (auto& one : all) one.join();
    stop = true;
    writer.join();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(stale, 0);
    EXPECT_LE(made, people * times / 3) << "each made its own";
}

TEST(Together, NobodyReadsWhatWasBegunBeforeTheyAsked) {
    Together together;
    ask_under_writes([&](auto const&, auto const& make) { return together.answer("a", make); });
}

TEST(Together, BelowWhatIsKeptToo) {
    Together together;
    Kept kept;
    ask_under_writes([&](auto const& changes, auto const& make) {
        return kept.answer("a", changes, [&] { return together.answer("a", make); });
    });
}

TEST(Together, OtherKeysDoNotWait) {
    Together together;
    auto const inner = [&] { return together.answer("b", []() -> Result<HttpResponse> { return said("b"); }); };
    EXPECT_EQ(together.answer("a", inner).value().body, "b");
}

TEST(Together, WhatCannotBeSharedIsMadeByEverybody) {
    Together together;
    std::atomic<int> made = 0, refused = 0;
    std::vector<std::thread> people;
    for (int i = 0; i < 8; ++i)
        people.emplace_back([&] {
            auto const answer = together.answer("a", [&]() -> Result<HttpResponse> {
                ++made;
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                return fail("api.no_caller");
            });
            if (!answer) ++refused;
        });
    for (auto& one : people) one.join();
    EXPECT_EQ(made, 8);
    EXPECT_EQ(refused, 8);
}

}  // namespace
}  // namespace merlon::api
