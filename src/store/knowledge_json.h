// The JSON forms in which knowledge lies in text columns (described in store/knowledge.h).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json_read.h"
#include "model/knowledge.h"

namespace merlon::store {

// The body of a statement in full, and where in it stands what one word can say.
struct WrittenBody {
    std::size_t fixed_begin = 0, fixed_end = 0;  // `"state":"fixed","fixed":"1.2-3"` where a range ends before 1.2-3; else empty
};
inline constexpr std::string_view fixed_where_range_ends = R"("fixed":true)";  // says the same in a stored body
WrittenBody append_affected(std::string& out, Affected const&);
// Reads either form back; `subject` is the key it was stored under.
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
