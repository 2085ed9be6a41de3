// GET /api/SET and GET /api/SET/{key} for every resource of schema/api: OData options, envelope and paging
// (specification, section 3).
#include "api/odata/filter.h"
#include "api/service.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/history.h"

namespace merlon::api {
namespace {

struct ListOptions {
    std::string filter, order;
    std::vector<Field const*> fields;
    std::int64_t top = 0, skip = 0;
    bool top_given = false, count = false;
    Ticks as_of = 0, from = 0, to = max_datetime_ticks;
};

Result<Ticks> time_option(std::string_view name, std::string const& text) {
    if (auto const time = parse_iso_time(text)) return *time;
    return fail("odata.bad_option", std::string(name), text, "Give a time such as 2026-01-31 or 2026-01-31T08:00:00Z.");
}

Result<std::int64_t> whole_number(std::string_view name, std::string_view text, std::int64_t most) {
    auto const value = to_int(text);
    if (!value || *value < 0)
        return fail("odata.bad_option", std::string(name), std::string(text), "Give a whole number from 0 on.");
    if (most > 0 && *value > most)
        return fail("odata.bad_option", std::string(name), std::string(text), "The largest page is " + std::to_string(most) + ".");
    return *value;
}

Result<std::vector<Field const*>> selected(std::string_view text, Resource const& resource) {
    std::vector<Field const*> fields;
    for (auto const part : split(text, ',')) {
        auto const name = trim(part);
        if (name == "*") {
            for (auto const& field : resource.fields) fields.push_back(&field);
            continue;
        }
        auto const* field = resource.field(name);
        if (!field)
            return std::unexpected(error("odata.unknown_property", std::string(name), resource.set)
                                       .with_hint("Properties: " + join(resource.field_names(), ", ") + "."));
        fields.push_back(field);
    }
    return fields;
}

Result<ListOptions> list_options(HttpRequest const& request, Resource const& resource) {
    ListOptions options;
    options.top = resource.page;
    for (auto const& field : resource.fields) options.fields.push_back(&field);
    for (auto const& [given, value] : request.options()) {
        auto const name = ascii_lower(given.starts_with('$') ? given.substr(1) : given);
        if (name == "filter") options.filter = value;
        else if (name == "orderby") options.order = value;
        else if (name == "select") options.fields = TRY(selected(value, resource));
        else if (name == "skip") options.skip = TRY(whole_number("$skip", value, 0));
        else if (name == "count") options.count = equal_ignoring_ascii_case(value, "true");
        else if (name == "pagesize" && resource.page < resource.most)
            options.top = std::max<std::int64_t>(1, TRY(whole_number("pageSize", value, resource.most)));
        else if (name == "top") {
            options.top = TRY(whole_number("$top", value, resource.most));
            options.top_given = true;
        } else if (name == "asof" && resource.history) {
            options.as_of = TRY(time_option("asOf", value));
        } else if (name == "from" && resource.period) {
            options.from = TRY(time_option("from", value));
        } else if (name == "to" && resource.period) {
            options.to = TRY(time_option("to", value));
        } else {
            return fail("odata.unknown_option", given);
        }
    }
    return options;
}

// Writes one value; datetimes as ISO text, lists and objects as the JSON they are kept as.
void write_value(JsonWriter& json, Field const& field, store::Column const& column, std::size_t row) {
    if (column.is_null(row)) return json.null();
    switch (field.type) {
    case FieldType::string: return json.string(column.text(row));
    case FieldType::integer: return json.integer(column.integer(row));
    case FieldType::real: return json.number(column.real(row));
    case FieldType::boolean: return json.boolean(column.boolean(row));
    case FieldType::datetime: return json.string(iso_time(column.int64(row)));
    case FieldType::strings:
    case FieldType::json: return json.raw(column.text(row));
    }
}

std::string_view cast_of(FieldType type) {
    switch (type) {
    case FieldType::integer:
    case FieldType::datetime: return "::BIGINT";
    case FieldType::real: return "::DOUBLE";
    case FieldType::boolean: return "::BOOLEAN";
    case FieldType::string:
    case FieldType::strings:
    case FieldType::json: return "::VARCHAR";
    }
    return "";
}

using Parts = std::vector<std::string>;

// What the parts of the path stand for: $1, $2 ...
std::vector<store::Value> bound(Parts const& parts) { return {parts.begin(), parts.end()}; }

odata::Sql select_from(Resource const& resource, std::vector<Field const*> const& fields, Ticks now, Parts const& parts = {}) {
    odata::Sql sql{"SELECT ", bound(parts)};
    for (std::size_t i = 0; i < fields.size(); ++i)
        sql.text += (i > 0 ? ", (" : "(") + odata::field_sql(*fields[i], now) + ")" + std::string(cast_of(fields[i]->type));
    sql.text += " FROM " + resource.from;
    return sql;
}

// " WHERE ..." of the resource and the filter.
Status append_where(Resource const& resource, std::string_view filter, Ticks now, odata::Sql& sql) {
    if (resource.where.empty() && trim(filter).empty()) return {};
    sql.text += " WHERE " + (resource.where.empty() ? std::string("true") : "(" + resource.where + ")");
    if (trim(filter).empty()) return {};
    sql.text += " AND ";
    return odata::append_filter(filter, resource, now, sql);
}

// The statement as of the time that was asked for.
Result<std::string> at_its_time(std::string sql, ListOptions const& options, Resource const& resource, Ticks now) {
    if (options.as_of > 0) return store::as_of(std::move(sql), options.as_of);
    if (!resource.period) return sql;
    return replace_all(replace_all(std::move(sql), "$from", std::to_string(options.from)), "$to", std::to_string(std::min(options.to, now)));
}

// The same request with another $skip: every other option exactly as it was sent.
std::string next_link(HttpRequest const& request, std::int64_t skip) {
    std::string query;
    for (auto const part : split(request.query, '&')) {
        auto const name = ascii_lower(part.substr(0, part.find('=')));
        if (part.empty() || name == "$skip" || name == "%24skip") continue;
        query += std::string(part) + "&";
    }
    return base_url(request) + request.path + "?" + query + "$skip=" + std::to_string(skip);
}

// A resource below another entity is there only when that entity is.
Status check_parent(store::Connection& connection, Resource const& resource, Parts const& parts) {
    if (!resource.below) return {};
    auto const parameters = bound(parts);
    if (TRY(connection.count(resource.parent, parameters)) > 0) return {};
    auto const kind = resource.path.substr(0, resource.path.find('/'));
    return fail("api.no_such", kind, clean_text(parts[0], 100));
}

void write_entity(JsonWriter& json, std::vector<Field const*> const& fields, store::Chunk const& chunk, std::size_t row) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        json.key(fields[i]->name);
        write_value(json, *fields[i], chunk.columns[i], row);
    }
}

