#include "feeds/nvd/configurations.h"

#include <algorithm>
#include <unordered_map>

namespace merlon::feeds {
namespace {

// A row as it lies in the document. Names are taken apart only once for each group: of a million rows, most differ from
// the one before in the version alone. Views live as long as the parsed record.
struct Row {
    std::string_view criteria;
    std::string_view before;           // "cpe:2.3:a:vendor:product:"
    std::string_view version, update;  // with their escapes
    std::string_view after;            // ":edition:..."
    bool vulnerable = false;
    std::string_view from, to;
    bool from_inclusive = true, to_inclusive = false;
};

// Finds version and update, the sixth and seventh field; false when it is no CPE 2.3 name.
bool take_apart(Row& row) {
    auto const text = row.criteria;
    if (!text.starts_with("cpe:2.3:") || text.size() > 4096) return false;
    std::size_t begin[8] = {};  // where fields 2 to 7 begin, and where 7 ends
    std::size_t fields = 0;
    for (std::size_t i = 7; i < text.size() && fields < 6; ++i) {
        if (text[i] == '\\') ++i;
        else if (text[i] == ':') begin[fields++] = i + 1;
    }
    if (fields < 4 || begin[1] - begin[0] != 2) return false;
    row.before = text.substr(0, begin[3]);
    if (fields < 6) {  // cut off behind the version or the update, which the standard does not allow but people write
        row.version = text.substr(begin[3], fields == 5 ? begin[4] - 1 - begin[3] : std::string_view::npos);
        row.update = fields == 5 ? text.substr(begin[4]) : std::string_view("*");
        return true;
    }
    row.version = text.substr(begin[3], begin[4] - 1 - begin[3]);
    row.update = text.substr(begin[4], begin[5] - 1 - begin[4]);
    row.after = text.substr(begin[5] - 1);
    return true;
}

std::string plain_field(std::string_view field) {
    std::string out;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] == '\\' && i + 1 < field.size()) ++i;
        char const c = field[i];
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out.empty() ? "*" : out;
}

struct Node {
    std::vector<Row> rows;
    bool all_of = false;  // operator AND: each row is needed
};

// Groups the rows of one advisory by subject and conditions.
class Grouping {
public:
    explicit Grouping(std::vector<Affected>& out) : out_(out) {}

    void add(Row const& row, std::vector<std::vector<Cpe>> const& conditions, std::string const& condition_key) {
        if (out_.empty() || row.before != last_before_ || row.after != last_after_ || condition_key != last_key_)
            find_group(row, conditions, condition_key);
        add_versions(out_[last_], row);
    }

private:
    void find_group(Row const& row, std::vector<std::vector<Cpe>> const& conditions, std::string const& condition_key) {
        last_before_ = row.before;
        last_after_ = row.after;
        last_key_ = condition_key;
        std::string key;
        key.reserve(row.before.size() + row.after.size() + condition_key.size());
        key.append(row.before).append(row.after).append(condition_key);
        auto const [found, is_new] = places_.try_emplace(std::move(key), out_.size());
        last_ = found->second;
        if (!is_new) return;
        auto subject = parse_cpe(row.criteria).value_or(Cpe{});
        subject.version = subject.update = "*";
        auto& affected = out_.emplace_back();
        affected.subject = std::move(subject);
        affected.conditions = conditions;
    }

    static void add_versions(Affected& affected, Row const& row) {
        if (row.version != "*") {
            auto version = plain_field(row.version);
            if (row.update != "*" && !row.update.empty()) version += " update " + plain_field(row.update);
            affected.versions.push_back(std::move(version));
            return;
        }
        affected.ranges.push_back({"cpe", std::string(row.from), row.from_inclusive, std::string(row.to), row.to_inclusive});
        if (row.to.empty() || row.to_inclusive) return;
        affected.state = FixState::fixed;
        affected.fixed_version = row.to;
    }

    std::vector<Affected>& out_;
    std::unordered_map<std::string, std::size_t> places_;
    std::size_t last_ = 0;
    std::string_view last_before_, last_after_;
    std::string last_key_;
};

void read_row(json::Value match, Node& node, ReadConfigurations& read) {
    Row row;
    simdjson::dom::object members;
    if (match.get(members) != simdjson::SUCCESS) {
        ++read.malformed;
        return;
    }
    for (auto const [key, value] : members) {
        if (key == "criteria") {
            row.criteria = json::text(value);
        } else if (key == "vulnerable") {
            bool vulnerable = false;
            if (value.get(vulnerable) == simdjson::SUCCESS) row.vulnerable = vulnerable;
        } else if (key == "versionStartIncluding") {
            row.from = json::text(value);
        } else if (key == "versionStartExcluding") {
            row.from = json::text(value);
            row.from_inclusive = false;
        } else if (key == "versionEndIncluding") {
            row.to = json::text(value);
            row.to_inclusive = true;
        } else if (key == "versionEndExcluding") {
            row.to = json::text(value);
            row.to_inclusive = false;
        }
    }
    if (take_apart(row)) node.rows.push_back(row);
    else ++read.malformed;
}

Cpe cpe_of(Row const& row) { return parse_cpe(row.criteria).value_or(Cpe{}); }

void add_condition(std::vector<std::vector<Cpe>>& conditions, std::string& key, std::vector<Cpe> group) {
    if (group.empty()) return;
    key += "\n&";
    for (auto const& cpe : group) key += cpe_text(cpe);
    conditions.push_back(std::move(group));
}

std::vector<Cpe> names_of(std::vector<Row> const& rows) {
    std::vector<Cpe> names;
    std::string_view before;
    for (auto const& row : rows) {
        if (row.criteria == before) continue;
        before = row.criteria;
        names.push_back(cpe_of(row));
    }
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
        for (auto const& row : other.rows) add_condition(conditions, key, {cpe_of(row)});
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
                if (!row.vulnerable) platforms.push_back(cpe_of(row));
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
                if (&other != &row) add_condition(with_rest, rest_key, {cpe_of(other)});
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
