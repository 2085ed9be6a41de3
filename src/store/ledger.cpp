#include "store/ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/digest.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"

namespace merlon::store {
namespace {

constexpr std::string_view first_hash = "0000000000000000000000000000000000000000000000000000000000000000";

// The line without its hash: {"number":...,"detail":"...","previous":"HEX"
std::string body_of(LedgerEntry const& entry, std::string_view previous) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("number", entry.number);
    json.member("time", iso_time(entry.time));
    json.member("who", entry.who);
    json.member("address", entry.address);
    json.member("action", entry.action);
    json.member("object", entry.object);
    json.member("outcome", entry.outcome);
    json.member("detail", entry.detail);
    json.member("previous", previous);
    return out;
}

struct Tail {
    std::int64_t number = 0;
    std::string hash{first_hash};
};

struct Line {
    LedgerEntry entry;
    std::string previous, hash;
};

Result<Line> parse_line(std::string_view text, std::string const& file, std::size_t number) {
    auto const broken = [&](std::string_view why) { return fail("audit.broken", file, std::to_string(number), std::string(why)); };
    auto const document = json::Document::parse(text, file);
    if (!document) return broken("it is no JSON");
    auto const root = document->root();
    Line line;
    line.entry.number = json::integer(root, "number").value_or(0);
    line.entry.time = parse_iso_time(json::text(root, "time")).value_or(0);
    line.entry.who = json::text(root, "who");
    line.entry.address = json::text(root, "address");
    line.entry.action = json::text(root, "action");
    line.entry.object = json::text(root, "object");
    line.entry.outcome = json::text(root, "outcome");
    line.entry.detail = json::text(root, "detail");
    line.previous = json::text(root, "previous");
    line.hash = json::text(root, "hash");
    if (sha256_hex(body_of(line.entry, line.previous)) != line.hash) return broken("its hash does not fit its text");
    return line;
}

Result<Tail> read_all(std::filesystem::path const& file, std::function<Status(LedgerEntry const&)> const& take) {
    Tail tail;
    TRY(read_lines(file, [&](std::string_view text, std::size_t number) -> Status {
        if (text.empty()) return {};
        auto const line = TRY(parse_line(text, file.string(), number));
        if (line.previous != tail.hash || line.entry.number != tail.number + 1)
            return fail("audit.broken", file.string(), std::to_string(number), "it does not follow the line before");
        tail.number = line.entry.number;
        tail.hash = line.hash;
        return take ? take(line.entry) : Status{};
    }));
    return tail;
}

// A crash can leave the beginning of a line that nobody was told of: it is cut off. Returns the length that stays.
Result<off_t> cut_unfinished_line(int file, std::filesystem::path const& path) {
    auto const length = ::lseek(file, 0, SEEK_END);
    auto end = length;
    for (char last = 0; end > 0; --end)
        if (::pread(file, &last, 1, end - 1) != 1) return fail("audit.unwritable", path.string(), std::strerror(errno));
        else if (last == '\n') break;
    if (end != length && ::ftruncate(file, end) != 0) return fail("audit.unwritable", path.string(), std::strerror(errno));
    return end;
}

}  // namespace

struct Ledger::State {
    std::mutex guard;
    std::filesystem::path path;
    int file = -1;
    off_t length = 0;
    Tail tail;
    ~State() {
        if (file >= 0) ::close(file);
    }
};

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Ledger Ledger::in_memory() { return Ledger(std::make_unique<State>()); }

Result<Ledger> Ledger::open(std::filesystem::path const& file) {
    auto state = std::make_unique<State>();
    state->path = file;
    state->file = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (state->file < 0) return fail("audit.unwritable", file.string(), std::strerror(errno));
    state->length = TRY(cut_unfinished_line(state->file, file));
    if (state->length > 0) state->tail = TRY(read_all(file, {}));
    return Ledger(std::move(state));
}

Result<std::int64_t> Ledger::append(LedgerEntry entry) {
    std::lock_guard lock(state_->guard);
    entry.number = state_->tail.number + 1;
    if (entry.time == 0) entry.time = now_ticks();
    auto line = body_of(entry, state_->tail.hash);
    auto hash = sha256_hex(line);
    line += ",\"hash\":\"" + hash + "\"}\n";
    if (state_->file >= 0) {
        std::size_t written = 0;
        while (written < line.size()) {
            auto const n = ::pwrite(state_->file, line.data() + written, line.size() - written,
                                    state_->length + static_cast<off_t>(written));
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) {
                auto const reason = std::string(std::strerror(errno));
                (void)!::ftruncate(state_->file, state_->length);
                return fail("audit.unwritable", state_->path.string(), reason);
            }
            written += static_cast<std::size_t>(n);
        }
        if (::fdatasync(state_->file) != 0) return fail("audit.unwritable", state_->path.string(), std::strerror(errno));
        state_->length += static_cast<off_t>(line.size());
    }
    state_->tail = {entry.number, std::move(hash)};
    return entry.number;
}

std::int64_t Ledger::last() const {
    std::lock_guard const lock(state_->guard);
    return state_->tail.number;
}

Result<std::int64_t> read_ledger(std::filesystem::path const& file, std::function<Status(LedgerEntry const&)> const& take) {
    auto const tail = TRY(read_all(file, take));
    return tail.number;
}

}  // namespace merlon::store
