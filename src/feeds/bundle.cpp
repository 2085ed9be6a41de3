#include "feeds/bundle.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "base/archive_write.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"

namespace merlon::feeds {
namespace {

bool plain(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

namespace fs = std::filesystem;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
constexpr std::string_view manifest_name = "merlon-bundle.json", signature_name = "merlon-bundle.sig";

std::unexpected<Error> damaged(fs::path const& path, std::string why) { return fail("feeds.bundle_damaged", path.string(), std::move(why)); }

unsigned char const* data_of(std::string_view bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

Result<std::string> public_hex(EVP_PKEY const* key) {
    unsigned char bytes[32];
    std::size_t length = sizeof bytes;
    if (EVP_PKEY_get_raw_public_key(key, bytes, &length) != 1 || length != sizeof bytes) return fail("feeds.bundle_key", "it is no Ed25519 key");
    return hex(std::span<unsigned char const>(bytes, length));
}

Result<Key> read_key(fs::path const& path) {
    std::unique_ptr<FILE, decltype(&fclose)> const file(fopen(path.c_str(), "rb"), fclose);
    if (!file) return fail("file.unreadable", path.string(), "it cannot be opened");
    Key key(PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) return fail("feeds.bundle_key", path.string() + " holds no Ed25519 private key (PEM)");
    return key;
}

Status make_key(fs::path const& path) {
    Key const key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
    if (!key) return fail("feeds.bundle_key", "a key could not be made");
    auto const before = ::umask(0077);
    std::unique_ptr<FILE, decltype(&fclose)> const file(fopen(path.c_str(), "wbx"), fclose);
    ::umask(before);
    if (!file || PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return fail("file.unwritable", path.string(), "the signing key cannot be written");
    return {};
}

Result<std::string> signed_by(EVP_PKEY* key, std::string_view bytes) {
    Context const context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    unsigned char signature[64];
    std::size_t length = sizeof signature;
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), signature, &length, data_of(bytes), bytes.size()) != 1)
        return fail("feeds.bundle_key", "the list of files could not be signed");
    return hex(std::span<unsigned char const>(signature, length));
}

bool verified(std::string const& key_hex, std::string_view bytes, std::string_view signature_hex) {
    auto const raw = from_hex(key_hex), signature = from_hex(trim(signature_hex));
    if (!raw || raw->size() != 32 || !signature || signature->size() != 64) return false;
    Key const key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data_of(*raw), raw->size()), EVP_PKEY_free);
    Context const context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), data_of(*signature), signature->size(), data_of(bytes), bytes.size()) == 1;
}

// Names become file names: no folders, nothing hidden.
bool plain_name(std::string_view name) {
    return !name.empty() && name.size() <= 120 && name[0] != '.' &&
           std::ranges::all_of(name, [](char c) { return plain(c) || c == '-' || c == '_' || c == '.'; });
}

Result<std::string> manifest_of(std::vector<BundleFile> const& files, std::string const& key, Ticks now) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("merlon_bundle", 1);
    json.member("created", iso_seconds(now));
    json.member("key", key);
    json.key("files");
    json.begin_array();
    for (auto const& file : files) {
        std::string bytes;
        std::ifstream in(file.file, std::ios::binary);
        if (!in) return fail("file.unreadable", file.file.string(), "it cannot be opened");
        bytes.assign(std::istreambuf_iterator<char>(in), {});
        json.begin_object();
        json.member("name", file.name);
        json.member("bytes", bytes.size());
        json.member("sha256", sha256_hex(bytes));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out + "\n";
}

struct Expected {
    std::string sha256;
    bool seen = false;
};

// Takes the members of a bundle in their order.
class Opening {
public:
    Opening(fs::path const& path, std::vector<std::string> const& trusted, fs::path const& folder) : path_(path), trusted_(trusted), folder_(folder) {}

