#include "fleet/functions.h"

#include <algorithm>
#include <array>
#include <mutex>

namespace merlon::fleet {
namespace {

// Where the things of one kind stand in the index, by name (parts joined by NUL). An index only grows until it is built anew:
// names are learnt once.
class Places {
public:
    using Size = std::size_t (*)(Index const&);
    using Name = std::string (*)(Index const&, std::uint32_t);
    Places(Size size, Name name) : size_(size), name_(name) {}

    std::vector<std::uint32_t> find(Index const& index, std::string const& name) {
        std::lock_guard lock(guard_);
        learn(index);
        auto const found = places_.find(name);
        if (found == places_.end()) return {};
        auto places = found->second;
        // Learnt of a later copy, perhaps.
        std::erase_if(places, [&](std::uint32_t place) { return place >= size_(index); });
        return places;
    }

private:
    void learn(Index const& index) {
        if (made_ != index.made) {
            places_.clear();
            learnt_ = 0;
            made_ = index.made;
        }
        for (auto const size = static_cast<std::uint32_t>(size_(index)); learnt_ < size; ++learnt_)
            places_[name_(index, learnt_)].push_back(learnt_);
    }

    Size size_;
    Name name_;
    std::mutex guard_;
    std::uint64_t made_ = 0;
    std::uint32_t learnt_ = 0;
    std::unordered_map<std::string, std::vector<std::uint32_t>> places_;
};

struct Known {
    Places versions{[](Index const& i) { return i.software.size(); }, [](Index const& i, std::uint32_t at) {
        return i.software[at].vendor + '\0' + i.software[at].product + '\0' + i.software[at].version;
    }};
    Places products{[](Index const& i) { return i.products.size(); }, [](Index const& i, std::uint32_t at) {
        return i.products[at].vendor + '\0' + i.products[at].product;
    }};
    Places names{[](Index const& i) { return i.products.size(); }, [](Index const& i, std::uint32_t at) { return i.products[at].product; }};
    Places cves{[](Index const& i) { return i.cves.size(); }, [](Index const& i, std::uint32_t at) { return i.cves[at].id; }};
};

std::uint64_t of_versions(Index const& index, std::vector<std::uint32_t> const& versions) {
    DeviceSet all;
    for (auto const one : versions) all |= index.software[one].devices;
    return all.cardinality();
}

std::uint64_t of_products(Index const& index, std::vector<std::uint32_t> const& products) {
    DeviceSet all;
    for (auto const product : products)
        for (auto const number : index.products[product].software) all |= index.software[number].devices;
    return all.cardinality();
}

std::uint64_t of_cves(Index const& index, std::vector<std::uint32_t> const& cves) {
    DeviceSet all;
    for (auto const cve : cves)
        for (auto const number : index.cves[cve].software) {
            auto const& one = index.software[number];
            auto const cleared = std::ranges::equal_range(one.cleared, cve, {}, &ClearedFinding::cve);
            if (cleared.empty()) {
                all |= one.devices;
                continue;
            }
            auto rest = one.devices;
            for (auto const& finding : cleared) rest.remove(finding.device);
            all |= rest;
        }
    return all.cardinality();
}

}  // namespace

Status add_index_functions(store::Connection& connection, std::function<std::shared_ptr<Index const>()> index) {
    auto const known = std::make_shared<Known>();
    auto const function = [&](std::string name, std::size_t parts, Places Known::* places, std::uint64_t (*count)(Index const&, std::vector<std::uint32_t> const&)) {
        store::ScalarFunction made;
        made.name = std::move(name);
        made.parameters.assign(parts, store::ColumnType::text);
        made.returns = store::ColumnType::int64;
        made.is_volatile = true;  // what it says changes with the fleet, not with the arguments
        made.body = [known, index, places, count](store::ScalarCall& call) -> Status {
            auto const snapshot = index();
            std::string key;
            for (std::size_t row = 0; row < call.rows; ++row) {
                key.clear();
                for (std::size_t i = 0; i < call.arguments.size(); ++i) {
                    if (i > 0) key += '\0';
                    key += call.arguments[i].text_or_empty(row);
                }
                call.out.int64(row, static_cast<std::int64_t>(count(*snapshot, ((*known).*places).find(*snapshot, key))));
            }
            return {};
        };
        return made;
    };
    std::array const all{function("fleet_devices_of_version", 3, &Known::versions, of_versions),
                         function("fleet_devices_of_product", 2, &Known::products, of_products),
                         function("fleet_devices_of_name", 1, &Known::names, of_products),
                         function("fleet_devices_of_cve", 1, &Known::cves, of_cves)};
    return connection.add_functions(all);
}

Status add_hazard_functions(store::Connection& connection) {
    using enum store::ColumnType;
    std::array const all{
        store::ScalarFunction{.name = "merlon_hazard",
                              .parameters = {real, real, boolean, boolean, boolean, boolean},
                              .variadic = {},
                              .returns = real,
                              .body = [](store::ScalarCall& call) -> Status {
                                  for (std::size_t row = 0; row < call.rows; ++row) {
                                      auto const number = [&](std::size_t at) {
                                          auto const& column = call.arguments[at];
                                          return column.is_null(row) ? std::nullopt : std::optional(column.real(row));
                                      };
                                      auto const is = [&](std::size_t at) {
                                          return !call.arguments[at].is_null(row) && call.arguments[at].boolean(row);
                                      };
                                      call.out.real(row, hazard_of({.cvss = number(0),
                                                                    .epss = number(1),
                                                                    .known_exploited = is(2),
                                                                    .exploit_verified = is(3),
                                                                    .exploit_public = is(4),
                                                                    .exploit_in_kit = is(5)}));
                                  }
                                  return {};
                              }},
        store::ScalarFunction{.name = "merlon_hazard_of_unsupported",
                              .parameters = {},
                              .variadic = {},
                              .returns = real,
                              .body = [](store::ScalarCall& call) -> Status {
                                  for (std::size_t row = 0; row < call.rows; ++row)
                                      call.out.real(row, hazard_of_unsupported());
                                  return {};
                              }}};
    return connection.add_functions(all);
}

}  // namespace merlon::fleet
