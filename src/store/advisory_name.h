#pragma once
#include <span>
#include <string>

namespace merlon::store {

// What a flaw without a CVE goes by, in findings and in table `cve`: of the advisory's id and aliases GitHub's first, then the
// first by name, so that records which are aliases of each other come together.
std::string name_without_cve(std::string const& id, std::span<std::string const> aliases);

}  // namespace merlon::store
