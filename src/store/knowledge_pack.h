// Records as they will lie in the tables. Packing is done by the thread that reads a feed, so that the one that writes has
// little left to do: one piece of memory a record instead of dozens.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/knowledge.h"
#include "store/knowledge_rating.h"

namespace merlon::store {

struct PackedAdvisory {
    struct Piece {
        std::uint32_t begin = 0, end = 0;  // in `texts`
    };
    struct Statement {
        Piece subject, body;
    };
    std::string source, id, texts;
    Piece cves, aliases, severities, cwes, references, title, description;  // lists as JSON
    std::vector<Statement> statements;
    std::vector<Piece> cve_names;
    AdvisoryState state = AdvisoryState::published;
    Ticks published = 0, modified = 0;
    std::int64_t content = 0;  // hash of all that the record says
    int text_rank = 0;
    Rating rating;

    std::string_view of(Piece piece) const { return std::string_view(texts).substr(piece.begin, piece.end - piece.begin); }
};
PackedAdvisory pack(Advisory const&);

using PackedRecord = std::variant<PackedAdvisory, ExploitFact, EpssScore, LifecycleProduct>;
PackedRecord pack(KnowledgeRecord&&);
using PackedSink = std::function<Status(PackedRecord)>;

}  // namespace merlon::store
