#include "cli/front.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "base/csv.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/ask.h"
#include "server/journey.h"

namespace merlon::cli {

Result<server::Settings> Front::settings() const {
    auto all = flags;
    for (auto const& pair : sets) {
        auto const equals = pair.find('=');
        if (equals == std::string::npos) return fail("cli.usage", "--set takes NAME=VALUE, not «" + pair + "».");
        all[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    auto file = settings_file;
    if (file.empty())
        if (auto const* named = std::getenv("MERLON_SETTINGS")) file = named;
    return server::Settings::read(file, all);
}

Result<store::Store> Front::open_store(bool create) const {
    if (auto const server = remote_server(); !server.empty()) return fail("cli.local_only", clean_text(server, 200));
    auto const values = TRY(settings());
    store::OpenOptions options;
    options.create = create;
    options.engine.memory_limit = values.text("memory");
    auto store = TRY(store::Store::open(values.text("data"), options));
    auto connection = TRY(store.connect());
    TRY(server::end_what_ran_out(connection, now_ticks()));
    return store;
}

void print_error(Error const& e, std::string_view text, std::string_view name) {
    std::fputs(render(e, text, name).c_str(), stderr);
}

int run(Result<int> outcome) {
    if (outcome) return *outcome;
    print_error(outcome.error());
    return could_not;
}

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    if (open_ && terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::say(std::string_view line) {
    if (quiet_) return;
    auto const now = now_ticks();
    auto const pause = terminal_ ? ticks_per_second / 10 : 3 * ticks_per_second;
    if (last_ != 0 && now - last_ < pause) return;
    last_ = now;
    open_ = true;
    if (terminal_) std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(line.size()), line.data());
    else std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
    std::fflush(stderr);
}

namespace {

std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    for (char const c : text)
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++width;
    return width;
}

// Cut to `widest` code points, control characters made blanks.
std::string shown(std::string_view text, std::size_t widest) {
    std::string out;
    std::size_t width = 0;
    bool const cut = width_of(text) > widest;
    for (char const c : text) {
        bool const starts = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        if (starts && cut && width + 1 >= widest) break;
        if (starts) ++width;
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    return cut ? out + "…" : out;
}

}  // namespace

std::string print_table(TextTable const& table, std::size_t widest) {
    std::vector<std::vector<std::string>> cells{table.head};
    cells.insert(cells.end(), table.rows.begin(), table.rows.end());
    std::vector<std::size_t> widths(table.head.size(), 0);
    for (auto& row : cells)
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
            row[i] = shown(row[i], widest);
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    std::string out;
    for (std::size_t r = 0; r < cells.size(); ++r) {
        std::string line;
        for (std::size_t i = 0; i < widths.size() && i < cells[r].size(); ++i) {
            auto const pad = std::string(widths[i] - width_of(cells[r][i]), ' ');
            bool const right = i < table.to_the_right.size() && table.to_the_right[i];
            if (i > 0) line += "  ";
            line += right ? pad + cells[r][i] : cells[r][i] + pad;
        }
        while (!line.empty() && line.back() == ' ') line.pop_back();
        out += line + "\n";
        if (r == 0) {
            std::string rule;
            for (std::size_t i = 0; i < widths.size(); ++i) rule += (i > 0 ? "  " : "") + std::string(widths[i], '-');
            out += rule + "\n";
        }
    }
    return out;
}

std::string counted(std::int64_t many, std::string_view one) { return with_thousands(many) + " " + std::string(one) + (many == 1 ? "" : "s"); }

std::string standard_input() { return std::string(std::istreambuf_iterator<char>(std::cin), {}); }

std::string password_from_input() {
    std::string line;
    std::getline(std::cin, line);
    return line;
}

Result<Ticks> time_option(std::string_view option, std::string const& text) {
    if (auto const time = parse_iso_time(text)) return *time;
    return fail("cli.usage", std::string(option) + " takes a time such as 2026-01-31 or 2026-01-31T08:00:00Z, not «" + text + "».");
}

std::string csv_cell(std::string_view text) {
    std::string out;
    append_csv_cell(out, text);
    return out;
}

}  // namespace merlon::cli
