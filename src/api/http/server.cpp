#include "api/http/server.h"

#include <poll.h>
#include <sys/stat.h>

#include <atomic>
#include <mutex>
#include <thread>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "api/http/tls.h"
#include "base/text.h"

namespace merlon::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using asio::use_awaitable;
using asio::generic::stream_protocol;
// One type for TCP and Unix sockets; TLS is a layer above.
using Plain = beast::basic_stream<stream_protocol>;
using Secure = asio::ssl::stream<Plain>;

namespace {

// Addresses that begin with the same bits.
struct Range {
    asio::ip::address address;
    unsigned bits = 0;
};

asio::ip::address plain(asio::ip::address const& one) {
    return one.is_v6() && one.to_v6().is_v4_mapped() ? asio::ip::make_address_v4(asio::ip::v4_mapped, one.to_v6()) : one;
}

Result<Range> range_of(std::string_view text) {
    auto const slash = text.find('/');
    boost::system::error_code failed;
    Range range{plain(asio::ip::make_address(std::string(text.substr(0, slash)), failed)), 0};
    auto const most = range.address.is_v4() ? 32 : 128;
    auto const bits = slash == std::string_view::npos ? most : to_int(text.substr(slash + 1)).value_or(-1);
    if (failed || bits < 0 || bits > most) return fail("http.bad_proxy", clean_text(text, 60));
    range.bits = static_cast<unsigned>(bits);
    return range;
}

template <typename Bytes>
bool begins_alike(Bytes const& a, Bytes const& b, unsigned bits) {
    for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
        auto const take = std::min(8U, bits);
        if ((a[i] ^ b[i]) >> (8U - take)) return false;
        bits -= take;
    }
    return true;
}

bool within(std::vector<Range> const& ranges, std::string_view text) {
    boost::system::error_code failed;
    auto const address = plain(asio::ip::make_address(std::string(text), failed));
    if (failed) return false;
    return std::ranges::any_of(ranges, [&](Range const& one) {
        if (one.address.is_v4() != address.is_v4()) return false;
        return address.is_v4() ? begins_alike(one.address.to_v4().to_bytes(), address.to_v4().to_bytes(), one.bits)
                               : begins_alike(one.address.to_v6().to_bytes(), address.to_v6().to_bytes(), one.bits);
    });
}

// What a proxy that is believed says of its client. The list in X-Forwarded-For is read from its end, where the nearest
// proxy wrote: the first address that is no proxy of ours is the client, and what stands before it is the client's own word.
void believe(HttpRequest& request, std::vector<Range> const& proxies) {
    if (!within(proxies, request.remote)) return;
    auto const proto = trim(request.header("x-forwarded-proto"));
    if (!proto.empty()) request.secure = proto == "https";
    auto const hops = split(request.header("x-forwarded-for"), ',');
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        boost::system::error_code failed;
        auto const address = asio::ip::make_address(std::string(trim(*hop)), failed);
        if (failed) return;
        request.remote = address.to_string();
        if (!within(proxies, request.remote)) return;
    }
}

}  // namespace

struct HttpServer::State {
    HttpOptions options;
    HttpHandler handler;
    asio::io_context io{1};
    asio::thread_pool workers;
    asio::basic_socket_acceptor<stream_protocol> acceptor{io};
    std::optional<asio::ssl::context> tls;
    std::thread thread;
    std::atomic<int> connections = 0;
    std::atomic<int> answering = 0;
    std::atomic<bool> stopping = false;
    std::uint16_t port = 0;
    std::map<std::string, int> by_address;  // connections of each; used on the one thread only
    std::vector<Range> proxies;

    State(HttpOptions o, HttpHandler h)
        : options(std::move(o)), handler(std::move(h)), workers(static_cast<std::size_t>(options.workers)) {}

    asio::awaitable<void> accept_loop();
    asio::awaitable<void> serve(stream_protocol::socket socket, std::string remote);
    template <typename Stream>
    asio::awaitable<void> converse(Stream& stream, std::string const& remote);
    template <typename Stream>
    asio::awaitable<bool> send(Stream& stream, HttpResponse response, unsigned version, bool keep_alive, bool head);
    asio::awaitable<HttpResponse> answer(HttpRequest request, asio::any_io_executor back);
    asio::awaitable<Result<bool>> next_piece(Pieces const& pieces, std::string& out, asio::any_io_executor back);
    Status use_tls();
    Status listen();
};

