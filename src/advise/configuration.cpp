#include "advise/configuration.h"

#include "advise/hardware.h"

#include <set>

#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "model/device.h"
#include "store/inventory.h"

namespace merlon::advise {
namespace {

// The settings that a key names: itself, or all that fit when it has a "*".
std::vector<std::pair<std::string, std::string>> values_of(Settings const& settings, std::string const& key) {
    auto const star = key.find('*');
    if (star == std::string::npos) {
        auto const found = settings.find(key);
        if (found == settings.end()) return {};
        return {*found};
    }
    std::vector<std::pair<std::string, std::string>> out;
    auto const head = key.substr(0, star), tail = key.substr(star + 1);
    for (auto at = settings.lower_bound(head); at != settings.end() && at->first.starts_with(head); ++at)
        if (at->first.size() > head.size() + tail.size() && at->first.ends_with(tail)) out.push_back(*at);
    return out;
}

bool reports(std::vector<std::string> const& families, std::string const& key) {
    return std::ranges::find(families, setting_family(key)) != families.end();
}

// Where one test leaves the verdict; false when nothing tells.
bool judge_test(CheckTest const& test, Settings const& settings, std::vector<std::string> const& families, Verdict& verdict) {
    std::string const* asked = nullptr;
    for (auto const& key : test.keys) {
        if (!reports(families, key)) continue;
        if (!asked) asked = &key;
        auto values = values_of(settings, key);
        std::erase_if(values, [&](auto const& one) { return std::ranges::find(test.unsaid, ascii_lower(one.second)) != test.unsaid.end(); });
        if (values.empty()) continue;
        verdict.applicable = true;
        auto const passed = std::ranges::count_if(values, [&](auto const& one) { return passes(test, one.second); });
        verdict.compliant = verdict.compliant && (test.any ? passed > 0 : passed == static_cast<std::ptrdiff_t>(values.size()));
        for (auto& [name, value] : values) {
            verdict.read.emplace_back(std::move(name), std::move(value));
        }
        return true;
    }
    if (!asked) return false;
    // S2. Not set: what the system then does decides.
    verdict.read.emplace_back(*asked, "");
    if (test.unset == Unset::not_applicable) return true;
    verdict.applicable = true;
    verdict.compliant = verdict.compliant && test.unset == Unset::passes;
    return true;
}

std::string context_json(Verdict const& verdict) {
    std::string text;
    JsonWriter json(text);
    json.begin_array();
    for (auto const& [key, value] : verdict.read) {
        json.begin_array();
        json.string(key);
        if (value.empty()) json.null();
        else json.string(value);
        json.end_array();
    }
    json.end_array();
    return text;
}

Status write_checks(store::Connection& connection, std::vector<Check> const& checks) {
    TRY(connection.execute("DELETE FROM main.configuration_check"));
    auto table = TRY(connection.appender("configuration_check"));
    for (auto const& check : checks) {
        table.int64(check.scid).text(check.name).text(check.description).text(check.risk).text(check.remediation);
        table.text(check.category).text(check.subcategory).text(store::texts_json(check.platforms)).real(check.weight).boolean(check.user_impact);
        TRY(table.text(store::texts_json(check.sources)).text(store::texts_json(check.techniques)).end_row());
    }
    return table.close();
}

// Devices that have one of some products, "VENDOR/PRODUCT"; also those that do not count.
fleet::DeviceSet devices_having(fleet::Index const& index, std::vector<std::string> const& products) {
    fleet::DeviceSet all;
    if (products.empty()) return all;
    for (auto const& product : index.products)
        if (std::ranges::find(products, product.vendor + "/" + product.product) != products.end())
            for (auto const number : product.software) all |= index.software[number].devices;
    return all;
}

// Devices as the rows of their settings pass by, device after device.
class Judging {
public:
    Judging(fleet::Index const& index, Assessment& assessment) : index_(index), all_(assessment) {
        all_.outcomes.resize(all_.checks.size());
        for (auto const& check : all_.checks) having_.push_back(devices_having(index, check.installed));
        for (std::uint32_t number = 0; number < index.devices.size(); ++number) by_id_.push_back(number);
        std::ranges::sort(by_id_, {}, [&](std::uint32_t number) -> std::string const& { return index.devices[number].id; });
        for (auto const& check : all_.checks)
            for (auto const& test : check.tests)
                for (auto const& key : test.keys) {
                    auto const star = key.find('*');
                    if (star == std::string::npos) wanted_.insert(key);
                    else heads_.push_back(key.substr(0, star));
                }
    }
    void take(std::string_view key, std::string_view value, Ticks seen) {
        hardware_.take(key, value);
        auto lower = ascii_lower(key);
        auto const family = setting_family(lower);
        if (std::ranges::find(families_, family) == families_.end()) families_.emplace_back(family);
        seen_ = std::max(seen_, seen);
        bool const named = wanted_.contains(lower) || std::ranges::any_of(heads_, [&](auto const& head) { return lower.starts_with(head); });
        if (named) settings_[std::move(lower)] = value;
    }
    void end_device(std::string const& id, std::string_view platform) {
        auto const place = std::ranges::lower_bound(by_id_, id, {}, [&](std::uint32_t number) -> std::string const& { return index_.devices[number].id; });
        if (place != by_id_.end() && index_.devices[*place].id == id) judge_device(*place, platform);
        hardware_.end_device();
        settings_.clear();
        families_.clear();
        seen_ = 0;
    }
    Hardware const& hardware() const { return hardware_; }
    std::string const& id_at(std::size_t place) const { return index_.devices[by_id_[place]].id; }
    // Writes the verdicts since the last call.
    Status flush(store::Appender& table) {
        for (auto const& [device, scid, verdict, seen] : verdicts_)
            TRY(table.text(index_.devices[device].id).int64(scid).boolean(verdict.applicable).boolean(verdict.compliant)
                    .text(context_json(verdict)).int64(seen).end_row());
        verdicts_.clear();
        return {};
    }

private:
    void judge_device(std::uint32_t number, std::string_view platform) {
        for (std::size_t i = 0; i < all_.checks.size(); ++i) {
            auto const& check = all_.checks[i];
            if (std::ranges::find(check.platforms, platform) == check.platforms.end()) continue;
            auto verdict = judge(check, settings_, families_);
            if (!verdict.assessed) continue;
            // S1. What is about a program does not apply where it is not installed.
            if (!check.installed.empty() && !having_[i].contains(number)) verdict.applicable = verdict.compliant = false;
            if (index_.devices[number].counted && verdict.applicable) {
                all_.outcomes[i].applicable.add(number);
                if (!verdict.compliant) all_.outcomes[i].failing.add(number);
            }
            verdicts_.push_back({number, check.scid, std::move(verdict), seen_});
        }
    }

