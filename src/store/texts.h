// Many short texts that are needed together and let go of together.
#pragma once
#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace merlon::store {

class Texts {
public:
    // A copy that lives as long as this.
    std::string_view keep(std::string_view text) {
        if (text.size() > left_) {
            left_ = std::max(block, text.size());
            blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
            at_ = blocks_.back().get();
        }
        if (!text.empty()) std::memcpy(at_, text.data(), text.size());
        std::string_view const kept(at_, text.size());
        at_ += text.size();
        left_ -= text.size();
        return kept;
    }

private:
    static constexpr std::size_t block = std::size_t{1} << 20;
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* at_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace merlon::store