namespace {

using Parser = http::request_parser<http::string_body>;

HttpResponse refusal(int status, std::string_view code, std::string_view message) {
    HttpResponse response;
    response.status = status;
    response.body = "{\"error\":{\"code\":\"" + std::string(code) + "\",\"message\":\"" + std::string(message) + "\"}}";
    return response;
}

// The request as handlers see it; nothing when its target is not plain.
std::optional<HttpRequest> to_request(http::request<http::string_body>& message, std::string remote, bool secure) {
    HttpRequest request;
    request.method = std::string(message.method_string());
    std::string_view target(message.target().data(), message.target().size());
    if (!target.starts_with('/')) return {};
    auto const question = target.find('?');
    auto path = percent_decode(target.substr(0, question), false);
    if (!path) return {};
    request.path = std::move(*path);
    request.sent_path = std::string(target.substr(0, question));
    if (question != std::string_view::npos) request.query = std::string(target.substr(question + 1));
    for (auto const part : split(request.query, '&'))
        if (!percent_decode(part, true)) return {};  // a filter that cannot be read must not be left out
    for (auto const& field : message)
        request.headers.emplace_back(ascii_lower({field.name_string().data(), field.name_string().size()}),
                                     std::string(field.value()));
    request.body = std::move(message.body());
    request.remote = std::move(remote);
    request.secure = secure;
    return request;
}

// How often a response that waits is asked for what is new.
constexpr std::chrono::milliseconds waiting_pause{250};

std::size_t limit_of(http::request<http::string_body> const& message, HttpOptions const& options) {
    std::string_view target(message.target().data(), message.target().size());
    target = target.substr(0, target.find('?'));
    for (auto const& path : options.report_paths)
        if (equal_ignoring_ascii_case(target, path)) return options.most_report_bytes;
    return options.most_body_bytes;
}

// Two lengths, or a length and chunks, are read differently by different programs, and so are two hosts: refuse them (S14).
std::string_view ambiguity(http::request<http::string_body> const& message) {
    auto const lengths = message.count(http::field::content_length);
    auto const encodings = message.count(http::field::transfer_encoding);
    if (lengths > 1 || encodings > 1 || (lengths > 0 && encodings > 0)) return "The length of the body is ambiguous.";
    auto const hosts = message.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return "The request must name one host.";
    return {};
}

// Whether the peer has closed its side. Bytes that lie there unread (a next request) do not hide that.
bool has_hung_up(int handle) {
    pollfd one{handle, POLLRDHUP, 0};
    return ::poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

// A body that came compressed, as it was before. The refusal when it cannot be had.
std::optional<HttpResponse> unpack(HttpRequest& request, HttpOptions const& options) {
    auto const coding = trim(request.header("content-encoding"));
    if (coding.empty() || coding == "identity") return {};
    if (coding != "gzip") return refusal(415, "UnsupportedMediaType", "Bodies may be compressed by gzip only.");
    bool const report = std::ranges::any_of(options.report_paths, [&](auto const& path) { return equal_ignoring_ascii_case(request.path, path); });
    std::string plain;
    switch (gunzip(request.body, report ? 4 * options.most_report_bytes : options.most_body_bytes, plain)) {
    case Unpacked::whole: request.body = std::move(plain); return {};
    case Unpacked::malformed: return refusal(400, "BadRequest", "The body is no gzip stream.");
    case Unpacked::too_large: break;
    }
    return refusal(413, "BodyTooLarge", "The body is too large when it is unpacked.");
}

bool compressible(std::string_view type) {
    return type.starts_with("application/json") || type.starts_with("text/") || type.starts_with("application/xml") ||
           type.starts_with("application/x-ndjson") || type.starts_with("image/svg");
}

// Content coding by what the client takes ("gzip" without q=0). Answers to writes stay plain: they may hold secrets
// beside what the client sent, whose lengths compression would tell.
void compress(HttpRequest const& request, HttpResponse& response, std::size_t least) {
    for (auto const& [name, value] : response.headers)
        if (name == "Content-Encoding") return;  // it is coded already
    if (response.waits || !compressible(response.content_type)) return;
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (!response.rest && (request.method != "GET" || response.body.size() < least)) return;
    bool wanted = false;
    for (auto const part : split(request.header("accept-encoding"), ',')) {
        auto const coding = trim(part);
        if (!coding.starts_with("gzip")) continue;
        auto const q = coding.find("q=");
        wanted = q == std::string_view::npos || to_double(trim(coding.substr(q + 2))).value_or(0) > 0;
    }
    if (!wanted) return;
    if (response.rest) response.rest = gzip(std::move(response.rest), std::exchange(response.body, {}));
    else response.body = gzip(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
}

template <typename Body>
void set_head(http::response<Body>& message, HttpResponse const& answer, unsigned version, bool keep_alive, bool secure) {
    message.version(version);
    message.result(static_cast<unsigned>(answer.status));
    if (answer.status != 204 && answer.status != 304) message.set(http::field::content_type, answer.content_type);
    message.set("X-Content-Type-Options", "nosniff");
    message.set(http::field::cache_control, "no-store");
    message.set("Referrer-Policy", "no-referrer");
    if (secure) message.set(http::field::strict_transport_security, "max-age=31536000");
    for (auto const& [name, value] : answer.headers) {
        // Nothing that a caller wrote may begin a header of its own (S15).
        if (value.find_first_of("\r\n") != std::string::npos) continue;
        if (name == "Set-Cookie") message.insert(name, value);
        else message.set(name, value);
    }
    message.keep_alive(keep_alive);
}

}  // namespace

asio::awaitable<HttpResponse> HttpServer::State::answer(HttpRequest request, asio::any_io_executor back) {
    co_await asio::post(asio::bind_executor(workers, use_awaitable));
    HttpResponse response;
    try {
        auto refused = unpack(request, options);
        response = refused ? std::move(*refused) : handler(request);
        if (response.rest && request.method == "HEAD") response.rest = {};
        compress(request, response, options.least_bytes_to_compress);
    } catch (std::exception const&) {
        // Handlers return errors as values; only the exhaustion of memory arrives here.
        response = refusal(500, "InternalServerError", "The request could not be answered.");
    }
    co_await asio::post(asio::bind_executor(back, use_awaitable));
    co_return response;
}

asio::awaitable<Result<bool>> HttpServer::State::next_piece(Pieces const& pieces, std::string& out, asio::any_io_executor back) {
    co_await asio::post(asio::bind_executor(workers, use_awaitable));
    Result<bool> more = false;
    try {
        more = pieces(out);
    } catch (std::exception const&) {
        more = fail("http.out_of_memory");
    }
    co_await asio::post(asio::bind_executor(back, use_awaitable));
    co_return more;
}

// False when the connection is of no more use.
template <typename Stream>
asio::awaitable<bool> HttpServer::State::send(Stream& stream, HttpResponse response, unsigned version, bool keep_alive, bool head) {
    constexpr bool secure = std::is_same_v<Stream, Secure>;
    auto& lowest = beast::get_lowest_layer(stream);
    boost::system::error_code failed;
    auto const quiet = [&] { return asio::redirect_error(use_awaitable, failed); };
    auto const patience = std::chrono::seconds(options.body_timeout_s);
    lowest.expires_after(patience);
    if (!response.rest) {
        http::response<http::string_body> message;
        set_head(message, response, version, keep_alive, secure);
        message.body() = std::move(response.body);
        message.prepare_payload();
        if (head) message.body().clear();
        co_await http::async_write(stream, message, quiet());
        co_return !failed && keep_alive;
    }
    bool const chunked = version >= 11;  // HTTP/1.0 reads until the connection ends
    keep_alive = keep_alive && chunked;
    http::response<http::empty_body> message;
    set_head(message, response, version, keep_alive, secure);
    if (chunked) message.chunked(true);
    http::response_serializer<http::empty_body> serializer(message);
    co_await http::async_write_header(stream, serializer, quiet());
    auto piece = std::move(response.body);
    for (bool more = true; !failed;) {
        if (!piece.empty()) {
            lowest.expires_after(patience);
            if (chunked) co_await asio::async_write(stream, http::make_chunk(asio::buffer(piece)), quiet());
            else co_await asio::async_write(stream, asio::buffer(piece), quiet());
            if (failed) break;
            piece.clear();
        }
        if (!more) {
            if (chunked) co_await asio::async_write(stream, http::make_chunk_last(), quiet());
            co_return !failed && keep_alive;
        }
        lowest.expires_never();
        auto const next = co_await next_piece(response.rest, piece, stream.get_executor());
        if (!next || stopping) co_return false;
        more = *next;
        if (response.waits && more && piece.empty()) {
            asio::steady_timer pause(io, waiting_pause);
            co_await pause.async_wait(quiet());
            if (has_hung_up(lowest.socket().native_handle())) co_return false;
        }
    }
    co_return false;
}

template <typename Stream>
asio::awaitable<void> HttpServer::State::converse(Stream& stream, std::string const& remote) {
    auto& lowest = beast::get_lowest_layer(stream);
    beast::flat_buffer buffer(options.most_header_bytes + std::max(options.most_body_bytes, options.most_report_bytes) + 4096);
    boost::system::error_code failed;
    auto const quiet = [&] { return asio::redirect_error(use_awaitable, failed); };
    bool first = true;
    while (!stopping) {
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(options.most_header_bytes));
        parser.body_limit(std::max(options.most_body_bytes, options.most_report_bytes));
        // Between requests the connection may rest; once a request has begun, its header must come soon.
        if (!first && buffer.size() == 0) {
            lowest.expires_after(std::chrono::seconds(options.idle_timeout_s));
            auto const got = co_await stream.async_read_some(buffer.prepare(4096), quiet());
            if (failed) break;
            buffer.commit(got);
        }
        lowest.expires_after(std::chrono::seconds(options.header_timeout_s));
        first = false;
        co_await http::async_read_header(stream, buffer, parser, quiet());
        std::optional<HttpResponse> refused;
        if (failed == http::error::header_limit) refused = refusal(431, "HeadersTooLarge", "The headers are too large.");
        else if (failed == http::error::body_limit) refused = refusal(413, "BodyTooLarge", "The body is too large.");
        else if (failed && failed.category() == http::make_error_code(http::error::bad_target).category() &&
                 failed != http::error::end_of_stream && failed != http::error::partial_message)
            refused = refusal(400, "BadRequest", "This is no well-formed HTTP request.");
        else if (failed) break;
        if (!refused && parser.get().target().size() > options.most_target_bytes)
            refused = refusal(414, "UriTooLong", "The address is too long.");
        // The limit is that of the path: only inventories may be large.
        auto const limit = limit_of(parser.get(), options);
        parser.body_limit(limit);
        if (!refused && parser.content_length() && *parser.content_length() > limit) refused = refusal(413, "BodyTooLarge", "The body is too large.");
        if (!refused)
            if (auto const why = ambiguity(parser.get()); !why.empty()) refused = refusal(400, "BadRequest", why);
        if (!refused) {
            if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
                http::response<http::empty_body> go_on(http::status::continue_, parser.get().version());
                co_await http::async_write(stream, go_on, quiet());
                if (failed) break;
            }
            lowest.expires_after(std::chrono::seconds(options.body_timeout_s));
            co_await http::async_read(stream, buffer, parser, quiet());
            if (failed == http::error::body_limit) refused = refusal(413, "BodyTooLarge", "The body is too large.");
            else if (failed && failed.category() == http::make_error_code(http::error::bad_target).category() &&
                     failed != http::error::partial_message && failed != http::error::end_of_stream)
                refused = refusal(400, "BadRequest", "This is no well-formed HTTP request.");
            else if (failed) break;
        }
        auto const version = parser.get().version();
        bool const head = parser.get().method() == http::verb::head;
        bool keep_alive = !refused && parser.get().keep_alive() && !stopping;
        HttpResponse response;
        ++answering;
        if (refused) {
            response = std::move(*refused);
        } else if (auto request = to_request(parser.get(), remote, std::is_same_v<Stream, Secure>)) {
            believe(*request, proxies);
            lowest.expires_never();
            request->left = [handle = lowest.socket().native_handle()] { return has_hung_up(handle); };
            response = co_await answer(std::move(*request), stream.get_executor());
        } else {
            response = refusal(400, "BadRequest", "The address is malformed.");
        }
        keep_alive = keep_alive && !stopping;
        bool const goes_on = co_await send(stream, std::move(response), version < 10 ? 11 : version, keep_alive, head);
        --answering;
        if (!goes_on) break;
    }
}

