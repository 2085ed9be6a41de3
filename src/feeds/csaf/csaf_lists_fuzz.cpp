// Lists of a CSAF folder: names of archives, HTTP dates, changes, deletions, and what is kept of them.
#include <cstdint>

#include "feeds/csaf/lists.h"
#include "feeds/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace merlon::feeds;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    (void)day_in_name(text);
    (void)day_before(text);
    (void)is_plain_file_name(text);
    (void)document_times_of_ours(text);
    auto const rows = document_times(text, "fuzz", 0);
    if (!rows) return 0;
    for (auto const& [path, time] : *rows) {
        if (!is_document_path(path) || path.find("..") == 0) __builtin_trap();  // it becomes an address and a name in an archive
        // Whatever is taken back is a record that can be read.
        auto const line = withdrawal_of(path, time, "redhat");
        if (line.empty()) continue;
        Intake intake([](merlon::KnowledgeRecord const&) -> merlon::Status { return {}; });
        if (!read_source({.name = "fuzz", .path = {}, .bytes = line}, {FeedKind::merlon}, intake) || intake.counts.kept != 1) __builtin_trap();
    }
    return 0;
}
