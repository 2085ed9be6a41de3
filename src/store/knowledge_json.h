// The JSON forms in which knowledge lies in text columns (described in store/knowledge.h).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json_read.h"
#include "model/knowledge.h"

namespace merlon::store {

// Appends the body of a statement.
void append_affected(std::string& out, Affected const&);
// Reads it back; `subject` is the key it was stored under.
Result<Affected> affected_of(std::string_view subject, json::Value body);

// ["a", "b"]
void append_texts(std::string& out, std::span<std::string const>);
std::vector<std::string> texts_of(json::Value);
// The same from the text; nothing when it is no such list.
std::optional<std::vector<std::string>> text_list(std::string_view list);

// [{"scheme","vector","score","word","source","primary"}]
void append_severities(std::string& out, std::span<Severity const>);
// [{"url","tags":[...]}]
void append_references(std::string& out, std::span<Reference const>);

void append_lifecycle(std::string& out, LifecycleProduct const&);
LifecycleProduct lifecycle_of(json::Value);

}  // namespace merlon::store
