// Records on their way from the thread that reads feeds to the thread that stores them, in batches. Files follow one another in the
// queue, so that the next one is read while the one before is being committed. Stored batches go back, to be filled again.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "store/knowledge_pack.h"

namespace merlon::feeds {

class BatchQueue {
public:
    using Batch = store::PackedBatch;

    // An empty batch.
    Batch fresh() {
        std::lock_guard const lock(mutex_);
        if (spare_.empty()) return {};
        auto batch = std::move(spare_.back());
        spare_.pop_back();
        return batch;
    }
    void give_back(Batch batch) {
        batch.clear();
        std::lock_guard const lock(mutex_);
        if (spare_.size() < most_spare) spare_.push_back(std::move(batch));
    }
    // Waits while enough waits. False when the storing side wants no more of this file.
    bool push(std::size_t file, Batch batch) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return file < wanted_from_ || (waiting_.size() < most_waiting && bytes_ < most_bytes); });
        if (file < wanted_from_) return false;
        bytes_ += batch.bytes();
        waiting_.push_back({file, std::move(batch)});
        filled_.notify_one();
        return true;
    }
    // No more will come of this file.
    void end(std::size_t file) {
        std::lock_guard const lock(mutex_);
        ended_ = file + 1;
        filled_.notify_one();
    }
    // The next batch of the file, or nothing when all have been taken.
    std::optional<Batch> pop(std::size_t file) {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return !waiting_.empty() || ended_ > file; });
        if (waiting_.empty() || waiting_.front().file != file) return {};
        return take_first();
    }
    // The storing side wants no more of this file.
    void skip(std::size_t file) {
        std::lock_guard const lock(mutex_);
        wanted_from_ = file + 1;
        while (!waiting_.empty() && waiting_.front().file == file) (void)take_first();
        room_.notify_one();
    }
    // Or of any.
    void abandon() { skip(static_cast<std::size_t>(-2)); }

private:
    struct Waiting {
        std::size_t file;
        Batch batch;
    };
    Batch take_first() {
        auto batch = std::move(waiting_.front().batch);
        waiting_.pop_front();
        bytes_ -= batch.bytes();
        room_.notify_one();
        return batch;
    }
    // Enough to go on reading while a file is being committed.
    static constexpr std::size_t most_waiting = 64, most_bytes = std::size_t{24} << 20, most_spare = 16;
    std::mutex mutex_;
    std::condition_variable room_, filled_;
    std::deque<Waiting> waiting_;
    std::vector<Batch> spare_;
    std::size_t bytes_ = 0, wanted_from_ = 0, ended_ = 0;
};

}  // namespace merlon::feeds