    fleet::Index const& index_;
    Assessment& all_;
    std::vector<std::uint32_t> by_id_;
    std::vector<fleet::DeviceSet> having_;  // of each check that is about a program: who has it
    struct Judged {
        std::uint32_t device;
        std::int64_t scid;
        Verdict verdict;
        Ticks seen;
    };
    std::vector<Judged> verdicts_;
    std::set<std::string, std::less<>> wanted_;
    std::vector<std::string> heads_, families_;
    Settings settings_;
    Hardware hardware_;
    Ticks seen_ = 0;
};

// Benchmarks name their groups freely; the usual names of the SCAP Security Guide decide.
std::string_view category_of_group(std::string_view group) {
    auto const name = ascii_lower(group);
    auto const has = [&](std::string_view word) { return name.find(word) != name.npos; };
    if (has("account") || has("password") || has("pam") || has("login") || has("sudo")) return "Accounts";
    if (has("network") || has("firewall") || has("ssh") || has("iptables") || has("nftables") || has("ipv")) return "Network";
    if (has("audit") || has("selinux") || has("apparmor") || has("aide") || has("integrity") || has("logging")) return "Security controls";
    return "OS";
}

std::string_view platform_of(std::string_view os_platform) {
    if (os_platform.starts_with("Windows")) return "windows";
    if (os_platform == "macOS") return "macos";
    return "linux";
}

}  // namespace

// S1. A check speaks of a device when the device reports the family of settings it reads; else nobody knows.
Verdict judge(Check const& check, Settings const& settings, std::vector<std::string> const& families) {
    Verdict verdict;
    verdict.compliant = true;
    for (auto const& test : check.tests)
        if (!judge_test(test, settings, families, verdict)) return {};
    verdict.assessed = true;
    verdict.compliant = verdict.compliant && verdict.applicable;
    return verdict;
}

namespace {

// S7. A check for each rule whose results were imported from an XCCDF scanner (sensors/openscap). Its number follows from
// the rule's id; the next free one where two meet.
Status add_imported_checks(store::Connection& connection, std::vector<Check>& checks) {
    constexpr std::string_view prefix = "xccdf-rule.";
    constexpr std::int64_t first = 100'000'000, numbers = 900'000'000;
    std::set<std::int64_t> taken;
    auto rows = TRY(connection.query("SELECT key, max(value) FROM main.setting "
                                     "WHERE starts_with(key, 'xccdf-rule.') GROUP BY key ORDER BY key"));
    while (auto const chunk = TRY(rows.next())) {
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            auto const rule = std::string(chunk->columns[0].text(row).substr(prefix.size()));
            auto const document = json::Document::parse(chunk->columns[1].text(row), rule);
            auto const text = [&](std::string_view name) { return document ? std::string(json::text(document->root(), name)) : std::string{}; };
            Check check;
            std::uint64_t hash = 14695981039346656037U;  // FNV-1a
            for (char const c : rule) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
            check.scid = first + static_cast<std::int64_t>(hash % numbers);
            while (!taken.insert(check.scid).second) ++check.scid;
            check.name = text("title").empty() ? rule : text("title");
            check.subcategory = text("group").empty() ? "XCCDF" : text("group");
            check.category = category_of_group(check.subcategory);
            check.description = "Rule " + rule + " of an imported XCCDF benchmark.";
            check.risk = text("rationale");
            check.remediation = text("fix");
            auto const severity = text("severity");
            check.weight = severity == "high" ? 8 : severity == "medium" ? 5 : severity == "low" ? 2 : 3;
            if (document)
                for (auto const source : json::array(document->root(), "sources")) check.sources.emplace_back(json::text(source));
            check.platforms = {"linux", "windows", "macos"};
            check.tests = {{{ascii_lower("xccdf." + rule)}, Passing::is, {"pass"}, Unset::not_applicable}};
            checks.push_back(std::move(check));
        }
    }
    return {};
}

// The settings of some devices, all read before anything is written: a connection does one thing at a time.
Status judge_range(store::Connection& connection, std::string const& first, std::string const& last_id, Judging& judging) {
    std::array const range{store::Value{first}, store::Value{last_id}};
    auto rows = TRY(connection.query("SELECT s.device, d.os_platform, s.key, s.value, s.seen FROM main.setting s JOIN main.device d ON d.id = s.device "
                                     "WHERE s.device BETWEEN $1 AND $2 ORDER BY s.device, s.key", range));
    std::string last, platform;
    while (auto const chunk = TRY(rows.next())) {
        auto const& column = chunk->columns;
        for (std::size_t row = 0; row < chunk->rows; ++row) {
            if (column[0].text(row) != last) {
                if (!last.empty()) judging.end_device(last, platform);
                last = column[0].text(row);
                platform = platform_of(column[1].text(row));
            }
            judging.take(column[2].text(row), column[3].text(row), column[4].int64(row));
        }
    }
    if (!last.empty()) judging.end_device(last, platform);
    return {};
}

}  // namespace

