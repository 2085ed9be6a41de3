#include "base/csv.h"

#include "base/text.h"

namespace merlon {

void append_csv_cell(std::string& out, std::string_view text) {
    bool const formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos && !to_double(text);
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        if (formula) out += '\'';
        out += text;
        return;
    }
    out += '"';
    if (formula) out += '\'';
    for (char const c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace merlon
