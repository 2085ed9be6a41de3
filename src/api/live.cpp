#include "api/live.h"

#include "api/auth/secrets.h"
#include "base/embedded.h"
#include "base/json_read.h"
#include "base/text.h"

namespace merlon::api {
namespace {

constexpr std::chrono::seconds least_pause{1};
constexpr std::string_view published_sql = "SELECT max(time) FROM main.exposure_score";

// One text that is another when the kind's tables are.
std::string mark_sql(json::Value kind) {
    std::vector<std::string> parts;
    for (auto const table : json::array(kind, "rows"))
        parts.push_back("(SELECT concat(count(*), ' ', bit_xor(hash(t))) FROM main." + store::quote_name(json::text(table)) + " t)");
    if (auto const mark = json::text(kind, "mark"); !mark.empty()) parts.push_back("(" + std::string(mark) + ")");
    if (json::boolean(kind, "published").value_or(false)) parts.push_back("(" + std::string(published_sql) + ")");
    return "concat_ws('|', " + join(parts, ", ") + ")";
}

}  // namespace

Result<std::unique_ptr<Live>> Live::create() {
    constexpr std::string_view file = "schema/live.json";
    auto const document = TRY(json::Document::parse(embedded(file), file));
    auto live = std::make_unique<Live>();
    live->process_ = secret_hash(new_secret()).substr(0, 8);
    live->sql_ = "SELECT coalesce((" + std::string(published_sql) + "), 0)";
    for (auto const one : json::array(document.root())) {
        Kind kind{std::string(json::text(one, "kind")), std::string(json::text(one, "permission"))};
        if (kind.name.empty() || kind.permission.empty()) return fail("api.bad_schema", std::string(file), "a kind without name or permission");
        live->sql_ += ", " + mark_sql(one);
        live->kinds_.push_back(std::move(kind));
    }
    live->changed_at_.resize(live->kinds_.size());
    return live;
}

Status Live::look(std::uint64_t changes, Connect const& connect) {
    std::lock_guard lock(guard_);
    auto const now = std::chrono::steady_clock::now();
    bool const first = marks_.empty();
    if (!first && (changes == known_ || now < next_look_)) return {};
    auto connection = TRY(connect());
    auto rows = TRY(connection->query(sql_));
    auto const chunk = TRY(rows.next());
    if (!chunk || chunk->rows != 1) return fail("store.engine", "the marks of changes are no row");
    published_ = chunk->columns[0].integer(0);
    std::vector<std::string> marks;
    for (std::size_t i = 0; i < kinds_.size(); ++i) marks.emplace_back(chunk->columns[i + 1].text_or_empty(0));
    if (!first && marks != marks_) {
        ++number_;
        for (std::size_t i = 0; i < kinds_.size(); ++i)
            if (marks[i] != marks_[i]) changed_at_[i] = number_;
    }
    marks_ = std::move(marks);
    known_ = changes;
    next_look_ = now + least_pause;
    return {};
}

Live::Seen Live::after(std::uint64_t number) const {
    std::lock_guard lock(guard_);
    Seen seen{number_, published_};
    for (std::size_t i = 0; i < kinds_.size(); ++i)
        if (changed_at_[i] > number) seen.changed.push_back(i);
    return seen;
}

std::string Live::event_id(std::uint64_t number) const { return process_ + "-" + std::to_string(number); }

std::optional<std::uint64_t> Live::number_of(std::string_view event_id) const {
    if (event_id.size() <= process_.size() || !event_id.starts_with(process_) || event_id[process_.size()] != '-') return {};
    auto const number = to_int(event_id.substr(process_.size() + 1));
    std::lock_guard lock(guard_);
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) > number_) return {};
    return static_cast<std::uint64_t>(*number);
}

}  // namespace merlon::api
