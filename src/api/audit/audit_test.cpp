#include "api/audit/audit.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace merlon::api {
namespace {

class AuditMirror : public testing::Test {
protected:
    std::filesystem::path const file = std::filesystem::temp_directory_path() / ("merlon-audit-" + std::to_string(::getpid()) + ".ndjson");
    store::Store store = store::Store::in_memory().value();
    store::Writer writer = store::Writer::start(store).value();
    store::Connection connection = store.connect().value();

    ~AuditMirror() override { std::filesystem::remove(file); }
    // All that was asked of the writer is done when it returns.
    void settle() { ASSERT_TRUE(writer.run([](store::Connection&) -> Status { return {}; })); }
    std::string mirrored() {
        settle();
        return std::get<std::string>(connection.scalar("SELECT coalesce(string_agg(action, ' ' ORDER BY number), '') FROM main.audit_event").value());
    }
    Status note(Audit& audit, std::string_view action) { return audit.note({}, {}, action, "admitted"); }
};

TEST_F(AuditMirror, BringsWithAnEventWhatItCouldNotTakeBefore) {
    auto const audit = Audit::open(file, store, writer).value();
    ASSERT_TRUE(note(*audit, "one"));
    ASSERT_EQ(mirrored(), "one");
    ASSERT_TRUE(connection.execute("ALTER TABLE main.audit_event RENAME TO elsewhere"));
    ASSERT_TRUE(note(*audit, "two"));
    ASSERT_TRUE(note(*audit, "three"));
    settle();
    ASSERT_TRUE(connection.execute("ALTER TABLE elsewhere RENAME TO audit_event"));
    ASSERT_EQ(mirrored(), "one");
    ASSERT_TRUE(note(*audit, "four"));
    EXPECT_EQ(mirrored(), "one two three four");
}

TEST_F(AuditMirror, IsBroughtUpToDateAtAStart) {
    for (auto const* action : {"one", "two"}) {
        auto const audit = Audit::open(file, store, writer).value();
        ASSERT_TRUE(note(*audit, action));
        settle();
    }
    ASSERT_TRUE(connection.execute("DELETE FROM main.audit_event"));
    auto const audit = Audit::open(file, store, writer).value();
    EXPECT_EQ(mirrored(), "one two");
}

}  // namespace
}  // namespace merlon::api
