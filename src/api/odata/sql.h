// SQL text with $1, $2 ... and the values that stand for them.
#pragma once
#include <string>
#include <vector>

#include "store/engine.h"

namespace merlon::api::odata {

struct Sql {
    std::string text;
    std::vector<store::Value> parameters;

    // "$n" for a new parameter.
    std::string bind(store::Value value) {
        parameters.push_back(std::move(value));
        return "$" + std::to_string(parameters.size());
    }
};

}  // namespace merlon::api::odata
