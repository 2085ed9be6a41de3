// Texts with a structure of their own, as dynamic values: URLs, paths, command lines, CSV, XML, versions.
// Source: shared semantics guide, section 8.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hunt/functions/runtime/json.h"

namespace merlon::hunt {

// Keys Scheme, Host, Port, Path, Username, Password, "Query Parameters", Fragment; never null.
void parse_url(std::string_view url, std::string& json);
// Only "Query Parameters".
void parse_url_query(std::string_view query, std::string& json);
// Keys Scheme, RootPath, DirectoryPath, DirectoryName, Filename, Extension, AlternateDataStreamName.
void parse_path(std::string_view path, std::string& json);
// Arguments by the rules of CommandLineToArgvW; false for "".
bool parse_command_line(std::string_view line, std::string& json);
// The fields of the first record.
void parse_csv(std::string_view text, std::string& json);
// Elements as bags, attributes as "@name", text beside them as "#text"; false (null) for what is no XML.
bool parse_xml(std::string_view text, std::string& json);
// Up to four numbers of up to eight digits, as one number of 32 digits; nothing for other text.
std::optional<std::string> version_digits(std::string_view text);

}  // namespace merlon::hunt
