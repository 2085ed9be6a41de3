// Conversions. Names carry the KQL type they read where the SQL type does not tell it apart (a datetime, a timespan and a
// long are all BIGINT): kql_tostring_datetime, kql_tolong_dynamic ...
#include <cmath>

#include "base/json_text.h"
#include "base/text.h"
#include "hunt/functions/runtime/convert.h"
#include "hunt/functions/runtime/decimal.h"
#include "hunt/functions/runtime/define.h"
#include "hunt/functions/runtime/json.h"
#include "hunt/functions/runtime/register.h"

namespace merlon::hunt {

namespace {

using View = std::string_view;

void add_tostring(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_tostring_bool", [](std::optional<bool> value) {
        return !value ? View("") : *value ? View("True") : View("False");
    });
    define(all, "kql_tostring_long", [](std::int64_t value, std::string& out) { out += std::to_string(value); });
    define(all, "kql_tostring_real", [](double value, std::string& out) { append_real_text(out, value); });
    define(all, "kql_tostring_datetime", [](std::int64_t value, std::string& out) { out += iso_time(value); });
    define(all, "kql_tostring_timespan", [](std::int64_t value, std::string& out) { out += timespan_text(value); });
    define(all, "kql_tostring_dynamic", [](View json, std::string& out) {
        std::string scratch;
        out += dynamic_text(json, scratch);
    });
    // Of the engine's spelling with all digits of its scale: 10.500 -> 10.5.
    define(all, "kql_tostring_decimal", [](View digits, std::string& out) {
        if (digits.find('.') != View::npos) {
            while (digits.ends_with('0')) digits.remove_suffix(1);
            if (digits.ends_with('.')) digits.remove_suffix(1);
        }
        out += digits;
    });
    define(all, "kql_tostring_text", [](View text) { return text; });  // NULL, where one slips in, as ""
}

void add_to_numbers(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_tolong_text", [](View text) { return to_long(text); });
    define(all, "kql_tolong_real", [](double value) { return to_long(value); });
    define(all, "kql_tolong_dynamic", [](View json) { return dynamic_to_long(json); });
    define(all, "kql_toint_text", [](View text) { return to_int(text); });
    define(all, "kql_toint_real", [](double value) { return to_int(value); });
    define(all, "kql_toint_long", [](std::int64_t value) { return to_int(value); });
    define(all, "kql_toint_dynamic", [](View json) { return dynamic_to_int(json); });
    define(all, "kql_toreal_text", [](View text) { return to_real(text); });
    define(all, "kql_toreal_dynamic", [](View json) { return dynamic_to_real(json); });
    // What reads as a decimal number, for the engine to convert; else nothing.
    define(all, "kql_decimal_text", [](View text) -> std::optional<std::string> {
        auto const number = to_real(text);
        if (!number || !std::isfinite(*number)) return {};
        return std::string(trim(text));
    });
    define(all, "kql_decimal_product", [](View left, View right) { return decimal_product(left, right); });
    define(all, "kql_tobool_text", [](View text) { return to_bool(text); });
    define(all, "kql_tobool_dynamic", [](View json) { return dynamic_to_bool(json); });
}

void add_to_times(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_todatetime_text", [](View text) { return to_datetime(text); });
    define(all, "kql_todatetime_long", [](std::int64_t ticks) { return valid_datetime(ticks); });
    define(all, "kql_todatetime_dynamic", [](View json) { return dynamic_to_datetime(json); });
    define(all, "kql_totimespan_text", [](View text) { return to_timespan(text); });
    define(all, "kql_totimespan_dynamic", [](View json) { return dynamic_to_timespan(json); });
    define(all, "kql_toguid", [](View text) { return to_guid(text); });
    define(all, "kql_toguid_dynamic", [](View json) {
        std::string scratch;
        return to_guid(dynamic_text(json, scratch));
    });
}

// Values as dynamic: what a value of each type is inside JSON.
void add_to_dynamic(std::vector<store::ScalarFunction>& all) {
    define(all, "kql_json_string", [](View text, std::string& out) { append_json_string(out, text); });
    define(all, "kql_json_bool", [](bool value, std::string& out) { return out += value ? "true" : "false", true; });
    define(all, "kql_json_long", [](std::int64_t value, std::string& out) { return out += std::to_string(value), true; });
    define(all, "kql_json_real", [](double value, std::string& out) { return append_real(out, value), true; });
    define(all, "kql_json_datetime", [](std::int64_t ticks, std::string& out) {
        return append_json_string(out, iso_time(ticks)), true;
    });
    define(all, "kql_json_timespan", [](std::int64_t ticks, std::string& out) {
        return append_json_string(out, timespan_text(ticks)), true;
    });
    // A guid or a decimal by its text, which is empty for a null.
    define(all, "kql_json_guid", [](View text, std::string& out) {
        if (text.empty()) return false;
        return append_json_string(out, text), true;
    });
}

}  // namespace

void add_conversions(std::vector<store::ScalarFunction>& all) {
    add_tostring(all);
    add_to_numbers(all);
    add_to_times(all);
    add_to_dynamic(all);
    define(all, "kql_gettype_dynamic", [](View json) { return dynamic_type(json); });
}

}  // namespace merlon::hunt
