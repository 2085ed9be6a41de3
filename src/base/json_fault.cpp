#include "base/json_fault.h"

#include <algorithm>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>

namespace merlon::json {
namespace {

// Takes every event and keeps nothing.
struct Ignore {
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    using Code = boost::json::error_code;
    using Text = boost::json::string_view;
    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_array_begin(Code&) { return true; }
    bool on_array_end(std::size_t, Code&) { return true; }
    bool on_object_begin(Code&) { return true; }
    bool on_object_end(std::size_t, Code&) { return true; }
    bool on_string_part(Text, std::size_t, Code&) { return true; }
    bool on_string(Text, std::size_t, Code&) { return true; }
    bool on_key_part(Text, std::size_t, Code&) { return true; }
    bool on_key(Text, std::size_t, Code&) { return true; }
    bool on_number_part(Text, Code&) { return true; }
    bool on_int64(std::int64_t, Text, Code&) { return true; }
    bool on_uint64(std::uint64_t, Text, Code&) { return true; }
    bool on_double(double, Text, Code&) { return true; }
    bool on_bool(bool, Code&) { return true; }
    bool on_null(Code&) { return true; }
    bool on_comment_part(Text, Code&) { return true; }
    bool on_comment(Text, Code&) { return true; }
};

}  // namespace

std::string first_fault(std::string_view bytes) {
    boost::json::parse_options options;
    options.max_depth = 1024;  // as deep as the fast reader goes
    boost::json::basic_parser<Ignore> parser(options);
    boost::json::error_code failed;
    auto at = parser.write_some(false, bytes.data(), bytes.size(), failed);
    if (!failed && at == bytes.size()) return "end of the text";
    if (!failed) failed = boost::json::error::extra_data;
    at = std::min(at, bytes.size());
    auto const before = bytes.substr(0, at);
    auto const line = std::count(before.begin(), before.end(), '\n') + 1;
    auto const start = before.rfind('\n');
    auto const column = start == std::string_view::npos ? at + 1 : at - start;
    auto reason = failed == boost::json::error::incomplete ? std::string("it ends too early") : failed.message();
    return "line " + std::to_string(line) + ", column " + std::to_string(column) + " (byte " + std::to_string(at) + "): " + reason;
}

}  // namespace merlon::json
