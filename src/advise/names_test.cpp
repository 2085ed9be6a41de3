#include <gtest/gtest.h>

#include "advise/recommendation.h"

namespace merlon::advise {
namespace {

TEST(Names, AreWrittenAsTheirMakersWriteThem) {
    EXPECT_EQ(shown_product("google", "chrome"), "Google Chrome");
    EXPECT_EQ(shown_product("microsoft", "windows_10"), "Microsoft Windows 10");
    EXPECT_EQ(shown_product("openssl", "openssl"), "OpenSSL");
    EXPECT_EQ(shown_product("apple", "macos"), "Apple macOS");
    EXPECT_EQ(shown_product("oracle", "vm_virtualbox"), "Oracle VM VirtualBox");
    EXPECT_EQ(shown_product("nodejs", "node.js"), "Node.js");
    EXPECT_EQ(shown_product("", "curl"), "Curl");
    EXPECT_EQ(shown_product("ubuntu", "openssh-server"), "Ubuntu OpenSSH server");
    EXPECT_EQ(shown_product("pypi", "django"), "PyPI Django");
    // The name of a domain stays as it is.
    EXPECT_EQ(shown_product("org.apache.logging.log4j", "log4j-core"), "org.apache.logging.log4j Log4j-core");
    // A maker called after its product is not said twice.
    EXPECT_EQ(shown_product("git-scm", "git"), "Git");
    EXPECT_EQ(shown_product("python_software_foundation", "python"), "Python");
    EXPECT_EQ(shown_product("x.org", "xorg-server"), "Xorg-server");
    EXPECT_EQ(shown_product("mozilla", "firefox"), "Mozilla Firefox");
}

}  // namespace
}  // namespace merlon::advise
