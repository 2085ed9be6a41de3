// Runs the text cases of test/end_of_support.case, one test each: devices report, the clock moves, and the API, hunting and
// notifications are asked. With MERLON_BLESS the answers are written into the file: read the difference.
#include <fstream>

#include <gtest/gtest.h>

#include "advise/notifications.h"
#include "advise/publish.h"
#include "api/service.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/test_places.h"
#include "base/text.h"
#include "match/run.h"
#include "server/journey.h"
#include "store/knowledge.h"
#include "store/store.h"

namespace merlon::server {
namespace {

std::filesystem::path file_of_cases() { return source_root() / "test/end_of_support.case"; }

struct Case {
    std::string name;
    std::vector<std::string> lines;
};

std::vector<Case> const& all_cases() {
    static std::vector<Case> const all = [] {
        std::vector<Case> cases{{"head", {}}};
        std::ifstream file(file_of_cases());
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with("## ")) cases.push_back({line.substr(3), {}});
            else cases.back().lines.push_back(line);
        }
        return cases;
    }();
    return all;
}

std::vector<std::string> words(std::string_view line) {
    std::vector<std::string> all;
    for (auto const word : split(line, ' '))
        if (!word.empty()) all.emplace_back(word);
    return all;
}

std::string next_id() {
    static int number = 0;
    return "n" + std::to_string(++number);
}

// One fleet, its knowledge and its clock.
class World {
public:
    // What a line asks; nothing: it is no question.
    std::optional<std::vector<std::string>> take(std::string const& line) {
        auto const all = words(line);
        if (all.empty() || line.starts_with("#")) return {};
        if (all[0] == "life") life(all);
        else if (all[0] == "device") device(line);
        else if (all[0] == "day") day(all[1]);
        else if (all[0] == "window") must(store::set_state_value(connection_, "support.window_days", all[1]));
        else if (all[0] == "POST" || all[0] == "PATCH" || all[0] == "DELETE") return {ask(all[0], all[1], line.substr(line.find(all[1]) + all[1].size()))};
        else if (all[0] == ">" && all[1] == "hunt") return {hunt(line.substr(line.find("hunt") + 5))};
        else if (all[0] == ">" && all[1] == "told") return {told()};
        else if (all[0] == ">") return {list(line.substr(2))};
        else ADD_FAILURE() << "no line of a case: " << line;
        return {};
    }

private:
    static void must(Status const& done) { ASSERT_TRUE(done) << describe(done.error()); }

    // life SLUG CYCLE=END[/EXTENDED] ...: END is a day, yes (over) or no (goes on).
    void life(std::vector<std::string> const& all) {
        LifecycleProduct made{.slug = all[1], .label = all[1], .source = "endoflife.date"};
        made.identifiers = {"cpe:/a:acme:" + all[1]};
        auto const phase = [](std::string_view text) {
            PhaseEnd end;
            if (text == "yes" || text == "no") end.reached = text == "yes";
            else end.date = parse_iso_time(text);
            return end;
        };
        for (std::size_t i = 2; i < all.size(); ++i) {
            auto const equals = all[i].find('=');
            auto const ends = all[i].substr(equals + 1);
            auto const slash = ends.find('/');
            LifecycleCycle cycle;
            cycle.name = all[i].substr(0, equals);
            cycle.released = static_cast<Ticks>(all.size() - i);  // the newest comes first, as the source has them
            cycle.latest = cycle.name + ".9";
            cycle.end_of_life = phase(ends.substr(0, slash));
            if (slash != std::string::npos) cycle.extended_support = phase(ends.substr(slash + 1));
            made.cycles.push_back(std::move(cycle));
        }
        store::FeedFile file;
        file.feed = "endoflife";
        file.file = made.slug;
        file.digest = next_id();
        auto const written = store::write_knowledge(connection_, file, [&](store::PackedSink const& sink) -> Result<store::FeedCounts> {
            store::PackedBatch batch;
            batch.add(made);
            TRY(sink(batch));
            store::FeedCounts counts;
            counts.data_time = *parse_iso_time("2026-05-01");
            return counts;
        });
        ASSERT_TRUE(written) << describe(written.error());
    }

