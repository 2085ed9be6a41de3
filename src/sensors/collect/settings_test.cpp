#include "sensors/collect/settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>

namespace merlon::sensors {
namespace {

namespace fs = std::filesystem;

class Machine : public testing::Test {
protected:
    fs::path root = fs::temp_directory_path() / ("merlon-settings-of-" + std::to_string(::getpid()));
    void SetUp() override { fs::remove_all(root); }
    void TearDown() override { fs::remove_all(root); }
    void file(std::string const& path, std::string const& text) const {
        fs::create_directories((root / path).parent_path());
        std::ofstream(root / path) << text;
    }
    std::map<std::string, std::string> facts() const {
        std::map<std::string, std::string> out;
        for (auto const& fact : linux_settings(root)) out.emplace(fact.key, fact.value);
        return out;
    }
};

TEST_F(Machine, WithoutFilesSaysNothing) {
    fs::create_directories(root);
    EXPECT_TRUE(facts().empty());
}

TEST_F(Machine, SshdCountsTheFirstValueAndIncludesWhereTheyStand) {
    file("etc/ssh/sshd_config", "# comment\nInclude /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\nX11Forwarding=no\nMatch User bob\nPasswordAuthentication yes\n");
    file("etc/ssh/sshd_config.d/10.conf", "PermitRootLogin no\n");
    auto const got = facts();
    EXPECT_EQ(got.at("sshd.permitrootlogin"), "no");
    EXPECT_EQ(got.at("sshd.x11forwarding"), "no");
    EXPECT_FALSE(got.contains("sshd.passwordauthentication"));
}

TEST_F(Machine, SshdTimesAreSecondsAndOutdatedAlgorithmsAreCounted) {
    file("etc/ssh/sshd_config", "LoginGraceTime 1m30s\nClientAliveInterval 5m\nMaxStartups 4:50:10\nCiphers aes256-gcm@openssh.com,3des-cbc,aes128-cbc\nMACs -hmac-md5\n");
    auto const got = facts();
    EXPECT_EQ(got.at("sshd.logingracetime"), "90");
    EXPECT_EQ(got.at("sshd.clientaliveinterval"), "300");
    EXPECT_EQ(got.at("sshd.most_half_open"), "10");
    EXPECT_EQ(got.at("sshd.outdated_algorithms"), "2");
}

TEST_F(Machine, PasswordsDrivesAndTheStart) {
    file("etc/pam.d/common-password", "# pam_faillock.so\npassword requisite pam_pwquality.so retry=3\n");
    file("sys/block/dm-0/dm/uuid", "CRYPT-LUKS2-abc-root\n");
    file("sys/block/nvme0n1/size", "1\n");
    file("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", std::string("\6\0\0\0\1", 5));
    file("etc/debian_version", "12.5\n");
    file("run/reboot-required", "*** System restart required ***\n");
    file("run/reboot-required.pkgs", "linux-image-6.1.0-18-amd64\nlibc6\nlinux-image-6.1.0-18-amd64\n");
    file("boot/vmlinuz-6.1.0-18-amd64", "");
    file("proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
    file("etc/systemd/system/sockets.target.wants/telnet.socket", "");
    auto const got = facts();
    EXPECT_EQ(got.at("pam.password_quality"), "1");
    EXPECT_EQ(got.at("pam.lockout"), "0");
    EXPECT_EQ(got.at("drives.encrypted"), "1");
    EXPECT_EQ(got.at("firmware.secure_boot"), "1");
    EXPECT_EQ(got.at("restart.pending"), "1");
    EXPECT_EQ(got.at("restart.reason.packages").find(R"({"detail":"libc6, linux-image-6.1.0-18-amd64","since":"20)"), 0U);
    EXPECT_EQ(got.at("restart.reason.kernel").find(R"({"detail":"6.1.0-18-amd64 is installed, 6.1.0-9-amd64 runs","since":"20)"), 0U);
    EXPECT_EQ(got.at("services.plain_text_remote"), "1");
}

TEST_F(Machine, TellsWhatSambaSharesWhereItsServerIs) {
    file("etc/samba/smb.conf", "[global]\nworkgroup = X\n[data]\npath = /srv/data\nread only = no\n");
    EXPECT_TRUE(facts().empty());
    file("usr/sbin/smbd", "");
    auto const got = facts();
    EXPECT_EQ(got.at("shares.data.path"), "/srv/data");
    EXPECT_EQ(got.at("shares.data.everyone_writes"), "1");
}

TEST_F(Machine, CountsAccountsAndKeepsNoSecret) {
    file("etc/passwd", "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n");
    file("etc/shadow", "root:$y$secret:1::::::\nbob::1::::::\n");
    file("etc/sudoers", "#%wheel ALL=(ALL) NOPASSWD: ALL\n%sudo ALL=(ALL:ALL) ALL\n");
    file("etc/sudoers.d/bob", "bob ALL=(ALL) NOPASSWD: ALL\n");
    ::chmod((root / "etc/shadow").c_str(), 0644);
    auto const got = facts();
    EXPECT_EQ(got.at("accounts.uid_zero"), "2");
    EXPECT_EQ(got.at("accounts.empty_passwords"), "1");
    EXPECT_EQ(got.at("accounts.sudo_without_password"), "1");
    EXPECT_EQ(got.at("files./etc/shadow.mode"), "0644");
    for (auto const& [key, value] : got) EXPECT_EQ(value.find("secret"), std::string::npos) << key;
}

TEST_F(Machine, ServicesMountsAndUpdates) {
    file("etc/systemd/system/multi-user.target.wants/nftables.service", "");
    file("etc/apt/apt.conf.d/20auto-upgrades", "APT::Periodic::Unattended-Upgrade \"1\";\n");
    file("proc/self/mounts", "tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n/dev/sda1 / ext4 rw 0 0\n");
    file("proc/sys/net/ipv4/ip_forward", "1\n");
    auto const got = facts();
    EXPECT_EQ(got.at("services.firewall"), "1");
    EXPECT_EQ(got.at("services.auditd"), "0");
    EXPECT_EQ(got.at("updates.automatic"), "1");
    EXPECT_EQ(got.at("mounts./dev/shm.flags"), "rw,nosuid,nodev");
    EXPECT_EQ(got.at("sysctl.net.ipv4.ip_forward"), "1");
    EXPECT_FALSE(got.contains("mounts./tmp.flags"));
}

}  // namespace
}  // namespace merlon::sensors
