#include "feeds/record_parser.h"

#include "base/text.h"
#include "feeds/array_splitter.h"

namespace merlon::feeds {

Result<json::Value> RecordParser::at_byte(std::string_view text, std::string_view name, std::uint64_t offset) {
    json::Value value;
    if (auto const failed = parser_.parse(text.data(), text.size()).get(value))
        return fail("feeds.damaged_json", std::string(name), std::to_string(offset), simdjson::error_message(failed));
    return value;
}

Result<json::Value> RecordParser::at_line(std::string_view text, std::string_view name, std::size_t line) {
    json::Value value;
    if (auto const failed = parser_.parse(text.data(), text.size()).get(value))
        return fail("feeds.damaged_line", std::string(name), std::to_string(line), simdjson::error_message(failed));
    return value;
}

Result<WholeDocument> whole_document(Source const& source) {
    WholeDocument whole;
    whole.bytes = TRY(whole_of(source));
    whole.document = TRY(json::Document::parse(whole.bytes, source.name));
    return whole;
}

Result<std::string> each_in_array(Source const& source, std::string key,
                                  std::function<Status(json::Value, std::uint64_t)> const& take) {
    RecordParser parser;
    ArraySplitter splitter(source.name, std::move(key), [&](std::string_view text, std::uint64_t offset) -> Status {
        return take(TRY(parser.at_byte(text, source.name, offset)), offset);
    });
    TRY(pieces_of(source, [&](std::string_view piece) { return splitter.feed(piece); }));
    return splitter.finish();
}

Status each_line(Source const& source, std::function<Status(json::Value, std::size_t)> const& take) {
    RecordParser parser;
    return lines_of(source, [&](std::string_view line, std::size_t number) -> Status {
        if (trim(line).empty()) return {};
        return take(TRY(parser.at_line(line, source.name, number)), number);
    });
}

}  // namespace merlon::feeds