asio::awaitable<void> HttpServer::State::serve(stream_protocol::socket socket, std::string remote) {
    Plain plain(std::move(socket));
    boost::system::error_code failed;
    if (tls) {
        Secure secure(std::move(plain), *tls);
        beast::get_lowest_layer(secure).expires_after(std::chrono::seconds(options.header_timeout_s));
        co_await secure.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(use_awaitable, failed));
        if (!failed) {
            co_await converse(secure, remote);
            beast::get_lowest_layer(secure).expires_after(std::chrono::seconds(5));
            co_await secure.async_shutdown(asio::redirect_error(use_awaitable, failed));
        }
        beast::get_lowest_layer(secure).socket().shutdown(stream_protocol::socket::shutdown_send, failed);
    } else {
        co_await converse(plain, remote);
        plain.socket().shutdown(stream_protocol::socket::shutdown_send, failed);
    }
    --connections;
    if (auto const found = by_address.find(remote); found != by_address.end() && --found->second == 0) by_address.erase(found);
}

asio::awaitable<void> HttpServer::State::accept_loop() {
    while (!stopping) {
        boost::system::error_code failed;
        stream_protocol::socket socket(io);
        stream_protocol::endpoint peer;
        co_await acceptor.async_accept(socket, peer, asio::redirect_error(use_awaitable, failed));
        if (failed == asio::error::operation_aborted || stopping) break;
        if (failed) {
            // Out of file descriptors, most likely: wait instead of spinning.
            asio::steady_timer pause(io, std::chrono::milliseconds(50));
            co_await pause.async_wait(asio::redirect_error(use_awaitable, failed));
            continue;
        }
        if (connections >= options.most_connections) continue;  // closing it is the answer
        std::string remote = "local";
        if (options.unix_socket.empty()) {
            tcp::endpoint address;
            std::memcpy(address.data(), peer.data(), std::min(peer.size(), address.capacity()));
            address.resize(peer.size());
            remote = address.address().to_string();
            bool const crowded = by_address[remote] >= options.most_connections_an_address;
            if (crowded && !address.address().is_loopback() && !within(proxies, remote)) continue;
            socket.set_option(tcp::no_delay(true), failed);
        }
        ++connections;
        ++by_address[remote];
        asio::co_spawn(io, serve(std::move(socket), remote), asio::detached);
    }
}

// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only (RFC 9325, section 4.2.1).
Status HttpServer::State::use_tls() {
    TRY(check_key_mode(options.private_key));
    boost::system::error_code failed;
    tls.emplace(asio::ssl::context::tls_server);
    auto* raw = tls->native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
    tls->use_certificate_chain_file(options.certificate.string(), failed);
    if (failed) return fail("http.certificate", options.certificate.string(), failed.message());
    tls->use_private_key_file(options.private_key.string(), asio::ssl::context::pem, failed);
    if (failed || SSL_CTX_check_private_key(raw) != 1)
        return fail("http.certificate", options.private_key.string(), failed ? failed.message() : "it does not belong to the certificate");
    return {};
}

Status HttpServer::State::listen() {
    boost::system::error_code failed;
    auto const where = options.unix_socket.empty() ? options.address + ":" + std::to_string(options.port) : options.unix_socket.string();
    stream_protocol::endpoint endpoint;
    if (options.unix_socket.empty()) {
        auto const address = asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, failed);
        if (failed) return fail("http.cannot_listen", where, failed.message());
        endpoint = tcp::endpoint(address, options.port);
    } else {
        if (where.size() >= sizeof(sockaddr_un::sun_path)) return fail("http.cannot_listen", where, "the path is too long");
        std::filesystem::remove(options.unix_socket, failed);
        failed = {};
        endpoint = asio::local::stream_protocol::endpoint(where);
    }
    acceptor.open(endpoint.protocol(), failed);
    if (!failed && options.unix_socket.empty()) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed && !options.unix_socket.empty()) (void)::chmod(where.c_str(), 0600);
    if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) return fail("http.cannot_listen", where, failed.message());
    if (options.unix_socket.empty()) {
        auto const bound = acceptor.local_endpoint();
        tcp::endpoint address;
        std::memcpy(address.data(), bound.data(), std::min(bound.size(), address.capacity()));
        address.resize(bound.size());
        port = address.port();
    }
    return {};
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;