Result<Assessment> assess_configuration(store::Connection& connection, fleet::Index const& index) {
    constexpr std::size_t devices_a_batch = 20'000;
    Assessment assessment;
    assessment.checks = TRY(read_checks());
    TRY(add_imported_checks(connection, assessment.checks));
    TRY(write_checks(connection, assessment.checks));
    TRY(connection.execute("DELETE FROM main.configuration_result"));
    auto table = TRY(connection.appender("configuration_result"));
    Judging judging(index, assessment);
    for (std::size_t at = 0; at < index.devices.size(); at += devices_a_batch) {
        auto const last = std::min(at + devices_a_batch, index.devices.size()) - 1;
        TRY(judge_range(connection, judging.id_at(at), judging.id_at(last), judging));
        TRY(judging.flush(table));
    }
    TRY(table.close());
    TRY(judging.hardware().publish(connection));  // for which the same settings are read
    TRY(connection.execute("DELETE FROM main.certificate_end; INSERT INTO main.certificate_end SELECT ends, count(*) FROM main.certificate GROUP BY ends"));
    return assessment;
}

// S3. weight x (compliant / applicable); a check that applies to no device has no points to give.
Points points_of(Check const& check, CheckOutcome const& outcome, fleet::DeviceSet const& devices) {
    auto const applicable = outcome.applicable.and_cardinality(devices);
    if (applicable == 0) return {};
    auto const failing = outcome.failing.and_cardinality(devices);
    return {check.weight * static_cast<double>(applicable - failing) / static_cast<double>(applicable), check.weight};
}

