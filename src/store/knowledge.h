// Knowledge in the store: what feeds say goes in through write_knowledge(), matching reads it by subject.
//
// Writing. One file is one transaction: all of it or nothing, so a damaged file leaves what was there. Records replace
// those of the same (source, id); an unchanged record is not written again; of two states of one record the one
// modified last stays. A set that is published whole (KEV, EPSS, exploit lists) replaces the whole set, unless it has less than half of
// what is stored (store.set_shrunk) or is of an earlier day, or of none that it says (store.set_older: life-cycles that say their day too).
//
// Statements. Table `statement` holds (advisory, subject, body): subject is a number of table `subject`, which holds the
// subject_key() of everything of which something is stated; body this JSON object, in which each member is left out when
// it says nothing:
//   {"cpe": "cpe:2.3:..."   the subject, when it holds more than part, vendor and product (target_sw, sw_edition ...)
//    "package": [ecosystem, name]   the subject, when the key cannot be taken apart again
//    "ranges": [["dpkg", "", "<1.2-3"], ["cpe", ">=1.0", "<=2.0"]]   scheme, lower and upper bound
//    "versions": ["1.0.1", "1.0.2 update beta1"], "state": "fixed", "fixed": "1.2-3", "urgency": "low",
//    "fixed": true            for both, where the last range ends before the version that has the fix
//    "conditions": [["cpe:2.3:o:linux:linux_kernel:..."]]   each inner list must be met by one of its names
//    "modules": [...], "architecture": "x86_64", "hotfix": "KB5040427", "note": "..."}
// A CPE subject has version "*": versions live in ranges and versions. Text of a CPE version with an update part is
// "1.0.0 update beta1" (see cpe_version_text in model/knowledge.h).
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/knowledge.h"
#include "store/engine.h"
#include "store/knowledge_pack.h"

namespace merlon::store {

// ---- Writing ------------------------------------------------------------------------------------------------

struct FeedFile {
    std::string feed;    // nvd, kev, epss, osv ...
    std::string file;    // where it came from
    std::string digest;  // SHA-256 of its bytes, hex
    Ticks loaded = 0;    // when; 0: now
    // Sources of exploit facts of which this file is the whole set (kev, exploit-db, metasploit, poc-in-github).
    std::vector<std::string> whole_exploit_sets;
    // Sources of exploit facts that come with advisories (nvd, ssvc, msrc): replaced for the CVEs of those.
    std::vector<std::string> facts_of_advisories;
    bool whole_epss = false;  // the file holds all scores of its day
    bool may_shrink = false;  // somebody insists: neither store.set_shrunk nor store.set_older is looked for
};

// What the reader saw in the file.
struct FeedCounts {
    std::int64_t records = 0, kept = 0, rejected = 0;
    Ticks data_time = 0;  // what the file says of its own age; 0 unknown
};

// What the file changed in the store.
struct WriteOutcome {
    FeedCounts counts;
    std::int64_t added = 0, replaced = 0, unchanged = 0, older = 0;  // advisories
    std::int64_t statements = 0, exploits = 0, scores = 0, products = 0;
    // Subjects of which some statement came, went or changed: what needs matching again. Sorted.
    std::vector<std::string> changed_subjects;
    // Those of which nothing was stated before, or is any more, and ecosystems of packages that came or went
    // ("pkg:Debian:12"): what may change what software is taken to be. Sorted.
    std::vector<std::string> changed_names;
};

// True when a file of these bytes is what the store holds of this feed.
Result<bool> already_loaded(Connection&, std::string_view feed, std::string_view digest);

// Runs `read` inside one transaction and stores the batches of records it gives to the sink, packed (store/knowledge_pack.h; any
// thread may do that). `read` calls the sink on the calling thread only; the batch is its own again afterwards. Its error, or the store's, rolls everything back. Name, digest and sets of the file are looked at after
// `read` has returned, so that it may fill them in.
using ReadFeed = std::function<Result<FeedCounts>(PackedSink const&)>;
Result<WriteOutcome> write_knowledge(Connection&, FeedFile const&, ReadFeed const& read);

// Makes the rows of table `cve` anew of which loads have changed something (table `cve_pending`), from advisories, exploit
// facts and EPSS; call it after one or more loads. Scores come for all at once: then it is all rows.
// Severity: newest CVSS version first, then NVD's own rating before the CNA's before CISA's; words by the ranges of the
// CVSS documents (3.x and 4.0: Low < 4 <= Medium < 7 <= High < 9 <= Critical; 2.0 has no Critical).
// exploit_public: code or a proof of concept is public. exploit_verified: Exploit-DB tried it, Metasploit carries it or
// exploitation was seen. exploit_in_kit: a Metasploit module. known_exploited: KEV or SSVC "active".
Status rebuild_cve_table(Connection&);

// ---- Reading ------------------------------------------------------------------------------------------------

struct AdvisoryHead {
    std::int64_t number = 0;
    std::string id, source;  // "CVE-2021-44228", "nvd"
    std::vector<std::string> cves, aliases;
    AdvisoryState state = AdvisoryState::published;
    Ticks modified = 0, published = 0;
};

struct StoredStatement {
    std::string subject;                           // the key under which it was asked for
    std::shared_ptr<AdvisoryHead const> advisory;  // shared by the statements of one advisory
    Affected affected;
};

// What is stored of the subjects asked for. It is taken apart subject by subject, where it is used: all of it at once is a few
// hundred MB in small pieces, which cost more to make and to let go of than to look at.
class Statements {
public:
    // Of one subject, of advisories in every state: by advisory source and id, then as the advisory gives them. Empty when
    // nothing is stored of it, or it was not asked for. Any thread may ask.
    Result<std::vector<StoredStatement>> of(std::string_view subject) const;
    std::size_t count() const;

    struct State;
    explicit Statements(std::shared_ptr<State const> state) : state_(std::move(state)) {}

private:
    std::shared_ptr<State const> state_;
};
Result<Statements> statements_for(Connection&, std::span<std::string const> subject_keys);

// The subset of the keys of which some statement is stored: what "assessed" means. Sorted.
Result<std::vector<std::string>> known_subjects(Connection&, std::span<std::string const> subject_keys);

// Names "a:vendor:product" (o:, h:) of which some statement is stored.
Result<std::vector<std::string>> cpe_subjects(Connection&);

// An ecosystem of packages, "pkg:Debian:12", and how far its records reach.
struct Ecosystem {
    std::string name;
    Ticks newest = 0;       // its newest record
    std::int32_t year = 0;  // of the newest CVE among records without a time; 0 none
};
Result<std::vector<Ecosystem>> ecosystems(Connection&);

Result<std::vector<LifecycleProduct>> lifecycle_products(Connection&);

struct StoredFeed {
    std::string name, file, digest;
    Ticks loaded_at = 0, data_time = 0;
    std::int64_t records = 0, kept = 0, rejected = 0;
};
Result<std::vector<StoredFeed>> stored_feeds(Connection&);

}  // namespace merlon::store
