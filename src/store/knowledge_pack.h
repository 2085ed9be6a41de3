// Records as they will lie in the tables. Packing is done by the thread that reads a feed, so that the one that writes has
// little left to do. The texts of a batch lie in one piece of memory, which is used again when the batch has been stored:
// a record costs no memory of its own.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/knowledge.h"
#include "store/knowledge_json.h"

namespace merlon::store {

struct PackedAdvisory {
    struct Piece {
        std::uint32_t begin = 0, end = 0;  // in the texts of its batch, or in one of its lists
    };
    struct Statement {
        Piece subject, body;
    };
    Piece source, id, cves, aliases, severities, cwes, references, title, description;  // lists as JSON
    Piece statements, cve_names;                                                        // places in the lists of the batch
    Piece vector, version, word, rater;                                                 // its best rating (knowledge_rating.h)
    std::optional<double> score;
    AdvisoryState state = AdvisoryState::published;
    Ticks published = 0, modified = 0;
    std::int64_t content = 0;  // hash of all that the record says
    int text_rank = 0, rating_rank = 0;
};

class PackedBatch {
public:
    using Piece = PackedAdvisory::Piece;

    void add(Advisory const&);
    void add(KnowledgeRecord&&);
    void clear();

    std::size_t records() const { return advisories.size() + facts.size() + scores.size() + products.size(); }
    std::size_t bytes() const { return texts_.size(); }
    std::string_view of(Piece piece) const { return std::string_view(texts_).substr(piece.begin, piece.end - piece.begin); }

    std::vector<PackedAdvisory> advisories;
    std::vector<PackedAdvisory::Statement> statements;
    std::vector<Piece> cve_names;
    std::vector<ExploitFact> facts;
    std::vector<EpssScore> scores;
    std::vector<LifecycleProduct> products;

private:
    std::size_t add_bodies(Advisory const&);
    std::string texts_;
    std::vector<WrittenBody> written_;  // of the record that is being added
};
using PackedSink = std::function<Status(PackedBatch&)>;

}  // namespace merlon::store
