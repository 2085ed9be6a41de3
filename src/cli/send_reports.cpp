#include "cli/send_reports.h"

#include "sensors/merlon/report_json.h"

namespace merlon::cli {

Result<SentReports> send_reports(Ask const& ask, std::span<DeviceReport const> reports) {
    constexpr std::size_t most_bytes = 4 * 1024 * 1024, most_lines = 5'000;  // a server takes 16 MB and 10,000 reports
    SentReports out;
    std::string lines;
    std::size_t count = 0;
    auto const flush = [&]() -> Status {
        if (count == 0) return {};
        auto const answer = TRY(send(ask, "POST", "merlon/reports", lines));
        auto const document = TRY(json::Document::parse(answer, "answer"));
        out.changed += json::integer(document.root(), "changed").value_or(0);
        out.new_software += json::integer(document.root(), "newSoftware").value_or(0);
        lines.clear();
        count = 0;
        return {};
    };
    for (auto const& report : reports) {
        lines += sensors::report_json(report) + "\n";
        if (++count == most_lines || lines.size() >= most_bytes) TRY(flush());
    }
    TRY(flush());
    return out;
}

}  // namespace merlon::cli
