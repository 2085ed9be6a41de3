#include "feeds/read.h"

#include "feeds/alpine/read.h"
#include "feeds/csaf/read.h"
#include "feeds/cve5/read.h"
#include "feeds/debian/read.h"
#include "feeds/endoflife/read.h"
#include "feeds/epss/read.h"
#include "feeds/exploits/read.h"
#include "feeds/kev/read.h"
#include "feeds/merlon/read.h"
#include "feeds/msrc/read.h"
#include "feeds/nvd/read.h"
#include "feeds/osv/read.h"
#include "feeds/oval/read.h"

namespace merlon::feeds {
namespace {

Status read_own(Source const& source, Intake& intake) {
    auto const bytes = TRY(whole_of(source));
    return read_knowledge(bytes, source.name, [&](KnowledgeRecord record) -> Status {
        if (auto* advisory = std::get_if<Advisory>(&record)) return intake.keep(std::move(*advisory));
        if (auto* fact = std::get_if<ExploitFact>(&record)) return intake.keep(std::vector{std::move(*fact)});
        if (auto* score = std::get_if<EpssScore>(&record)) return intake.keep(std::move(*score));
        return intake.keep(std::move(std::get<LifecycleProduct>(record)));
    });
}

OsvLayout osv_layout(Layout layout) {
    return layout == Layout::array ? OsvLayout::array : layout == Layout::lines ? OsvLayout::lines : OsvLayout::record;
}
EndoflifeLayout endoflife_layout(Layout layout) {
    if (layout == Layout::array) return EndoflifeLayout::v0;
    return layout == Layout::lines ? EndoflifeLayout::v1_list : EndoflifeLayout::v1_product;
}

}  // namespace

Status read_source(Source const& source, Format const& format, Intake& intake) {
    switch (format.kind) {
        case FeedKind::merlon: return read_own(source, intake);
        case FeedKind::nvd: return read_nvd(source, intake);
        case FeedKind::nvd_override: return read_nvd_overrides(source, format.layout, intake);
        case FeedKind::kev: return read_kev(source, intake);
        case FeedKind::epss: return read_epss(source, intake);
        case FeedKind::osv: return read_osv(source, osv_layout(format.layout), intake);
        case FeedKind::endoflife: return read_endoflife(source, endoflife_layout(format.layout), intake);
        case FeedKind::cve5: return read_cve5(source, format.layout, intake);
        case FeedKind::exploit_db: return read_exploit_db(source, intake);
        case FeedKind::metasploit: return read_metasploit(source, intake);
        case FeedKind::poc_in_github: return read_poc_in_github(source, intake);
        case FeedKind::debian_tracker: return read_debian_tracker(source, intake);
        case FeedKind::msrc: return read_msrc(source, format, intake);
        case FeedKind::windows_kb: return read_windows_kb(source, intake);
        case FeedKind::ubuntu_oval: return read_ubuntu_oval(source, intake);
        case FeedKind::csaf: return read_csaf(source, format.layout, intake);
        case FeedKind::openvex: return read_openvex(source, format.layout, intake);
        case FeedKind::alpine_secdb: return read_alpine_secdb(source, intake);
    }
    return fail("feeds.unknown_format", source.name, std::string(feed_name(format.kind)));
}

std::vector<std::string> whole_exploit_sets_of(FeedKind kind) {
    switch (kind) {
        case FeedKind::kev: return {"kev"};
        case FeedKind::exploit_db: return {"exploit-db"};
        case FeedKind::metasploit: return {"metasploit"};
        case FeedKind::poc_in_github: return {"poc-in-github"};
        default: return {};
    }
}

std::vector<std::string> facts_of_advisories_of(FeedKind kind) {
    switch (kind) {
        case FeedKind::nvd: return {"nvd"};
        case FeedKind::cve5: return {"ssvc", "cve5"};
        case FeedKind::msrc: return {"msrc"};
        default: return {};
    }
}

}  // namespace merlon::feeds
