#include "advise/recommendation.h"

#include <map>

#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::advise {
namespace {

// rules/names.json: spellings that a rule cannot know. A broken file gives none; a test reads it.
using Names = std::map<std::string, std::string, std::less<>>;
Names read_names(std::string_view part) {
    Names names;
    auto const document = json::Document::parse(embedded("rules/names.json"), "rules/names.json");
    simdjson::dom::object object;
    if (!document || document->root()[part].get(object)) return names;
    for (auto const [key, value] : object) names.emplace(key, json::text(value));
    return names;
}

std::string shown_word(std::string_view word) {
    static Names const words = read_names("words");
    if (auto const known = words.find(word); known != words.end()) return known->second;
    std::string out(word);
    // What has dots is the name of a domain or a package, written as it is: "org.apache.logging.log4j".
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z' && !out.contains('.')) out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

std::string shown_words(std::string_view text) {
    std::string out;
    for (auto const word : split(text, '_')) {
        if (word.empty()) continue;
        if (!out.empty()) out += ' ';
        out += shown_word(word);
    }
    return out;
}

// Only the letters and digits, to see that "git-scm" and "git" or "nodejs" and "node.js" are the same word.
std::string bare(std::string_view text) {
    std::string out;
    for (auto const c : ascii_lower(text))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) out += c;
    return out;
}

// A maker that is called after the product, or the product after it, is not said twice.
bool says_the_same(std::string_view vendor, std::string_view product) {
    auto const maker = bare(vendor), name = bare(product);
    return name.starts_with(maker) || (name.size() > 2 && maker.starts_with(name));
}

}  // namespace

std::string_view remediation_type_name(RemediationType type) {
    switch (type) {
    case RemediationType::update: return "Update";
    case RemediationType::upgrade: return "Upgrade";
    case RemediationType::uninstall: return "Uninstall";
    case RemediationType::attention_required: return "AttentionRequired";
    case RemediationType::configuration_change: return "ConfigurationChange";
    }
    return "";
}

std::string recommendation_id(std::string_view vendor, std::string_view product) {
    return "va-_-" + std::string(vendor) + "-_-" + std::string(product);
}

std::string shown_product(std::string_view vendor, std::string_view product) {
    static Names const products = read_names("products");
    auto const known = products.find(std::string(vendor) + ":" + std::string(product));
    if (known != products.end()) return known->second;
    auto const name = shown_words(product);
    return says_the_same(vendor, product) ? name : shown_words(vendor) + " " + name;
}

bool comes_before(Recommendation const& a, Recommendation const& b) {
    auto const attacked = [](Recommendation const& r) { return r.active_alert && (r.known_exploited || r.public_exploit); };
    auto const ended = [](Recommendation const& r) { return r.type == RemediationType::uninstall || r.type == RemediationType::upgrade; };
    // R7.0 What is under an exception everywhere comes last.
    auto const excepted = [](Recommendation const& r) { return r.status == "Full exception"; };
    if (excepted(a) != excepted(b)) return excepted(b);
    // R7.1 Possibly used against us now: an open alert on an exposed device and a known exploit.
    if (attacked(a) != attacked(b)) return attacked(a);
    // R7.2 What can be done comes before what can only be watched.
    auto const waits = [](Recommendation const& r) { return r.type == RemediationType::attention_required; };
    if (waits(a) != waits(b)) return waits(b);
    // R7.3 The most points of the exposure score: likelihood of breach and value of the devices in one number.
    if (a.exposure_impact_after != b.exposure_impact_after) return a.exposure_impact_after > b.exposure_impact_after;
    // R7.4 The most points of the secure score.
    if (a.score_impact_after != b.score_impact_after) return a.score_impact_after > b.score_impact_after;
    // R7.5 Out of support before the rest; then the more devices, the more CVEs; ids for a total order.
    if (ended(a) != ended(b)) return ended(a);
    if (a.exposed_devices != b.exposed_devices) return a.exposed_devices > b.exposed_devices;
    if (a.weaknesses != b.weaknesses) return a.weaknesses > b.weaknesses;
    return a.id < b.id;
}

}  // namespace merlon::advise
