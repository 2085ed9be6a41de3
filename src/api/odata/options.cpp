#include "api/odata/options.h"

#include <map>
#include <set>

#include "api/auth/secrets.h"
#include "base/digest.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::api::odata {
namespace {

Result<std::int64_t> whole_number(std::string_view name, std::string_view text) {
    auto const value = to_int(text);
    if (!value || *value < 0) return fail("odata.bad_option", std::string(name), clean_text(text, 50), "Give a whole number from 0 on.");
    return *value;
}

// Defender's own parameter beside OData's options, whose wrong values have another code (specification, section 3.3).
Result<std::int64_t> page_size(std::string_view text, std::int64_t most) {
    auto const value = to_int(trim(text));  // the documentation's example has blanks behind the number
    if (!value || *value < 1 || *value > most)
        return fail("api.bad_parameter", "pageSize", clean_text(text, 50), "Give 1 to " + std::to_string(most) + " rows.");
    return *value;
}

std::unexpected<Error> unknown_property(std::string_view name, Resource const& resource, Span span) {
    auto const names = resource.field_names();
    auto const near = nearest(name, names);
    return std::unexpected(error("odata.unknown_property", std::string(name), resource.set)
                               .with(span)
                               .with_hint(near ? "Did you mean " + *near + "?" : "Properties: " + join(names, ", ") + "."));
}

Result<std::vector<Field const*>> selected(std::string_view text, Resource const& resource) {
    std::vector<Field const*> fields;
    std::size_t at = 0;
    for (auto const part : split(text, ',')) {
        auto const name = trim(part);
        Span const span{at, at + part.size()};
        at += part.size() + 1;
        if (name == "*") {
            for (auto const& field : resource.fields)
                if (!field.on_demand) fields.push_back(&field);
            continue;
        }
        auto const* field = resource.field(name);
        if (!field) return std::unexpected(located(unknown_property(name, resource, span).error(), text));
        if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
    }
    return fields;
}

// "a($select=id;$top=5),b": commas and semicolons inside brackets and quotes belong to the inner options.
Result<std::vector<Expansion>> expansions(std::string_view text) {
    std::vector<Expansion> all;
    std::size_t begin = 0;
    int depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        bool const end = at == text.size();
        char const c = end ? ',' : text[at];
        if (!end && c == '\'') quoted = !quoted;
        if (quoted && !end) continue;
        if (c == '(' && !end) ++depth;
        if (c == ')' && !end) --depth;
        if (depth < 0 || (end && (depth > 0 || quoted)))
            return std::unexpected(error("odata.expected", "brackets in pairs", "the end").with(Span{begin, at}));
        if (c != ',' || depth > 0) continue;
        auto const part = trim(text.substr(begin, at - begin));
        auto const bracket = part.find('(');
        Expansion one{std::string(trim(part.substr(0, bracket))), {}, {begin, at}};
        if (bracket != std::string_view::npos) {
            auto const inside = part.substr(bracket + 1, part.size() - bracket - 2);
            int inner = 0;
            bool text_literal = false;
            for (char const i : inside) {
                if (i == '\'') text_literal = !text_literal;
                if (!text_literal) inner += i == '(' ? 1 : i == ')' ? -1 : 0;
                if (i == ';' && inner == 0 && !text_literal) one.query += '&';
                else if (i == '&' || i == '%' || i == '+' || i == '#') one.query += "%" + hex(std::string_view(&i, 1));
                else one.query += i;
            }
        }
        if (one.name.empty()) return std::unexpected(error("odata.expected", "a name", "«,»").with(Span{begin, at}));
        all.push_back(std::move(one));
        begin = at + 1;
    }
    return all;
}

// ---- Parameter aliases (part 1, section 11.2.6.1.3): $filter=osPlatform eq @p&@p='Linux'

struct Alias {
    std::string value;
    bool used = false;
};
using Aliases = std::map<std::string, Alias>;

bool in_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// The text with what its aliases stand for. An '@' inside quotes or behind a slash (path/@odata.type) is none.
Result<std::string> with_aliases(std::string_view text, Aliases& aliases) {
    std::string out;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char const c = text[at];
        if (c == '\'') quoted = !quoted;
        auto end = at + 1;
        while (end < text.size() && in_name(text[end])) ++end;
        if (quoted || c != '@' || end == at + 1 || (at > 0 && (text[at - 1] == '/' || in_name(text[at - 1])))) {
            out += c;
            continue;
        }
        auto const found = aliases.find(std::string(text.substr(at, end - at)));
        if (found == aliases.end()) return fail("odata.unknown_alias", clean_text(text.substr(at, end - at), 50));
        found->second.used = true;
        out += found->second.value;
        at = end - 1;
    }
    return out;
}

