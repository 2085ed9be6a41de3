// Cells of comma-separated values.
#pragma once
#include <string>
#include <string_view>

namespace merlon {

// Appends one value, quoted where RFC 4180 wants it and made harmless for spreadsheets: text that begins with
// = + - @ tab or CR, and is no number, gets a quote before it.
void append_csv_cell(std::string& out, std::string_view text);

}  // namespace merlon
