// CPE names of what CVE records name in their own words (rules/cna-names.txt).
#pragma once
#include <string>
#include <vector>

#include "model/knowledge.h"

namespace merlon::feeds {

// Vendor and product as cpe_word() makes them: "oracle_corporation", "mysql_server" is a:oracle:mysql. A name that the list does
// not hold stands for itself. Several where one name stands for several products (Java: JDK and JRE). Empty when vendor or product
// says nothing ("n/a").
std::vector<Cpe> cpes_of_names(std::string vendor, std::string product);

}  // namespace merlon::feeds
