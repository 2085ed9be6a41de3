// CPE names of what CVE records name in their own words (rules/cna-names.txt).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/knowledge.h"

namespace merlon::feeds {

// Vendor and product as cpe_word() makes them: "oracle_corporation", "mysql_server" is a:oracle:mysql. A name that the list does
// not hold stands for itself, and one that ends with a system ("client_for_windows") also for the product there. Several where one
// name stands for several products (Java: JDK and JRE). Empty when vendor or product says nothing ("n/a").
std::vector<Cpe> cpes_of_names(std::string vendor, std::string product);

// Whether records of this product mean "the last affected one of its major line" by a version that is its own upper bound.
bool writes_last_versions(std::string_view vendor, std::string_view product);

}  // namespace merlon::feeds
