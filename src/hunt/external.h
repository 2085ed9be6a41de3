// externaldata: tables out of files that lie elsewhere. Refused unless an operator lists hosts; then only https addresses of
// those hosts are read, from the mirror folder where it has them, else over the network.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon::hunt {

struct ExternalData {
    std::vector<std::string> hosts;  // lower case
    std::filesystem::path mirror;    // HOST/PATH below it; empty: none
    // Reads an address that passed the check; absent: the mirror is all there is.
    std::function<Result<std::string>(std::string const& url)> fetch;
    std::size_t most_bytes = std::size_t{64} << 20;  // of one file, unpacked
};

// The bytes behind an address, unpacked when gzipped. `;...` behind it (a key for other stores) is left out. Errors:
// hunt.externaldata, hunt.external_address, hunt.external_host, hunt.external_failed, hunt.external_too_large.
Result<std::string> read_external(ExternalData const*, std::string_view address);

// The rows of a file as text, a cell for each of `columns`. `format` is a word of KQL's; "" goes by the address.
// csv, tsv, scsv (;), psv (|), sohsv (U+0001): cells by place; txt, raw: one cell; json, multijson: members by name.
// Errors: hunt.external_format.
Result<std::vector<std::vector<std::string>>> external_rows(std::string_view bytes, std::string_view address, std::string format,
                                                            bool skip_first, std::vector<std::string> const& columns);

}  // namespace merlon::hunt
