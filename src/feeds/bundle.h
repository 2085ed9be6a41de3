// Feeds carried to a site without a network: one compressed file, signed.
//
// A tar with zstd. Its first member, merlon-bundle.json, lists the others with their SHA-256 and names the public key; the
// second, merlon-bundle.sig, is the Ed25519 signature of the first member's bytes, in hex. Then the feed files as they were
// fetched. Whoever loads it trusts a key by its hex digits (setting feeds.bundle_key, or --key); nothing of a bundle is
// loaded before all of it has been checked.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace merlon::feeds {

struct BundleFile {
    std::string name;            // "kev", "nvd-2024": keeps the files apart; readers go by content
    std::filesystem::path file;
};

// The public key, in hex, of the private one in `key_file`; a new pair is made when there is no such file.
Result<std::string> bundle_key(std::filesystem::path const& key_file);
// Names must differ. Errors: feeds.bundle_empty, file.*.
Status write_bundle(std::filesystem::path const& to, std::vector<BundleFile> const&, std::filesystem::path const& key_file, Ticks now);

bool looks_like_bundle(std::filesystem::path const&);

struct OpenedBundle {
    Ticks created = 0;
    std::string key;
    std::vector<BundleFile> files;  // unpacked into the folder
};
// Checks signature, key and every file, and unpacks into `folder` (made, emptied before). `trusted`: public keys in hex.
// Errors: feeds.bundle_untrusted, feeds.bundle_damaged, file.*.
Result<OpenedBundle> open_bundle(std::filesystem::path const&, std::vector<std::string> const& trusted, std::filesystem::path const& folder);

}  // namespace merlon::feeds
