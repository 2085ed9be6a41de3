// Comma-separated values by RFC 4180, where a quoted field may hold commas, doubled quotes and line ends.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "feeds/source.h"

namespace merlon::feeds {

class CsvRow {
public:
    CsvRow(std::map<std::string, std::size_t> const& columns, std::vector<std::string> const& fields)
        : columns_(columns), fields_(fields) {}
    // "" when the column or the field is missing.
    std::string const& operator[](std::string const& column) const;

private:
    std::map<std::string, std::size_t> const& columns_;
    std::vector<std::string> const& fields_;
};

// Calls `take` with each row after the header, and the number of the line on which it ends.
Status each_csv_row(Source const&, std::function<Status(CsvRow const&, std::size_t line)> const& take);

}  // namespace merlon::feeds
