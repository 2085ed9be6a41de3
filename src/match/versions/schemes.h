// What each scheme file offers to the registry in versions.cpp. Keys are appended to `out`.
#pragma once
#include <string>
#include <string_view>

namespace merlon::match {

void dpkg_key(std::string& out, std::string_view version);
void rpm_key(std::string& out, std::string_view version);
void rpmvercmp_key(std::string& out, std::string_view version);
void apk_key(std::string& out, std::string_view version);
void gentoo_key(std::string& out, std::string_view version);
void semver_key(std::string& out, std::string_view version);
void golang_key(std::string& out, std::string_view version);
void pub_key(std::string& out, std::string_view version);
void nuget_key(std::string& out, std::string_view version);
void pep440_key(std::string& out, std::string_view version);
void gem_key(std::string& out, std::string_view version);
void cran_key(std::string& out, std::string_view version);
void intdot_key(std::string& out, std::string_view version);
void lexicographic_key(std::string& out, std::string_view version);
void datetime_key(std::string& out, std::string_view version);
void cpe_key(std::string& out, std::string_view version);
void windows_key(std::string& out, std::string_view version);
void windows_build_key(std::string& out, std::string_view version);
void macos_key(std::string& out, std::string_view version);
void openssl_key(std::string& out, std::string_view version);

int maven_compare(std::string_view a, std::string_view b);
int packagist_compare(std::string_view a, std::string_view b);
int alpm_compare(std::string_view a, std::string_view b);

}  // namespace merlon::match