    // device NAME [group=G] [os=DISTRIBUTION/VERSION/EDITION] [PRODUCT@VERSION ...]: its report of now.
    void device(std::string_view line) {
        auto const all = words(line);
        DeviceReport report;
        report.name = all[1];
        report.source = "test";
        report.collected_at = now_;
        auto& software = report.software.emplace();
        for (std::size_t i = 2; i < all.size(); ++i) {
            if (all[i].starts_with("group=")) {
                report.group = all[i].substr(6);
            } else if (all[i].starts_with("os=")) {
                auto const parts = split(std::string_view(all[i]).substr(3), '/');
                report.os.distribution = parts[0];
                report.os.version = parts[1];
                if (parts.size() > 2) report.os.edition = replace_all(std::string(parts[2]), "_", " ");
            } else {
                auto const at = all[i].find('@');
                SoftwareItem item;
                item.source = "cpe";
                item.name = all[i].substr(0, at);
                item.version = all[i].substr(at + 1);
                item.cpe = "cpe:2.3:a:acme:" + item.name + ":" + item.version + ":*:*:*:*:*:*:*";
                software.push_back(std::move(item));
            }
        }
        auto const written = store::write_reports(connection_, std::span(&report, 1), now_);
        ASSERT_TRUE(written) << describe(written.error());
    }

    // day TIME: the clock moves there, and what a server does when a day begins is done.
    void day(std::string_view text) {
        now_ = *parse_iso_time(text);
        auto const ran = match::run(connection_, {.now = now_});
        ASSERT_TRUE(ran) << describe(ran.error());
        must(connection_.transaction([&]() -> Status {
            TRY(advise::publish_all(connection_, now_));
            return {};
        }));
        if (!ruled_) rules();
        auto const made = advise::collect_notifications(connection_, "https://merlon.example", next_id, now_);
        ASSERT_TRUE(made) << describe(made.error());
    }

    // A webhook and a mail address that want to know of ends of support.
    void rules() {
        ruled_ = true;
        advise::NotificationRule rule;
        rule.id = rule.name = "support";
        for (auto const* kind : {"Webhook", "Mail"}) {
            advise::NotificationChannel channel;
            channel.id = channel.name = channel.kind = kind;
            channel.address = "https://example.org";
            must(advise::save_channel(connection_, channel));
            rule.channels.emplace_back(kind);
        }
        rule.events = {"support.ending", "support.ended", "support.resolved"};
        must(advise::save_rule(connection_, rule, now_));
    }

    std::vector<std::string> told() {
        std::vector<std::string> out;
        auto rows = connection_.query("SELECT channel, event, body FROM main.notification_delivery ORDER BY created, channel DESC, event").value();
        while (auto const chunk = rows.next().value())
            for (std::size_t row = 0; row < chunk->rows; ++row) {
                auto const& c = chunk->columns;
                auto const head = std::string(c[0].text(row)) + " " + std::string(c[1].text(row)) + ": ";
                if (c[0].text(row) == "Mail") {
                    for (auto const line : split(c[2].text(row), '\n'))
                        if (line.starts_with("    ") && !line.starts_with("    http")) out.push_back(head + std::string(trim(line)));
                    continue;
                }
                auto const body = json::Document::parse(c[2].text(row), "body").value();
                for (auto const item : json::array(body.root(), "items"))
                    out.push_back(head + std::string(json::text(item, "title")) + " | " + std::string(json::text(item, "dueOn")) + " | " + std::string(json::text(item, "link")));
            }
        return out;
    }

    api::HttpResponse call(std::string method, std::string_view target, std::string body = {}) {
        auto const question = target.find('?');
        auto path = std::string(target.substr(0, question));
        auto query = question == std::string_view::npos ? std::string{} : std::string(target.substr(question + 1));
        return service_->answer({std::move(method), "/api/" + path, std::move(query), std::move(body), "127.0.0.1", {{"host", "merlon.test:80"}, {"content-type", "application/json"}}});
    }
    static std::string printed(json::Value row, std::string_view name) {
        auto const value = json::member(row, name);
        return !value ? "(none)" : json::is_string(*value) ? std::string(json::text(*value)) : json::dump(*value);
    }
    static std::vector<std::string> rows_of(api::HttpResponse const& answer, std::string_view list, std::vector<std::string> const& fields) {
        if (answer.status != 200) return {std::to_string(answer.status) + " " + answer.body};
        auto const document = json::Document::parse(answer.body, "answer").value();
        std::vector<std::string> out;
        for (auto const row : json::array(document.root(), list)) {
            std::string line;
            for (auto const& field : fields) line += (line.empty() ? "" : " | ") + printed(row, field);
            out.push_back(std::move(line));
        }
        return out;
    }

