// The demo fleet's last weeks: what its devices had before, and what people and feeds did meanwhile (data/demo/past.json). Days are
// counted back from the day on which the fleet is made. Who puts the rooms to work plays it: server/demo_past.h.
#pragma once
#include "model/knowledge.h"
#include "sensors/demo/fleet.h"
#include "sensors/demo/ingredients.h"

namespace merlon::sensors {

struct DemoStory {
    std::vector<int> days;  // on which there was a publication, longest ago first
    struct Learned {        // what feeds told so many days ago only: all of a CVE, or that it is exploited
        int days = 0;
        std::vector<std::string> cves;
        bool exploited_only = false;
    };
    std::vector<Learned> learned;
    struct Wish {  // a remediation or an exception that somebody asked for
        int days = 0, due = 0;  // due: days after the day on which the fleet is made
        std::string recommendation, type, priority, justification, notes;
        std::vector<std::string> groups;
    };
    std::vector<Wish> remediations, exceptions;

    // Whether feeds said this only later than so many days ago.
    bool unknown_yet(KnowledgeRecord const&, int days_ago) const;
};
Result<DemoStory> read_demo_story();

// Makes of a device's present report that of options.days_ago. False: the device was not there yet.
bool take_back(DeviceReport&, Ingredients const&, Kind const&, DemoOptions const&, std::int64_t number);

}  // namespace merlon::sensors
