// Names and versions freed of what installers add: architecture, language, version numbers, legal forms of companies.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace merlon::match {

// Words of a product name, lower case, without architecture, version, language, bracketed remarks and ".app":
// "Mozilla Firefox 115.0 (x64 en-US)" -> mozilla firefox. Letters beyond ASCII are kept as they are.
std::vector<std::string> name_words(std::string_view name);
// Words of a vendor without legal forms and mail addresses: "Docker Inc. <support@docker.com>" -> docker.
std::vector<std::string> vendor_words(std::string_view vendor);
// Words of a reverse domain name without top-level domain and generic parts: "com.google.Chrome" -> google chrome.
std::vector<std::string> bundle_words(std::string_view bundle_id);
// Those that tell the maker: the last one is the program's own name and tells none (com.ninxsoft.mist), unless it stands alone.
std::vector<std::string> bundle_makers(std::string_view bundle_id);
// True for a squeezed word behind the name of a product that leaves it the same product: "Chrome Beta", "7-Zip for Windows",
// "Reader XI SP1". Any other may make it another one: "MySQL Router", "Java Auto Updater", "WinRAR Theme Pack".
bool leaves_product(std::string_view word);
// Whether nothing but such words, versions, architectures, languages and remarks follow name[end].
bool only_the_same_product_follows(std::string_view name, std::size_t end);
// Lower case, letters and digits only: "Node.js" -> "nodejs".
std::string squeezed(std::string_view);
// Lower case with underscores for everything else: "Foxit Reader" -> "foxit_reader".
std::string with_underscores(std::string_view);
// A version standing at the end of a name or behind "version": "7-Zip 22.01 (x64)" -> "22.01"; "" when there is none.
std::string version_in_name(std::string_view name);

// The upstream version that is to be compared: Homebrew's "_1" and ",build", a package's epoch and revision, a bracketed
// build, a leading "v" fall away, as the source of the item uses them.
std::string clean_version(std::string_view version, std::string_view source);

// The version of a package of a language, as its ecosystem's records write it: a gem built for a platform has that behind
// its version in lock files (1.13.3-x86_64-linux), where the order reads a pre-release; so has what Bitnami built the revision of
// the build (1.25.3-2).
std::string package_version(std::string_view type, std::string_view version);

// Rewrites that a pattern cannot say, by name; nothing known of the name gives the version back.
//   python_windows  3.10.6150.0 -> 3.10.6, 3.14.101.0 -> 3.14.0 update alpha1 (patch*1000 + level*10 + serial, PC/python_ver_rc.h)
//   year_month      24.11.10 -> 2411.10 (Citrix writes 2411 on the product and 24.11 in the file)
//   minio_date      20200310000000 -> 2020-03-10T00-00-00Z
//   java_update     8.0.3010.9, 1.8.0_301 and 8u301 -> 1.8.0 update301, 7.0.800 -> 1.7.0 update80 (Oracle's installers)
std::string fixed_version(std::string_view fix, std::string_view version);

}  // namespace merlon::match
