// The lists that a publisher's folder of CSAF documents holds beside them (csaf/folder.h), as they were fetched.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace merlon::feeds {

// Whether it is the name of a file and nothing else: no folder, nothing hidden.
bool is_plain_file_name(std::string_view name);
// Whether it leads to a document of the folder: "2023/cve-2023-0001.json".
bool is_document_path(std::string_view path);

// The day in "csaf_vex_2025-12-06.tar.zst"; 0 when there is none.
Ticks day_in_name(std::string_view name);
// The day before "Sat, 06 Dec 2025 03:12:00 GMT": an archive holds what there was when it was begun. 0 when it is no such time.
Ticks day_before(std::string_view http_date);

// Documents and when each changed or went, the latest row of each.
using DocumentTimes = std::map<std::string, Ticks, std::less<>>;
// Rows of changes.csv or deletions.csv from `since` on. Errors: feeds.wrong_shape, with `address` and the line.
Result<DocumentTimes> document_times(std::string_view text, std::string const& address, Ticks since);
// The list that an archive of changes carries itself: path and time a line, "-" before what went. A line of another form is passed over.
DocumentTimes document_times_of_ours(std::string_view text);

// The record, in Merlon's own form, that takes back what a deleted document said; "" when the file's name does not tell its id.
std::string withdrawal_of(std::string_view path, Ticks time, std::string const& source);

}  // namespace merlon::feeds
