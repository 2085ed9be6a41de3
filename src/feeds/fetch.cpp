#include "feeds/fetch.h"

#include <curl/curl.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::feeds {
namespace {

namespace fs = std::filesystem;

fs::path beside(fs::path const& file, char const* ending) { return file.string() + ending; }

struct Remembered {
    std::string etag, last_modified, note;
};
Remembered remembered(fs::path const& note) {
    auto const bytes = read_file(note, 1 << 20);
    if (!bytes) return {};
    auto const document = json::Document::parse(*bytes, note.string());
    if (!document) return {};
    return {std::string(json::text(document->root(), "etag")), std::string(json::text(document->root(), "last_modified")),
            std::string(json::text(document->root(), "note"))};
}
Status remember(fs::path const& place, Remembered const& what) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("etag", what.etag);
    json.member("last_modified", what.last_modified);
    if (!what.note.empty()) json.member("note", what.note);
    json.end_object();
    return write_file_durably(place, text);
}

struct CurlCloser {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListCloser {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

// One request and what came of it.
struct Attempt {
    FetchSettings const& settings;
    FetchProgress const& progress;
    fs::path part;
    std::unique_ptr<std::FILE, FileCloser> out;
    CURL* handle = nullptr;
    std::string scheme;  // of the address that is asked
    std::uint64_t resumed_from = 0, received = 0;
    std::string etag, last_modified, content_range;
    bool begun = false, too_large = false, unwritable = false, stopped = false, astray = false, conditional = false, redirected = false;
    std::string sent_away;  // where to, without encryption
    char words[CURL_ERROR_SIZE] = {};
};

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
    auto& attempt = *static_cast<Attempt*>(user);
    std::string_view const line(data, size);
    auto const colon = line.find(':');
    if (line.starts_with("HTTP/")) {
        attempt.etag = attempt.last_modified = attempt.content_range = "";  // a redirect's own do not count
        attempt.redirected = line.find(" 3") != std::string_view::npos;
    }
    if (colon == std::string_view::npos) return size;
    auto const name = ascii_lower(line.substr(0, colon));
    if (name == "etag") attempt.etag = trim(line.substr(colon + 1));
    if (name == "last-modified") attempt.last_modified = trim(line.substr(colon + 1));
    if (name == "content-range") attempt.content_range = trim(line.substr(colon + 1));
    // What may go without encryption is this machine's own; a redirect leads nobody out of it.
    if (name == "location" && attempt.redirected) {
        std::string to(trim(line.substr(colon + 1)));
        if (to.starts_with("//")) to = attempt.scheme + ":" + to;
        if (ascii_lower(to.substr(0, 7)) == "http://" && !on_loopback(to)) attempt.sent_away = clean_text(to, 200);
    }
    return attempt.sent_away.empty() ? size : 0;
}

// Opens the file for the first bytes. The state of what comes is noted at once, so that a later run can go on from it.
void begin_body(Attempt& attempt, long status) {
    attempt.begun = true;
    auto const wanted = "bytes " + std::to_string(attempt.resumed_from) + "-";
    bool const goes_on = status == 206 && attempt.resumed_from > 0;
    attempt.astray = status == 206 && !(goes_on && attempt.content_range.starts_with(wanted));
    if (attempt.astray) return;
    if (!goes_on) attempt.resumed_from = 0;  // a server that does not resume sends the whole file
    attempt.out.reset(std::fopen(attempt.part.c_str(), goes_on ? "ab" : "wb"));
    attempt.unwritable = !attempt.out || !remember(beside(attempt.part, ".http"), {attempt.etag, attempt.last_modified, {}});
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
    auto& attempt = *static_cast<Attempt*>(user);
    if (!attempt.begun) {
        long status = 0;
        curl_easy_getinfo(attempt.handle, CURLINFO_RESPONSE_CODE, &status);
        if (status >= 300) return size;  // an error page is no feed
        begin_body(attempt, status);
    }
    if (attempt.unwritable || attempt.astray) return 0;
    attempt.received += size;
    attempt.too_large = attempt.resumed_from + attempt.received > attempt.settings.most_bytes;
    if (attempt.too_large) return 0;
    attempt.unwritable = std::fwrite(data, 1, size, attempt.out.get()) != size;
    return attempt.unwritable ? 0 : size;
}

int on_progress(void* user, curl_off_t total, curl_off_t now, curl_off_t, curl_off_t) {
    auto& attempt = *static_cast<Attempt*>(user);
    if (!attempt.progress) return 0;
    auto const all = total > 0 ? attempt.resumed_from + static_cast<std::uint64_t>(total) : 0;
    attempt.stopped = !attempt.progress(attempt.resumed_from + static_cast<std::uint64_t>(now), all);
    return attempt.stopped ? 1 : 0;
}

Result<std::string> address(std::string url, FetchSettings const& settings) {
    if (!settings.mirror.empty()) {
        auto const host = url.find("://");
        auto const path = host == std::string::npos ? host : url.find('/', host + 3);
        auto mirror = settings.mirror;
        while (mirror.ends_with('/')) mirror.pop_back();
        url = mirror + (path == std::string::npos ? "" : url.substr(path));
    }
    if (!url.starts_with("https://") && !on_loopback(url)) return fail("feeds.address", url);
    return url;
}

struct Outcome {
    CURLcode code = CURLE_OK;
    long status = 0;
    long retry_after = 0;
};

Outcome run(Attempt& attempt, std::string const& url, std::vector<std::string> const& extra) {
    std::unique_ptr<CURL, CurlCloser> const handle(curl_easy_init());
    attempt.handle = handle.get();
    if (!handle) return {CURLE_FAILED_INIT};
    curl_slist* raw = nullptr;
    for (auto const& header : attempt.settings.headers) raw = curl_slist_append(raw, header.c_str());
    for (auto const& header : extra) raw = curl_slist_append(raw, header.c_str());
    std::unique_ptr<curl_slist, ListCloser> const headers(raw);
    auto const* protocols = on_loopback(url) ? "http,https" : "https";
    auto* curl = handle.get();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, attempt.settings.follow_redirects ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "merlon");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 100L);  // below 100 bytes a second for a minute: stalled
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 60L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, attempt.words);
    if (!attempt.settings.authorities.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, attempt.settings.authorities.c_str());
    if (!attempt.settings.proxy.empty()) curl_easy_setopt(curl, CURLOPT_PROXY, attempt.settings.proxy.c_str());
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &attempt);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &attempt);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &attempt);
    Outcome outcome{curl_easy_perform(curl)};
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &outcome.status);
    curl_off_t wait = 0;
    if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK) outcome.retry_after = static_cast<long>(wait);
    attempt.out.reset();
    attempt.handle = nullptr;
    return outcome;
}

