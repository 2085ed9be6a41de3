// Which Windows updates stand for which: an update is as good as installed when one that replaces it is.
// Sources: what Microsoft's advisories say that a remedy supersedes, and the list of all updates where it is loaded (feed
// windows-kb; feeds/msrc/read.h). Cycles occur in it.
#pragma once
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/engine.h"

namespace merlon::match {

class Supersedence {
public:
    static Result<Supersedence> read(store::Connection&);
    // The update itself and all that replace it, directly or through others, sorted.
    std::vector<std::string> as_good_as(std::string const& kb) const;

private:
    std::unordered_map<std::string, std::vector<std::string>> replaced_by_;
};

}  // namespace merlon::match
