// A vector in chunks that copies share: copying costs a pointer a chunk, and writing to an element copies the chunk it is
// in only while another copy shares it. So a snapshot of a large index is cheap, and never changes.
#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace merlon {

template <typename T, std::size_t chunk_size>
class Chunked {
public:
    T const& operator[](std::size_t at) const { return (*chunks_[at / chunk_size])[at % chunk_size]; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T const& back() const { return (*this)[size_ - 1]; }

    // The element for writing. The reference holds until the next copy or push_back.
    T& edit(std::size_t at) { return own(at / chunk_size)[at % chunk_size]; }
    void push_back(T value) {
        if (size_ % chunk_size == 0) {
            chunks_.push_back(std::make_shared<std::vector<T>>());
            chunks_.back()->reserve(chunk_size);
        }
        own(size_ / chunk_size).push_back(std::move(value));
        ++size_;
    }

    class Iterator {
    public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Iterator(Chunked const* all, std::size_t at) : all_(all), at_(at) {}
        T const& operator*() const { return (*all_)[at_]; }
        T const* operator->() const { return &(*all_)[at_]; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        Iterator operator++(int) {
            auto const before = *this;
            ++at_;
            return before;
        }
        friend bool operator==(Iterator const&, Iterator const&) = default;

    private:
        Chunked const* all_ = nullptr;
        std::size_t at_ = 0;
    };
    Iterator begin() const { return {this, 0}; }
    Iterator end() const { return {this, size_}; }

private:
    std::vector<T>& own(std::size_t chunk) {
        auto& held = chunks_[chunk];
        bool const shared = held.use_count() > 1;
        // What a copy that has just gone on another thread had read must be read before this writes.
        std::atomic_thread_fence(std::memory_order_acquire);
        if (shared) {
            auto copy = std::make_shared<std::vector<T>>();
            copy->reserve(chunk_size);
            copy->assign(held->begin(), held->end());
            held = std::move(copy);
        }
        return *held;
    }
    std::vector<std::shared_ptr<std::vector<T>>> chunks_;
    std::size_t size_ = 0;
};

}  // namespace merlon
