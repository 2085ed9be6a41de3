#include "api/together.h"

namespace merlon::api {

Result<HttpResponse> Together::answer(std::string const& key, std::function<Result<HttpResponse>()> const& make) {
    std::unique_lock lock(guard_);
    auto& place = makings_[key];
    if (!place) place = std::make_shared<Making>();
    auto const making = place;
    auto const mine = making->begun + 1;  // the first round that begins from now on
    ++making->people;
    auto const leave = [&] {
        if (--making->people == 0) makings_.erase(key);
    };
    making->over.wait(lock, [&] { return making->ended >= mine || making->begun == making->ended; });
    if (making->ended >= mine) {
        auto response = making->made;
        leave();
        lock.unlock();
        return response ? Result<HttpResponse>(std::move(*response)) : make();
    }
    ++making->begun;
    lock.unlock();
    auto made = make();
    lock.lock();
    making->ended = making->begun;
    making->made.reset();
    if (made && made->status == 200 && !made->rest) making->made = *made;
    making->over.notify_all();
    leave();
    return made;
}

}  // namespace merlon::api
