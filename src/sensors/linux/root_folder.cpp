#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/files.h"
#include "base/json_read.h"
#include "base/text.h"
#include "sensors/linux/packages.h"

namespace merlon::sensors {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t most_database_bytes = std::uint64_t{1} << 30;
constexpr std::uint64_t most_metadata_bytes = std::uint64_t{4} << 20;

bool is_there(fs::path const& path) {
    std::error_code failed;
    return fs::exists(path, failed);
}

bool is_folder(fs::path const& path) {
    std::error_code failed;
    return fs::is_directory(path, failed);
}

// Names in a folder, sorted; nothing when it cannot be listed. Links are listed but never followed out of the root.
std::vector<fs::path> entries(fs::path const& folder) {
    std::vector<fs::path> out;
    std::error_code failed;
    for (auto entry = fs::directory_iterator(folder, failed); !failed && entry != fs::directory_iterator();
         entry.increment(failed))
        out.push_back(entry->path());
    std::sort(out.begin(), out.end());
    return out;
}

// The path as the device itself names it.
std::string on_device(fs::path const& path, fs::path const& root) {
    auto const relative = path.lexically_relative(root);
    return field("/" + relative.generic_string());
}

// A header line of Python's METADATA or PKG-INFO ("Name: requests").
std::string header(std::string_view bytes, std::string_view name) {
    for (auto const line : split(bytes.substr(0, 65536), '\n')) {
        if (trim(line).empty()) break;  // the description begins
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':')
            return field(line.substr(name.size() + 1));
    }
    return {};
}

void take_python_folder(fs::path const& root, fs::path const& folder, std::vector<SoftwareItem>& out,
                        ImportCounts& counts) {
    for (auto const& entry : entries(folder)) {
        auto const name = entry.filename().string();
        fs::path metadata;
        if (name.ends_with(".dist-info")) metadata = entry / "METADATA";
        else if (name.ends_with(".egg-info")) metadata = is_folder(entry) ? entry / "PKG-INFO" : entry;
        else continue;
        auto const bytes = read_file(metadata, most_metadata_bytes);
        if (!bytes) {
            counts.skip("Python metadata that cannot be read");
            continue;
        }
        SoftwareItem item;
        item.source = "pypi";
        item.name = header(*bytes, "Name");
        item.version = header(*bytes, "Version");
        item.path = on_device(entry, root);
        if (item.name.empty()) {
            counts.skip("no name");
        } else if (python_of_distribution(item.path)) {
            counts.skip("Python module of a distribution package");
        } else {
            counts.keep(item);
            out.push_back(std::move(item));
        }
    }
}

}  // namespace

void read_python_packages(fs::path const& root, std::vector<SoftwareItem>& out, ImportCounts& counts) {
    for (auto const* lib : {"usr/lib", "usr/lib64", "usr/local/lib", "usr/local/lib64"})
        for (auto const& python : entries(root / lib)) {
            if (!python.filename().string().starts_with("python")) continue;
            for (auto const* packages : {"site-packages", "dist-packages"})
                take_python_folder(root, python / packages, out, counts);
        }
    // Virtual environments below /opt, one or two levels deep: where services keep them.
    for (auto const& service : entries(root / "opt"))
        for (auto const& base : {service, service / "venv", service / ".venv"})
            for (auto const& python : entries(base / "lib"))
                if (python.filename().string().starts_with("python"))
                    take_python_folder(root, python / "site-packages", out, counts);
}

void read_npm_packages(fs::path const& root, std::vector<SoftwareItem>& out, ImportCounts& counts) {
    auto take = [&](fs::path const& folder) {
        auto const bytes = read_file(folder / "package.json", most_metadata_bytes);
        if (!bytes) return;
        auto const document = json::Document::parse(*bytes, "package.json");
        if (!document) return counts.skip("a package.json that cannot be read");
        SoftwareItem item;
        item.source = "npm";
        item.name = field(json::text(document->root(), "name"));
        item.version = field(json::text(document->root(), "version"));
        item.path = on_device(folder, root);
        if (item.name.empty()) return counts.skip("no name");
        counts.keep(item);
        out.push_back(std::move(item));
    };
    for (auto const* modules : {"usr/lib/node_modules", "usr/local/lib/node_modules"})
        for (auto const& package : entries(root / modules)) {
            auto const name = package.filename().string();
            if (name.starts_with(".")) continue;
            if (name.starts_with("@"))
                for (auto const& scoped : entries(package)) take(scoped);
            else take(package);
        }
}

// ---- rpm ----------------------------------------------------------------------------------------------------

