// Writing JSON by appending to a string; reading is simdjson's.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace merlon {

// Appends `text` as a JSON string with its quotes. The text must be UTF-8.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);
// Shortest form that reads back the same; NaN and infinities as the strings "NaN", "Infinity", "-Infinity".
void append_json_number(std::string& out, double value);

// Writes objects and arrays with the commas in the right places:
//   JsonWriter json(out); json.begin_object(); json.key("name"); json.string("x"); json.end_object();
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}
    void begin_object() { value_starts(); out_ += '{'; first_ = true; }
    void end_object() { out_ += '}'; first_ = false; }
    void begin_array() { value_starts(); out_ += '['; first_ = true; }
    void end_array() { out_ += ']'; first_ = false; }
    void key(std::string_view name);
    void string(std::string_view text) { value_starts(); append_json_string(out_, text); }
    void number(double value) { value_starts(); append_json_number(out_, value); }
    void integer(std::int64_t value) { value_starts(); out_ += std::to_string(value); }
    void boolean(bool value) { value_starts(); out_ += value ? "true" : "false"; }
    void null() { value_starts(); out_ += "null"; }
    void raw(std::string_view json) { value_starts(); out_ += json; }

    void member(std::string_view name, std::string_view text) { key(name); string(text); }
    void member(std::string_view name, char const* text) { key(name); string(text); }
    void member(std::string_view name, bool value) { key(name); boolean(value); }
    void member(std::string_view name, double value) { key(name); number(value); }
    void member(std::string_view name, std::int64_t value) { key(name); integer(value); }
    void member(std::string_view name, int value) { key(name); integer(value); }
    void member(std::string_view name, std::size_t value) { key(name); integer(static_cast<std::int64_t>(value)); }

private:
    void value_starts();
    std::string& out_;
    bool first_ = true;
    bool after_key_ = false;
};

}  // namespace merlon
