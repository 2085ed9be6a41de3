#include "api/portal/portal.h"

#include <zlib.h>

#include "api/auth/secrets.h"
#include "api/service.h"
#include "base/json_read.h"
#include "base/text.h"

extern "C" {
extern const char merlon_portal_pack[];
extern const char merlon_portal_pack_end[];
}

namespace merlon::api {
namespace {

constexpr std::string_view start_page = "/index.html";
constexpr std::string_view nonce_mark = "{{nonce}}";

std::map<std::string, PackedFile, std::less<>> const& files() {
    static std::map<std::string, PackedFile, std::less<>> const all = [] {
        std::map<std::string, PackedFile, std::less<>> made;
        auto pack = read_pack({merlon_portal_pack, merlon_portal_pack_end});
        if (!pack) return made;  // a test reads the pack of every build
        for (auto& file : *pack) made.emplace(file.path, std::move(file));
        return made;
    }();
    return all;
}

std::optional<std::string> unzip(PackedFile const& file) {
    std::string bytes(file.size, '\0');
    z_stream stream{};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return {};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.zipped.data()));
    stream.avail_in = static_cast<uInt>(file.zipped.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    bool const whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    if (!whole) return {};
    return bytes;
}

bool takes_gzip(HttpRequest const& request) {
    for (auto const part : split(request.header("accept-encoding"), ',')) {
        auto const name = trim(part.substr(0, part.find(';')));
        auto const weight = part.find("q=0");
        bool const refused = weight != std::string_view::npos && part.find_first_not_of("0.", weight + 2) == std::string_view::npos;
        if (equal_ignoring_ascii_case(name, "gzip")) return !refused;
    }
    return false;
}

// Scripts, styles, pictures and connections: this server only. Style elements that the components write carry the nonce
// of the page; nothing else inline runs, and no page may frame this one.
void add_guards(HttpResponse& response, std::string_view nonce) {
    std::string policy =
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'self'";
    if (!nonce.empty()) policy += " 'nonce-" + std::string(nonce) + "'";
    response.headers.emplace_back("Content-Security-Policy", std::move(policy));
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    response.headers.emplace_back("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    response.headers.emplace_back("X-Frame-Options", "DENY");
}

HttpResponse file_response(HttpRequest const& request, PackedFile const& file) {
    HttpResponse response;
    response.content_type = file.type;
    add_guards(response, {});
    response.headers.emplace_back("Cache-Control", file.fixed ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.emplace_back("Vary", "Accept-Encoding");
    auto const tag = "\"" + file.hash + "\"";
    response.headers.emplace_back("ETag", tag);
    if (request.header("if-none-match").find(tag) != std::string_view::npos) {
        response.status = 304;
        return response;
    }
    if (takes_gzip(request)) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = std::string(file.zipped);
    } else if (auto bytes = unzip(file)) {
        response.body = std::move(*bytes);
    } else {
        return refusal(500, "InternalServerError", "The file could not be unpacked.");
    }
    return response;
}

// Each page has a nonce of its own, so it is never kept.
HttpResponse page_response(PackedFile const& page) {
    auto text = unzip(page);
    if (!text) return refusal(500, "InternalServerError", "The page could not be unpacked.");
    HttpResponse response;
    response.content_type = page.type;
    auto const nonce = new_secret();
    add_guards(response, nonce);
    for (auto at = text->find(nonce_mark); at != std::string::npos; at = text->find(nonce_mark, at))
        text->replace(at, nonce_mark.size(), nonce);
    response.body = std::move(*text);
    return response;
}

// A person's browser going to an address, not a script asking for data.
bool is_navigation(HttpRequest const& request) {
    if (request.header("accept").find("text/html") == std::string_view::npos) return false;
    auto const mode = request.header("sec-fetch-mode");
    if (!mode.empty() && mode != "navigate") return false;
    auto const first = ascii_lower(split(std::string_view(request.path).substr(1), '/')[0]);
    constexpr std::string_view machines_only[] = {"api", "assets", "health", "metrics", "v1", "v1.0", "v2"};
    return std::ranges::find(machines_only, first) == std::end(machines_only);
}

}  // namespace

Result<std::vector<PackedFile>> read_pack(std::string_view bytes) {
    std::vector<PackedFile> all;
    if (bytes.empty()) return all;
    auto const line = bytes.find('\n');
    if (line == std::string_view::npos) return fail("api.bad_pack", "it has no index");
    auto const index = TRY(json::Document::parse(bytes.substr(0, line), "the portal's index"));
    auto const content = bytes.substr(line + 1);
    for (auto const entry : json::array(index.root())) {
        PackedFile file;
        file.path = json::text(entry, "path");
        file.type = json::text(entry, "type");
        file.hash = json::text(entry, "hash");
        file.fixed = json::boolean(entry, "fixed").value_or(false);
        auto const offset = json::integer(entry, "offset").value_or(-1), length = json::integer(entry, "length").value_or(-1);
        auto const size = json::integer(entry, "size").value_or(-1);
        auto const end = static_cast<std::int64_t>(content.size());
        if (offset < 0 || length < 0 || size < 0 || offset > end || length > end - offset || !file.path.starts_with('/'))
            return fail("api.bad_pack", file.path);
        file.zipped = content.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
        file.size = static_cast<std::size_t>(size);
        all.push_back(std::move(file));
    }
    return all;
}

std::optional<HttpResponse> portal_answer(HttpRequest const& request) {
    if (request.method != "GET" && request.method != "HEAD") return {};
    if (auto const found = files().find(request.path); found != files().end() && request.path != start_page)
        return file_response(request, found->second);
    if (!request.path.starts_with('/') || !is_navigation(request)) return {};
    auto const page = files().find(start_page);
    if (page == files().end()) {
        HttpResponse response;
        response.status = 404;
        response.content_type = "text/plain; charset=utf-8";
        response.body = "This binary was built without the portal. ./dev build makes one that has it; the API is below /api.\n";
        return response;
    }
    return page_response(page->second);
}

}  // namespace merlon::api
