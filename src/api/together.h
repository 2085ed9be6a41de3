// What several people ask for at the same time is made once: a page that a whole team has open costs the engine one plan, and
// sixteen who ask at once wait for two answers at most instead of sharing both cores among sixteen (docs/decisions/018).
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/http/server.h"

namespace merlon::api {

class Together {
public:
    // What `make` makes. Who asks while the same key is being made takes the answer that is begun next, with all who wait for
    // it: it shows what was committed before they asked. Errors, and answers that are not whole (`rest`), are nobody's but the
    // asker's: all who waited for one make their own at once.
    Result<HttpResponse> answer(std::string const& key, std::function<Result<HttpResponse>()> const& make);

private:
    // Answers of one key, made one after the other while people wait for them.
    struct Making {
        std::uint64_t begun = 0, ended = 0;  // rounds
        std::optional<HttpResponse> made;    // of the last one that ended; nothing: it cannot be shared
        std::size_t people = 0;
        std::condition_variable over;
    };
    std::mutex guard_;
    std::map<std::string, std::shared_ptr<Making>> makings_;
};

}  // namespace merlon::api
