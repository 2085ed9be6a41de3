#include "advise/notification_bodies.h"

#include <functional>

#include "base/json_text.h"
#include "base/text.h"

namespace merlon::advise {
namespace {

using Event = NotificationEvent;

constexpr std::size_t most_items = 100;  // of one delivery
constexpr std::size_t most_said = 20;    // of a message in a chat

// A subject with a time behind it (an exception that was extended) is the same thing again.
std::string id_of(Event const& event) { return event.subject.substr(0, event.subject.find('@')); }

std::string link_to(std::string const& link, Event const& event) {
    if (link.empty()) return {};
    if (event.digest) return link + "/";
    if (event.kind.starts_with("exception.")) return link + "/remediation?tab=exceptions";
    if (event.kind.starts_with("remediation.")) return link + "/remediation?open=" + id_of(event);
    if (event.kind == "detection.alert") return link + "/alerts?open=" + event.subject;
    if (event.kind.starts_with("support.")) return link + "/software/" + event.thing + "?tab=versions&support=ended&support=soon";
    return link + "/weaknesses?q=" + event.thing;
}

std::string words_for(std::string_view kind) {
    if (kind == "exception.new") return "New exceptions";
    if (kind == "exception.ending") return "Exceptions that end soon";
    if (kind == "remediation.new") return "Remediation asked for";
    if (kind == "remediation.overdue") return "Remediation overdue";
    if (kind == "vulnerability.new") return "New vulnerabilities";
    if (kind == "detection.alert") return "Alerts of custom detections";
    if (kind == "support.ending") return "Support that ends soon";
    if (kind == "support.ended") return "Support that has ended";
    if (kind == "support.resolved") return "No longer out of support";
    if (kind == "exploit.verified") return "Exploits verified";
    if (kind == "exploit.kit") return "Exploits in a kit";
    if (kind.starts_with("digest.")) return "Digest";
    return "Exploits known";
}

std::string about_groups(NotificationRule const& rule) {
    return rule.device_groups.empty() ? "" : "About the device groups " + join(rule.device_groups, ", ") + ".\n";
}

std::string digest_body(Digest const& digest, std::string const& link) {
    std::string text;
    for (auto const& line : digest.lines) {
        if (!line.detail && !text.empty()) text += "\n";
        text += (line.detail ? "    " : "") + line.text + "\n";
        if (!link.empty()) text += (line.detail ? "    " : "") + link + line.page + "\n";
    }
    return text;
}

std::string text_of(NotificationRule const& rule, std::vector<Event> const& events, std::string const& link, std::size_t most) {
    if (auto const& digest = events.front().digest)
        return "Merlon: " + digest->title + "\n\n" + digest_body(*digest, link) + "\n" + about_groups(rule) + "Sent by the rule \"" + rule.name + "\".\n";
    std::string text = "Merlon: " + words_for(events.front().kind) + " (" + std::to_string(events.size()) + ")\n\n";
    for (std::size_t i = 0; i < events.size() && i < most; ++i) {
        auto const& event = events[i];
        text += event.thing + (event.severity.empty() ? "" : "  " + event.severity) + "  " +
                std::to_string(event.devices) + (event.devices == 1 ? " device" : " devices") + "\n    " + replace_all(event.title, "\n", " ") + "\n";
        if (event.due > 0) text += "    " + iso_date(event.due) + "\n";
        if (auto const where = link_to(link, event); !where.empty()) text += "    " + where + "\n";
    }
    if (events.size() > most) text += "... and " + std::to_string(events.size() - most) + " more\n";
    return text + "\n" + about_groups(rule) + "Sent by the rule \"" + rule.name + "\".\n";
}

}  // namespace

std::string webhook_body(std::string const& id, NotificationRule const& rule, std::vector<Event> const& events,
                         std::string const& link, Ticks now) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("id", id);
    json.member("rule", rule.name);
    json.member("event", events.front().kind);
    json.member("createdOn", iso_seconds(now));
    json.member("count", events.size());
    json.key("items");
    json.begin_array();
    if (auto const& digest = events.front().digest)
        for (auto const& line : digest->lines) {
            json.begin_object();
            json.member("id", line.id);
            json.member("title", line.text);
            json.member("machines", line.devices);
            if (!link.empty()) json.member("link", link + line.page);
            json.end_object();
        }
    for (std::size_t i = 0; i < events.size() && i < most_items; ++i) {
        auto const& event = events[i];
        if (event.digest) continue;
        json.begin_object();
        json.member("id", id_of(event));
        json.member("subjectId", event.thing);
        json.member("title", event.title);
        if (!event.severity.empty()) json.member("severity", event.severity);
        json.member("machines", event.devices);
        if (event.due > 0) json.member("dueOn", iso_seconds(event.due));
        if (!event.who.empty()) json.member("by", event.who);
        if (auto const where = link_to(link, event); !where.empty()) json.member("link", where);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return text;
}

std::string mail_body(NotificationRule const& rule, std::vector<Event> const& events, std::string const& link) { return text_of(rule, events, link, most_items); }
std::string chat_text(NotificationRule const& rule, std::vector<Event> const& events, std::string const& link) { return text_of(rule, events, link, most_said); }

namespace {

// CEF (ArcSight's Common Event Format, 0): a head cannot hold a bar, an extension no sign of equality; neither a line end.
std::string cef_head(std::string_view text) { return replace_all(replace_all(clean_text(replace_all(std::string(text), "\n", " "), 500), "\\", "\\\\"), "|", "\\|"); }
std::string cef_value(std::string_view text) { return replace_all(replace_all(clean_text(replace_all(std::string(text), "\n", " "), 1000), "\\", "\\\\"), "=", "\\="); }

struct Weight {
    int cef, syslog;  // 0 to 10; severity of RFC 5424: 2 critical to 6 informational
};
Weight weight_of(std::string_view severity) {
    if (severity == "Critical") return {10, 2};
    if (severity == "High") return {8, 3};
    if (severity == "Medium") return {5, 4};
    if (severity == "Low") return {3, 5};
    return {1, 6};
}

}  // namespace

std::string syslog_body(std::string const& id, NotificationRule const& rule, std::vector<Event> const& events, std::string const& link, Ticks now) {
    constexpr int audit_facility = 13;
    std::string text;
    for (auto const& event : events) {
        auto const weight = weight_of(event.severity);
        text += "<" + std::to_string(audit_facility * 8 + weight.syslog) + ">1 " + iso_seconds(now) + " - merlon - " + event.kind + " - CEF:0|Merlon|Merlon|1|" +
                event.kind + "|" + cef_head(event.title) + "|" + std::to_string(weight.cef) + "|externalId=" + id + " cs1Label=subject cs1=" + cef_value(event.thing) +
                " cs2Label=rule cs2=" + cef_value(rule.name) + " cnt=" + std::to_string(event.devices) + " msg=" + cef_value(event.title);
        if (event.due > 0) text += " deviceCustomDate1Label=due deviceCustomDate1=" + iso_seconds(event.due);
        if (!event.who.empty()) text += " suser=" + cef_value(event.who);
        if (auto const where = link_to(link, event); !where.empty()) text += " request=" + cef_value(where);
        text += "\n";
    }
    return text;
}

namespace {

// The lines of a message, each cut to 400 characters, as many as have room; the last one says what is missing. `size` is what a line takes.
std::vector<std::string> lines_within(std::string_view text, std::size_t most, std::function<std::size_t(std::string const&)> const& size) {
    constexpr std::size_t for_the_last = 200;
    std::vector<std::string> lines;
    std::size_t taken = 0, left_out = 0;
    for (auto const line : split(text, '\n')) {
        auto cut = clean_text(line, 400);
        taken += size(cut);
        if (taken + for_the_last <= most) lines.push_back(std::move(cut));
        else left_out += line.empty() ? 0 : 1;
    }
    if (left_out > 0) lines.push_back("... and " + std::to_string(left_out) + " more lines: the message is as long as it may be");
    return lines;
}

}  // namespace

std::string slack_body(std::string_view text) {
    // Slack cuts a text at 40,000 characters, others that take the same form refuse it far below that.
    constexpr std::size_t most_bytes = 12'000;
    auto const escaped = [](std::string const& line) { return replace_all(replace_all(replace_all(line, "&", "&amp;"), "<", "&lt;"), ">", "&gt;"); };
    std::string plain;
    for (auto const& line : lines_within(text, most_bytes, [&](std::string const& one) { return json_string(escaped(one)).size(); })) plain += escaped(line) + "\n";
    return "{\"text\":" + json_string(trim(plain)) + "}";
}

std::string teams_body(std::string_view text) {
    constexpr std::size_t most_bytes = 26'000;  // Teams refuses a message above 28 KB
    std::string out = R"({"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[)";
    auto const block = [](std::string const& line, bool first) {
        return std::string(first ? "" : ",") + R"({"type":"RichTextBlock","spacing":"Small","inlines":[{"type":"TextRun",)" + (first ? R"("weight":"Bolder",)" : "") +
               "\"text\":" + json_string(line) + "}]}";
    };
    bool first = true;
    for (auto const& line : lines_within(text, most_bytes, [&](std::string const& one) { return block(one, false).size(); })) {
        if (line.empty()) continue;
        out += block(line, first);
        first = false;
    }
    return out + "]}}]}";
}

std::string ticket_body(std::string text, Event const& event, std::string const& link) {
    auto const put = [&](std::string_view word, std::string_view value) {
        auto const quoted = json_string(value);
        text = replace_all(std::move(text), "{{" + std::string(word) + "}}", quoted.substr(1, quoted.size() - 2));
    };
    // Values cannot bring words of their own: braces that meet in them are parted.
    auto const plain = [](std::string value) { return replace_all(std::move(value), "{{", "{ {"); };
    put("title", plain(event.title));
    put("description", plain(event.digest ? digest_body(*event.digest, link) : words_for(event.kind) + ": " + event.title));
    put("severity", event.severity);
    put("id", id_of(event));
    put("subject", plain(event.thing));
    put("due", event.due > 0 ? iso_date(event.due) : "");
    put("owner", plain(event.who));
    put("devices", std::to_string(event.devices));
    put("link", link_to(link, event));
    return text;
}

}  // namespace merlon::advise