std::vector<std::string> conditions_of(fs::path const& to, fs::path const& part, std::uint64_t& resumed_from) {
    std::vector<std::string> headers;
    std::error_code failed;
    auto const begun = remembered(beside(part, ".http"));
    auto const& state = !begun.etag.empty() && !begun.etag.starts_with("W/") ? begun.etag : begun.last_modified;
    if (auto const size = fs::file_size(part, failed); !failed && size > 0 && !state.empty()) {
        resumed_from = size;
        headers.push_back("Range: bytes=" + std::to_string(size) + "-");
        headers.push_back("If-Range: " + state);
        return headers;
    }
    if (!fs::exists(to, failed)) return headers;
    auto const known = remembered(beside(to, ".http"));
    if (!known.etag.empty()) headers.push_back("If-None-Match: " + known.etag);
    if (!known.last_modified.empty()) headers.push_back("If-Modified-Since: " + known.last_modified);
    return headers;
}

// What one attempt came to: the file, or (nothing) that it is worth another; `reason` says why.
Result<bool> settle(Attempt const& attempt, Outcome const& outcome, std::string const& url, Download& download, std::string& reason) {
    auto const& settings = attempt.settings;
    if (attempt.stopped) return fail("feeds.stopped", url);
    if (!attempt.sent_away.empty()) return fail("feeds.address", attempt.sent_away);
    if (attempt.too_large) return fail("file.too_large", url, std::to_string(settings.most_bytes));
    if (attempt.unwritable) return fail("file.unwritable", attempt.part.string(), "the download cannot be written");
    bool const complete = outcome.code == CURLE_OK;
    std::error_code failed;
    if (complete && outcome.status == 304 && attempt.conditional) {
        download.unchanged = true;
        download.file = download.place;
        return true;
    }
    if (complete && (outcome.status == 200 || outcome.status == 206)) {
        if (!attempt.begun) return fail("feeds.download_empty", url);
        fs::rename(attempt.part, download.file, failed);
        if (failed) return fail("file.unwritable", download.file.string(), failed.message());
        fs::remove(beside(attempt.part, ".http"), failed);
        download.etag = attempt.etag;
        download.last_modified = attempt.last_modified;
        return true;
    }
    if (outcome.code == CURLE_PEER_FAILED_VERIFICATION || outcome.code == CURLE_SSL_CACERT_BADFILE)  // no better the next time
        return fail("feeds.untrusted", url, attempt.words[0] ? attempt.words : curl_easy_strerror(outcome.code));
    if (outcome.code == CURLE_TOO_MANY_REDIRECTS || outcome.code == CURLE_UNSUPPORTED_PROTOCOL)  // nor is this
        return fail("feeds.download", url, attempt.words[0] ? attempt.words : curl_easy_strerror(outcome.code), std::to_string(download.attempts));
    // What came so far is kept for the next attempt; what does not fit together is not.
    if (attempt.astray || outcome.status == 416) fs::remove(attempt.part, failed);
    reason = attempt.astray ? "the server sent another part than the one that was asked for"
             : complete     ? "HTTP status " + std::to_string(outcome.status)
                            : std::string(attempt.words[0] ? attempt.words : curl_easy_strerror(outcome.code));
    bool const later = outcome.status == 408 || outcome.status == 416 || outcome.status == 429 || outcome.status == settings.busy_status;
    if (complete && outcome.status >= 300 && outcome.status < 500 && !later) return fail("feeds.download_refused", url, std::to_string(outcome.status));
    return false;
}

}  // namespace

