#include "feeds/nvd/configurations.h"

#include <algorithm>
#include <unordered_map>

namespace merlon::feeds {
namespace {

struct Row {
    Cpe cpe;
    bool vulnerable = false;
    bool ranged = false;
    VersionRange range;
};

struct Node {
    std::vector<Row> rows;
    bool all_of = false;  // operator AND: each row is needed
};

// Groups the rows of one advisory by subject and conditions.
class Grouping {
public:
    explicit Grouping(std::vector<Affected>& out) : out_(out) {}

    void add(Row const& row, std::vector<std::vector<Cpe>> const& conditions, std::string const& condition_key) {
        auto subject = row.cpe;
        subject.version = subject.update = "*";
        auto key = cpe_text(subject) + condition_key;
        auto const [found, is_new] = places_.try_emplace(std::move(key), out_.size());
        if (is_new) {
            out_.emplace_back();
            out_.back().subject = std::move(subject);
            out_.back().conditions = conditions;
        }
        add_versions(out_[found->second], row);
    }

private:
    static void add_versions(Affected& affected, Row const& row) {
        if (row.cpe.version != "*") {
            affected.versions.push_back(cpe_version_text(row.cpe));
            return;
        }
        affected.ranges.push_back(row.range);
        if (row.range.to.empty() || row.range.to_inclusive) return;
        affected.state = FixState::fixed;
        affected.fixed_version = row.range.to;
    }

    std::vector<Affected>& out_;
    std::unordered_map<std::string, std::size_t> places_;
};

void read_row(json::Value match, Node& node, ReadConfigurations& read) {
    Row row;
    row.range.scheme = "cpe";
    bool named = false;
    simdjson::dom::object members;
    if (match.get(members) != simdjson::SUCCESS) {
        ++read.malformed;
        return;
    }
    for (auto const [key, value] : members) {
        if (key == "criteria") {
            auto cpe = parse_cpe(json::text(value));
            named = cpe.has_value();
            if (named) row.cpe = std::move(*cpe);
        } else if (key == "vulnerable") {
            bool vulnerable = false;
            if (value.get(vulnerable) == simdjson::SUCCESS) row.vulnerable = vulnerable;
        } else if (key == "versionStartIncluding") {
            row.range.from = json::text(value);
        } else if (key == "versionStartExcluding") {
            row.range.from = json::text(value);
            row.range.from_inclusive = false;
        } else if (key == "versionEndIncluding") {
            row.range.to = json::text(value);
            row.range.to_inclusive = true;
        } else if (key == "versionEndExcluding") {
            row.range.to = json::text(value);
            row.range.to_inclusive = false;
        }
    }
    if (!named) ++read.malformed;
    else node.rows.push_back(std::move(row));
}

void add_condition(std::vector<std::vector<Cpe>>& conditions, std::string& key, std::vector<Cpe> group) {
    if (group.empty()) return;
    key += "\n&";
    for (auto const& cpe : group) key += cpe_text(cpe);
    conditions.push_back(std::move(group));
}

std::vector<Cpe> names_of(std::vector<Row> const& rows) {
    std::vector<Cpe> names;
    for (auto const& row : rows)
        if (names.empty() || !(names.back() == row.cpe)) names.push_back(row.cpe);
    return names;
}

// What the other nodes of the configuration demand of the device.
void add_other_nodes(std::vector<Node> const& nodes, Node const& self, std::vector<std::vector<Cpe>>& conditions,
                     std::string& key) {
    for (auto const& other : nodes) {
        if (&other == &self) continue;
        if (!other.all_of) {
            add_condition(conditions, key, names_of(other.rows));
            continue;
        }
        for (auto const& row : other.rows) add_condition(conditions, key, {row.cpe});
    }
}

void add_configuration(std::vector<Node> const& nodes, bool all_of, Grouping& grouping) {
    for (auto const& node : nodes) {
        std::vector<std::vector<Cpe>> conditions;
        std::string key;
        if (all_of) add_other_nodes(nodes, node, conditions, key);
        // An AND of one node means its platforms (vulnerable=false) as the condition of its products.
        if (all_of && nodes.size() == 1 && !node.all_of) {
            std::vector<Cpe> platforms;
            for (auto const& row : node.rows)
                if (!row.vulnerable) platforms.push_back(row.cpe);
            add_condition(conditions, key, std::move(platforms));
        }
        for (auto const& row : node.rows) {
            if (!row.vulnerable) continue;
            if (!node.all_of) {
                grouping.add(row, conditions, key);
                continue;
            }
            auto with_rest = conditions;
            auto rest_key = key;
            for (auto const& other : node.rows)
                if (&other != &row) add_condition(with_rest, rest_key, {other.cpe});
            grouping.add(row, with_rest, rest_key);
        }
    }
}

}  // namespace

ReadConfigurations configurations_of(json::Value array) {
    ReadConfigurations read;
    Grouping grouping(read.affected);
    for (auto const configuration : json::array(array)) {
        std::vector<Node> nodes;
        bool negated = json::boolean(configuration, "negate").value_or(false);
        for (auto const part : json::array(configuration, "nodes")) {
            if (json::boolean(part, "negate").value_or(false)) negated = true;
            auto& node = nodes.emplace_back();
            node.all_of = json::text(part, "operator") == "AND";
            for (auto const match : json::array(part, "cpeMatch")) read_row(match, node, read);
        }
        if (negated) ++read.negated;
        else add_configuration(nodes, json::text(configuration, "operator") == "AND", grouping);
    }
    return read;
}

}  // namespace merlon::feeds
