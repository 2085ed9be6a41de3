// Small readings that several feeds share: times, CWE numbers, CVE ids, reference tags, package names.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/knowledge.h"

namespace merlon::feeds {

// 0 when it is no time.
Ticks time_of(std::string_view iso);
// "CVE-2024-1234" and nothing more; upper case.
bool is_cve_id(std::string_view);
// CVE ids named in a text, in order, each once.
std::vector<std::string> cve_ids_in(std::string_view text);
std::string ascii_upper(std::string_view);
void add_once(std::vector<std::string>& list, std::string_view text);
// "CWE-79" once; other words (NVD-CWE-noinfo) are left out.
void add_cwe(std::vector<std::string>& list, std::string_view text);
// "Vendor Advisory" -> "vendor-advisory".
std::string tag_of(std::string_view);
// Adds a reference, or the tags to the one of the same url.
void add_reference(std::vector<Reference>& list, std::string_view url, std::vector<std::string> tags);
// A rating by its vector; the score is computed when it is not given. Nothing when the vector cannot be read.
std::optional<Severity> rating_of(std::string_view vector, std::optional<double> score, std::string_view source,
                                  bool primary);
// "Acrobat Reader DC" -> "acrobat_reader_dc": a vendor's or product's name as a CPE field would have it.
std::string cpe_word(std::string_view);

}  // namespace merlon::feeds