// The one entity that a resource such as a recommendation's software comes to.
Result<HttpResponse> single(Service& service, HttpRequest const& request, Resource const& resource, Parts const& parts) {
    auto const now = now_ticks();
    auto const options = TRY(list_options(request, resource));
    auto connection = TRY(service.lease());
    TRY(check_parent(*connection, resource, parts));
    auto sql = select_from(resource, options.fields, now, parts);
    TRY(append_where(resource, {}, now, sql));
    auto rows = TRY(connection->query(sql.text + " LIMIT 1", sql.parameters));
    auto const chunk = TRY(rows.next());
    if (!chunk) return fail("api.no_such", resource.set, clean_text(parts[0], 100));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#" + resource.set + "/$entity");
    write_entity(json, options.fields, *chunk, 0);
    json.end_object();
    response.headers.emplace_back("OData-Version", "4.0");
    return response;
}

// "ORDER BY" list: as asked, else the resource's own order; the key makes pages stable.
Result<std::string> ordering(ListOptions const& options, Resource const& resource, Ticks now) {
    auto const by = TRY(odata::order_by(options.order, resource, now));
    return trim(options.order).empty() && !resource.order.empty() ? resource.order + ", " + by : by;
}

Result<HttpResponse> list(Service& service, HttpRequest const& request, Resource const& resource, Parts const& parts) {
    auto const now = now_ticks();
    auto const options = list_options(request, resource);
    if (!options) return std::unexpected(options.error());
    auto connection = TRY(service.lease());
    TRY(check_parent(*connection, resource, parts));
    std::optional<std::int64_t> total;
    if (options->count) {
        odata::Sql counting{"SELECT count(*) FROM " + resource.from, bound(parts)};
        if (auto done = append_where(resource, options->filter, now, counting); !done)
            return error_response(done.error(), options->filter);
        total = TRY(connection->count(TRY(at_its_time(counting.text, *options, resource, now)), counting.parameters));
    }
    auto sql = select_from(resource, options->fields, now, parts);
    if (auto done = append_where(resource, options->filter, now, sql); !done)
        return error_response(done.error(), options->filter);
    sql.text += " ORDER BY " + TRY(ordering(*options, resource, now));
    // One row more than asked for tells whether there is another page.
    sql.text += " LIMIT " + std::to_string(options->top + 1) + " OFFSET " + std::to_string(options->skip);
    auto rows = TRY(connection->query(TRY(at_its_time(sql.text, *options, resource, now)), sql.parameters));

    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#" + resource.set);
    if (total) json.member("@odata.count", *total);
    json.key("value");
    json.begin_array();
    std::int64_t written = 0;
    bool more = false;
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            if (written == options->top) {
                more = true;
                break;
            }
            json.begin_object();
            write_entity(json, options->fields, *chunk, row);
            json.end_object();
            ++written;
        }
    }
    json.end_array();
    if (more && !options->top_given) json.member("@odata.nextLink", next_link(request, options->skip + written));
    json.end_object();
    response.headers.emplace_back("OData-Version", "4.0");
    return response;
}