Result<HttpServer> HttpServer::start(HttpOptions const& options, HttpHandler handler) {
    auto state = std::make_unique<State>(options, std::move(handler));
    for (auto const& one : options.proxies) state->proxies.push_back(TRY(range_of(one)));
    if (!options.certificate.empty()) TRY(state->use_tls());
    TRY(state->listen());
    asio::co_spawn(state->io, state->accept_loop(), asio::detached);
    state->thread = std::thread([raw = state.get()] { raw->io.run(); });
    return HttpServer(std::move(state));
}

HttpServer::~HttpServer() {
    if (state_) stop(0);
}

std::uint16_t HttpServer::port() const { return state_->port; }
int HttpServer::connections() const { return state_->connections; }

void HttpServer::stop(int grace_s, std::function<void()> const& cancel) {
    if (!state_->thread.joinable()) return;
    state_->stopping = true;
    asio::post(state_->io, [this] {
        boost::system::error_code ignored;
        state_->acceptor.close(ignored);
        if (!state_->options.unix_socket.empty()) std::filesystem::remove(state_->options.unix_socket, ignored);
    });
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(grace_s);
    while (state_->answering > 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (state_->answering > 0 && cancel) cancel();
    if (grace_s > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));  // let the last answers leave
    state_->workers.join();
    state_->io.stop();
    state_->thread.join();
}

}  // namespace merlon::api
