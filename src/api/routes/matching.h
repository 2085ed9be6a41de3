// Routes about matching and its knowledge; each in the file of its name.
#pragma once
#include "api/service.h"

namespace merlon::api {

void add_assessment_routes(std::vector<Route>&);
void add_evidence_routes(std::vector<Route>&);
void add_correction_routes(std::vector<Route>&);
void add_feed_routes(std::vector<Route>&);
void add_end_of_support_routes(std::vector<Route>&);

}  // namespace merlon::api
