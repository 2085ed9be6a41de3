#include "hunt/external.h"

#include <fstream>

#include <gtest/gtest.h>

#include "hunt/hunt.h"

namespace merlon::hunt {
namespace {

std::string joined(Result<std::vector<std::vector<std::string>>> const& rows) {
    if (!rows) return rows.error().code;
    std::string out;
    for (auto const& row : *rows) {
        for (auto const& cell : row) out += "[" + cell + "]";
        out += "\n";
    }
    return out;
}

TEST(External, ReadsSeparatedTextAndJson) {
    EXPECT_EQ(joined(external_rows("a,\"b,\"\"c\"\"\nd\"\n1,2,3\n\n", "https://h/x.csv", "", false, {"x", "y"})), "[a][b,\"c\"\nd]\n[1][2]\n");
    EXPECT_EQ(joined(external_rows("h\n1\n", "https://h/x", "csv", true, {"x", "y"})), "[1][]\n");
    EXPECT_EQ(joined(external_rows("one, two\r\n\r\nthree", "https://h/x.txt", "", false, {"x"})), "[one, two]\n[three]\n");
    EXPECT_EQ(joined(external_rows("a\tb\n", "https://h/x.tsv;key", "", false, {"x", "y"})), "[a][b]\n");
    EXPECT_EQ(joined(external_rows(R"([{"y": 1, "x": "t"}, {"x": null, "y": [2]}])", "https://h/x.json", "", false, {"x", "y"})), "[t][1]\n[][[2]]\n");
    EXPECT_EQ(joined(external_rows("{\"x\":1}\n{\"x\":2}\n", "https://h/x", "multijson", false, {"x"})), "[1]\n[2]\n");
    EXPECT_EQ(joined(external_rows("", "https://h/x", "parquet", false, {"x"})), "hunt.external_format");
}

std::string refused(ExternalData const& external, std::string_view address) {
    auto const bytes = read_external(&external, address);
    return bytes ? "read " + *bytes : bytes.error().code;
}

TEST(External, ReadsAllowedHostsOnly) {
    ExternalData external;
    external.fetch = [](std::string const& url) -> Result<std::string> { return "<" + url + ">"; };
    EXPECT_EQ(refused(external, "https://good.example/a"), "hunt.externaldata");
    external.hosts = {"good.example"};
    EXPECT_EQ(refused(external, "https://good.example/a;secret"), "read <https://good.example/a>");
    EXPECT_EQ(refused(external, "https://GOOD.example/a"), "read <https://GOOD.example/a>");
    for (auto const* bad : {"http://good.example/a", "https://good.example:8443/a", "https://user@good.example/a", "file:///etc/passwd",
                            "https://good.example/../a", "https://good.example/a b", "good.example/a", "https:///a"})
        EXPECT_EQ(refused(external, bad), "hunt.external_address") << bad;
    EXPECT_EQ(refused(external, "https://good.example.evil.example/a"), "hunt.external_host");
    EXPECT_EQ(refused(external, "https://evilgood.example/a"), "hunt.external_host");
}

TEST(External, MirrorComesFirst) {
    auto const folder = std::filesystem::path(testing::TempDir()) / "merlon-external-mirror";
    std::filesystem::create_directories(folder / "good.example" / "lists");
    std::ofstream(folder / "good.example" / "lists" / "a.csv") << "ip,seen\n10.0.0.1,2024-01-02\n10.0.0.2,never\n";
    ExternalData external{{"good.example"}, folder, {}};
    EXPECT_EQ(refused(external, "https://good.example/lists/none.csv"), "hunt.external_failed");
    auto connection = store::Database::open({}).value().connect().value();
    ASSERT_TRUE(prepare(connection));
    Options options;
    options.catalog = &Catalog::empty();
    options.external = &external;
    auto const answer = run(connection, R"(externaldata(ip:string, seen:datetime)["https://good.example/lists/a.csv"] with (format="csv", ignoreFirstRecord=true)
        | project ip, known = isnotnull(seen) | order by ip asc)", options);
    ASSERT_TRUE(answer) << describe(answer.error());
    ASSERT_EQ(answer->rows.size(), 2U);
    EXPECT_EQ(answer->rows[0], (std::vector<Cell>{std::string("10.0.0.1"), true}));
    EXPECT_EQ(answer->rows[1], (std::vector<Cell>{std::string("10.0.0.2"), false}));
    options.external = nullptr;
    EXPECT_EQ(run(connection, R"(externaldata(ip:string)["https://good.example/lists/a.csv"])", options).error().code, "hunt.externaldata");
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace merlon::hunt
