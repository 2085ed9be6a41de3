#include "feeds/bundle.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/archive_write.h"
#include "base/files.h"

namespace merlon::feeds {
namespace {

namespace fs = std::filesystem;

struct Place {
    fs::path folder = fs::path(::testing::TempDir()) / ("bundle_" + std::to_string(::getpid()));
    Place() { fs::create_directories(folder); }
    ~Place() { fs::remove_all(folder); }
    BundleFile file(std::string name, std::string_view bytes) const {
        std::ofstream(folder / name, std::ios::binary) << bytes;
        return {name, folder / name};
    }
};

std::string code_of(auto const& result) { return result ? std::string("none") : result.error().code; }

TEST(FeedBundle, CarriesFilesUnderASignature) {
    Place const place;
    auto const key = bundle_key(place.folder / "key.pem");
    ASSERT_TRUE(key) << describe(key.error());
    EXPECT_EQ(key->size(), 64U);
    EXPECT_EQ(*key, *bundle_key(place.folder / "key.pem"));
    auto const bundle = place.folder / "b.tar.zst";
    auto const written = write_bundle(bundle, {place.file("kev", "{}"), place.file("epss", "cve,epss\n")}, place.folder / "key.pem", unix_epoch_ticks);
    ASSERT_TRUE(written) << describe(written.error());
    EXPECT_TRUE(looks_like_bundle(bundle));
    EXPECT_FALSE(looks_like_bundle(place.folder / "kev"));

    EXPECT_EQ(code_of(open_bundle(bundle, {}, place.folder / "out")), "feeds.bundle_untrusted");
    EXPECT_FALSE(fs::exists(place.folder / "out"));
    auto const opened = open_bundle(bundle, {*key}, place.folder / "out");
    ASSERT_TRUE(opened) << describe(opened.error());
    ASSERT_EQ(opened->files.size(), 2U);
    EXPECT_EQ(opened->created, unix_epoch_ticks);
    EXPECT_EQ(read_file(opened->files[1].file).value(), "cve,epss\n");
}

TEST(FeedBundle, TakesFilesOnly) {
    Place const place;
    auto const outcome = [&](fs::path const& what) { return code_of(write_bundle(place.folder / "b.tar.zst", {{"feed", what}}, place.folder / "key.pem", unix_epoch_ticks)); };
    fs::create_directories(place.folder / "kev");
    EXPECT_EQ(outcome(place.folder / "kev"), "file.is_directory");
    EXPECT_EQ(outcome(place.folder / "nothing"), "file.unreadable");
    EXPECT_FALSE(fs::exists(place.folder / "b.tar.zst"));
}

TEST(FeedBundle, RefusesWhatWasChanged) {
    Place const place;
    auto const key_file = place.folder / "key.pem";
    auto const key = bundle_key(key_file).value();
    auto const bundle = place.folder / "b.tar.zst";
    ASSERT_TRUE(write_bundle(bundle, {place.file("kev", "{}")}, key_file, unix_epoch_ticks));
    std::vector<ArchiveEntry> members;
    ASSERT_TRUE(read_archive(bundle, [&](ArchiveMember member) -> Status {
        members.push_back({member.name, {}, member.bytes});
        return {};
    }));
    ASSERT_EQ(members.size(), 3U);
    auto const outcome = [&](auto change) {
        auto other = members;
        change(other);
        EXPECT_TRUE(write_archive(place.folder / "x.tar.zst", other));
        return code_of(open_bundle(place.folder / "x.tar.zst", {key}, place.folder / "out"));
    };
    EXPECT_EQ(outcome([](auto&) {}), "none");
    EXPECT_EQ(outcome([](auto& all) { all[2].bytes = "{ }"; }), "feeds.bundle_damaged");
    EXPECT_EQ(outcome([](auto& all) { all[0].bytes[10] ^= 1; }), "feeds.bundle_damaged");
    EXPECT_EQ(outcome([](auto& all) { all[1].bytes = std::string(128, '0'); }), "feeds.bundle_damaged");
    EXPECT_EQ(outcome([](auto& all) { all.pop_back(); }), "feeds.bundle_damaged");
    EXPECT_EQ(outcome([](auto& all) { all.push_back({"../evil", {}, "x"}); }), "feeds.bundle_damaged");
    EXPECT_EQ(outcome([](auto& all) { std::swap(all[0], all[1]); }), "feeds.bundle_damaged");
    EXPECT_EQ(code_of(write_bundle(bundle, {}, key_file, 0)), "feeds.bundle_empty");
    EXPECT_EQ(code_of(write_bundle(bundle, {{"../x", place.folder / "kev"}}, key_file, 0)), "feeds.bundle_name");
}

}  // namespace
}  // namespace merlon::feeds
