// Records on their way from the thread that reads a feed to the thread that stores it, in batches.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "store/knowledge_pack.h"

namespace merlon::feeds {

class BatchQueue {
public:
    using Batch = std::vector<store::PackedRecord>;

    // Waits while `most_waiting` batches wait. False when the storing side has given up.
    bool push(Batch batch) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return waiting_.size() < most_waiting || abandoned_; });
        if (abandoned_) return false;
        waiting_.push_back(std::move(batch));
        filled_.notify_one();
        return true;
    }
    // No more will come.
    void close() {
        std::lock_guard const lock(mutex_);
        closed_ = true;
        filled_.notify_one();
    }
    // The next batch, or nothing when all have been taken.
    std::optional<Batch> pop() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return !waiting_.empty() || closed_; });
        if (waiting_.empty()) return {};
        auto batch = std::move(waiting_.front());
        waiting_.pop_front();
        room_.notify_one();
        return batch;
    }
    // The storing side wants no more.
    void abandon() {
        std::lock_guard const lock(mutex_);
        abandoned_ = true;
        waiting_.clear();
        room_.notify_one();
    }

private:
    static constexpr std::size_t most_waiting = 8;
    std::mutex mutex_;
    std::condition_variable room_, filled_;
    std::deque<Batch> waiting_;
    bool closed_ = false, abandoned_ = false;
};

}  // namespace merlon::feeds
