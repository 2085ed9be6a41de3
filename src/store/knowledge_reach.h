// How far the records of each ecosystem of packages reach (table `ecosystem`, store/knowledge.h), kept up to date by a load.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "store/engine.h"

namespace merlon::store {

// The year of the last CVE in a JSON list of them; 0 none.
std::int32_t year_of_last_cve(std::string_view cves);

class EcosystemReach {
public:
    // A statement about a subject comes, of a record of this time; `year` counts where the record has none.
    void note(std::int32_t subject, std::string_view name, Ticks newest, std::int32_t year);
    // Brings the table up to date for the ecosystems of these subjects: what only came is added to what is stored; where records went
    // (`some_went`), all statements of these ecosystems are looked at. Gives the ecosystems that came or went.
    Result<std::vector<std::string>> settle(Connection&, std::span<std::string const> changed_subjects, bool some_went);

private:
    struct Reach {
        Ticks newest = 0;
        std::int32_t year = 0;
    };
    struct Place {
        bool known = false;
        Reach* reach = nullptr;  // null: of no ecosystem
    };
    std::map<std::string, Reach, std::less<>> reach_;
    std::vector<Place> of_subject_;
};

}  // namespace merlon::store
