#include "sensors/demo/past.h"

#include "base/embedded.h"
#include "sensors/demo/dice.h"

namespace merlon::sensors {
namespace {

constexpr std::string_view file_name = "data/demo/past.json";

int number_of(json::Value value, std::string_view key) { return static_cast<int>(json::integer(value, key).value_or(0)); }

std::vector<DemoStory::Wish> wishes(json::Value root, std::string_view key) {
    std::vector<DemoStory::Wish> out;
    for (auto const one : json::array(root, key)) {
        DemoStory::Wish wish;
        wish.days = number_of(one, "days");
        wish.due = number_of(one, "due");
        wish.recommendation = json::text(one, "recommendation");
        wish.type = json::text(one, "type");
        wish.priority = json::text(one, "priority");
        wish.justification = json::text(one, "justification");
        wish.notes = json::text(one, "notes");
        wish.groups = json::texts(one, "groups");
        out.push_back(std::move(wish));
    }
    return out;
}

// FNV-1a: the same on every machine, as std::hash is not.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (auto const c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    return hash;
}

// What changed on one device. Each thing has dice of its own, which say on which day it changed: asked of another day they say the same.
class Past {
public:
    Past(Ingredients const& from, DemoOptions const& options, std::int64_t number) : from_(from), options_(options), number_(number) {}

    bool joined() const {
        auto dice = dice_of("joined");
        return !dice.percent(4) || options_.days_ago < static_cast<int>(1 + dice.below(25));
    }
    // Updates within a release; an upgrade would make it another device in all but name.
    void system(OperatingSystem& os, Kind const& kind) const {
        for (std::size_t i = 1; i < kind.versions.size(); ++i)
            if (kind.versions[i].text == os.version && kind.versions[i - 1].release == os.release) {
                auto dice = dice_of("os");
                if (!moved(os.name, i + 1 == kind.versions.size(), dice)) return;
                os.version = kind.versions[i - 1].text;
                if (!os.build.empty()) os.build = windows_build(os.version);
                return;
            }
    }
    void programs(DeviceReport& report, OperatingSystem const& present) const {
        std::vector<SoftwareItem> gone;
        for (auto const& program : from_.programs) {
            auto const* versions = runs_on(program.runs_on, present.distribution) ? versions_of(program, present.distribution, present.version) : nullptr;
            if (!versions) continue;
            auto dice = dice_of(program.source + program.name);
            auto const here = std::ranges::find_if(*report.software, [&](SoftwareItem const& item) { return item.source == program.source && item.name == program.name; });
            if (here == report.software->end()) {
                if (dice.below(1000) < 8 && options_.days_ago >= some_day(dice)) gone.push_back(installed(program, present, (*versions)[dice.mostly_new(versions->size())]));
                continue;
            }
            if (dice.percent(2) && options_.days_ago >= some_day(dice)) {
                report.software->erase(here);
                continue;
            }
            auto const at = static_cast<std::size_t>(std::ranges::find(*versions, here->version) - versions->begin());
            if (at == 0 || at == versions->size() || !moved(program.name, at + 1 == versions->size(), dice)) continue;
            *here = installed(program, present, (*versions)[at - (at > 1 && dice.percent(25) ? 2 : 1)]);
        }
        report.software->insert(report.software->end(), std::make_move_iterator(gone.begin()), std::make_move_iterator(gone.end()));
    }
    void retired(DeviceReport& report) const {
        auto const& one = from_.retired;
        auto dice = dice_of(one.program.name);
        if (!runs_on(one.program.runs_on, report.os.distribution) || !dice.percent(one.program.share)) return;
        auto const day = one.until + static_cast<int>(dice.below(static_cast<std::size_t>(one.from - one.until)));
        if (options_.days_ago >= day) report.software->push_back(installed(one.program, report.os, one.program.versions.front()));
    }
    // Most that changed became better.
    void settings(DeviceReport& report) const {
        auto& facts = *report.settings;
        for (auto const& kind : from_.settings) {
            if (!runs_on(kind.runs_on, report.os.distribution)) continue;
            auto dice = dice_of(kind.key);
            auto const here = std::ranges::find(facts, kind.key, &SettingFact::key);
            bool const good = here != facts.end() && here->value == kind.good;
            if (dice.below(100) >= (good ? 6U : 2U) || options_.days_ago < some_day(dice)) continue;
            auto const before = good ? kind.bad : std::optional(kind.good);
            if (before && here != facts.end()) here->value = *before;
            else if (before) facts.push_back({kind.key, *before});
            else facts.erase(here);
        }
    }

private:
    Dice dice_of(std::string_view what) const { return Dice(options_.seed * 9'000'011 + static_cast<std::uint64_t>(number_) + hash_of(what)); }
    static int some_day(Dice& dice) { return static_cast<int>(1 + dice.below(28)); }
    // Whether the version of now came later. The newest came on one day for all, and most devices took it soon.
    bool moved(std::string_view name, bool newest, Dice& dice) const {
        auto const out = 5 + hash_of(name) % 20;
        if (!dice.percent(newest ? 60 : 12)) return false;
        auto const lag = std::min({dice.below(out), dice.below(out), dice.below(out)});
        return options_.days_ago >= (newest ? static_cast<int>(out - lag) : some_day(dice));
    }

    Ingredients const& from_;
    DemoOptions const& options_;
    std::int64_t number_;
};

}  // namespace

bool take_back(DeviceReport& report, Ingredients const& from, Kind const& kind, DemoOptions const& options, std::int64_t number) {
    if (report.collected_at <= options.then()) return true;  // it has not been heard of since
    Past const past(from, options, number);
    if (!past.joined()) return false;
    report.collected_at = options.then() - (options.now - report.collected_at) % ticks_per_day;
    auto const present = report.os;
    past.system(report.os, kind);
    past.programs(report, present);
    past.retired(report);
    past.settings(report);
    return true;
}

Result<DemoStory> read_demo_story() {
    auto const document = TRY(json::Document::parse(embedded(file_name), file_name));
    auto const root = document.root();
    DemoStory story;
    for (auto const day : json::array(root, "days")) {
        std::int64_t days = 0;
        if (day.get(days) != simdjson::SUCCESS) return fail("demo.ingredients", std::string(file_name), "days");
        story.days.push_back(static_cast<int>(days));
    }
    for (auto const one : json::array(root, "learned"))
        story.learned.push_back({number_of(one, "days"), json::texts(one, "cves"), json::boolean(one, "exploited").value_or(false)});
    story.remediations = wishes(root, "remediations");
    story.exceptions = wishes(root, "exceptions");
    if (story.days.empty()) return fail("demo.ingredients", std::string(file_name), "days");
    return story;
}

bool DemoStory::unknown_yet(KnowledgeRecord const& record, int days_ago) const {
    auto const later = [&](std::string_view cve, bool exploited) {
        return std::ranges::any_of(learned, [&](Learned const& one) {
            return one.days < days_ago && (!one.exploited_only || exploited) && std::ranges::find(one.cves, cve) != one.cves.end();
        });
    };
    if (auto const* advisory = std::get_if<Advisory>(&record)) return later(advisory->id, false);
    if (auto const* fact = std::get_if<ExploitFact>(&record)) return later(fact->cve, fact->source == "kev");
    if (auto const* score = std::get_if<EpssScore>(&record)) return later(score->cve, false);
    return false;
}

}  // namespace merlon::sensors
