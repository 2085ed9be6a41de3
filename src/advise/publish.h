// Writes what follows from inventory, findings and exceptions into the tables that the API, hunting and the command line
// read (schema/store/0002_exposure.sql, 0004_recommendations.sql, 0005_configuration.sql, 0007_exceptions.sql).
#pragma once
#include "advise/software_advice.h"
#include "fleet/publish.h"

namespace merlon::advise {

// Replaces the recommendations, inside the caller's transaction; returns how many there are. The exposure tables must be
// published before.
Result<std::size_t> publish_recommendations(store::Connection&, fleet::Index const&, fleet::Exposure const&, Assessment const&,
                                            Effects const&, AdviceOptions const&);

// All of it in the right order, inside the caller's transaction: configuration is judged, exceptions take effect, exposure
// and scores are computed, recommendations are made, events told, history kept.
Result<fleet::ExposureReport> publish_all(store::Connection&, Ticks now);
// The same for an index at hand. Events and why the scores changed compare with `before`, the index that was published
// last; null reads it from the history.
Result<fleet::ExposureReport> publish_all(store::Connection&, fleet::Index const&, fleet::Index const* before, Ticks now);

// What is counted over devices, for a scope that is made (store/scope.h). publish_all() does it for every scope.
Status publish_scope(store::Connection&, std::span<std::string const> groups, Ticks now);

}  // namespace merlon::advise
