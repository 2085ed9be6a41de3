// Time zones from the system's compiled zone files (TZif, RFC 8536), read once each.
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hunt/functions/runtime/datetime.h"

namespace merlon::hunt {

namespace {

constexpr Ticks unix_epoch = 621'355'968'000'000'000;

// A rule such as "M10.5.0/3" of the text behind the table: month, week (5: the last), weekday, seconds of the day.
struct Change { int month = 0, week = 0, weekday = 0, seconds = 7200; };

struct Zone {
    std::vector<std::int64_t> from;   // seconds since 1970, ascending
    std::vector<int> offset;          // seconds east of UTC, from then on
    int first = 0;                    // before the first change
    int standard = 0, summer = 0;     // behind the last change, if it repeats
    bool repeats = false;
    Change begin, end;
};

std::int64_t big_endian(std::string_view bytes, std::size_t at, int size) {
    std::uint64_t value = 0;
    for (int i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    return size == 4 ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
}

// POSIX times are west of UTC: "CET-1CEST,M3.5.0,M10.5.0/3".
struct RuleReader {
    std::string_view text;
    std::size_t at = 0;
    bool good = true;

    char peek() const { return at < text.size() ? text[at] : '\0'; }
    int number() {
        int value = 0;
        if (peek() < '0' || peek() > '9') good = false;
        while (peek() >= '0' && peek() <= '9') value = value * 10 + (text[at++] - '0');
        return value;
    }
    int clock() {
        int sign = 1;
        if (peek() == '-' || peek() == '+') sign = text[at++] == '-' ? -1 : 1;
        int seconds = number() * 3600;
        if (peek() == ':') ++at, seconds += number() * 60;
        if (peek() == ':') ++at, seconds += number();
        return sign * seconds;
    }
    void name() {
        if (peek() == '<') {
            while (peek() && peek() != '>') ++at;
            ++at;
            return;
        }
        while ((peek() >= 'A' && peek() <= 'Z') || (peek() >= 'a' && peek() <= 'z')) ++at;
    }
    Change change() {
        Change made;
        if (peek() != ',' || text.substr(at + 1, 1) != "M") return good = false, made;
        at += 2;
        made.month = number();
        ++at;
        made.week = number();
        ++at;
        made.weekday = number();
        if (peek() == '/') ++at, made.seconds = clock();
        return made;
    }
};

std::optional<Zone> read_zone(std::string_view bytes) {
    if (bytes.size() < 44 || !bytes.starts_with("TZif")) return {};
    std::size_t at = 0;
    int width = 4;
    for (bool second = false;; second = true) {
        if (bytes.size() < at + 44) return {};
        auto const count = [&](std::size_t place) { return static_cast<std::size_t>(big_endian(bytes, at + 20 + place * 4, 4)); };
        auto const utc = count(0), standard = count(1), leaps = count(2), times = count(3), types = count(4), letters = count(5);
        auto const body = at + 44;
        auto const w = static_cast<std::size_t>(width);
        auto const size = times * w + times + types * 6 + letters + leaps * (w + 4) + standard + utc;
        if (bytes.size() < body + size) return {};
        if (bytes[4] >= '2' && !second) {  // the second block has 64-bit times
            at = body + size;
            width = 8;
            continue;
        }
        Zone zone;
        auto const type_at = body + times * w + times;
        auto const offset_of = [&](std::size_t type) { return static_cast<int>(big_endian(bytes, type_at + type * 6, 4)); };
        if (types == 0) return {};
        zone.first = offset_of(0);
        for (std::size_t i = 0; i < times; ++i) {
            auto const type = static_cast<std::size_t>(static_cast<unsigned char>(bytes[body + times * w + i]));
            if (type >= types) return {};
            zone.from.push_back(big_endian(bytes, body + i * w, width));
            zone.offset.push_back(offset_of(type));
        }
        if (width == 8 && body + size + 1 < bytes.size()) {
            auto rule = bytes.substr(body + size + 1);
            rule = rule.substr(0, rule.find('\n'));
            RuleReader reader{rule};
            reader.name();
            zone.standard = -reader.clock();
            if (reader.peek()) {
                reader.name();
                zone.summer = zone.standard + 3600;
                if (reader.peek() != ',' && reader.peek()) zone.summer = -reader.clock();
                zone.begin = reader.change();
                zone.end = reader.change();
                zone.repeats = reader.good;
            }
        }
        return zone;
    }
}

std::shared_ptr<Zone const> zone_named(std::string_view name) {
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<Zone const>, std::less<>> known;
    std::lock_guard const lock(mutex);
    if (auto const found = known.find(name); found != known.end()) return found->second;
    std::shared_ptr<Zone const> made;
    bool const plain = !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos && name.find('\0') == std::string_view::npos;
    if (plain && name.size() < 64) {
        auto const* folder = std::getenv("TZDIR");
        std::ifstream file(std::string(folder ? folder : "/usr/share/zoneinfo") + "/" + std::string(name), std::ios::binary);
        std::string const bytes{std::istreambuf_iterator<char>(file), {}};
        if (auto zone = read_zone(bytes)) made = std::make_shared<Zone const>(std::move(*zone));
    }
    if (known.size() < 1000) known.emplace(name, made);
    return made;
}

// The moment of a change in a year, in seconds since 1970 of the clock that it is written for.
std::int64_t moment(Change const& change, int year) {
    int const length = days_in_month(year, change.month);
    auto const first = (ticks_of({year, change.month, 1}) - unix_epoch) / ticks_per_day;
    auto const weekday = static_cast<int>(((first + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
    int day = 1 + (change.weekday - weekday + 7) % 7 + (change.week - 1) * 7;
    while (day > length) day -= 7;
    return (first + day - 1) * 86400 + change.seconds;
}

int offset_at(Zone const& zone, std::int64_t seconds) {
    if (zone.from.empty() || seconds < zone.from.front()) {
        if (!zone.from.empty() || !zone.repeats) return zone.first;
    } else if (seconds < zone.from.back() || !zone.repeats) {
        auto const after = std::upper_bound(zone.from.begin(), zone.from.end(), seconds);
        return zone.offset[static_cast<std::size_t>(after - zone.from.begin() - 1)];
    }
    auto const year = datetime_part(DatePart::year, unix_epoch + seconds * ticks_per_second);
    auto const begin = moment(zone.begin, year) - zone.standard;
    auto const end = moment(zone.end, year) - zone.summer;
    bool const summer = begin < end ? seconds >= begin && seconds < end : seconds >= begin || seconds < end;
    return summer ? zone.summer : zone.standard;
}

std::int64_t seconds_of(Ticks t) {
    auto const since = t - unix_epoch;
    return since >= 0 ? since / ticks_per_second : -((-since + ticks_per_second - 1) / ticks_per_second);
}

std::optional<Ticks> moved(Ticks t, std::int64_t seconds) {
    auto const made = t + seconds * ticks_per_second;
    if (made < 0 || made > max_datetime_ticks) return {};
    return made;
}

}  // namespace

std::optional<Ticks> utc_to_local(Ticks t, std::string_view name) {
    auto const zone = zone_named(name);
    if (!zone) return {};
    return moved(t, offset_at(*zone, seconds_of(t)));
}

// A time that the clocks show twice is taken as the later one of standard time; one that they skip as if they had not.
std::optional<Ticks> local_to_utc(Ticks t, std::string_view name) {
    auto const zone = zone_named(name);
    if (!zone) return {};
    auto const seconds = seconds_of(t);
    auto const early = offset_at(*zone, seconds - offset_at(*zone, seconds - 86400));
    auto const late = offset_at(*zone, seconds - offset_at(*zone, seconds + 86400));
    auto const before = offset_at(*zone, seconds - 86400), after = offset_at(*zone, seconds + 86400);
    bool const early_fits = early == before, late_fits = late == after;
    auto const offset = late_fits ? after : early_fits ? before : before;
    return moved(t, -offset);
}

}  // namespace merlon::hunt
