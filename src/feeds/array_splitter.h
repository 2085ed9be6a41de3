// Takes the objects of one big JSON array apart without holding the document: feeds of gigabytes need the memory of
// their largest record. Each object is then parsed on its own. What stands around the array is kept (`around`), so
// that a reader sees the document's own members and a cut-off or misshapen document is noticed.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon::feeds {

class ArraySplitter {
public:
    // Called with each object of the array and its offset in the document.
    using Take = std::function<Status(std::string_view object, std::uint64_t offset)>;

    // The array is the value of the top-level member `key`, or the document itself when `key` is empty.
    ArraySplitter(std::string name, std::string key, Take take);

    // The next bytes of the document.
    Status feed(std::string_view piece);
    // The document with an empty array. Fails with feeds.cut_off when the end is missing.
    Result<std::string> finish();

private:
    enum class State : std::uint8_t { before, between, inside, after };
    std::size_t skip_before(std::string_view piece);
    Result<std::size_t> skip_between(std::string_view piece);
    std::size_t scan_object(std::string_view piece);
    Status take_object(std::string_view piece, std::size_t end);

    std::string name_, key_;
    Take take_;
    State state_ = State::before;
    std::string around_;
    std::string held_;  // the beginning of an object that goes on in the next piece
    std::uint64_t offset_ = 0, object_offset_ = 0;
    // Before the array: where in the document's own members we are.
    int depth_ = 0;
    bool in_string_ = false, escaped_ = false, key_found_ = false, want_value_ = false;
    std::string text_;
};

}  // namespace merlon::feeds
