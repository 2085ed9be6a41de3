#include "hunt/first_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "hunt/bind/binder.h"
#include "hunt/bind/catalog.h"

namespace merlon::hunt {
namespace {

constexpr int own_id = 2'000'000'000;  // beyond what binding numbers

// The chain of projections and filters with the scan at its end taken of some devices; null where something else is in it.
PlanPtr with_some_devices(PlanPtr const& p, std::string const& last_device) {
    if (auto const* project = std::get_if<ProjectPlan>(&p->form)) {
        for (auto const& item : project->items)
            if (has_window(item.value) || is_volatile(item.value)) return nullptr;
        auto const input = with_some_devices(project->input, last_device);
        return input ? make_plan(ProjectPlan{input, project->items}) : nullptr;
    }
    if (auto const* filter = std::get_if<FilterPlan>(&p->form)) {
        if (has_window(filter->predicate) || is_volatile(filter->predicate)) return nullptr;
        auto const input = with_some_devices(filter->input, last_device);
        return input ? make_plan(FilterPlan{input, filter->predicate}) : nullptr;
    }
    auto const* scan = std::get_if<ScanPlan>(&p->form);
    // Of a table that others stand in for: those are the large ones. What stands in for one is quick already.
    if (!scan || !scan->narrow || !scan->key.empty() || !is_empty(scan->where)) return nullptr;
    if (std::none_of(scan->narrow->begin(), scan->narrow->end(), [](Narrow const& n) { return n.has("DeviceId"); })) return nullptr;
    auto made = *scan;
    made.narrow = nullptr;
    auto const id = std::find_if(made.fields.begin(), made.fields.end(), [](ScanPlan::Field const& f) { return f.name == "DeviceId"; });
    int const own = id == made.fields.end() ? own_id : id->id;
    if (id == made.fields.end()) made.fields.push_back({own, "DeviceId", Type::string, true, true});
    return make_plan(FilterPlan{make_plan(std::move(made)), make_call(Type::bool_, over_arguments(Say::less_or_equal, 2),
                                                                      {make_column({"", own, Type::string, false, false}), make_text(last_device)}, false)});
}

}  // namespace

std::optional<FirstRows> of_first_devices(PlanPtr const& p, std::string const& last_device) {
    if (auto const* project = std::get_if<ProjectPlan>(&p->form)) {
        auto made = of_first_devices(project->input, last_device);
        for (auto const& item : project->items)
            if (has_window(item.value)) return {};
        if (made) made->plan = make_plan(ProjectPlan{made->plan, project->items});
        return made;
    }
    auto const* limit = std::get_if<LimitPlan>(&p->form);
    if (!limit || limit->sample != 0 || limit->count <= 0) return {};
    auto const input = with_some_devices(limit->input, last_device);
    if (!input) return {};
    return FirstRows{make_plan(LimitPlan{input, limit->count}), limit->count};
}

std::string last_of_first_devices(std::int64_t devices) {
    return fmt::format("DeviceInfo | top {} by DeviceId asc | summarize max(DeviceId)", devices);
}

}  // namespace merlon::hunt
