// GET of a list: OData options, envelope, paging, formats. What every route that answers rows of a resource shares.
#pragma once
#include "api/odata/options.h"
#include "api/service.h"

namespace merlon::api {

struct ListCall {
    Resource const* resource = nullptr;
    std::vector<std::string> parts;             // stand for $1, $2 ... in the resource's SQL
    std::string filter;                         // an OData condition beside the client's
    std::vector<std::string_view> own_options;  // names that the route reads itself, in lower case
    std::int64_t most_rows = 0;                 // of a page, when lower than the resource's
    std::string within = {};                    // SQL condition of the rows to look at; empty: all
    std::vector<std::pair<std::string, std::int64_t>> also = {};  // members of an entity beside its fields
};

// The request of something else, for an answer that shows a resource as JSON: without its options and what it accepts.
HttpRequest without_wishes(HttpRequest);

// The beginning of an answer with "@odata.context": media type and version of OData.
HttpResponse odata_response();

// Streams: memory does not depend on the number of rows.
Result<HttpResponse> answer_list(Service&, HttpRequest const&, ListCall const&);
// The bare number of rows, for ".../$count".
Result<HttpResponse> answer_count(Service&, HttpRequest const&, ListCall const&);
// One entity; `key` empty: the one row that the resource comes to.
Result<HttpResponse> answer_entity(Service&, HttpRequest const&, ListCall const&, std::string_view key);

// The statement of a list without its order: SELECT fields, `extra` FROM ... WHERE ...
// Everything that reads a resource's rows goes through here.
struct Selection {
    odata::Sql sql;
    std::string tail;  // ORDER BY and LIMIT, to be appended
    // Its parts, for a page that is found before its fields are computed: "SELECT fields, keys, extra" (keys: what the order
    // compares), the keys alone, " WHERE ...".
    std::string columns, keys, conditions;
};
Result<Selection> select_rows(Resource const&, odata::ListOptions const&, ListCall const&, Ticks now, std::string const& extra = {});

// The rows of `query` (a statement whose first columns are `fields`) as a stream of NDJSON or CSV.
Result<Pieces> stream_rows(Service&, odata::Sql const&, odata::Format, std::vector<Field const*> fields, bool pascal_case);

// "NAME(...)" parts of $expand: the members ,"name":[...] of one entity. Names are those of lists below the resource.
struct Expander {
    Service& service;
    HttpRequest const& request;
    Resource const& resource;
    std::vector<std::pair<Resource const*, odata::Expansion>> lists;

    static Result<Expander> create(Service&, HttpRequest const&, Resource const&, std::vector<odata::Expansion> const&);
    Status append(std::string& out, std::string_view key) const;
};

// Takes pieces into the body until it ends or has `most` bytes; an error on the way is the answer's.
Status settle(HttpResponse&, std::size_t most);

}  // namespace merlon::api