    // GET of a list: "PATH : FIELD FIELD ...".
    std::vector<std::string> list(std::string_view text) {
        auto const colon = text.rfind(" : ");
        return rows_of(call("GET", trim(text.substr(0, colon))), "value", words(text.substr(colon + 3)));
    }
    std::vector<std::string> hunt(std::string_view query) {
        auto const answer = call("POST", "advancedhunting/run", "{\"Query\":" + json_string(query) + "}");
        std::vector<std::string> columns;
        if (answer.status == 200) {
            auto const document = json::Document::parse(answer.body, "answer").value();
            for (auto const column : json::array(document.root(), "Schema")) columns.emplace_back(json::text(column, "Name"));
        }
        return rows_of(answer, "Results", columns);
    }
    // What is changed by the API is evaluated as of the clock's day.
    std::vector<std::string> ask(std::string const& method, std::string const& path, std::string_view body) {
        auto const answer = call(method, path, std::string(trim(body)));
        day(iso_time(now_));
        if (answer.status < 400) return {std::to_string(answer.status)};
        auto const document = json::Document::parse(answer.body, "answer").value();
        return {std::to_string(answer.status) + " " + std::string(json::text(*json::member(document.root(), "error"), "message"))};
    }

    store::Store store_ = store::Store::in_memory().value();
    store::Writer writer_ = store::Writer::start(store_).value();
    store::Connection connection_ = store_.connect().value();
    std::unique_ptr<api::Service> service_ = api::Service::create(store_, writer_, {}).value();
    Ticks now_ = *parse_iso_time("2026-05-01");
    bool ruled_ = false;
};

// Answers stand below their question, two blanks in.
std::vector<std::string> answered(Case const& one) {
    World world;
    std::vector<std::string> out;
    for (auto const& line : one.lines) {
        if (line.starts_with("  ")) continue;
        out.push_back(line);
        if (auto const answer = world.take(line))
            for (auto const& row : *answer) out.push_back("  " + row);
    }
    return out;
}

// The file with these answers of one case, and of those that were written before.
void write_answers(std::size_t number, std::vector<std::string> answers) {
    static auto cases = all_cases();
    cases[number].lines = std::move(answers);
    std::ofstream file(file_of_cases());
    for (auto const& one : cases) {
        if (one.name != "head") file << "## " << one.name << "\n";
        for (auto const& line : one.lines) file << line << "\n";
    }
}

class EndOfSupportCases : public testing::TestWithParam<std::size_t> {};

TEST_P(EndOfSupportCases, IsAsTheTextSays) {
    auto const& one = all_cases()[GetParam()];
    auto answers = answered(one);
    if (std::getenv("MERLON_BLESS")) return write_answers(GetParam(), std::move(answers));
    EXPECT_EQ(answers, one.lines) << one.name;
}

std::string name_of(testing::TestParamInfo<std::size_t> const& info) {
    std::string out;
    for (auto const c : all_cases()[info.param].name) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return out;
}
INSTANTIATE_TEST_SUITE_P(Acceptance, EndOfSupportCases, testing::Range<std::size_t>(1, all_cases().size()), name_of);

TEST(DailyEvaluation, IsDueOnceADayAlsoWhereNoServerRanAtMidnight) {
    auto store = store::Store::in_memory().value();
    auto connection = store.connect().value();
    auto const noon = *parse_iso_time("2026-05-10T12:00:00Z"), midnight = *parse_iso_time("2026-05-11");
    EXPECT_FALSE(evaluation_due(connection, noon).value()) << "there is nothing to evaluate";
    DeviceReport report;
    report.name = "a";
    report.os.distribution = "debian";
    report.os.version = "12";
    auto const written = store::write_reports(connection, std::span(&report, 1), noon);
    ASSERT_TRUE(written && match::run(connection, {.now = noon}));
    EXPECT_FALSE(evaluation_due(connection, midnight - 1).value());
    EXPECT_TRUE(evaluation_due(connection, midnight).value());
    // What is new alone is not all.
    ASSERT_TRUE(match::run(connection, {.now = midnight, .only = written->front().new_software}));
    EXPECT_TRUE(evaluation_due(connection, midnight).value());
    ASSERT_TRUE(match::run(connection, {.now = midnight}));
    EXPECT_FALSE(evaluation_due(connection, midnight).value());
    ASSERT_TRUE(match::forget_evaluated_day(connection));
    EXPECT_TRUE(evaluation_due(connection, midnight).value());
}

}  // namespace
}  // namespace merlon::server
