#include "server/log.h"

#include <unistd.h>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"

namespace merlon::server {
namespace {

bool in_json = true;

std::string_view level_name(spdlog::level::level_enum level) {
    auto const name = spdlog::level::to_string_view(level);
    return {name.data(), name.size()};
}

}  // namespace

Status start_log(Settings const& settings) {
    auto const& format = settings.text("log.format");
    auto const& level = settings.text("log.level");
    if (format != "auto" && format != "json" && format != "text") return fail("settings.malformed", "log.format", "auto, json or text", format, "log.format");
    if (level != "debug" && level != "info" && level != "warn" && level != "error")
        return fail("settings.malformed", "log.level", "debug, info, warn or error", level, "log.level");
    in_json = format == "json" || (format == "auto" && ::isatty(STDERR_FILENO) != 1);
    auto logger = std::make_shared<spdlog::logger>("merlon", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    // The lines are made here: spdlog's patterns do not escape for JSON.
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    return {};
}

void log_request(api::Answered const& one) {
    auto const level = one.status >= 500 ? spdlog::level::err : spdlog::level::info;
    if (!spdlog::default_logger_raw()->should_log(level)) return;
    std::string line;
    if (in_json) {
        JsonWriter json(line);
        json.begin_object();
        json.member("time", iso_time(now_ticks()));
        json.member("level", level_name(level));
        json.member("event", "request");
        json.member("id", one.id);
        json.member("method", clean_text(one.method, 20));
        json.member("path", one.path);
        json.member("status", one.status);
        json.member("ms", std::round(one.milliseconds * 100) / 100);
        json.member("bytes", one.bytes);
        if (one.streamed) json.member("streamed", true);
        json.member("who", one.who.empty() ? std::string_view("nobody") : std::string_view(one.who));
        json.member("from", one.remote);
        if (!one.fault.empty()) json.member("fault", clean_text(one.fault, 2000));
        json.end_object();
    } else {
        line = fmt::format("{} {} {} {} {:.1f} ms {} {}", iso_seconds(now_ticks()), one.status, clean_text(one.method, 20), one.path,
                           one.milliseconds, one.who.empty() ? "nobody" : one.who, one.remote);
        if (!one.fault.empty()) line += ": " + clean_text(one.fault, 2000);
    }
    spdlog::default_logger_raw()->log(level, "{}", line);
}

void log_event(std::string_view event, std::string_view words) {
    std::string line;
    if (in_json) {
        JsonWriter json(line);
        json.begin_object();
        json.member("time", iso_time(now_ticks()));
        json.member("level", "info");
        json.member("event", event);
        if (!words.empty()) json.member("message", words);
        json.end_object();
    } else {
        line = words.empty() ? std::string(event) : std::string(words);
    }
    spdlog::info("{}", line);
}

}  // namespace merlon::server
