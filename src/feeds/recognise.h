// Which kind of feed a document is, told by its content alone.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon::feeds {

enum class FeedKind : std::uint8_t {
    merlon,          // our own NDJSON
    nvd,             // NVD CVE API 2.0
    nvd_override,    // JSON lines that fill in NVD's configurations
    kev,             // CISA known exploited vulnerabilities
    epss,            // FIRST EPSS scores
    osv,             // OSV records
    endoflife,       // endoflife.date
    cve5,            // CVE JSON 5.x
    exploit_db,      // Exploit-DB files_exploits.csv
    metasploit,      // Metasploit modules_metadata_base.json
    poc_in_github,   // PoC-in-GitHub
    debian_tracker,  // Debian security tracker JSON
    msrc,            // Microsoft CVRF: XML month documents, JSON of one CVE a line
    windows_kb,      // Windows update supersedence CSV
    ubuntu_oval,     // Ubuntu OVAL
    csaf,            // CSAF advisories and VEX (Red Hat, Microsoft, ...)
    openvex,
    alpine_secdb,
};
// How the records lie in the document.
enum class Layout : std::uint8_t { record, array, lines };

struct Format {
    FeedKind kind = FeedKind::osv;
    Layout layout = Layout::record;
    bool xml = false;
};

std::string_view feed_name(FeedKind);

// `head` is the first bytes of the unpacked document (64 KB are enough), `name` is for messages.
// Errors: feeds.empty, feeds.unknown_format (with what it looks like), feeds.not_needed.
Result<Format> recognise(std::string_view head, std::string_view name);

}  // namespace merlon::feeds
