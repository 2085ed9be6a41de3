#include "api/http/client.h"

#include <sys/socket.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/text.h"

namespace merlon::api {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

struct Place {
    std::string scheme, host, port, prefix;
};

Result<Place> place_of(std::string_view url) {
    Place place;
    auto const after = url.find("://");
    if (url.starts_with("unix:")) {
        place.scheme = "unix";
        place.host = url.substr(5);
        return place;
    }
    place.scheme = after == std::string_view::npos ? "" : ascii_lower(url.substr(0, after));
    if (place.scheme != "http" && place.scheme != "https") return fail("http.bad_url", clean_text(url, 200));
    auto rest = url.substr(after + 3);
    auto const slash = rest.find('/');
    if (slash != std::string_view::npos) {
        place.prefix = rest.substr(slash);
        rest = rest.substr(0, slash);
        while (place.prefix.ends_with('/')) place.prefix.pop_back();
        if (place.prefix == "/api") place.prefix.clear();
    }
    auto const bracket = rest.rfind(']'), colon = rest.rfind(':');
    bool const port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    place.host = port ? rest.substr(0, colon) : rest;
    place.port = port ? std::string(rest.substr(colon + 1)) : place.scheme == "https" ? "443" : "80";
    if (place.host.starts_with('[') && place.host.ends_with(']')) place.host = place.host.substr(1, place.host.size() - 2);
    if (place.host.empty() || place.host.find('@') != std::string::npos) return fail("http.bad_url", clean_text(url, 200));
    return place;
}

template <typename Stream>
Result<CallAnswer> exchange(Stream& stream, http::request<http::string_body> const& request, std::string const& where,
                            std::function<Status(std::string_view)> const& take) {
    error_code failed;
    http::write(stream, request, failed);
    if (failed) return fail("http.unreachable", where, failed.message());
    boost::beast::flat_buffer buffer;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    parser.header_limit(64 * 1024);
    http::read_header(stream, buffer, parser, failed);
    if (failed) return fail("http.unreachable", where, failed.message());
    CallAnswer answer;
    answer.status = static_cast<int>(parser.get().result_int());
    auto const type = parser.get()[http::field::content_type];
    answer.content_type.assign(type.data(), type.size());
    bool const taken = take && answer.status >= 200 && answer.status < 300;
    std::array<char, 64 * 1024> block{};
    while (!parser.is_done()) {
        parser.get().body().data = block.data();
        parser.get().body().size = block.size();
        http::read(stream, buffer, parser, failed);
        if (failed == http::error::need_buffer) failed = {};
        if (failed) return fail("http.cut", where, failed.message());
        std::string_view const got(block.data(), block.size() - parser.get().body().size);
        if (taken) TRY(take(got));
        else answer.body += got;
    }
    return answer;
}

void be_patient(int socket, int seconds) {
    timeval const limit{seconds, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Result<CallAnswer> over_tls(asio::io_context& io, asio::ip::tcp::socket socket, Place const& place, Remote const& remote,
                            http::request<http::string_body> const& request, std::function<Status(std::string_view)> const& take) {
    error_code failed;
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    if (remote.authorities.empty()) context.set_default_verify_paths(failed);
    else context.load_verify_file(remote.authorities.string(), failed);
    if (failed) return fail("http.untrusted", remote.url, failed.message());
    asio::ssl::stream<asio::ip::tcp::socket> stream(std::move(socket), context);
    stream.set_verify_mode(asio::ssl::verify_peer, failed);
    stream.set_verify_callback(asio::ssl::host_name_verification(place.host), failed);
    SSL_set_tlsext_host_name(stream.native_handle(), place.host.c_str());
    stream.handshake(asio::ssl::stream_base::client, failed);
    if (failed) return fail("http.untrusted", remote.url, failed.message());
    (void)io;
    return exchange(stream, request, remote.url, take);
}

}  // namespace

Result<CallAnswer> call(Remote const& remote, std::string_view method, std::string_view target,
                        std::vector<std::pair<std::string, std::string>> const& headers, std::string body,
                        std::function<Status(std::string_view)> const& take) {
    auto const place = TRY(place_of(remote.url));
    http::request<http::string_body> request;
    request.version(11);
    request.method_string({method.data(), method.size()});
    auto const path = place.prefix + std::string(target);
    request.target({path.data(), path.size()});
    auto const host = place.scheme == "unix" ? std::string("localhost") : place.host + ":" + place.port;
    request.set(http::field::host, host);
    request.set(http::field::user_agent, "merlon");
    request.set(http::field::connection, "close");
    if (!remote.token.empty()) request.set(http::field::authorization, "Bearer " + remote.token);
    for (auto const& [name, value] : headers) request.set(name, value);
    request.body() = std::move(body);
    request.prepare_payload();

    asio::io_context io;
    error_code failed;
    if (place.scheme == "unix") {
        asio::local::stream_protocol::socket socket(io);
        if (place.host.size() >= sizeof(sockaddr_un::sun_path)) return fail("http.unreachable", remote.url, "the path is too long");
        socket.connect(asio::local::stream_protocol::endpoint(place.host), failed);
        if (failed) return fail("http.unreachable", remote.url, failed.message());
        be_patient(socket.native_handle(), remote.timeout_s);
        return exchange(socket, request, remote.url, take);
    }
    asio::ip::tcp::resolver resolver(io);
    auto const found = resolver.resolve(place.host, place.port, failed);
    if (failed) return fail("http.unreachable", remote.url, failed.message());
    asio::ip::tcp::socket socket(io);
    asio::connect(socket, found, failed);
    if (failed) return fail("http.unreachable", remote.url, failed.message());
    be_patient(socket.native_handle(), remote.timeout_s);
    if (place.scheme == "https") return over_tls(io, std::move(socket), place, remote, request, take);
    return exchange(socket, request, remote.url, take);
}

}  // namespace merlon::api
