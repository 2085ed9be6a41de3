#include "feeds/exchange.h"

#include <curl/curl.h>

#include <memory>

#include "base/text.h"
#include "feeds/fetch.h"

namespace merlon::feeds {
namespace {

struct Closer {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Taken {
    std::string body;
    std::size_t most;
};

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* into) {
    auto* taken = static_cast<Taken*>(into);
    if (taken->body.size() + size * count > taken->most) return 0;  // ends the transfer
    taken->body.append(bytes, size * count);
    return size * count;
}

}  // namespace

Result<ExchangeAnswer> exchange(Exchange const& asked) {
    auto const shown = clean_text(asked.url.substr(0, asked.url.find('?')), 200);
    if (!asked.url.starts_with("https://") && !on_loopback(asked.url)) return fail("feeds.address", shown);
    std::unique_ptr<CURL, Closer> const handle(curl_easy_init());
    if (!handle) return fail("feeds.exchange", shown, "no memory");
    auto* const h = handle.get();
    curl_slist* list = nullptr;
    for (auto const& header : asked.headers) list = curl_slist_append(list, header.c_str());
    std::unique_ptr<curl_slist, Closer> const headers(list);
    Taken taken{{}, asked.most_bytes};
    curl_easy_setopt(h, CURLOPT_URL, asked.url.c_str());
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_TIMEOUT, asked.timeout_s);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, &taken);
    if (on_loopback(asked.url)) curl_easy_setopt(h, CURLOPT_PROXY, "");
    auto const authorities = asked.authorities.string();
    if (!authorities.empty()) curl_easy_setopt(h, CURLOPT_CAINFO, authorities.c_str());
    if (asked.method != "GET") {
        curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, asked.method.c_str());
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(asked.body.size()));
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, asked.body.c_str());
    }
    auto const outcome = curl_easy_perform(h);
    if (outcome != CURLE_OK)
        return fail("feeds.exchange", shown, outcome == CURLE_WRITE_ERROR ? "the answer is too long" : curl_easy_strerror(outcome));
    long status = 0;
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    return ExchangeAnswer{static_cast<int>(status), std::move(taken.body)};
}

}  // namespace merlon::feeds
