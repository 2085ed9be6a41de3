// One feed does not hold up the others: a download that comes drop by drop is put off.
#pragma once
#include "feeds/update.h"

namespace merlon::feeds {

// How long a feed may take that comes more slowly than that. 0 seconds: as long as it likes.
struct Patience {
    double seconds = 600, least_bytes_a_second = 20'000;
};

// fetch_feed() with patience: what has run out of it is given up for now, and goes on where it stopped the next time. Feeds of many
// small documents (NVD's live API, what changed in a folder) are fetched at the pace that their publishers ask for.
// Errors: also feeds.too_slow.
Result<Download> fetch_patiently(store::Connection&, FeedAddress const&, std::filesystem::path const& folder, UpdateSettings const&, Patience const&,
                                 FetchProgress const& = {});

}  // namespace merlon::feeds
