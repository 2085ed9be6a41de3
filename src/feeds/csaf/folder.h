// Folders of CSAF documents as publishers lay them out (CSAF 2.0, section 7.1, requirements 11 to 13; Red Hat's adds the archive):
//   archive_latest.txt   the name of the newest archive of all documents: "csaf_vex_2025-12-06.tar.zst"
//   changes.csv          "2023/cve-2023-0001.json","2025-12-07T09:12:00+00:00": each document and when it changed, latest first
//   deletions.csv        the same of documents that are gone
#pragma once
#include <filesystem>
#include <string>

#include "feeds/fetch.h"

namespace merlon::feeds {

// Fetches the archive whose name `url` holds, from the same folder. Of what day it is, is noted with it (note_of()): the day in
// its name, else the one before its Last-Modified.
// Errors: those of fetch(), feeds.wrong_shape.
Result<Download> fetch_named_archive(std::string const& url, std::filesystem::path const& to, FetchSettings const&, FetchProgress const&);

struct ChangedDocuments {
    std::string changes;             // address of the list of changes
    std::string deletions;           // name of the list of deletions, in the same folder
    std::string source;              // of the advisories: "redhat"
    std::filesystem::path archive;   // where fetch_named_archive() put what they changed since
};
// Fetches the documents that changed since the archive, each once, into one archive beside `to` that holds all of them: those of
// the last time, where they are still current, are taken from there. Deleted ones become records that withdraw theirs.
// `unchanged` when the lists say what they said. Errors: those of fetch(), feeds.no_archive, feeds.wrong_shape.
Result<Download> fetch_changed_documents(ChangedDocuments const&, std::filesystem::path const& to, FetchSettings const&, FetchProgress const&);

}  // namespace merlon::feeds
