// Parses one record at a time with one simdjson parser; what is no JSON is an error with the place in the document.
#pragma once
#include <string>
#include <string_view>

#include "base/json_read.h"
#include "feeds/source.h"

namespace merlon::feeds {

class RecordParser {
public:
    // A record that begins at byte `offset` of the document.
    Result<json::Value> at_byte(std::string_view text, std::string_view name, std::uint64_t offset);
    // A record that is a line.
    Result<json::Value> at_line(std::string_view text, std::string_view name, std::size_t line);

private:
    simdjson::dom::parser parser_;
};

// The whole document of a source, parsed; at most most_document_bytes.
struct WholeDocument {
    std::string bytes;
    json::Document document;
};
Result<WholeDocument> whole_document(Source const&);

// Calls `take` with each top-level object of a source and the place where it begins: of an array (of the member `key`,
// or the document itself when `key` is empty). Returns the text around the array.
Result<std::string> each_in_array(Source const&, std::string key,
                                  std::function<Status(json::Value, std::uint64_t offset)> const& take);
// The same for JSON lines; empty lines are skipped.
Status each_line(Source const&, std::function<Status(json::Value, std::size_t line)> const& take);

}  // namespace merlon::feeds
