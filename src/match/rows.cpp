#include "match/rows.h"

#include <cstring>

#include "match/evidence.h"
#include "store/inventory.h"

namespace merlon::match {
namespace {

void put(std::string& bytes, std::int64_t number) {
    char raw[sizeof number];
    std::memcpy(raw, &number, sizeof number);
    bytes.append(raw, sizeof raw);
}
void put(std::string& bytes, std::string_view text) {
    put(bytes, static_cast<std::int64_t>(text.size()));
    bytes += text;
}

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}
    std::int64_t number() {
        std::int64_t value = 0;
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_.remove_prefix(sizeof value);
        return value;
    }
    std::string_view text() {
        auto const size = static_cast<std::size_t>(number());
        auto const found = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return found;
    }

private:
    std::string_view rest_;
};

}  // namespace

SoftwareRows rows_of(Assessed const& one) {
    SoftwareRows rows;
    auto& out = rows.bytes;
    out.reserve(512 + 320 * one.findings.size());
    auto const& identity = one.identity;
    auto const& support = one.support;
    rows.assessed = identity.assessed;
    for (auto const* text : {&identity.vendor, &identity.product, &identity.version, &identity.scheme}) put(out, std::string_view(*text));
    put(out, std::string_view(candidates_json(identity.candidates)));
    put(out, std::int64_t{identity.assessed});
    put(out, support_status_name(support.status));
    put(out, std::int64_t{support.status != SupportStatus::no_data});
    put(out, std::int64_t{support.date.has_value()});
    put(out, support.date.value_or(0));
    for (auto const* text : {&support.product, &support.cycle, &support.latest, &support.reason, &support.next.version, &support.next.reason}) put(out, std::string_view(*text));
    for (auto const& finding : one.findings) {
        ++(finding.hidden ? rows.hidden : rows.findings);
        put(out, std::string_view(finding.cve));
        put(out, std::string_view(store::texts_json(finding.advisories)));
        put(out, fix_state_name(finding.state));
        for (auto const* text : {&finding.fixed_version, &finding.hotfix, &finding.urgency}) put(out, std::string_view(*text));
        put(out, std::int64_t{finding.confidence});
        put(out, std::int64_t{finding.hidden});
        put(out, std::string_view(grounds_text(finding.grounds)));
    }
    return rows;
}

Status append_rows(SoftwareRows const& rows, std::int64_t software, FindingTables& tables, FirstSeenOf const& first_seen) {
    Reader in(rows.bytes);
    auto& [identity, finding, next_line] = tables;
    identity.int64(software);
    for (int i = 0; i < 5; ++i) identity.text(in.text());  // vendor, product, version, scheme, candidates
    identity.boolean(in.number() != 0).text(in.text());    // assessed, support_status
    identity.boolean(in.number() != 0);                    // support_known
    bool const dated = in.number() != 0;
    auto const date = in.number();
    identity.optional_int64(dated ? std::optional(date) : std::nullopt);
    for (int i = 0; i < 4; ++i) identity.text(in.text());  // lifecycle, cycle, latest, support_reason
    TRY(identity.end_row());
    auto const version = in.text(), reason = in.text();
    if (!version.empty()) TRY(next_line.int64(software).text(version).text(reason).end_row());
    for (std::size_t at = 0; at < rows.findings + rows.hidden; ++at) {
        auto const cve = in.text();
        finding.int64(software).text(cve);
        for (int i = 0; i < 5; ++i) finding.text(in.text());  // advisories, state, fixed_version, hotfix, urgency
        finding.int32(static_cast<std::int32_t>(in.number()));
        finding.boolean(in.number() != 0).text(in.text());    // hidden, evidence
        TRY(finding.int64(first_seen(cve)).end_row());
    }
    return {};
}

}  // namespace merlon::match
