#include "api/http/server.h"

#include <atomic>
#include <thread>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/text.h"

namespace merlon::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using asio::use_awaitable;

struct HttpServer::State {
    HttpOptions options;
    HttpHandler handler;
    asio::io_context io{1};
    asio::thread_pool workers;
    tcp::acceptor acceptor{io};
    std::thread thread;
    std::atomic<int> connections = 0;
    std::atomic<int> answering = 0;
    std::atomic<bool> stopping = false;
    std::uint16_t port = 0;

    State(HttpOptions o, HttpHandler h)
        : options(std::move(o)), handler(std::move(h)), workers(static_cast<std::size_t>(options.workers)) {}

    asio::awaitable<void> accept_loop();
    asio::awaitable<void> serve(tcp::socket socket);
    asio::awaitable<HttpResponse> answer(HttpRequest request, asio::any_io_executor back);
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
std::optional<HttpRequest> to_request(http::request<http::string_body>& message, std::string remote) {
    HttpRequest request;
    request.method = std::string(message.method_string());
    std::string_view target(message.target().data(), message.target().size());
    if (!target.starts_with('/')) return {};
    auto const question = target.find('?');
    auto path = percent_decode(target.substr(0, question), false);
    if (!path) return {};
    request.path = std::move(*path);
    if (question != std::string_view::npos) request.query = std::string(target.substr(question + 1));
    for (auto const& field : message)
        request.headers.emplace_back(ascii_lower({field.name_string().data(), field.name_string().size()}),
                                     std::string(field.value()));
    request.body = std::move(message.body());
    request.remote = std::move(remote);
    return request;
}

http::response<http::string_body> to_message(HttpResponse answer, unsigned version, bool keep_alive, bool head) {
    http::response<http::string_body> message;
    message.version(version);
    message.result(static_cast<unsigned>(answer.status));
    message.set(http::field::content_type, answer.content_type);
    message.set("X-Content-Type-Options", "nosniff");
    message.set(http::field::cache_control, "no-store");
    for (auto const& [name, value] : answer.headers) message.set(name, value);
    message.keep_alive(keep_alive);
    message.body() = std::move(answer.body);
    message.prepare_payload();
    if (head) message.body().clear();
    return message;
}

std::size_t limit_of(http::request<http::string_body> const& message, HttpOptions const& options) {
    std::string_view target(message.target().data(), message.target().size());
    target = target.substr(0, target.find('?'));
    for (auto const& path : options.report_paths)
        if (equal_ignoring_ascii_case(target, path)) return options.most_report_bytes;
    return options.most_body_bytes;
}

// Two lengths, or a length and chunks, are read differently by different programs: refuse them (S14).
bool ambiguous_length(http::request<http::string_body> const& message) {
    auto const lengths = message.count(http::field::content_length);
    auto const encodings = message.count(http::field::transfer_encoding);
    return lengths > 1 || encodings > 1 || (lengths > 0 && encodings > 0);
}

}  // namespace

asio::awaitable<HttpResponse> HttpServer::State::answer(HttpRequest request, asio::any_io_executor back) {
    co_await asio::post(asio::bind_executor(workers, use_awaitable));
    HttpResponse response;
    try {
        response = handler(request);
    } catch (std::exception const&) {
        // Handlers return errors as values; only the exhaustion of memory arrives here.
        response = refusal(500, "InternalServerError", "The request could not be answered.");
    }
    co_await asio::post(asio::bind_executor(back, use_awaitable));
    co_return response;
}

