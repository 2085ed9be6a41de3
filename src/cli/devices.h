// Verbs about what people say of devices, and about alerts.
#pragma once
#include "cli/front.h"

namespace merlon::cli {

void add_device_verbs(CLI::App&, Front&);  // below devices, which add_scores() makes; groups
void add_detections(CLI::App&, Front&);    // detections, alerts

}  // namespace merlon::cli