    Status take(ArchiveMember const& member) {
        ++members_;
        if (members_ == 1) {
            if (member.name != manifest_name) return damaged(path_, "its first member is " + clean_text(member.name, 80));
            manifest_ = member.bytes;
            return {};
        }
        if (members_ == 2) {
            if (member.name != signature_name) return damaged(path_, "its second member is " + clean_text(member.name, 80));
            return check_manifest(member.bytes);
        }
        auto const found = expected_.find(member.name);
        if (found == expected_.end() || found->second.seen) return damaged(path_, "it holds " + clean_text(member.name, 80) + ", which is not in its list");
        if (sha256_hex(member.bytes) != found->second.sha256) return damaged(path_, member.name + " is not what its list says");
        found->second.seen = true;
        auto const file = folder_ / member.name;
        TRY(write_file_durably(file, member.bytes));
        opened_.files.push_back({member.name, file});
        return {};
    }
    Result<OpenedBundle> done() {
        for (auto const& [name, wanted] : expected_)
            if (!wanted.seen) return damaged(path_, name + " is missing");
        if (members_ < 3) return damaged(path_, "it holds no feed");
        return std::move(opened_);
    }

private:
    Status check_manifest(std::string_view signature) {
        auto const document = json::Document::parse(manifest_, "merlon-bundle.json");
        if (!document) return damaged(path_, "its list of files is no JSON");
        auto const root = document->root();
        if (json::integer(root, "merlon_bundle") != 1) return damaged(path_, "it is of a form that this version does not know");
        opened_.key = json::text(root, "key");
        opened_.created = parse_iso_time(json::text(root, "created")).value_or(0);
        if (!verified(opened_.key, manifest_, signature)) return damaged(path_, "its signature does not fit its list of files");
        if (std::ranges::find(trusted_, opened_.key) == trusted_.end()) return fail("feeds.bundle_untrusted", path_.string(), opened_.key);
        for (auto const entry : json::array(root, "files")) {
            auto const name = std::string(json::text(entry, "name"));
            if (!plain_name(name)) return damaged(path_, "a file in its list is called " + clean_text(name, 80));
            expected_[name] = {std::string(json::text(entry, "sha256")), false};
        }
        return {};
    }

    fs::path const& path_;
    std::vector<std::string> const& trusted_;
    fs::path const& folder_;
    std::size_t members_ = 0;
    std::string manifest_;
    std::map<std::string, Expected, std::less<>> expected_;
    OpenedBundle opened_;
};

}  // namespace

Result<std::string> bundle_key(fs::path const& key_file) {
    std::error_code failed;
    if (!fs::exists(key_file, failed)) TRY(make_key(key_file));
    auto const key = TRY(read_key(key_file));
    return public_hex(key.get());
}

Status write_bundle(fs::path const& to, std::vector<BundleFile> const& files, fs::path const& key_file, Ticks now) {
    if (files.empty()) return fail("feeds.bundle_empty");
    std::set<std::string> names;
    for (auto const& file : files) {
        if (!plain_name(file.name)) return fail("feeds.bundle_name", file.name);
        if (!names.insert(file.name).second) return fail("feeds.bundle_name", file.name + " (twice)");
        std::error_code failed;
        if (fs::is_directory(file.file, failed)) return fail("file.is_directory", file.file.string());  // a stream of one throws
    }
    auto const public_key = TRY(bundle_key(key_file));
    auto const key = TRY(read_key(key_file));
    auto const manifest = TRY(manifest_of(files, public_key, now));
    auto const signature = TRY(signed_by(key.get(), manifest));
    std::vector<ArchiveEntry> entries{{std::string(manifest_name), {}, manifest}, {std::string(signature_name), {}, signature + "\n"}};
    for (auto const& file : files) entries.push_back({file.name, file.file, {}});
    return write_archive(to, entries);
}

bool looks_like_bundle(fs::path const& path) {
    if (!looks_like_archive(path)) return false;
    bool is = false;
    (void)read_archive(path, [&](ArchiveMember const& member) -> Status {
        is = member.name == manifest_name;
        return fail("feeds.stopped", path.string());  // the first is enough
    });
    return is;
}

Result<OpenedBundle> open_bundle(fs::path const& path, std::vector<std::string> const& trusted, fs::path const& folder) {
    std::error_code failed;
    fs::remove_all(folder, failed);
    fs::create_directories(folder, failed);
    if (failed) return fail("file.unwritable", folder.string(), failed.message());
    Opening opening(path, trusted, folder);
    auto const walked = read_archive(path, [&](ArchiveMember const& member) { return opening.take(member); });
    auto opened = walked ? opening.done() : std::unexpected(walked.error());
    if (!opened) fs::remove_all(folder, failed);
    return opened;
}

}  // namespace merlon::feeds