bool on_loopback(std::string_view url) {
    for (std::string_view const here : {"http://127.0.0.1", "http://localhost", "http://[::1]"})
        if (url.starts_with(here) && (url.size() == here.size() || url[here.size()] == ':' || url[here.size()] == '/')) return true;
    return false;
}

Status pause_for(double seconds, std::string const& url, FetchProgress const& progress) {
    using Clock = std::chrono::steady_clock;
    auto const until = Clock::now() + std::chrono::duration<double>(seconds);
    for (auto now = Clock::now(); now < until; now = Clock::now()) {
        if (progress && !progress(0, 0)) return fail("feeds.stopped", url);
        std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(until - now, std::chrono::milliseconds(200)));
    }
    return {};
}

Result<Download> fetch(std::string const& wanted, fs::path const& to, FetchSettings const& settings, FetchProgress const& progress) {
    static auto const started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) return fail("feeds.download", wanted, curl_easy_strerror(started), "0");
    auto const url = TRY(address(wanted, settings));
    auto const part = beside(to, ".part");
    Download download{.place = to, .file = beside(to, ".new"), .url = url};
    std::string reason;
    for (download.attempts = 1; download.attempts <= settings.attempts; ++download.attempts) {
        Attempt attempt{.settings = settings, .progress = progress, .part = part};
        auto const headers = conditions_of(to, part, attempt.resumed_from);
        attempt.conditional = !headers.empty() && attempt.resumed_from == 0;
        attempt.scheme = url.substr(0, url.find(':'));
        auto const outcome = run(attempt, url, headers);
        download.bytes += attempt.received;
        if (TRY(settle(attempt, outcome, url, download, reason))) return download;
        if (download.attempts == settings.attempts) break;
        auto const pause = std::max(settings.first_pause_seconds * static_cast<double>(1 << std::min(download.attempts - 1, 8)),
                                    static_cast<double>(std::min(outcome.retry_after, 600L)));
        TRY(pause_for(pause, url, progress));
    }
    return fail("feeds.download", url, reason, std::to_string(download.attempts));
}

Status accept_download(Download const& download) {
    if (download.unchanged) return {};
    std::error_code failed;
    fs::rename(download.file, download.place, failed);
    if (failed) return fail("file.unwritable", download.place.string(), failed.message());
    return remember(beside(download.place, ".http"), {download.etag, download.last_modified, download.note});
}

std::string note_of(fs::path const& place) {
    std::error_code failed;
    return fs::exists(place, failed) ? remembered(beside(place, ".http")).note : std::string{};
}

void discard_download(Download const& download) {
    std::error_code ignored;
    if (!download.unchanged) fs::remove(download.file, ignored);
}

}  // namespace merlon::feeds
