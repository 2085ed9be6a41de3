// What the API and the command line say of an answer as JSON: one writer for both.
#pragma once
#include "advise/exception_effects.h"
#include "advise/service_targets.h"
#include "advise/what_if.h"

namespace merlon::advise {

std::string answer_json(Exception const&, ExceptionPreview const&);
std::string answer_json(WhatIfAnswer const&);
// {"daysBack", "value": [...]}
std::string answer_json(std::vector<SeverityFigures> const&, std::int64_t days_back);

}  // namespace merlon::advise
