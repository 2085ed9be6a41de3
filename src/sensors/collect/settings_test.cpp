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
