#include "base/json_read.h"

#include "base/json_fault.h"

namespace merlon::json {
namespace {

simdjson::dom::array const& empty_array() {
    static simdjson::dom::parser parser;
    static simdjson::dom::array const none = parser.parse(std::string_view("[]")).get_array().value_unsafe();
    return none;
}

template <typename T>
std::optional<T> get(Value value) {
    T out{};
    if (value.get(out) != simdjson::SUCCESS) return {};
    return out;
}

// Large texts are cut off far more often than they are wrong: beyond 256 MB only the reader's own word is given.
std::string reason_of(simdjson::error_code failed, std::string_view bytes) {
    constexpr std::size_t searched = std::size_t{256} << 20;
    std::string const said = simdjson::error_message(failed);
    return failed == simdjson::CAPACITY || bytes.size() > searched ? said : first_fault(bytes);
}

}  // namespace

Result<Document> Document::parse(std::string_view bytes, std::string_view name) {
    Document made;
    made.parser_ = std::make_unique<simdjson::dom::parser>();
    if (auto const failed = made.parser_->parse(bytes.data(), bytes.size()).get(made.root_))
        return fail("json.malformed", std::string(name), reason_of(failed, bytes));
    return made;
}

std::optional<Value> member(Value value, std::string_view key) {
    Value found;
    if (!value.is_object() || value.at_key(key).get(found) != simdjson::SUCCESS) return {};
    return found;
}

std::string_view text(Value value) { return get<std::string_view>(value).value_or(std::string_view{}); }

std::string_view text(Value value, std::string_view key) {
    auto const found = member(value, key);
    return found ? text(*found) : std::string_view{};
}

std::optional<double> number(Value value, std::string_view key) {
    auto const found = member(value, key);
    return found ? get<double>(*found) : std::nullopt;
}

std::optional<std::int64_t> integer(Value value, std::string_view key) {
    auto const found = member(value, key);
    return found ? get<std::int64_t>(*found) : std::nullopt;
}

std::optional<bool> boolean(Value value, std::string_view key) {
    auto const found = member(value, key);
    return found ? get<bool>(*found) : std::nullopt;
}

simdjson::dom::array array(Value value) { return get<simdjson::dom::array>(value).value_or(empty_array()); }

simdjson::dom::array array(Value value, std::string_view key) {
    auto const found = member(value, key);
    return found ? array(*found) : empty_array();
}

std::vector<std::string> texts(Value value, std::string_view key) {
    std::vector<std::string> out;
    for (auto const one : array(value, key)) out.emplace_back(text(one));
    return out;
}

bool is_object(Value value) { return value.is_object(); }
bool is_array(Value value) { return value.is_array(); }
bool is_string(Value value) { return value.is_string(); }
bool is_null(Value value) { return value.is_null(); }

std::string dump(Value value) { return simdjson::minify(value); }

}  // namespace merlon::json