asio::awaitable<void> HttpServer::State::serve(tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer(options.most_header_bytes + options.most_body_bytes + 4096);
    boost::system::error_code failed;
    auto const peer = stream.socket().remote_endpoint(failed);
    auto const remote = failed ? std::string{} : peer.address().to_string();
    auto const quiet = [&] { return asio::redirect_error(use_awaitable, failed); };
    bool first = true;
    while (!stopping) {
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(options.most_header_bytes));
        parser.body_limit(std::max(options.most_body_bytes, options.most_report_bytes));
        stream.expires_after(std::chrono::seconds(first ? options.header_timeout_s : options.idle_timeout_s));
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
        if (!refused && ambiguous_length(parser.get()))
            refused = refusal(400, "BadRequest", "The length of the body is ambiguous.");
        if (!refused) {
            if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
                http::response<http::empty_body> go_on(http::status::continue_, parser.get().version());
                co_await http::async_write(stream, go_on, quiet());
                if (failed) break;
            }
            stream.expires_after(std::chrono::seconds(options.body_timeout_s));
            co_await http::async_read(stream, buffer, parser, quiet());
            if (failed == http::error::body_limit) refused = refusal(413, "BodyTooLarge", "The body is too large.");
            else if (failed) break;
        }
        auto const version = parser.get().version();
        bool const head = parser.get().method() == http::verb::head;
        bool keep_alive = !refused && parser.get().keep_alive() && !stopping;
        HttpResponse response;
        if (refused) {
            response = std::move(*refused);
        } else if (auto request = to_request(parser.get(), remote)) {
            stream.expires_never();
            ++answering;
            response = co_await answer(std::move(*request), stream.get_executor());
            --answering;
        } else {
            response = refusal(400, "BadRequest", "The address is malformed.");
        }
        keep_alive = keep_alive && !stopping;
        auto message = to_message(std::move(response), version < 10 ? 11 : version, keep_alive, head);
        stream.expires_after(std::chrono::seconds(options.body_timeout_s));
        co_await http::async_write(stream, message, quiet());
        if (failed || !keep_alive) break;
    }
    stream.socket().shutdown(tcp::socket::shutdown_send, failed);
    --connections;
}

asio::awaitable<void> HttpServer::State::accept_loop() {
    while (!stopping) {
        boost::system::error_code failed;
        auto socket = co_await acceptor.async_accept(asio::redirect_error(use_awaitable, failed));
        if (failed == asio::error::operation_aborted || stopping) break;
        if (failed) {
            // Out of file descriptors, most likely: wait instead of spinning.
            asio::steady_timer pause(io, std::chrono::milliseconds(50));
            co_await pause.async_wait(asio::redirect_error(use_awaitable, failed));
            continue;
        }
        if (connections >= options.most_connections) continue;  // closing it is the answer
        ++connections;
        socket.set_option(tcp::no_delay(true), failed);
        asio::co_spawn(io, serve(std::move(socket)), asio::detached);
    }
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;

Result<HttpServer> HttpServer::start(HttpOptions const& options, HttpHandler handler) {
    auto state = std::make_unique<State>(options, std::move(handler));
    boost::system::error_code failed;
    auto const where = options.address + ":" + std::to_string(options.port);
    auto const address = asio::ip::make_address(options.address, failed);
    if (failed) return fail("http.cannot_listen", where, failed.message());
    tcp::endpoint const endpoint(address, options.port);
    state->acceptor.open(endpoint.protocol(), failed);
    if (!failed) state->acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) state->acceptor.bind(endpoint, failed);
    if (!failed) state->acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) return fail("http.cannot_listen", where, failed.message());
    state->port = state->acceptor.local_endpoint().port();
    asio::co_spawn(state->io, state->accept_loop(), asio::detached);
    state->thread = std::thread([raw = state.get()] { raw->io.run(); });
    return HttpServer(std::move(state));
}

HttpServer::~HttpServer() {
    if (state_) stop(0);
}

std::uint16_t HttpServer::port() const { return state_->port; }

void HttpServer::stop(int grace_s) {
    if (!state_->thread.joinable()) return;
    state_->stopping = true;
    asio::post(state_->io, [this] {
        boost::system::error_code ignored;
        state_->acceptor.close(ignored);
    });
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(grace_s);
    while (state_->answering > 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (grace_s > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));  // let the last answers leave
    state_->workers.join();
    state_->io.stop();
    state_->thread.join();
}

}  // namespace merlon::api
