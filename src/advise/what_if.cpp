#include "advise/what_if.h"

#include <set>

#include "advise/exception_effects.h"
#include "base/text.h"

namespace merlon::advise {
namespace {

struct Stored {
    std::string id, name, vendor, product, type;
    double exposure = 0, secure = 0;
};

Result<Stored> read(store::Connection& connection, std::string const& id) {
    std::array const key{store::Value{id}};
    auto rows = TRY(connection.query("SELECT id, name, vendor, product, type, exposure_impact_after, score_impact_after, kind FROM main.recommendation "
                                     "WHERE lower(id) = lower($1)", key));
    auto const chunk = TRY(rows.next());
    if (!chunk) return fail("advise.no_such_recommendation", clean_text(id, 200));
    auto const& c = chunk->columns;
    Stored one{std::string(c[0].text(0)), std::string(c[1].text(0)), std::string(c[2].text(0)), std::string(c[3].text(0)),
               std::string(c[4].text(0)), c[5].real(0), c[6].real(0)};
    if (c[7].text(0) != "software") one.product.clear();
    return one;
}

// What doing it takes away; nothing for a change of configuration or where there is no fix (R6).
std::optional<fleet::Removal> removal_of(fleet::Index const& index, Stored const& one) {
    if (one.product.empty() || one.type == "AttentionRequired") return {};
    for (std::uint32_t number = 0; number < index.products.size(); ++number)
        if (index.products[number].vendor == one.vendor && index.products[number].product == one.product)
            return fleet::Removal{number, one.type == "Update"};
    return {};
}

}  // namespace

Result<WhatIfAnswer> what_if(store::Connection& connection, std::span<std::string const> ids, Ticks now, std::shared_ptr<fleet::Index const> index) {
    WhatIfAnswer answer;
    std::set<std::string> met;
    std::vector<Stored> asked;
    for (auto const& id : ids) {
        auto one = TRY(read(connection, id));
        if (met.insert(one.id).second) asked.push_back(std::move(one));
    }
    fleet::IndexOptions options;
    options.now = now;
    if (!index) index = TRY(fleet::Index::build(connection, options));
    auto const effects = TRY(effects_of(connection, *index, now));
    auto const exposure = fleet::compute_exposure(*index, effects.mask);
    fleet::WhatIf what_if(*index, exposure);
    std::vector<fleet::Removal> removals;
    answer.exposure_now = exposure.score;
    for (auto const& one : asked) {
        WhatIfPart part{one.id, one.name, 0, one.secure};
        if (auto const removal = removal_of(*index, one)) {
            part.exposure_alone = exposure.score - what_if.score_without(std::span(&*removal, 1));
            removals.push_back(*removal);
        }
        answer.parts.push_back(std::move(part));
    }
    answer.exposure_then = what_if.score_without(removals);
    // Checks have points of their own, so their sum is exact.
    auto const points = TRY(connection.scalar("SELECT arg_max(points, time) FROM main.secure_score WHERE device_group = '*' AND category = '*'"));
    if (auto const* now_points = std::get_if<double>(&points)) answer.secure_now = *now_points;
    answer.secure_then = answer.secure_now;
    for (auto const& part : answer.parts) answer.secure_then += part.secure_alone;
    return answer;
}

}  // namespace merlon::advise