Result<HttpResponse> get(Service& service, HttpRequest const& request, Resource const& resource, std::string const& key) {
    auto const now = now_ticks();
    std::vector<Field const*> fields;
    for (auto const& field : resource.fields) fields.push_back(&field);
    if (auto const chosen = request.option("$select"); !chosen.empty()) fields = TRY(selected(chosen, resource));
    auto connection = TRY(service.lease());
    auto sql = select_from(resource, fields, now);
    sql.text += " WHERE lower(" + odata::field_sql(*resource.field(resource.key), now) + ") = lower(" + sql.bind(key) + ")";
    // A device may be asked for by its name as well (specification, section 4.2).
    if (auto const* name = resource.field("computerDnsName"))
        sql.text += " OR lower(" + odata::field_sql(*name, now) + ") = lower(" + sql.bind(key) + ")";
    sql.text += " LIMIT 1";
    auto rows = TRY(connection->query(sql.text, sql.parameters));
    auto const chunk = TRY(rows.next());
    if (!chunk) return fail("api.no_such", resource.set, clean_text(key, 100));
    HttpResponse response;
    JsonWriter json(response.body);
    json.begin_object();
    json.member("@odata.context", base_url(request) + "/api/$metadata#" + resource.set + "/$entity");
    write_entity(json, fields, *chunk, 0);
    json.end_object();
    response.headers.emplace_back("OData-Version", "4.0");
    return response;
}

// "/api/machines/$count?$filter=..." answers a bare integer.
Result<HttpResponse> count(Service& service, HttpRequest const& request, Resource const& resource, Parts const& parts) {
    auto const now = now_ticks();
    auto const options = list_options(request, resource);
    if (!options) return std::unexpected(options.error());
    auto connection = TRY(service.lease());
    TRY(check_parent(*connection, resource, parts));
    odata::Sql sql{"SELECT count(*) FROM " + resource.from, bound(parts)};
    if (auto done = append_where(resource, options->filter, now, sql); !done)
        return error_response(done.error(), options->filter);
    HttpResponse response;
    response.content_type = "text/plain";
    response.body = std::to_string(TRY(connection->count(TRY(at_its_time(sql.text, *options, resource, now)), sql.parameters)));
    return response;
}

}  // namespace

Result<HttpResponse> entity_response(Service& service, HttpRequest const& request, std::string_view path, std::string const& key, int status) {
    auto plain = request;
    plain.query.clear();
    auto response = TRY(get(service, plain, *service.resource(path), key));
    response.status = status;
    return response;
}

void add_list_routes(std::vector<Route>& all) {
    auto const resources = read_resources();
    if (!resources) return;  // Service::create() reports it
    for (auto const& resource : *resources) {
        auto const path = "api/" + resource.path;
        if (resource.single) {
            all.push_back({"GET", path, resource.permission, [resource](Service& service, HttpRequest const& request, Parts const& parts) {
                               return single(service, request, resource, parts);
                           }});
            continue;
        }
        all.push_back({"GET", path, resource.permission, [resource](Service& service, HttpRequest const& request, Parts const& parts) {
                           return list(service, request, resource, parts);
                       }});
        all.push_back({"GET", path + "/$count", resource.permission, [resource](Service& service, HttpRequest const& request, Parts const& parts) {
                           return count(service, request, resource, parts);
                       }});
        // Rows of exports and lists below an entity are no entities of their own.
        if (resource.below || resource.page < resource.most) continue;
        all.push_back({"GET", path + "/{}", resource.permission, [resource](Service& service, HttpRequest const& request, Parts const& parts) {
                           return get(service, request, resource, parts[0]);
                       }});
    }
}

}  // namespace merlon::api