namespace {

// Runs a program without a shell and gives what it prints.
Result<std::string> output_of(std::vector<std::string> arguments, std::string const& folder) {
    int pipe_ends[2];
    if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return fail("sensors.rpm_tool", folder, std::strerror(errno));
    auto const child = ::fork();
    if (child < 0) {
        ::close(pipe_ends[0]);
        ::close(pipe_ends[1]);
        return fail("sensors.rpm_tool", folder, std::strerror(errno));
    }
    if (child == 0) {
        ::dup2(pipe_ends[1], 1);
        int const nothing = ::open("/dev/null", O_RDWR);
        ::dup2(nothing, 0);
        ::dup2(nothing, 2);
        std::vector<char*> words;
        for (auto& argument : arguments) words.push_back(argument.data());
        words.push_back(nullptr);
        ::execvp(words[0], words.data());
        ::_exit(127);
    }
    ::close(pipe_ends[1]);
    std::string out;
    char piece[65536];
    while (true) {
        auto const got = ::read(pipe_ends[0], piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || out.size() > most_database_bytes) break;
        out.append(piece, static_cast<std::size_t>(got));
    }
    ::close(pipe_ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return fail("sensors.rpm_tool", folder, "there is no rpm tool");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail("sensors.rpm_tool", folder, "the rpm tool failed on it");
    return out;
}

// A copy of the database to ask: the tool writes beside what it reads (logs of SQLite), and what is scanned may be evidence, of
// somebody else, or mounted for reading only.
class CopyOfDatabase {
public:
    static Result<CopyOfDatabase> make(fs::path const& folder) {
        std::error_code failed;
        auto pattern = (fs::temp_directory_path(failed) / "merlon-rpm-XXXXXX").string();
        if (failed || !::mkdtemp(pattern.data())) return fail("sensors.rpm_tool", folder.string(), "no temporary folder can be made");
        CopyOfDatabase copy(pattern);
        std::uint64_t bytes = 0;
        for (auto const& file : entries(folder)) {
            if (!fs::is_regular_file(file, failed)) continue;
            bytes += fs::file_size(file, failed);
            if (bytes > most_database_bytes) return fail("sensors.rpm_tool", folder.string(), "it is larger than 1 GB");
            if (!fs::copy_file(file, copy.folder / file.filename(), failed)) return fail("sensors.rpm_tool", file.string(), failed.message());
        }
        return copy;
    }
    CopyOfDatabase(CopyOfDatabase&& other) noexcept : folder(std::exchange(other.folder, {})) {}
    ~CopyOfDatabase() {
        std::error_code ignored;
        if (!folder.empty()) fs::remove_all(folder, ignored);
    }
    fs::path folder;

private:
    explicit CopyOfDatabase(fs::path made) : folder(std::move(made)) {}
};

}  // namespace

Status read_rpm_database(fs::path const& folder, std::vector<SoftwareItem>& out, ImportCounts& counts) {
    auto const copy = TRY(CopyOfDatabase::make(folder));
    auto const answer = TRY(output_of(
        {"rpm", "--dbpath", copy.folder.string(), "-qa", "--queryformat",
         "%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{VENDOR}\\t%{SOURCERPM}\\t%{INSTALLTIME}\\t%{MODULARITYLABEL}\\n"},
        folder.string()));
    std::size_t taken = 0;
    for (auto const line : split(answer, '\n')) {
        if (line.empty()) continue;
        SoftwareItem item;
        if (!read_rpm_line(line, item)) {
            counts.skip("a key or an entry without fields");
            continue;
        }
        ++taken;
        counts.keep(item);
        out.push_back(std::move(item));
    }
    // The tool answers with nothing, and success, for a database that it does not understand.
    if (taken == 0) return fail("sensors.rpm_tool", folder.string(), "the rpm tool finds no packages in it");
    return {};
}

// ---- a root folder ------------------------------------------------------------------------------------------

namespace {

constexpr char const* rpm_folders[] = {"var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"};

std::optional<fs::path> rpm_folder(fs::path const& root) {
    for (auto const* folder : rpm_folders)
        for (auto const* file : {"rpmdb.sqlite", "Packages.db", "Packages"})
            if (is_there(root / folder / file)) return root / folder;
    return {};
}

}  // namespace

bool looks_like_root_folder(fs::path const& root) {
    return is_there(root / "var/lib/dpkg/status") || is_there(root / "var/lib/dpkg/status.d") ||
           is_there(root / "lib/apk/db/installed") || is_there(root / "usr/lib/apk/db/installed") || rpm_folder(root);
}

Result<DeviceReport> read_root_folder(fs::path const& root, ImportCounts& counts) {
    DeviceReport report;
    report.source = "dpkg";
    for (auto const* file : {"usr/lib/os-release", "etc/os-release"}) {
        if (!is_there(root / file)) continue;
        auto const bytes = read_file(root / file, most_metadata_bytes);
        if (bytes) report.os = read_os_release(*bytes);
        if (!report.os.distribution.empty()) break;
    }
    // os-release of Debian names no point release; this file does.
    if (report.os.distribution == "debian")
        if (auto const point = read_file(root / "etc/debian_version", 4096))
            if (auto const version = field(split(*point, '\n').front()); version.starts_with(report.os.version + "."))
                report.os.version = version;
    auto& software = report.software.emplace();
    if (auto const status = root / "var/lib/dpkg/status"; is_there(status)) {
        auto const bytes = TRY(read_file(status, most_database_bytes));
        TRY(read_dpkg_status(bytes, status.string(), software, counts));
    }
    for (auto const& file : entries(root / "var/lib/dpkg/status.d")) {
        if (file.filename().string().find(".md5sums") != std::string::npos) continue;
        auto const bytes = TRY(read_file(file, most_database_bytes));
        TRY(read_dpkg_status(bytes, file.string(), software, counts));
    }
    for (auto const* place : {"lib/apk/db/installed", "usr/lib/apk/db/installed"}) {
        if (!is_there(root / place)) continue;
        report.source = "apk";
        auto const bytes = TRY(read_file(root / place, most_database_bytes));
        TRY(read_apk_installed(bytes, (root / place).string(), software, counts));
        break;
    }
    if (auto const folder = rpm_folder(root)) {
        // A Debian host may have an empty rpm database of the rpm tool's own; dpkg's packages are what counts then.
        auto const read = read_rpm_database(*folder, software, counts);
        if (!read && software.empty()) return std::unexpected(read.error());
        if (read) report.source = "rpm";
        else counts.skip("an rpm database beside dpkg's");
    }
    read_python_packages(root, software, counts);
    read_npm_packages(root, software, counts);
    if (auto const name = read_file(root / "etc/hostname", 4096)) report.name = field(split(*name, '\n').front());
    if (auto const id = read_file(root / "etc/machine-id", 4096)) report.identifier = field(*id);
    return report;
}

}  // namespace merlon::sensors
