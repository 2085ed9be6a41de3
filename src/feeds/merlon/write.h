// Writer of Merlon's own knowledge files: the inverse of read.h. Fields that hold their default are left out.
#pragma once
#include <string>

#include "model/knowledge.h"

namespace merlon::feeds {

// Appends the record as one line of JSON with its line end.
void write_knowledge(KnowledgeRecord const&, std::string& out);

}  // namespace merlon::feeds
