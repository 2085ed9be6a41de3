#include "api/routes/list.h"

#include "api/routes/parquet.h"
#include "api/routes/rows.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/device_facts.h"
#include "store/history.h"

namespace merlon::api {
namespace {

using odata::Format;
using odata::ListOptions;
using odata::located;

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::int64_t most_expanded_entities = 100;
constexpr std::size_t most_expanded_bytes = std::size_t{256} << 20;

// A resource below another entity is there only when that entity is, and is then asked for by its key: the engine looks a key
// up, where it would go through everything for a key that it has to find itself.
Result<ListCall> below_its_parent(store::Connection& connection, ListCall call) {
    auto const& resource = *call.resource;
    if (!resource.below) return call;
    store::Value found;
    if (resource.parent == store::device_named_sql) {
        if (auto device = TRY(store::device_named(connection, call.parts[0]))) found = std::move(*device);
    } else {
        std::vector<store::Value> const parameters(call.parts.begin(), call.parts.end());
        found = TRY(connection.scalar(resource.parent, parameters));
    }
    if (auto const* key = std::get_if<std::string>(&found)) {
        call.parts[0] = *key;
        return call;
    }
    if (auto const* count = std::get_if<std::int64_t>(&found); count && *count > 0) return call;
    return fail("api.no_such", resource.path.substr(0, resource.path.find('/')), clean_text(call.parts[0], 100));
}

// The same request going on after a row: every other option exactly as it was sent.
std::string next_link(HttpRequest const& request, std::string const& base, std::string const& token) {
    std::string path;
    for (auto const& part : request.segments()) path += "/" + percent_encode(part);
    std::string query;
    for (auto const part : split(request.query, '&')) {
        auto const name = ascii_lower(percent_decode(part.substr(0, part.find('=')), true).value_or(""));
        if (part.empty() || name == "$skip" || name == "skip" || name == "$skiptoken" || name == "skiptoken") continue;
        query += std::string(part) + "&";
    }
    return base + path + "?" + query + "$skiptoken=" + token;
}

// A list on its way: the connection lives as long as its rows are read.
struct Running {
    Service::Lease connection;
    std::optional<store::Rows> rows;
    RowWriter writer;
    ListOptions options;
    std::vector<odata::OrderKey> order;
    std::optional<Expander> expander;
    HttpRequest request;
    std::string base, prefix;
    std::int64_t limit = 0;               // rows of this page
    std::optional<std::int64_t> left;     // of $top, after this page
    std::int64_t written = 0;
    std::vector<store::Value> last;       // order values of the last row written
    bool others_follow = false;           // others come behind the rows that are looked for
    bool more = false;
    std::optional<store::Chunk> first = {};  // of `rows`, where it was looked at before
};

// A page that came out shorter than it was counted: something was committed between. The list goes on behind it.
bool ends_early(Running const& run) {
    return run.others_follow && !(run.left && *run.left + run.limit - run.written == 0);
}

Result<bool> next_rows(Running& run, std::string& out) {
    out += std::exchange(run.prefix, {});
    auto const fields = run.options.fields.size();
    auto const begin = out.size();
    while (out.size() - begin < piece_bytes && !run.more) {
        auto const chunk = run.first ? std::exchange(run.first, {}) : TRY(run.rows->next());
        if (!chunk && ends_early(run)) {
            run.more = true;
            if (run.left) *run.left += run.limit - run.written;
            break;
        }
        if (!chunk) {
            out += "]}";
            return false;
        }
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            if (run.written == run.limit) {
                run.more = true;
                break;
            }
            if (run.written++ > 0) out += ',';
            out += '{';
            run.writer.members(out, *chunk, row);
            if (run.expander) TRY(run.expander->append(out, chunk->columns[fields + run.order.size()].text(row)));
            out += '}';
            if (run.written == run.limit || run.others_follow) {
                run.last.clear();
                for (std::size_t i = 0; i < run.order.size(); ++i) run.last.push_back(chunk->columns[fields + i].value(row));
            }
        }
    }
    if (!run.more) return true;
    out += "],\"@odata.nextLink\":";
    append_json_string(out, next_link(run.request, run.base, odata::write_token(run.options, {run.last, run.left})));
    out += "}";
    return false;
}

// What a condition of the options came to, or its error with its place.
Status condition(Status outcome, std::string_view text) {
    if (outcome) return {};
    return std::unexpected(located(std::move(outcome).error(), text));
}

// The time that the answer is about: what is past due, or expired, is so then.
Ticks time_of(ListOptions const& options) { return options.as_of > 0 ? options.as_of : now_ticks(); }

// The statement as of the time that was asked for.
Result<std::string> at_its_time(std::string sql, ListOptions const& options, Resource const& resource, Ticks now) {
    if (options.as_of > 0) return store::as_of(std::move(sql), options.as_of);
    if (!resource.period) return sql;
    return replace_all(replace_all(std::move(sql), "$from", std::to_string(options.from)), "$to", std::to_string(std::min(options.to, now)));
}

// Options that count rows: neither fields nor order nor page.
ListOptions for_counting(ListOptions options) {
    options.fields.clear();
    options.format = Format::ndjson;
    options.order.clear();
    options.top.reset();
    options.skip = 0;
    return options;
}

// Where rows are told device after device, a page needs the rows of a few devices only.
struct DevicesOfPage {
    std::string condition;  // for as many devices, from where the page begins, as have the rows that are wanted; empty: all
    std::string last;       // of these; empty: there are none behind
};
// All, where a filter may leave few rows of each device, or where another order mixes them.
Result<DevicesOfPage> devices_of_page(store::Connection& connection, ListCall const& call, ListOptions const& options, std::string const& begin,
                                      std::int64_t wanted, Ticks now) {
    auto const& resource = *call.resource;
    bool const narrowed = !trim(options.filter).empty() || !trim(options.search).empty() || !trim(call.filter).empty() || options.since || options.as_of > 0;
    if (resource.device.empty() || !trim(options.order).empty() || narrowed) return DevicesOfPage{};
    auto within = call;
    auto counting = options;
    counting.fields.clear();
    constexpr std::int64_t most_more = 32;  // times as many devices, when too few were looked at
    for (std::int64_t devices = 64;;) {
        std::array const from{store::Value{begin}};
        auto rows = TRY(connection.query("SELECT count(*), max(id) FROM (SELECT id FROM main.device WHERE id >= $1 ORDER BY id LIMIT " + std::to_string(devices) + ")", from));
        auto const chunk = TRY(rows.next());
        if (!chunk || chunk->columns[0].int64(0) < devices)
            return DevicesOfPage{begin.empty() ? std::string{} : resource.device + " >= " + store::quote_text(begin), {}};
        std::string const last(chunk->columns[1].text(0));
        within.within = resource.device + " BETWEEN " + store::quote_text(begin) + " AND " + store::quote_text(last);
        auto const selection = TRY(select_rows(resource, counting, within, now));
        auto const found = TRY(connection.count("SELECT count(*) FROM (" + selection.sql.text + " LIMIT " + std::to_string(wanted) + ")", selection.sql.parameters));
        if (found >= wanted) return DevicesOfPage{within.within, last};
        devices *= std::clamp<std::int64_t>(1 + 2 * wanted / std::max<std::int64_t>(found, 1), 2, most_more);
    }
}

Result<std::int64_t> count_rows(store::Connection& connection, ListCall const& call, ListOptions const& options, Ticks now) {
    auto const selection = TRY(select_rows(*call.resource, for_counting(options), call, now));
    return connection.count("SELECT count(*) FROM (" + selection.sql.text + ")", selection.sql.parameters);
}

// A page and, as its last column, the number of all rows, found in one pass. The selection ends with one column more than its
// fields and order.
std::string counted_page(std::string const& selection, std::vector<odata::OrderKey> const& order, std::size_t fields, std::string const& limits) {
    auto const columns = fields + order.size() + 1;
    std::string names, keys;
    for (std::size_t i = 0; i < columns; ++i) names += (i > 0 ? ", c" : "c") + std::to_string(i);
    for (std::size_t i = 0; i < order.size(); ++i)
        keys += (i > 0 ? ", c" : "c") + std::to_string(fields + i) + (order[i].descending ? " DESC NULLS LAST" : " ASC NULLS FIRST");
    return "WITH found(" + names + ") AS MATERIALIZED (" + selection + ") SELECT " + names + ", (SELECT count(*) FROM found) FROM found ORDER BY " + keys + limits;
}

// The rows of a page, found by what sorts them. The engine then looks up what they show: it would read whole columns where it
// does not know beforehand which rows are wanted.
struct RowsOfPage {
    std::string statement;           // of their fields, without parameters
    std::vector<store::Value> last;  // order values of the last row of the page
    bool more = false;               // rows come behind it
    std::optional<std::int64_t> total;
};

bool has_parameters(std::string_view sql) {
    for (auto at = sql.find('$'); at != std::string_view::npos; at = sql.find('$', at + 1))
        if (at + 1 < sql.size() && sql[at + 1] >= '0' && sql[at + 1] <= '9') return true;
    return false;
}

// Whether a page of so many rows is found so.
bool found_first(Resource const& resource, ListOptions const& options, Selection const& selection, std::int64_t rows) {
    constexpr std::int64_t most = 1000;
    return !resource.row.empty() && options.as_of == 0 && rows <= most && !has_parameters(selection.columns + selection.tail);
}

Result<RowsOfPage> rows_of_page(store::Connection& connection, Running const& run, Selection const& selection, Resource const& resource, bool counted,
                                std::string const& limits) {
    auto const from = " FROM " + resource.from_for(selection.keys + selection.conditions + selection.tail);
    auto const keys = "SELECT " + resource.row + ", " + selection.keys + "1" + from + selection.conditions;
    auto rows = TRY(connection.query(counted ? counted_page(keys, run.order, 1, limits) : keys + selection.tail + limits, selection.sql.parameters));
    RowsOfPage page;
    std::string list;
    std::int64_t found = 0;
    while (auto const chunk = TRY(rows.next()))
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            list += (list.empty() ? "" : ", ") + store::quote_text(chunk->columns[0].text(row));
            if (++found == run.limit)
                for (std::size_t i = 0; i < run.order.size(); ++i) page.last.push_back(chunk->columns[1 + i].value(row));
            if (counted) page.total = chunk->columns.back().int64(row);
        }
    page.more = found > run.limit && run.limit > 0;
    page.statement = selection.columns + " FROM " + resource.from_for(selection.columns + selection.tail, list) + " WHERE " +
                     (list.empty() ? "false" : resource.row + " IN (" + list + ")") + selection.tail;
    return page;
}