// System options of OData that are not made, and what does the same.
char const* way_instead(std::string_view name) {
    if (name == "apply") return "Counts and groups are a hunting query: POST /api/advancedqueries/run.";
    if (name == "compute") return "$filter and $orderby take expressions; a hunting query extends rows: POST /api/advancedqueries/run.";
    if (name == "deltatoken") return "SoftwareVulnerabilityChangesByMachine and /api/merlon/changes tell what changed.";
    if (name == "index" || name == "levels" || name == "schemaversion" || name == "id") return "Leave it out.";
    return nullptr;
}

std::optional<Format> format_named(std::string_view name) {
    auto const type = ascii_lower(trim(name.substr(0, name.find(';'))));
    if (type == "json" || type == "application/json" || type == "*/*" || type == "application/*" || type == "text/json") return Format::json;
    if (type == "ndjson" || type == "jsonl" || type == "application/x-ndjson" || type == "application/ndjson" || type == "application/jsonl")
        return Format::ndjson;
    if (type == "csv" || type == "text/csv") return Format::csv;
    if (type == "parquet" || type == "application/vnd.apache.parquet") return Format::parquet;
    return {};
}

// The first of the types that the client takes and we make.
Result<Format> accepted(std::string_view accept) {
    if (trim(accept).empty()) return Format::json;
    for (auto const part : split(accept, ','))
        if (auto const format = format_named(part)) return *format;
    // Browsers that open an address ask for pages.
    if (accept.find("*/*") != std::string_view::npos) return Format::json;
    return fail("api.not_acceptable", clean_text(accept, 200));
}

std::string fingerprint(ListOptions const& options) {
    return sha256_hex(options.filter + "\n" + options.order + "\n" + options.search).substr(0, 12);
}

}  // namespace

std::string_view media_type(Format format) {
    switch (format) {
    case Format::json: return "application/json; odata.metadata=minimal; odata.streaming=true";
    case Format::ndjson: return "application/x-ndjson";
    case Format::csv: return "text/csv; charset=utf-8; header=present";
    case Format::parquet: return "application/vnd.apache.parquet";
    }
    return "";
}

Error located(Error e, std::string_view text) {
    if (!e.span || text.empty()) return e;
    auto const at = line_column(text, e.span->begin);
    auto const hint = hint_of(e);
    e.hint = "(line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ")" + (hint.empty() ? "" : " " + hint);
    e.span.reset();
    return e;
}

Result<Format> read_format(HttpRequest const& request) {
    auto asked = request.option("$format");
    if (asked.empty()) asked = request.option("format");
    if (asked.empty()) return accepted(request.header("accept"));
    auto const format = format_named(asked);
    if (!format) return fail("odata.bad_option", "$format", clean_text(asked, 50), "Formats: json, ndjson, csv, parquet.");
    return *format;
}

Result<Ticks> time_option(std::string_view name, std::string const& text) {
    if (auto const time = parse_iso_time(text)) return *time;
    return fail("api.bad_parameter", std::string(name), clean_text(text, 50), "Give a time such as 2026-01-31 or 2026-01-31T08:00:00Z.");
}

