#include "sensors/collect/settings.h"

#include <sys/stat.h>

#include <array>
#include <set>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "model/places.h"
#include "sensors/linux/packages.h"
#include "sensors/restart.h"
#include "sensors/shares.h"

namespace merlon::sensors {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = 1024 * 1024;

std::optional<std::string> bytes_of(fs::path const& path) {
    auto bytes = read_file(path, most_bytes);
    if (!bytes) return {};
    return std::move(*bytes);
}

bool there(fs::path const& path) {
    std::error_code failed;
    return fs::exists(fs::symlink_status(path, failed));
}

// "KEY value" or "KEY=value" lines without comments, in order.
std::vector<std::pair<std::string, std::string>> lines_of(std::string_view bytes) {
    std::vector<std::pair<std::string, std::string>> out;
    for (auto const line : split(bytes, '\n')) {
        auto const text = trim(line);
        auto const end = text.find_first_of(" \t=");
        if (text.empty() || text.front() == '#' || end == std::string_view::npos) continue;
        auto value = trim(text.substr(end));
        if (value.starts_with('=')) value = trim(value.substr(1));
        out.emplace_back(ascii_lower(text.substr(0, end)), value);
    }
    return out;
}

// "2m", "1h30m", "90": seconds (sshd_config(5), TIME FORMATS); what is no time stays as it is.
std::string seconds_of(std::string const& text) {
    std::int64_t sum = 0, number = 0;
    bool digits = false;
    for (char const c : ascii_lower(text)) {
        if (c >= '0' && c <= '9' && number < 1'000'000) {
            number = number * 10 + (c - '0');
            digits = true;
            continue;
        }
        constexpr std::string_view units = "smhdw";
        constexpr std::array<std::int64_t, 5> lengths{1, 60, 3600, 86'400, 604'800};
        auto const unit = units.find(c);
        if (!digits || unit == units.npos) return text;
        sum += number * lengths[unit];
        number = 0;
        digits = false;
    }
    return std::to_string(sum + number);
}

// What follows from several lines: how many outdated algorithms are named, and the most half-open connections.
void add_sshd_facts(std::vector<SettingFact>& out) {
    int outdated = 0;
    std::string most;
    for (auto& [key, value] : out) {
        if (key == "sshd.logingracetime" || key == "sshd.clientaliveinterval") value = seconds_of(value);
        if (key == "sshd.maxstartups") most = std::string(split(value, ':').back());
        if (key != "sshd.ciphers" && key != "sshd.macs" && key != "sshd.kexalgorithms" && key != "sshd.hostkeyalgorithms") continue;
        if (value.starts_with('-')) continue;  // these are taken out
        auto const names = ascii_lower(value);
        for (auto const name : split(names, ','))
            for (std::string_view const bad : {"3des", "arcfour", "blowfish", "cast128", "-cbc", "md5", "sha1", "ssh-dss", "hmac-ripemd", "umac-64"})
                if (name.find(bad) != std::string_view::npos) {
                    ++outdated;
                    break;
                }
    }
    if (!most.empty()) out.push_back({"sshd.most_half_open", most});
    if (!out.empty()) out.push_back({"sshd.outdated_algorithms", std::to_string(outdated)});
}

// sshd_config(5): the first value of a key counts; an Include stands where it is written; Match ends the global part.
void add_sshd(fs::path const& root, std::vector<SettingFact>& out) {
    auto const main = bytes_of(root / "etc/ssh/sshd_config");
    if (!main) return;
    std::set<std::string> met;
    auto const take = [&](std::string_view bytes, auto const& self, int depth) -> void {
        for (auto const& [key, value] : lines_of(bytes)) {
            if (key == "match") return;
            if (key == "include" && depth == 0 && value.find("sshd_config.d/") != std::string::npos) {
                std::set<fs::path> parts;
                std::error_code failed;
                for (auto const& entry : fs::directory_iterator(root / "etc/ssh/sshd_config.d", failed))
                    if (entry.path().extension() == ".conf") parts.insert(entry.path());
                for (auto const& part : parts)
                    if (auto const more = bytes_of(part)) self(*more, self, depth + 1);
            } else if (met.insert(key).second) {
                out.push_back({"sshd." + field(key), field(value)});
            }
        }
    };
    take(*main, take, 0);
    add_sshd_facts(out);
}

void add_login_defs(fs::path const& root, std::vector<SettingFact>& out) {
    auto const bytes = bytes_of(root / "etc/login.defs");
    if (!bytes) return;
    for (auto const& [key, value] : lines_of(*bytes)) out.push_back({"login_defs." + field(key), field(value)});
}

void add_sysctl(fs::path const& root, std::vector<SettingFact>& out) {
    for (std::string const name :
         {"kernel/randomize_va_space", "kernel/kptr_restrict", "kernel/dmesg_restrict", "kernel/yama/ptrace_scope",
          "kernel/unprivileged_bpf_disabled", "kernel/kexec_load_disabled", "kernel/sysrq", "fs/protected_symlinks",
          "fs/protected_hardlinks", "fs/suid_dumpable", "net/ipv4/ip_forward", "net/ipv4/tcp_syncookies",
          "net/ipv4/conf/all/accept_redirects", "net/ipv4/conf/all/send_redirects", "net/ipv4/conf/all/rp_filter",
          "net/ipv4/conf/all/accept_source_route", "net/ipv4/conf/all/secure_redirects", "net/ipv4/conf/all/log_martians",
          "net/ipv4/icmp_echo_ignore_broadcasts", "net/ipv6/conf/all/accept_redirects", "net/ipv6/conf/all/accept_source_route"})
        if (auto const value = bytes_of(root / "proc/sys" / name); value && !trim(*value).empty())
            out.push_back({"sysctl." + replace_all(name, "/", "."), field(trim(*value))});
}

void add_mounts(fs::path const& root, std::vector<SettingFact>& out) {
    auto const bytes = bytes_of(root / "proc/self/mounts");
    if (!bytes) return;
    std::map<std::string, std::string> flags;  // the last mount of a place is the one that is seen
    for (auto const line : split(*bytes, '\n')) {
        auto const parts = split(line, ' ');
        if (parts.size() < 4) continue;
        for (std::string_view const place : {"/", "/tmp", "/var/tmp", "/dev/shm", "/home", "/boot"})
            if (parts[1] == place) flags[std::string(place)] = parts[3];
    }
    for (auto const& [place, text] : flags) out.push_back({"mounts." + place + ".flags", field(text)});
}

void add_files(fs::path const& root, std::vector<SettingFact>& out) {
    for (std::string const path : {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/crontab", "/etc/ssh/sshd_config", "/tmp", "/var/tmp"}) {
        struct stat found{};
        if (::stat((root / path.substr(1)).c_str(), &found) == 0)
            out.push_back({"files." + path + ".mode", fmt::format("{:04o}", found.st_mode & 07777U)});
    }
}

void add_accounts(fs::path const& root, std::vector<SettingFact>& out) {
    if (auto const bytes = bytes_of(root / "etc/passwd")) {
        int root_accounts = 0;
        for (auto const line : split(*bytes, '\n'))
            if (auto const parts = split(line, ':'); parts.size() > 3 && parts[2] == "0") ++root_accounts;
        out.push_back({"accounts.uid_zero", std::to_string(root_accounts)});
    }
    if (auto const bytes = bytes_of(root / "etc/shadow")) {
        int empty = 0;
        for (auto const line : split(*bytes, '\n'))
            if (auto const parts = split(line, ':'); parts.size() > 2 && parts[1].empty()) ++empty;
        out.push_back({"accounts.empty_passwords", std::to_string(empty)});
    }
    auto const sudoers = bytes_of(root / "etc/sudoers");
    if (!sudoers) return;
    auto all = *sudoers;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(root / "etc/sudoers.d", failed))
        if (auto const more = bytes_of(entry.path())) all += "\n" + *more;
    int free = 0;
    for (auto const line : split(all, '\n'))
        if (auto const text = trim(line); !text.starts_with('#') && text.find("NOPASSWD") != std::string_view::npos) ++free;
    out.push_back({"accounts.sudo_without_password", std::to_string(free)});
}

// Whether a module of PAM stands in what log-ins and new passwords go through.
bool pam_asks(fs::path const& root, std::string_view module) {
    for (auto const* file : {"common-auth", "common-password", "common-account", "system-auth", "password-auth"}) {
        auto const bytes = bytes_of(root / "etc/pam.d" / file);
        if (!bytes) continue;
        for (auto const line : split(*bytes, '\n'))
            if (auto const text = trim(line); !text.starts_with('#') && text.find(module) != std::string_view::npos) return true;
    }
    return false;
}

void add_pam(fs::path const& root, std::vector<SettingFact>& out) {
    if (!there(root / "etc/pam.d")) return;
    auto const say = [&](std::string_view what, bool yes) { out.push_back({"pam." + std::string(what), yes ? "1" : "0"}); };
    say("password_quality", pam_asks(root, "pam_pwquality.so") || pam_asks(root, "pam_passwdqc.so") || pam_asks(root, "pam_cracklib.so"));
    say("lockout", pam_asks(root, "pam_faillock.so") || pam_asks(root, "pam_tally2.so"));
    say("password_history", pam_asks(root, "pam_pwhistory.so") || pam_asks(root, "remember="));
}

// Encrypted drives and a start that checks signatures.
void add_drives(fs::path const& root, std::vector<SettingFact>& out) {
    std::error_code failed;
    bool any = false, encrypted = false;
    for (auto const& entry : fs::directory_iterator(root / "sys/block", failed)) {
        auto const name = entry.path().filename().string();
        any = any || name.starts_with("sd") || name.starts_with("nvme") || name.starts_with("vd") || name.starts_with("mmcblk") || name.starts_with("xvd");
        if (auto const id = bytes_of(entry.path() / "dm/uuid")) encrypted = encrypted || id->starts_with("CRYPT-");
    }
    if (any) out.push_back({"drives.encrypted", encrypted ? "1" : "0"});
    // Four bytes of attributes, then the value (UEFI specification, 8.2).
    auto const boot = bytes_of(root / "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
    if (boot && boot->size() == 5) out.push_back({"firmware.secure_boot", (*boot)[4] == 1 ? "1" : "0"});
}

// A unit is enabled when a target wants it.
bool enabled(fs::path const& root, std::string_view unit) {
    for (std::string const target : {"multi-user", "sysinit", "timers", "sockets", "basic", "network", "default"})
        if (there(root / "etc/systemd/system" / (target + ".target.wants") / unit)) return true;
    return false;
}

bool any_enabled(fs::path const& root, std::initializer_list<std::string_view> units) {
    return std::ranges::any_of(units, [&](std::string_view unit) { return enabled(root, unit); });
}

void add_services(fs::path const& root, std::vector<SettingFact>& out) {
    if (!there(root / "etc/systemd/system")) return;
    auto const say = [&](std::string_view what, bool yes) { out.push_back({"services." + std::string(what), yes ? "1" : "0"}); };
    auto const ufw = bytes_of(root / "etc/ufw/ufw.conf");
    bool const ufw_on = ufw && ascii_lower(*ufw).find("\nenabled=yes") != std::string::npos && enabled(root, "ufw.service");
    say("firewall", ufw_on || any_enabled(root, {"firewalld.service", "nftables.service", "netfilter-persistent.service"}));
    say("auditd", enabled(root, "auditd.service"));
    say("time_sync", any_enabled(root, {"systemd-timesyncd.service", "chrony.service", "chronyd.service", "ntp.service", "ntpsec.service"}));
    say("plain_text_remote", any_enabled(root, {"telnet.socket", "inetutils-telnetd.service", "rsh.socket", "rlogin.socket", "rexec.socket", "tftp.socket",
                                                "tftpd-hpa.service", "vsftpd.service", "proftpd.service", "ypserv.service", "inetd.service", "openbsd-inetd.service", "xinetd.service"}));
    auto const apparmor = bytes_of(root / "sys/module/apparmor/parameters/enabled");
    auto const selinux = bytes_of(root / "sys/fs/selinux/enforce");
    say("mandatory_access", (apparmor && trim(*apparmor) == "Y") || (selinux && trim(*selinux) == "1"));
    auto const apt = bytes_of(root / "etc/apt/apt.conf.d/20auto-upgrades");
    bool const apt_on = apt && apt->find("Unattended-Upgrade \"1\"") != std::string::npos;
    bool const dnf_on = any_enabled(root, {"dnf-automatic.timer", "dnf-automatic-install.timer", "dnf5-automatic.timer"});
    out.push_back({"updates.automatic", apt_on || dnf_on ? "1" : "0"});
}

Ticks changed_at(fs::path const& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 ? unix_epoch_ticks + found.st_ctime * ticks_per_second : 0;
}

void add_restart_signs(fs::path const& root, std::vector<SettingFact>& out) {
    LinuxRestartSigns signs;
    if (auto const running = bytes_of(root / "proc/sys/kernel/osrelease")) signs.running = field(*running);
    for (auto const file : restart_files)
        if (auto const path = root / file.substr(1); there(path)) signs.files.push_back({std::string(file), changed_at(path)});
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(root / "boot", failed))
        if (auto const name = "/boot/" + entry.path().filename().string(); name.starts_with(kernel_files))
            signs.kernels.push_back({name.substr(kernel_files.size()), changed_at(entry.path())});
    // One package a line, as often as it was updated.
    if (auto const bytes = bytes_of(root / "run/reboot-required.pkgs")) {
        std::set<std::string> names;
        for (auto const line : split(*bytes, '\n'))
            if (auto name = field(line); !name.empty()) names.insert(std::move(name));
        signs.packages = join(std::vector<std::string>(names.begin(), names.end()), ", ");
    }
    if (auto const reasons = restart_reasons(signs)) add_restart(out, *reasons);
}

// What the configuration of Samba shares, where its server is there.
void add_samba(fs::path const& root, std::vector<SettingFact>& out) {
    if (!there(root / samba_server.substr(1))) return;
    auto const bytes = bytes_of(root / samba_settings.substr(1));
    if (bytes) add_shares(out, samba_shares(read_smb_conf(*bytes)));
}

}  // namespace

std::vector<SettingFact> linux_settings(fs::path const& root) {
    std::vector<SettingFact> out;
    add_sshd(root, out);
    add_login_defs(root, out);
    add_sysctl(root, out);
    add_mounts(root, out);
    add_files(root, out);
    add_accounts(root, out);
    add_pam(root, out);
    add_drives(root, out);
    add_services(root, out);
    add_restart_signs(root, out);
    add_samba(root, out);
    return out;
}

}  // namespace merlon::sensors