Status publish_secure_score(store::Connection& connection, fleet::Index const& index, Assessment const& all, Assessment const& after, Ticks now) {
    std::vector<fleet::DeviceSet> groups(index.groups.size());
    for (std::uint32_t number = 0; number < index.devices.size(); ++number)
        if (index.devices[number].counted) groups[index.devices[number].group].add(number);
    auto table = TRY(connection.appender("secure_score"));
    auto const write = [&](std::string const& group, fleet::DeviceSet const& devices) -> Status {
        struct Sums {
            double before = 0, after = 0, possible = 0;
        };
        std::map<std::string, Sums> by_category{{"*", {}}};
        for (std::size_t i = 0; i < all.checks.size(); ++i) {
            auto const points = points_of(all.checks[i], all.outcomes[i], devices);
            auto const better = points_of(after.checks[i], after.outcomes[i], devices);
            for (auto const& category : {std::string("*"), all.checks[i].category}) {
                by_category[category].before += points.got;
                by_category[category].after += better.got;
                by_category[category].possible += points.possible;
            }
        }
        for (auto const& [category, sums] : by_category)
            TRY(table.int64(now).text(group).text(category).real(sums.after).real(sums.possible).real(sums.before).end_row());
        return {};
    };
    TRY(write("*", index.counted));
    for (std::size_t group = 0; group < groups.size(); ++group) TRY(write(index.groups[group], groups[group]));
    return table.close();
}

Status publish_configuration_counts(store::Connection& connection, fleet::Index const& index, Assessment const& all, Assessment const& after) {
    TRY(connection.execute("DELETE FROM main.configuration_count"));
    auto table = TRY(connection.appender("configuration_count"));
    auto const counted = [&](fleet::DeviceSet const& devices) { return static_cast<std::int64_t>(devices.and_cardinality(index.counted)); };
    for (std::size_t i = 0; i < all.checks.size(); ++i) {
        auto const& [applicable, failing] = all.outcomes[i];
        TRY(table.int64(all.checks[i].scid).int64(counted(applicable)).int64(counted(failing)).int64(counted(after.outcomes[i].failing)).end_row());
    }
    return table.close();
}

std::vector<Recommendation> configuration_recommendations(fleet::Index const& index, Assessment const& all, Assessment const& after) {
    fleet::DeviceSet critical, facing;
    for (std::uint32_t number = 0; number < index.devices.size(); ++number) {
        if (index.devices[number].weight > 1) critical.add(number);
        if (index.devices[number].internet_facing) facing.add(number);
    }
    std::vector<Recommendation> out;
    for (std::size_t i = 0; i < all.checks.size(); ++i) {
        auto const& check = all.checks[i];
        auto const& [applicable, failing] = all.outcomes[i];
        if (failing.isEmpty()) continue;
        Recommendation made;
        made.id = recommendation_id(check.scid);
        made.scid = "scid-" + std::to_string(check.scid);
        made.name = check.advice.empty() ? check.name : check.advice;  // rules of a benchmark have titles that are advice
        made.description = check.risk + " " + check.remediation;
        made.component = made.subcategory = check.subcategory;
        made.category = check.category == "Security controls" ? "SecurityControls" : check.category;
        for (auto const& platform : check.platforms) made.platforms.emplace_back(platform == "windows" ? "Windows" : platform == "macos" ? "macOS" : "Linux");
        made.type = RemediationType::configuration_change;
        made.severity_score = check.weight;
        if (failing.intersect(facing)) made.tags.emplace_back("internetFacing");
        made.total_devices = applicable.cardinality();
        made.exposed_devices = failing.cardinality();
        made.exposed_after = after.outcomes[i].failing.cardinality();
        made.critical_devices = failing.and_cardinality(critical);
        made.quiet_devices = check.user_impact ? 0 : made.exposed_devices;
        // S4. The points that come when every failing device is set as recommended.
        auto const points = points_of(check, all.outcomes[i], index.counted);
        made.score_impact = points.possible - points.got;
        auto const left = points_of(check, after.outcomes[i], index.counted);
        made.score_impact_after = left.possible - left.got;
        out.push_back(std::move(made));
    }
    return out;
}

}  // namespace merlon::advise
