// Reader of Merlon's own knowledge files: NDJSON, one record a line, in the terms of model/knowledge.h.
// The format is docs/knowledge-format.md; write.h is its inverse.
//
// Strict, because people write these files by hand: an unknown kind, an unknown field, a value of another shape,
// a date that is none or a CPE name that cannot be read stops the reader with file, line and field. Empty lines and
// lines that begin with '#' are skipped. What was handed to the sink before the error stays with the sink's owner.
//
// Errors: knowledge.not_json, knowledge.unknown_kind, knowledge.unknown_field, knowledge.wrong_shape,
//         knowledge.missing_field, and whatever the sink returns.
#pragma once
#include <string_view>

#include "model/knowledge.h"

namespace merlon::feeds {

Status read_knowledge(std::string_view bytes, std::string_view name, KnowledgeSink const& take);

// True when the first record has a "kind" of ours: how `merlon feeds load` recognises the format.
bool looks_like_knowledge(std::string_view bytes);

}  // namespace merlon::feeds
