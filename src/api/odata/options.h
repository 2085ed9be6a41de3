// The query options of a list, read and checked, and the skip token that lets a list go on where a page ended.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/server.h"
#include "api/odata/filter.h"

namespace merlon::api::odata {

enum class Format : std::uint8_t { json, ndjson, csv, parquet };
std::string_view media_type(Format);

struct Expansion {
    std::string name;   // "*": all
    std::string query;  // the options inside the brackets, as those of a request: "$select=id&$top=5"
    Span span;
};

struct ListOptions {
    std::string filter, order, search;
    std::vector<Field const*> fields;
    std::vector<Expansion> expand;
    std::optional<std::int64_t> top;
    std::int64_t page = 0;  // rows of a page
    std::int64_t skip = 0;
    std::optional<Ticks> since;
    Ticks as_of = 0, from = 0, to = max_datetime_ticks;  // of resources with history or period
    bool count = false;
    bool page_preferred = false;  // by the header Prefer: odata.maxpagesize
    Format format = Format::json;
    std::string token;      // $skiptoken
};

// $format, else the first type of the header Accept that we make. Errors: odata.bad_option, api.not_acceptable.
Result<Format> read_format(HttpRequest const&);

// Option names are compared without case and may lack their $. `own`: further names that the call itself reads.
// Errors: odata.unknown_option, odata.bad_option, odata.unknown_property, api.not_acceptable.
Result<ListOptions> read_options(HttpRequest const&, Resource const&, std::span<std::string_view const> own = {});
// The time that an option says. Errors: api.bad_parameter, naming the option.
Result<Ticks> time_option(std::string_view name, std::string const& text);
// The error with its place in `text`, so that it can be told apart from the other options.
Error located(Error, std::string_view text);

// A skip token holds the order values of the last row and how many rows of $top are left. It fits only the same filter and
// order. Errors: odata.bad_option.
struct SkipToken {
    std::vector<store::Value> after;
    std::optional<std::int64_t> left;
};
std::string write_token(ListOptions const&, SkipToken const&);
Result<SkipToken> read_token(ListOptions const&, std::size_t order_keys);

}  // namespace merlon::api::odata
