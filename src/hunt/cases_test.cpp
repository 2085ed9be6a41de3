// Runs the text cases of test/hunt/cases (form: test/hunt/README.md), one test each.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/json_read.h"
#include "base/json_text.h"
#include "base/test_places.h"
#include "base/text.h"
#include "hunt/hunt.h"

namespace merlon::hunt {
namespace {

struct Case {
    std::string id;       // FILE/NAME
    std::string query;
    std::string columns;  // "a:long, b:string"; empty: not looked at
    std::vector<std::string> rows;
    std::string refusal;  // what follows "--- error" or "--- refused", with that word; empty: rows are wanted
    bool any_rows = false;  // "--- accepted"
};

constexpr std::string_view type_words[] = {"bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid",
                                           "dynamic"};

void read_file(std::filesystem::path const& path, std::vector<Case>& cases) {
    std::ifstream file(path);
    auto const stem = path.stem().string() + "/";
    enum class Where : std::uint8_t { between, query, rows } where = Where::between;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("? ")) {
            auto const arrow = line.rfind(" -> ");
            auto const expression = line.substr(2, arrow - 2);
            auto value = line.substr(arrow + 4);
            Case made{stem + expression, "print x = " + expression, "", {}, "", false};
            for (auto const type : type_words)
                if (value.starts_with(std::string(type) + " ")) {
                    made.columns = "x:" + std::string(type);
                    value.erase(0, type.size() + 1);
                    break;
                }
            made.rows.push_back("[" + value + "]");
            cases.push_back(std::move(made));
            where = Where::between;
        } else if (line.starts_with("## ")) {
            cases.push_back({stem + line.substr(3), "", "", {}, "", false});
            where = Where::query;
        } else if (line.starts_with("---") && where == Where::query) {
            auto const rest = std::string(trim(std::string_view(line).substr(3)));
            if (rest.starts_with("error") || rest.starts_with("refused")) cases.back().refusal = rest;
            else if (rest == "accepted") cases.back().any_rows = true;
            else cases.back().columns = rest;
            where = Where::rows;
        } else if (where == Where::query) {
            cases.back().query += line + "\n";
        } else if (where == Where::rows && line.starts_with("[")) {
            cases.back().rows.push_back(line);
        }
    }
}

std::vector<Case> const& all_cases() {
    static std::vector<Case> const all = [] {
        std::vector<Case> cases;
        std::vector<std::filesystem::path> paths;
        std::error_code failed;
        for (auto const& entry : std::filesystem::directory_iterator(source_root() / "test/hunt/cases", failed))
            if (entry.path().extension() == ".case") paths.push_back(entry.path());
        std::sort(paths.begin(), paths.end());
        for (auto const& path : paths) read_file(path, cases);
        return cases;
    }();
    return all;
}

std::set<std::string> const& known_failures() {
    static std::set<std::string> const known = [] {
        std::set<std::string> ids;
        std::ifstream file(source_root() / "test/hunt/known-failures.txt");
        for (std::string line; std::getline(file, line);)
            if (!line.empty() && line[0] != '#') ids.insert(line);
        return ids;
    }();
    return known;
}

bool same_number(double a, double b) {
    return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

// Equal as JSON; 1.0 and 1 are the same number, "NaN" is text.
bool same(json::Value a, json::Value b) {
    using Kind = simdjson::dom::element_type;
    auto const number = [](json::Value v) { return v.is_number(); };
    if (number(a) && number(b)) {
        std::int64_t whole_a = 0, whole_b = 0;
        if (!a.get(whole_a) && !b.get(whole_b)) return whole_a == whole_b;
        return same_number(a.get_double().value(), b.get_double().value());
    }
    if (a.type() != b.type()) return false;
    if (a.type() == Kind::ARRAY) {
        auto const left = json::array(a), right = json::array(b);
        if (left.size() != right.size()) return false;
        for (auto i = left.begin(), k = right.begin(); i != left.end(); ++i, ++k)
            if (!same(*i, *k)) return false;
        return true;
    }
    if (a.type() == Kind::OBJECT) {
        simdjson::dom::object const left = a.get_object(), right = b.get_object();
        if (left.size() != right.size()) return false;
        for (auto const [key, value] : left) {
            json::Value other;
            if (right.at_key(key).get(other) || !same(value, other)) return false;
        }
        return true;
    }
    return json::dump(a) == json::dump(b);
}

bool same_row(std::string const& wanted, std::string const& got) {
    auto const a = json::Document::parse(wanted, "wanted"), b = json::Document::parse(got, "got");
    return a && b && same(a->root(), b->root());
}

std::optional<store::Connection> shared_engine;

// One engine for all cases, closed before the process begins to take its libraries apart.
struct EngineCloses : testing::Environment {
    void TearDown() override { shared_engine.reset(); }
};
auto const* const engine_closes = testing::AddGlobalTestEnvironment(new EngineCloses);

store::Connection& engine() {
    if (!shared_engine) {
        shared_engine = store::Database::open({}).value().connect().value();
        auto const ready = prepare(*shared_engine);
        if (!ready) throw std::runtime_error(describe(ready.error()));
    }
    return *shared_engine;
}

std::string printed(Answer const& answer) {
    std::string out;
    for (auto const& column : answer.columns) {
        if (!out.empty()) out += ", ";
        out += column.name + ":" + std::string(type_name(column.type));
    }
    return out;
}

std::string row_json(Answer const& answer, std::vector<Cell> const& row) {
    std::string out = "[";
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i) out += ',';
        append_cell_json(out, row[i], answer.columns[i].type);
    }
    return out + "]";
}