Result<ListOptions> read_options(HttpRequest const& request, Resource const& resource, std::span<std::string_view const> own) {
    ListOptions options;
    options.page = resource.page;
    for (auto const& field : resource.fields)
        if (!field.on_demand) options.fields.push_back(&field);
    options.format = TRY(read_format(request));
    if (auto const prefer = request.header("prefer"); prefer.find("maxpagesize=") != std::string_view::npos) {
        auto const digits = prefer.substr(prefer.find("maxpagesize=") + 12);
        if (auto const wanted = to_int(digits.substr(0, digits.find_first_not_of("0123456789"))); wanted && *wanted > 0) {
            options.page = std::min(*wanted, resource.most);
            options.page_preferred = true;
        }
    }
    std::set<std::string> seen;
    Aliases aliases;
    for (auto const& [given, value] : request.options()) {
        auto const name = ascii_lower(given.starts_with('$') ? given.substr(1) : given);
        if (!seen.insert(name).second && name != "devicegroups")
            return fail("odata.bad_option", given, clean_text(value, 50), "It was given before; give it once.");
        if (given.starts_with('@')) aliases.emplace(given, Alias{value});
        else if (name == "filter") options.filter = value;
        else if (name == "orderby") options.order = value;
        else if (name == "search") options.search = value;
        else if (name == "select") options.fields = TRY(selected(value, resource));
        else if (name == "skip") options.skip = TRY(whole_number("$skip", value));
        else if (name == "top") options.top = TRY(whole_number("$top", value));
        else if (name == "skiptoken") options.token = value;
        else if (name == "count") {
            if (!equal_ignoring_ascii_case(value, "true") && !equal_ignoring_ascii_case(value, "false"))
                return fail("odata.bad_option", "$count", value, "It is true or false.");
            options.count = equal_ignoring_ascii_case(value, "true");
        } else if (name == "expand") {
            auto found = expansions(value);
            if (!found) return std::unexpected(located(std::move(found).error(), value));
            options.expand = std::move(*found);
        } else if (name == "format" || name == "devicegroups") {
            continue;  // read above; and by the service, for every call
        } else if (name == "pagesize" && resource.page < resource.most) {
            options.page = TRY(page_size(value, resource.most));
        } else if (name == "sincetime" && !resource.since.empty()) {
            options.since = TRY(time_option("sinceTime", value));
        } else if (name == "asof" && resource.history) {
            options.as_of = TRY(time_option("asOf", value));
        } else if (name == "from" && resource.period) {
            options.from = TRY(time_option("from", value));
        } else if (name == "to" && resource.period) {
            options.to = TRY(time_option("to", value));
        } else if (auto const* other = way_instead(name); other && given.starts_with('$')) {
            return fail("odata.unsupported_option", given, other);
        } else if (std::find(own.begin(), own.end(), name) == own.end()) {
            static std::vector<std::string> const names{"$filter", "$orderby", "$select", "$expand", "$top", "$skip", "$count", "$search", "$format"};
            auto const near = nearest(given, names);
            auto unknown = error("odata.unknown_option", given);
            if (near) unknown.hint = "Did you mean " + *near + "?";
            return std::unexpected(std::move(unknown));
        }
    }
    for (auto* text : {&options.filter, &options.order}) *text = TRY(with_aliases(*text, aliases));
    for (auto const& [name, alias] : aliases)
        if (!alias.used) return fail("odata.bad_option", name, clean_text(alias.value, 50), "Neither $filter nor $orderby names it.");
    // A field that is there on demand may be named by $expand as well.
    std::erase_if(options.expand, [&](Expansion const& one) {
        auto const* field = resource.field(one.name);
        if (field && std::find(options.fields.begin(), options.fields.end(), field) == options.fields.end()) options.fields.push_back(field);
        return field != nullptr;
    });
    return options;
}

std::string write_token(ListOptions const& options, SkipToken const& token) {
    std::string text;
    JsonWriter json(text);
    json.begin_array();
    json.string(fingerprint(options));
    if (token.left) json.integer(*token.left);
    else json.null();
    for (auto const& value : token.after) {
        if (auto const* flag = std::get_if<bool>(&value)) json.boolean(*flag);
        else if (auto const* whole = std::get_if<std::int64_t>(&value)) json.integer(*whole);
        else if (auto const* real = std::get_if<double>(&value)) json.number(*real);
        else if (auto const* words = std::get_if<std::string>(&value)) json.string(*words);
        else json.null();
    }
    json.end_array();
    return base64url(text);
}

Result<SkipToken> read_token(ListOptions const& options, std::size_t order_keys) {
    auto const wrong = [&] {
        return fail("odata.bad_option", "$skiptoken", clean_text(options.token, 40),
                    "Follow @odata.nextLink as it is; it goes with the filter and order that it came from.");
    };
    auto const text = from_base64url(options.token);
    if (!text) return wrong();
    auto const document = json::Document::parse(*text, "skip token");
    if (!document || !json::is_array(document->root())) return wrong();
    SkipToken token;
    std::size_t at = 0;
    for (auto const one : json::array(document->root())) {
        auto const index = at++;
        if (index == 0) {
            if (json::text(one) != fingerprint(options)) return wrong();
            continue;
        }
        bool flag = false;
        std::int64_t whole = 0;
        double real = 0;
        if (index == 1) {
            if (!json::is_null(one) && one.get(whole)) return wrong();
            if (!json::is_null(one)) token.left = whole;
        } else if (json::is_null(one)) token.after.emplace_back();
        else if (!one.get(flag)) token.after.emplace_back(flag);
        else if (!one.get(whole)) token.after.emplace_back(whole);
        else if (!one.get(real)) token.after.emplace_back(real);
        else if (json::is_string(one)) token.after.emplace_back(std::string(json::text(one)));
        else return wrong();
    }
    if (token.after.size() != order_keys || (token.left && *token.left < 0)) return wrong();
    return token;
}

}  // namespace merlon::api::odata
