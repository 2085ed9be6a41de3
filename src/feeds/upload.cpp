#include "feeds/upload.h"

#include <curl/curl.h>

#include "base/text.h"
#include "feeds/fetch.h"

namespace merlon::feeds {
namespace {

constexpr std::size_t most_answer_bytes = 1024 * 1024;

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* into) {
    auto& answer = *static_cast<std::string*>(into);
    if (answer.size() + count > most_answer_bytes) return 0;
    answer.append(bytes, count);
    return count;
}

}  // namespace

Result<std::string> upload(std::string const& url, std::string_view body, UploadSettings const& settings) {
    if (!url.starts_with("https://") && !on_loopback(url)) return fail("feeds.address", url);
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> const handle(curl_easy_init(), curl_easy_cleanup);
    auto* curl = handle.get();
    curl_slist* list = curl_slist_append(nullptr, ("Content-Type: " + settings.content_type).c_str());
    if (!settings.token.empty()) list = curl_slist_append(list, ("Authorization: Bearer " + settings.token).c_str());
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> const headers(list, curl_slist_free_all);
    std::string answer;
    std::array<char, CURL_ERROR_SIZE> words{};
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "merlon");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(settings.seconds));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 30L);
    if (!settings.authorities.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.authorities.c_str());
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words.data());
    if (auto const code = curl_easy_perform(curl); code != CURLE_OK)
        return fail("feeds.upload", url, words[0] != '\0' ? std::string(words.data()) : std::string(curl_easy_strerror(code)));
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299) return fail("feeds.upload", url, "status " + std::to_string(status) + ": " + clean_text(answer, 300));
    return answer;
}

}  // namespace merlon::feeds
