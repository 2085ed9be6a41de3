#include "server/external.h"

#include <atomic>

#include <unistd.h>

#include "base/files.h"
#include "base/text.h"
#include "feeds/fetch.h"

namespace merlon::server {
namespace {

Result<std::string> fetch(std::string const& url, std::string const& proxy, std::uint64_t most_bytes) {
    static std::atomic<int> counter = 0;
    std::error_code failed;
    auto const folder = std::filesystem::temp_directory_path(failed) /
                        ("merlon-externaldata-" + std::to_string(getpid()) + "-" + std::to_string(++counter));
    std::filesystem::create_directories(folder, failed);
    feeds::FetchSettings settings;
    settings.proxy = proxy;
    settings.attempts = 1;  // somebody waits for the answer
    settings.follow_redirects = false;
    settings.most_bytes = most_bytes;
    auto result = [&]() -> Result<std::string> {
        auto const got = TRY(feeds::fetch(url, folder / "file", settings));
        return read_file(got.file);
    }();
    std::filesystem::remove_all(folder, failed);
    return result;
}

}  // namespace

std::shared_ptr<hunt::ExternalData const> external_data(Settings const& settings) {
    auto made = std::make_shared<hunt::ExternalData>();
    for (auto const part : split(settings.text("hunt.externaldata_hosts"), ','))
        if (auto const host = trim(part); !host.empty()) made->hosts.push_back(ascii_lower(host));
    if (made->hosts.empty()) return nullptr;
    made->mirror = settings.text("hunt.externaldata_mirror");
    made->fetch = [proxy = settings.text("feeds.proxy"), most = made->most_bytes](std::string const& url) { return fetch(url, proxy, most); };
    return made;
}

}  // namespace merlon::server
