// Reads one document of a known format.
#pragma once
#include "feeds/intake.h"
#include "feeds/recognise.h"
#include "feeds/source.h"

namespace merlon::feeds {

Status read_source(Source const&, Format const&, Intake&);

// Which exploit facts a document of this kind brings: the whole set of a source, or those that come with advisories.
std::vector<std::string> whole_exploit_sets_of(FeedKind);
std::vector<std::string> facts_of_advisories_of(FeedKind);

}  // namespace merlon::feeds
