#include "advise/answers.h"

#include "base/json_text.h"

namespace merlon::advise {

std::string answer_json(Exception const& one, ExceptionPreview const& effect) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("subjectId", one.subject);
    json.member("title", one.title);
    json.member("scope", one.scope);
    json.member("takesDevicesOut", one.takes_out());
    json.member("machinesInScope", effect.devices_in_scope);
    json.member("exposedMachines", effect.exposed_devices);
    json.member("leavingMachines", effect.leaving_devices);
    json.member("exposureScore", effect.exposure_now);
    json.member("exposureScoreThen", effect.exposure_then);
    json.member("exposureScoreBeforeExceptions", effect.exposure_before_exceptions);
    json.member("configurationScore", effect.secure_now);
    json.member("configurationScoreThen", effect.secure_then);
    json.end_object();
    return text;
}

std::string answer_json(WhatIfAnswer const& answer) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("exposureScore", answer.exposure_now);
    json.member("exposureScoreThen", answer.exposure_then);
    json.member("configurationScore", answer.secure_now);
    json.member("configurationScoreThen", answer.secure_then);
    json.key("parts");
    json.begin_array();
    for (auto const& part : answer.parts) {
        json.begin_object();
        json.member("id", part.id);
        json.member("name", part.name);
        json.member("exposureImpact", part.exposure_alone);
        json.member("configScoreImpact", part.secure_alone);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return text;
}

std::string answer_json(std::vector<SeverityFigures> const& all, std::int64_t days_back) {
    constexpr std::array<std::string_view, 5> ages{"upTo7Days", "upTo30Days", "upTo90Days", "upTo180Days", "older"};
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("daysBack", days_back);
    json.key("value");
    json.begin_array();
    for (auto const& one : all) {
        json.begin_object();
        json.member("severity", one.severity.empty() ? std::string_view("All") : std::string_view(one.severity));
        json.member("open", one.open);
        json.member("breached", one.breached);
        json.member("withoutFix", one.without_fix);
        json.key("ages");
        json.begin_object();
        for (std::size_t i = 0; i < ages.size(); ++i) json.member(ages[i], one.ages[i]);
        json.end_object();
        json.member("closed", one.closed);
        json.member("closedInTime", one.closed_in_time);
        json.key("meanDaysToClose");
        if (one.closed == 0) json.null();
        else json.number(one.mean_days_to_close);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return text;
}

}  // namespace merlon::advise
