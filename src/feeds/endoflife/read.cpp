#include "feeds/endoflife/read.h"

#include <algorithm>
#include <array>
#include <utility>

#include "feeds/record_parser.h"
#include "feeds/words.h"

namespace merlon::feeds {
namespace {

constexpr std::string_view source_name = "endoflife.date";

std::string text_or_number(json::Value object, std::string_view key) {
    auto const value = json::member(object, key);
    if (!value) return {};
    return json::is_string(*value) ? std::string(json::text(*value)) : json::is_null(*value) ? "" : json::dump(*value);
}

// v0: a date, true or false. `true_means_reached` is false for `support`.
PhaseEnd phase_v0(json::Value cycle, std::string_view key, bool true_means_reached) {
    PhaseEnd phase;
    if (auto const flag = json::boolean(cycle, key)) phase.reached = *flag == true_means_reached;
    else if (auto const date = time_of(json::text(cycle, key)); date != 0) phase.date = date;
    return phase;
}

// v1: {isEol, eolFrom}; null flags say that the phase does not exist for this cycle.
PhaseEnd phase_v1(json::Value release, std::string_view flag, std::string_view from) {
    PhaseEnd phase;
    if (auto const date = time_of(json::text(release, from)); date != 0) phase.date = date;
    else if (auto const reached = json::boolean(release, flag)) phase.reached = *reached;
    return phase;
}

LifecycleCycle cycle_v0(json::Value entry) {
    LifecycleCycle cycle;
    cycle.name = text_or_number(entry, "cycle");
    cycle.codename = json::text(entry, "codename");
    cycle.label = json::text(entry, "releaseLabel");
    cycle.released = time_of(json::text(entry, "releaseDate"));
    cycle.active_support = phase_v0(entry, "support", false);
    cycle.end_of_life = phase_v0(entry, "eol", true);
    cycle.extended_support = phase_v0(entry, "extendedSupport", false);
    cycle.lts = json::boolean(entry, "lts").value_or(!json::text(entry, "lts").empty());
    cycle.latest = text_or_number(entry, "latest");
    cycle.latest_date = time_of(json::text(entry, "latestReleaseDate"));
    return cycle;
}

LifecycleCycle cycle_v1(json::Value release) {
    LifecycleCycle cycle;
    cycle.name = text_or_number(release, "name");
    cycle.codename = json::text(release, "codename");
    cycle.label = json::text(release, "label");
    cycle.released = time_of(json::text(release, "releaseDate"));
    cycle.active_support = phase_v1(release, "isEoas", "eoasFrom");
    cycle.end_of_life = phase_v1(release, "isEol", "eolFrom");
    cycle.extended_support = phase_v1(release, "isEoes", "eoesFrom");
    cycle.lts = json::boolean(release, "isLts").value_or(false);
    if (auto const latest = json::member(release, "latest")) {
        cycle.latest = text_or_number(*latest, "name");
        cycle.latest_date = time_of(json::text(*latest, "date"));
    }
    return cycle;
}

// What the source lists as extended support and everybody gets without paying, by its own labels: Debian's LTS, Pulsar's security
// support, the second maintenance phase of Ansible's platform. It is the end of support; the phase before it that of active support.
void count_what_is_free(LifecycleProduct& product) {
    constexpr std::array<std::string_view, 3> free{"apache-pulsar", "debian", "red-hat-ansible-automation-platform"};
    if (std::ranges::find(free, product.slug) == free.end()) return;
    for (auto& cycle : product.cycles) {
        if (!cycle.extended_support.date) continue;
        if (!cycle.active_support.date) cycle.active_support = cycle.end_of_life;
        cycle.end_of_life = std::exchange(cycle.extended_support, {});
    }
}

void add_identifier(LifecycleProduct& product, std::string_view type, std::string_view id) {
    if (id.empty()) return;
    add_once(product.identifiers, type == "repology" ? "repology:" + std::string(id) : std::string(id));
}

Status read_product_v1(json::Value entry, std::string const& where, Intake& intake) {
    LifecycleProduct product{.slug = std::string(json::text(entry, "name")), .source = std::string(source_name)};
    auto const releases = json::member(entry, "releases");
    if (product.slug.empty() || !releases || !json::is_array(*releases)) {
        intake.reject(product.slug.empty() ? where : product.slug, "it has no name or no list of releases");
        return {};
    }
    product.label = json::text(entry, "label");
    product.category = json::text(entry, "category");
    if (auto const links = json::member(entry, "links")) product.url = json::text(*links, "html");
    for (auto const identifier : json::array(entry, "identifiers"))
        add_identifier(product, json::text(identifier, "type"), json::text(identifier, "id"));
    for (auto const release : json::array(*releases)) product.cycles.push_back(cycle_v1(release));
    if (std::ranges::any_of(product.cycles, [](auto const& cycle) { return cycle.name.empty(); })) {
        intake.reject(product.slug, "one of its releases has no name");
        return {};
    }
    count_what_is_free(product);
    return intake.keep(std::move(product));
}

// The API's older form does not name the product: the file does.
std::string slug_of(std::string_view name) {
    auto const slash = name.find_last_of("/:");
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
    return std::string(name.substr(0, name.find('.')));
}

Status read_v0(Source const& source, Intake& intake) {
    LifecycleProduct product{.slug = slug_of(source.name), .source = std::string(source_name)};
    product.label = product.slug;
    product.url = "https://endoflife.date/" + product.slug;
    auto const whole = TRY(whole_document(source));
    for (auto const entry : json::array(whole.document.root())) {
        product.cycles.push_back(cycle_v0(entry));
        if (!product.cycles.back().name.empty()) continue;
        intake.reject(product.slug, "one of its entries has no cycle");
        return {};
    }
    count_what_is_free(product);
    return intake.keep(std::move(product));
}

}  // namespace

Status read_endoflife(Source const& source, EndoflifeLayout layout, Intake& intake) {
    if (layout == EndoflifeLayout::v0) return read_v0(source, intake);
    if (layout == EndoflifeLayout::v1_list) {
        auto const around = TRY(each_in_array(source, "result", [&](json::Value entry, std::uint64_t offset) {
            return read_product_v1(entry, "byte " + std::to_string(offset), intake);
        }));
        auto const document = TRY(json::Document::parse(around, source.name));
        intake.data_time(time_of(json::text(document.root(), "generated_at")));
        return {};
    }
    auto const whole = TRY(whole_document(source));
    auto const result = json::member(whole.document.root(), "result");
    intake.data_time(time_of(json::text(whole.document.root(), "generated_at")));
    return read_product_v1(result ? *result : whole.document.root(), source.name, intake);
}

}  // namespace merlon::feeds