// What is wrong with the refusal, empty when it is as wanted.
std::string judge_refusal(Case const& wanted, Error const& got) {
    auto const text = got.code + ": " + describe(got);
    if (fault_of(got) == Fault::ours) return "a fault of ours: " + text;
    if (wanted.refusal.starts_with("refused")) return got.code == "hunt.not_supported" || got.code.starts_with("hunt.") ? "" : text;
    auto const parts = std::string_view(wanted.refusal).substr(5);
    auto const code = std::string(trim(parts.substr(0, parts.find("«"))));
    if (!code.empty() && code != got.code) return "wanted " + code + ", got " + text;
    auto const begin = parts.find("«");
    if (begin == std::string_view::npos) return "";
    auto const place = parts.substr(begin + 2, parts.rfind("»") - begin - 2);
    if (!got.span) return "no place: " + text;
    auto const at = std::string_view(wanted.query).substr(got.span->begin, got.span->end - got.span->begin);
    if (place.empty() || place.find("␤") != std::string_view::npos || at == place) return "";
    return "points at «" + std::string(at) + "», wanted «" + std::string(place) + "»: " + text;
}

std::string judge(Case const& wanted) {
    Options options;
    options.catalog = &Catalog::empty();
    auto const got = run(engine(), wanted.query, options);
    if (!got) {
        if (wanted.refusal.empty()) return render(got.error(), wanted.query) + " [" + got.error().code + "]";
        return judge_refusal(wanted, got.error());
    }
    if (wanted.refusal == "refused or rows" || wanted.any_rows) return "";
    std::string rows;
    for (auto const& row : got->rows) rows += row_json(*got, row) + "\n";
    if (!wanted.refusal.empty()) return "accepted, wanted " + wanted.refusal + "\n" + printed(*got) + "\n" + rows;
    if (!wanted.columns.empty() && printed(*got) != wanted.columns)
        return "columns " + printed(*got) + "\nwanted  " + wanted.columns;
    bool equal = got->rows.size() == wanted.rows.size();
    for (std::size_t i = 0; equal && i < wanted.rows.size(); ++i)
        equal = same_row(wanted.rows[i], row_json(*got, got->rows[i]));
    return equal ? "" : "rows\n" + rows + "wanted\n" + join(wanted.rows, "\n");
}

class HuntCase : public testing::TestWithParam<std::size_t> {};

TEST_P(HuntCase, Holds) {
    auto const& one = all_cases()[GetParam()];
    auto const wrong = judge(one);
    bool const known = known_failures().contains(one.id);
    if (wrong.empty()) {
        EXPECT_FALSE(known) << one.id << " holds now; take it out of test/hunt/known-failures.txt";
    } else {
        EXPECT_TRUE(known) << "CASE " << one.id << "\n" << one.query << "\n" << wrong;
    }
}

std::vector<std::size_t> numbers() {
    std::vector<std::size_t> made(all_cases().size());
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = i;
    return made;
}

INSTANTIATE_TEST_SUITE_P(Cases, HuntCase, testing::ValuesIn(numbers()));

// parse and print undo each other: the printed text compiles to the same SQL and prints the same again.
TEST(HuntCases, PrintedQueriesAreTheSameQueries) {
    Options options;
    options.catalog = &Catalog::empty();
    options.now = 638'000'000'000'000'000;
    std::size_t looked_at = 0;
    for (auto const& one : all_cases()) {
        auto const tree = parse(one.query);
        if (!tree) continue;
        auto const printed_once = print_kql(*tree);
        auto const again = parse(printed_once);
        ASSERT_TRUE(again) << one.id << "\n" << printed_once << "\n" << render(again.error(), printed_once);
        EXPECT_EQ(print_kql(*again), printed_once) << one.id;
        auto const before = compile(one.query, options), after = compile(printed_once, options);
        EXPECT_EQ(before.has_value(), after.has_value()) << one.id << "\n" << printed_once << (after ? "" : render(after.error(), printed_once));
        if (before && after) {
            EXPECT_EQ(before->sql, after->sql) << one.id << "\n" << printed_once;
        }
        ++looked_at;
    }
    EXPECT_GT(looked_at, 1000U);
}

TEST(HuntCases, AreThereAndNamedOnce) {
    std::set<std::string> ids;
    for (auto const& one : all_cases()) EXPECT_TRUE(ids.insert(one.id).second) << "two cases named " << one.id;
    EXPECT_GE(ids.size(), 600u);
    for (auto const& id : known_failures()) EXPECT_TRUE(ids.contains(id)) << "no case is named " << id;
}

}  // namespace
}  // namespace merlon::hunt