// The statement of a page whose rows are found and shown at once.
std::string page_statement(Resource const& resource, ListOptions const& options, Selection const& selection, std::string const& limits) {
    if (resource.row.empty() || options.as_of > 0) return selection.sql.text + selection.tail + limits;
    // The rows are sorted by what the order needs, and their fields computed for those of the page.
    return selection.columns + " FROM " + resource.from_for(selection.columns + selection.tail) + " WHERE " + resource.row + " IN (SELECT " + resource.row + " FROM " +
           resource.from_for(selection.conditions + selection.tail) + selection.conditions + selection.tail + limits + ")" + selection.tail;
}

std::string file_name(Resource const& resource, std::string_view ending) {
    auto name = resource.path.substr(resource.path.rfind('/') + 1);
    std::erase_if(name, [](char c) { return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')); });
    return "attachment; filename=\"" + name + "." + std::string(ending) + "\"";
}

Result<HttpResponse> answer_file(Service& service, ListOptions const& options, ListCall const& call, Ticks now) {
    // Without $orderby the rows come as they are read: no sorting of millions.
    auto selection = TRY(select_rows(*call.resource, options, call, now));
    HttpResponse response;
    response.content_type = odata::media_type(options.format);
    if (options.format == Format::parquet) {
        response.rest = TRY(stream_parquet(service, selection.sql, options.fields));
        response.headers.emplace_back("Content-Disposition", file_name(*call.resource, "parquet"));
        return response;
    }
    response.rest = TRY(stream_rows(service, selection.sql, options.format, options.fields, false));
    response.headers.emplace_back("Content-Disposition", file_name(*call.resource, options.format == Format::csv ? "csv" : "ndjson"));
    return response;
}

}  // namespace

Result<Selection> select_rows(Resource const& resource, ListOptions const& options, ListCall const& call, Ticks now, std::string const& extra) {
    Selection made;
    auto& sql = made.sql;
    sql.parameters.assign(call.parts.begin(), call.parts.end());
    made.columns = "SELECT ";
    for (auto const* field : options.fields) made.columns += odata::field_sql(*field, now) + ", ";
    std::vector<odata::OrderKey> order;
    bool const paged = options.format == Format::json;
    if (paged || !options.order.empty()) {
        auto read = odata::read_order(options.order, resource, now, sql);
        if (!read) return std::unexpected(located(std::move(read).error(), options.order));
        order = std::move(*read);
    }
    if (paged)
        for (auto const& key : order) made.keys += key.sql + ", ";
    made.columns += made.keys + (extra.empty() ? "1" : extra);
    auto const since = std::to_string(options.since.value_or(0)) + "::BIGINT";
    // What is appended to the statement from here on are its conditions.
    sql.text = " WHERE " + (resource.where.empty() ? std::string("true") : "(" + resource.where + ")");
    if (!call.within.empty()) sql.text += " AND " + call.within;
    if (options.since) sql.text += " AND (" + replace_all(resource.since, "$since", since) + ")";
    for (auto const& filter : {std::string_view(call.filter), std::string_view(options.filter)}) {
        if (trim(filter).empty()) continue;
        sql.text += " AND ";
        TRY(condition(odata::append_filter(filter, resource, now, sql), filter));
    }
    if (!trim(options.search).empty()) {
        sql.text += " AND ";
        TRY(condition(odata::append_search(options.search, resource, now, sql), options.search));
    }
    if (paged && !options.token.empty())
        sql.text += " AND " + odata::rows_after(order, TRY(odata::read_token(options, order.size())).after, sql);
    made.conditions = std::move(sql.text);
    if (!order.empty()) made.tail = " ORDER BY " + odata::order_list(order);
    auto from = " FROM " + replace_all(resource.from_for(made.columns + made.conditions + made.tail), "$since", since);
    for (auto* text : {&made.columns, &made.keys, &from, &made.conditions, &made.tail}) *text = TRY(at_its_time(std::move(*text), options, resource, now));
    sql.text = made.columns + from + made.conditions;
    if (!paged) {
        sql.text += std::exchange(made.tail, {});
        if (options.top) sql.text += " LIMIT " + std::to_string(*options.top);
        if (options.skip > 0) sql.text += " OFFSET " + std::to_string(options.skip);
    }
    return made;
}

Result<Pieces> stream_rows(Service& service, odata::Sql const& sql, Format format, std::vector<Field const*> fields, bool pascal_case) {
    struct Stream {
        Service::Lease connection;
        std::optional<store::Rows> rows;
        RowWriter writer;
        bool begun = false;
    };
    auto lease = TRY(service.lease(service.options().export_seconds));
    auto stream = std::make_shared<Stream>(Stream{std::move(lease), {}, RowWriter(format, std::move(fields), pascal_case)});
    stream->rows = TRY(stream->connection->query(sql.text, sql.parameters));
    return [stream](std::string& out) -> Result<bool> {
        auto const begin = out.size();
        if (!std::exchange(stream->begun, true)) stream->writer.head(out);
        while (out.size() - begin < piece_bytes) {
            auto const chunk = TRY(stream->rows->next());
            if (!chunk) return false;
            for (std::size_t row = 0; row < chunk->rows; ++row) stream->writer.row(out, *chunk, row);
        }
        return true;
    };
}

Status settle(HttpResponse& response, std::size_t most) {
    while (response.rest && response.body.size() < most) {
        auto const more = TRY(response.rest(response.body));
        if (!more) response.rest = {};
    }
    return {};
}

Result<HttpResponse> answer_list(Service& service, HttpRequest const& request, ListCall const& asked) {
    auto const& resource = *asked.resource;
    auto options = TRY(odata::read_options(request, resource, asked.own_options));
    auto const now = time_of(options);
    if (resource.since_days > 0) {
        if (!options.since) return fail("api.needs_since", std::to_string(resource.since_days));
        if (*options.since < now - resource.since_days * ticks_per_day) return fail("api.since_too_old", std::to_string(resource.since_days));
    }
    auto run = std::make_shared<Running>(Running{{}, {}, RowWriter(options.format, options.fields), options, {}, {}, request, base_url(request), {}, 0, {}, 0, {}, false});
    run->connection = TRY(service.lease());
    auto call = TRY(below_its_parent(*run->connection, asked));
    if (options.format != Format::json) {
        run->connection.reset();
        return answer_file(service, options, call, now);
    }
    odata::Sql scratch;
    auto order = odata::read_order(options.order, resource, now, scratch);
    if (!order) return std::unexpected(located(std::move(order).error(), options.order));
    run->order = std::move(*order);
    std::optional<std::int64_t> top = options.top;
    std::string first_device;
    if (!options.token.empty()) {
        auto const token = TRY(odata::read_token(options, run->order.size()));
        if (token.left) top = token.left;
        if (auto const* device = std::get_if<std::string>(&token.after.front())) first_device = *device;
        options.skip = 0;
    }
    auto page = call.most_rows > 0 ? std::min(options.page, call.most_rows) : options.page;
    std::string key_column;
    if (!options.expand.empty()) {
        run->expander.emplace(TRY(Expander::create(service, run->request, resource, options.expand)));
        page = std::min(page, most_expanded_entities);
        key_column = odata::field_sql(*resource.field(resource.key), now) + "::VARCHAR";
    }
    // $top is the number of rows in all (part 1, section 11.2.6.3): what does not fit into the page follows by nextLink.
    run->limit = top ? std::min(*top, page) : page;
    if (top) run->left = *top - run->limit;
    // One row more than the page tells whether there is another one.
    auto const rows = run->limit + (top && *run->left == 0 ? 0 : 1);
    std::optional<std::int64_t> total;
    constexpr std::int64_t most_at_once = 10'001;  // pages of exports are larger, and read once as they come
    bool const at_once = options.count && resource.once && options.token.empty() && rows <= most_at_once;
    if (options.count && !at_once) total = TRY(count_rows(*run->connection, call, options, now));
    auto const devices = TRY(devices_of_page(*run->connection, call, options, first_device, options.skip + rows, now));
    if (!devices.condition.empty()) call.within = devices.condition;
    run->others_follow = !devices.last.empty();
    if (run->others_follow) run->last = {devices.last, std::string{}};
    auto const selection = TRY(select_rows(resource, options, call, now, key_column));
    auto const limits = " LIMIT " + std::to_string(rows) + " OFFSET " + std::to_string(options.skip);
    std::optional<std::string> found_rows;
    if (found_first(resource, options, selection, rows)) {
        auto found = TRY(rows_of_page(*run->connection, *run, selection, resource, at_once, limits));
        total = total ? total : found.total;
        run->others_follow = found.more;
        run->last = std::move(found.last);
        found_rows = std::move(found.statement);
    } else if (at_once) {
        run->rows = TRY(run->connection->query(counted_page(selection.sql.text, run->order, options.fields.size(), limits), selection.sql.parameters));
        run->first = TRY(run->rows->next());
        if (run->first) total = run->first->columns.back().int64(0);
        else run->rows.reset();  // what is asked next ends it
    }
    // A page without rows says that there are none, unless it is behind the last row, or has no place for one.
    if (options.count && !total) total = at_once && options.skip == 0 && rows > 0 ? 0 : TRY(count_rows(*run->connection, call, options, now));
    if (found_rows) run->rows = TRY(run->connection->query(*found_rows));
    else if (!run->rows) run->rows = TRY(run->connection->query(page_statement(resource, options, selection, limits), selection.sql.parameters));
    JsonWriter json(run->prefix);
    json.begin_object();
    json.member("@odata.context", run->base + "/api/$metadata#" + resource.set);
    if (total) json.member("@odata.count", *total);
    json.key("value");
    run->prefix += '[';
    auto response = odata_response();
    if (options.page_preferred) response.headers.emplace_back("Preference-Applied", "odata.maxpagesize=" + std::to_string(run->limit));
    response.rest = [run](std::string& out) { return next_rows(*run, out); };
    // Expanded lists are asked for by the caller's rights, here and now: nothing of that is left for later.
    if (run->expander) TRY(settle(response, most_expanded_bytes));
    return response;
}

HttpResponse odata_response() {
    HttpResponse response;
    response.content_type = odata::media_type(Format::json);
    response.headers.emplace_back("OData-Version", "4.0");
    return response;
}

HttpRequest without_wishes(HttpRequest request) {
    request.query.clear();
    std::erase_if(request.headers, [](auto const& header) { return header.first == "accept" || header.first == "prefer"; });
    return request;
}

Result<HttpResponse> answer_count(Service& service, HttpRequest const& request, ListCall const& asked) {
    auto plain = request;  // a number is text, whatever else the client takes
    std::erase_if(plain.headers, [](auto const& header) { return header.first == "accept"; });
    auto const options = for_counting(TRY(odata::read_options(plain, *asked.resource, asked.own_options)));
    auto connection = TRY(service.lease());
    auto const call = TRY(below_its_parent(*connection, asked));
    HttpResponse response;
    response.content_type = "text/plain";
    response.body = std::to_string(TRY(count_rows(*connection, call, options, time_of(options))));
    response.headers.emplace_back("OData-Version", "4.0");
    return response;
}

Result<HttpResponse> answer_entity(Service& service, HttpRequest const& request, ListCall const& asked, std::string_view key) {
    auto const& resource = *asked.resource;
    auto options = TRY(odata::read_options(request, resource, asked.own_options));
    auto const now = time_of(options);
    if (options.format != Format::json) return fail("api.not_acceptable", std::string(odata::media_type(options.format)));
    auto connection = TRY(service.lease());
    auto const call = TRY(below_its_parent(*connection, asked));
    auto const& key_field = *resource.field(resource.key);
    auto const key_sql = odata::field_sql(key_field, now);
    auto const selection = TRY(select_rows(resource, options, call, now, key_sql + "::VARCHAR"));
    std::optional<store::Rows> rows;  // as long as their chunk is read
    auto const find = [&](std::string const& condition) -> Result<std::optional<store::Chunk>> {
        auto sql = selection.sql;
        if (!condition.empty()) sql.text += " AND (" + replace_all(condition, "$key", sql.bind(std::string(key))) + ")";
        rows = TRY(connection->query(sql.text + selection.tail + " LIMIT 1", sql.parameters));
        return rows->next();
    };
    // A key as it is written is looked up; anything else is looked for among all.
    bool const text = key_field.type == FieldType::string;
    std::optional<store::Chunk> chunk;
    if (key.empty() || text) chunk = TRY(find(key.empty() ? "" : key_sql + " = $key"));
    if (!chunk && !key.empty()) {
        auto const* name = resource.field("computerDnsName");  // a device may be asked for by its name as well (specification, section 4.2)
        chunk = TRY(find("lower(" + key_sql + "::VARCHAR) = lower($key)" + (name ? " OR lower(" + odata::field_sql(*name, now) + ") = lower($key)" : "")));
    }
    // One object of a type that is no entity set is named by the type alone (specification, section 3.2), and in words by its path.
    bool const is_type = resource.single && resource.set.find('.') != std::string::npos;
    auto const words = is_type ? resource.path.substr(resource.path.rfind('/') + 1) + " of" : resource.set;
    if (!chunk) return fail("api.no_such", words, clean_text(key.empty() ? std::string_view(call.parts[0]) : key, 100));
    auto response = odata_response();
    response.body = "{\"@odata.context\":" + json_string(base_url(request) + "/api/$metadata#" + resource.set + (is_type ? "" : "/$entity")) + ",";
    RowWriter(Format::json, options.fields).members(response.body, *chunk, 0);
    if (!options.expand.empty()) {
        auto const expander = TRY(Expander::create(service, request, resource, options.expand));
        TRY(expander.append(response.body, chunk->columns[chunk->columns.size() - 1].text(0)));
    }
    for (auto const& [name, value] : asked.also) response.body += "," + json_string(name) + ":" + std::to_string(value);
    response.body += '}';
    return response;
}

}  // namespace merlon::api
