// Runs custom detections when their time has come, for as long as it lives.
#pragma once
#include <memory>

#include "api/service.h"

namespace merlon::api {

class DetectionSchedule {
public:
    // The service must outlive it. Looks for due detections every few seconds.
    explicit DetectionSchedule(Service&);
    DetectionSchedule(DetectionSchedule const&) = delete;
    ~DetectionSchedule();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace merlon::api
