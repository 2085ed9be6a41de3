// What every device has, in memory: a report is compared with what is known without asking the engine, whose tables have
// no index by device. Read at start, kept by the writer, who also takes it back when a transaction fails.
// About 2 bytes an installation (4 more where sources tell when it was installed) and 150 a device.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/chunked.h"
#include "base/time.h"
#include "model/device.h"
#include "store/engine.h"
#include "store/software_ids.h"

namespace merlon::store {

// Installations of all devices. A copy is a snapshot: cheap, and it never changes.
struct Installed {
    // A software at a path, whatever devices have it.
    struct Place {
        std::int64_t software = 0;
        std::uint32_t path = 0;    // Standing::path()
        std::uint32_t source = 0;  // Standing::source()
    };
    // What one device has of it.
    struct Entry {
        std::uint32_t place = 0;
        std::uint32_t time = 0;  // a check sum of when it was installed, as reported; 0: not told
    };
    struct Device {
        std::string_view id;
        std::string entries;           // entries_of(): by place, each once
        std::uint64_t facts = 0;       // digest of what the last report said of the device itself; 0: none since the start
        std::uint32_t os = 0;          // its operating system then
        std::vector<std::pair<std::uint32_t, std::uint64_t>> lists;  // digests of its settings and hotfixes, by family
    };
    Chunked<Device, 128> devices;
    Chunked<Place, 4096> places;
    std::int64_t rows = 0;
    std::shared_ptr<void> ids;  // keeps what Device::id looks into

    // The tables as they are, or as of a time.
    static Result<Installed> read(Connection&, Ticks as_of = 0);
};

std::string packed(std::span<Installed::Entry const>);
// Calls take(Entry) for each entry of packed entries.
template <typename Take>
void each_entry(std::string_view bytes, Take take) {
    std::uint32_t place = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        std::uint64_t step = 0;
        for (unsigned shift = 0;; shift += 7) {
            auto const byte = static_cast<unsigned char>(bytes[at++]);
            step |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80) break;
        }
        place += static_cast<std::uint32_t>(step >> 1U);
        std::uint32_t time = 0;
        if (step & 1U)
            for (unsigned shift = 0; shift < 32; shift += 8) time |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at++])) << shift;
        take(Installed::Entry{place, time});
    }
}
std::vector<Installed::Entry> entries_of(Installed::Device const&);

class Standing {
public:
    // `helpers` read a part of the rows each, at the same time; nobody may write meanwhile.
    static Result<Standing> read(Connection&, std::span<Connection> helpers = {});
    Standing(Standing&&) noexcept;
    Standing& operator=(Standing&&) noexcept;
    ~Standing();

    // What is there now, changes that are not committed yet included.
    Installed const& installed() const;
    std::optional<std::uint32_t> device(std::string_view id) const;
    std::uint32_t add_device(std::string_view id);
    // For writing; as it was is kept until committed() or taken_back().
    Installed::Device& edit(std::uint32_t device);
    void set_entries(std::uint32_t device, std::span<Installed::Entry const> sorted);

    std::uint32_t place(std::int64_t software, std::string_view path, std::string_view source);
    std::string const& path(std::uint32_t) const;
    std::vector<std::string> const& sources() const;
    std::uint32_t os_number(OperatingSystem const&);
    OperatingSystem const& os(std::uint32_t) const;
    static std::uint32_t check_of(std::string_view installed_at);

    bool knows_software(std::int64_t) const;
    void add_software(std::int64_t);
    // Later than every time given before, and not before `now`: what came is never as old as what went.
    Ticks next_time(Ticks now);

    SoftwareIds& software_ids();

    void committed();
    void taken_back();

    // Fleets with fewer installations have those that go taken out at once; with more, a note is made of them, which
    // settle_installations() carries out for many reports together: each costs a pass over the table.
    std::int64_t at_once_rows = 500'000;

private:
    Status read_lists(Connection&);
    Installed::Device& raw(std::uint32_t device);
    struct State;
    explicit Standing(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

// Takes out installations that are noted as gone (table installation_gone) and keeps them as the past. Inside the caller's
// transaction, which may run beside the writer's.
Status settle_installations(Connection&);

}  // namespace merlon::store
