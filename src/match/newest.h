// Versions in SQL.
#pragma once
#include "store/engine.h"

namespace merlon::match {

// merlon_newest(scheme, versions): the newest of versions that stand on lines of their own, in the order of the scheme; '' where
// there is none. Where the order of the scheme is not known, the first.
Status add_newest_function(store::Connection&);

}  // namespace merlon::match
