// The functions as the engine runs them: one SQL expression and its text a line.
#include "hunt/functions/runtime/register.h"

#include <gtest/gtest.h>

#include "hunt/functions/table.h"

namespace merlon::hunt {
namespace {

struct Case {
    char const* sql;
    char const* expected;  // NULL for null
};

class Functions : public testing::Test {
protected:
    static void SetUpTestSuite() {
        database_ = std::make_unique<store::Database>(store::Database::open({}).value());
        connection_ = std::make_unique<store::Connection>(database_->connect().value());
        auto const done = register_functions(*connection_);
        ASSERT_TRUE(done) << describe(done.error());
    }
    static void TearDownTestSuite() {
        connection_.reset();
        database_.reset();
    }
    static std::string ask(std::string const& sql) {
        auto const value = connection_->scalar("SELECT CAST(" + sql + " AS VARCHAR)");
        if (!value) return "error: " + describe(value.error());
        if (auto const* text = std::get_if<std::string>(&*value)) return *text;
        return "NULL";
    }
    static void check(std::initializer_list<Case> cases) {
        for (auto const& [sql, expected] : cases) EXPECT_EQ(ask(sql), expected) << sql;
    }

    static std::unique_ptr<store::Database> database_;
    static std::unique_ptr<store::Connection> connection_;
};
std::unique_ptr<store::Database> Functions::database_;
std::unique_ptr<store::Connection> Functions::connection_;

TEST_F(Functions, TermsEndAtEverythingButLettersAndDigits) {
    check({{"kql_has('powershell.exe -enc AAA', '-enc ')", "true"},
           {"kql_has('a_b', 'A')", "true"},
           {"kql_has('ab', 'a')", "false"},
           {"kql_has('xcmd.exe', 'cmd.exe')", "false"},
           {"kql_has('run cmd.exe now', 'CMD.EXE')", "true"},
           {"kql_has('cmd.exe2', 'cmd.exe')", "false"},
           {"kql_has('crème brûlée', 'BRÛLÉE')", "true"},
           {"kql_has('écran', 'cran')", "false"},
           {"kql_has('anything', '')", "true"},
           {"kql_has('C:\\Users', '\\')", "true"},
           {"kql_has_cs('Abc', 'abc')", "false"},
           {"kql_hasprefix('net user-add', 'us')", "true"},
           {"kql_hasprefix('net user-add', 'ser')", "false"},
           {"kql_hassuffix('net user-add', 'ser')", "true"},
           {"kql_hassuffix('net user-add', 'us')", "false"},
           {"kql_has(repeat('x ', 40) || 'needle', 'Needle')", "true"},
           {"kql_has(NULL, 'x')", "false"}});
}

TEST_F(Functions, ContainsAndItsRelativesFoldUnicode) {
    check({{"kql_contains('100% done', '%')", "true"},
           {"kql_contains('ÅNGSTRÖM unit', 'ström')", "true"},
           {"kql_contains_cs('Abc', 'b')", "true"},
           {"kql_startswith('Straße', 'STRA')", "true"},
           {"kql_endswith('ΣΊΣΥΦΟΣ', 'υφος')", "true"},
           {"kql_equals_ci('ΌΣΟΣ', 'όσος')", "true"},
           {"kql_equals_ci('straße', 'STRASSE')", "false"},
           {"kql_has_any('run net.exe', '[\"cmd\",\"NET\"]')", "true"},
           {"kql_has_any('run', '[]')", "false"},
           {"kql_has_any('run', '[\"zzz\",null]')", "true"},
           {"kql_has_all('run net.exe', '[\"exe\",\"net\"]')", "true"},
           {"kql_has_all('run', '[]')", "true"},
           {"kql_has_any_index('run net.exe', '[\"cmd\",\"net\"]')", "1"},
           {"kql_in_ci('ÉCLAIR', '[\"x\",\"éclair\"]')", "true"}});
}

TEST_F(Functions, RegularExpressions) {
    check({{"kql_matches_regex('abc123', '[0-9]+$')", "true"},
           {"kql_matches_regex('٣', '^\\d$')", "true"},
           {"kql_extract('(?<word>[a-z]+)-(\\d+)', 2, 'x abc-42')", "42"},
           {"kql_extract('(a)|(b)', 1, 'b')", ""},
           {"kql_extract('a', 5, 'a')", ""},
           {"kql_extract_all('([a-z])(\\d)?', 'a1b')", "[[\"a\",\"1\"],[\"b\",\"\"]]"},
           {"kql_extract_all('(z)', 'abc')", "NULL"},
           {"kql_extract_all('(\\w)(\\w)', '[2]', 'abcd')", "[\"b\",\"d\"]"},
           {"kql_replace_regex('2024-01-02', '(\\d+)-(\\d+)', '\\2/\\1')", "01/2024-02"},
           {"kql_trim('\\s+', '  x  ')", "x"},
           {"kql_trim(' ', '  x  ')", " x "},
           {"kql_trim_end('b|c', 'abcbc')", "abcb"},
           {"kql_countof_regex('aaaa', 'aa')", "2"},
           {"kql_indexof_regex('abcabc', 'a.c', 1, -1, 1)", "3"},
           {"kql_regex_quote('a.b')", "a\\.b"}});
    EXPECT_TRUE(ask("kql_matches_regex('a', '(?=b)')").starts_with("error: "));
}

TEST_F(Functions, Text) {
    check({{"kql_substring('abcdef', -2)", "ef"},
           {"kql_substring('abcdef', 1, 2)", "bc"},
           {"kql_substring('日本語', 1, 1)", "本"},
           {"kql_substring('abc', 0, -1)", ""},
           {"kql_indexof('abcabc', 'c', 3, -1, 1)", "5"},
           {"kql_indexof('abcabc', 'c', 0, -1, 2)", "5"},
           {"kql_indexof('日本', '本', 0, -1, 1)", "1"},
           {"kql_indexof('abc', '', 0, -1, 1)", "NULL"},
           {"kql_countof('aaa', 'aa')", "2"},
           {"kql_split('a,,b', ',')", "[\"a\",\"\",\"b\"]"},
           {"kql_split('', ',')", "[\"\"]"},
           {"kql_split('a,b', ',', 1)", "[\"b\"]"},
           {"kql_split('a,b', ',', 2)", "NULL"},
           {"kql_strlen('naïve')", "5"},
           {"kql_toupper('straße')", "STRAßE"},
           {"kql_reverse('héj')", "jéh"},
           {"kql_translate('abc', 'xy', 'aabbcc-')", "xxyyyy-"},
           {"kql_strcat('a', NULL, 'b')", "ab"},
           {"kql_strcat_delim('-', 'a', '', 'b')", "a--b"},
           {"kql_format_bytes(10332, 1, '')", "10.1 KB"},
           {"kql_format_bytes(564, 0, '')", "564 Bytes"},
           {"kql_tohex(-256::INTEGER, 8)", "ffffff00"},
           {"kql_make_string('72', '[105,33]')", "Hi!"},
           {"kql_replace_strings('This is', '[\"This\",\"is\"]', '[\"This\",\"was\"]')", "This was"}});
}

TEST_F(Functions, ConversionsNeverFail) {
    check({{"kql_tolong_text(' 7 ')", "7"},
           {"kql_tolong_text('0x1F')", "31"},
           {"kql_tolong_text('5.7')", "NULL"},
           {"kql_tolong_text('1e3')", "NULL"},
           {"kql_tolong_text('9223372036854775808')", "NULL"},
           {"kql_toint_text('2147483648')", "NULL"},
           {"kql_toint_long(2147483648)", "-2147483648"},
           {"kql_toint_real(1e19)", "2147483647"},
           {"kql_tolong_real('inf'::DOUBLE)", "NULL"},
           {"kql_tolong_real(-2.9)", "-2"},
           {"kql_toreal_text('5.')", "5.0"},
           {"kql_toreal_text('1,000')", "NULL"},
           {"kql_tobool_text('yes')", "NULL"},
           {"kql_tobool_text(' TRUE ')", "true"},
           {"kql_tobool_dynamic('\"0\"')", "false"},
           {"kql_tostring_real(1e0)", "1.0"},
           {"kql_tostring_real(0.1::DOUBLE + 0.2::DOUBLE)", "0.30000000000000007"},
           {"kql_tostring_bool(true)", "True"},
           {"kql_tostring_long(NULL)", ""},
           {"kql_tostring_timespan(-36000000000)", "-01:00:00"},
           {"kql_toguid('{AC6D5A4B-0000-0000-0000-000000000001}')", "ac6d5a4b-0000-0000-0000-000000000001"}});
}

TEST_F(Functions, DatetimesOfText) {
    auto const reads = [](std::string const& text) {
        return ask("kql_tostring_datetime(kql_todatetime_text('" + text + "'))");
    };
    EXPECT_EQ(reads("2022-12-02"), "2022-12-02T00:00:00.0000000Z");
    EXPECT_EQ(reads("2022-12-02T13:45:56.1234567+02:00"), "2022-12-02T11:45:56.1234567Z");
    EXPECT_EQ(reads("12/02/2022 1:05 PM"), "2022-12-02T13:05:00.0000000Z");
    EXPECT_EQ(reads("Fri, 02 Dec 2022 13:45:56 GMT"), "2022-12-02T13:45:56.0000000Z");
    EXPECT_EQ(reads("10:00 14 jun 2025"), "2025-06-14T10:00:00.0000000Z");
    EXPECT_EQ(reads("13-01-2022"), "");
    EXPECT_EQ(reads("soon"), "");
    check({{"kql_tostring_timespan(kql_totimespan_text('1.02:03:04.5'))", "1.02:03:04.5000000"},
           {"kql_tostring_timespan(kql_totimespan_text('90s'))", "00:01:30"},
           {"kql_totimespan_text('1.5')", "NULL"}});
}

TEST_F(Functions, DynamicAccess) {
    check({{"kql_parse_json(' { \"a\" : [ 1 , 1e2 , \"x\\u00e9\" ] } ')", "{\"a\":[1,100.0,\"xé\"]}"},
           {"kql_parse_json('not json')", "\"not json\""},
           {"kql_parse_json('')", "NULL"},
           {"kql_parse_json('null')", "NULL"},
           {"kql_parse_json('{\"a\":01}')", "\"{\\\"a\\\":01}\""},
           {"kql_member('{\"a\":{\"b\":1},\"b\":2}', 'b')", "2"},
           {"kql_member('{\"a\":null}', 'a')", "NULL"},
           {"kql_member('{\"q\\\"t\":5}', 'q\"t')", "5"},
           {"kql_item('[1,[2,3],\"]\"]', -1)", "\"]\""},
           {"kql_item('[1]', 1)", "NULL"},
           {"kql_path('{\"a\":{\"b c\":[7,8]}}', '$.a[''b c''][1]')", "8"},
           {"kql_path_text('{\"a\":\"x\\ny\"}', '$.a')", "x\ny"},
           {"kql_tostring_dynamic('\"a\\\"b\"')", "a\"b"},
           {"kql_tolong_dynamic('9.99')", "9"},
           {"kql_tolong_dynamic('[1]')", "NULL"},
           {"kql_gettype_dynamic(NULL)", "null"}});
}

TEST_F(Functions, ArraysSetsAndBags) {
    check({{"kql_array_slice('[1,2,3,4,5]', -3, -2)", "[3,4]"},
           {"kql_array_sort_asc('[\"b\",null,3,\"a\",1]', true)", "[1,3,\"a\",\"b\",null]"},
           {"kql_array_sort_desc_by('[1,3,2]', '[\"a\",\"c\",\"b\"]', true)", "[\"c\",\"b\",\"a\"]"},
           {"kql_array_index_of('[1,\"1\",1]', '1', 1, -1, 1)", "2"},
           {"kql_array_sum('[1,null,2.5]')", "3.5"},
           {"kql_array_sum('[]')", "NULL"},
           {"kql_array_concat('[1]', NULL, '[2]')", "[1,2]"},
           {"kql_array_rotate_left('[1,2,3]', -1)", "[3,1,2]"},
           {"kql_array_shift_right('[1,2,3]', 1, 'null')", "[null,1,2]"},
           {"kql_array_split('[1,2,3,4]', '[1,-2]')", "[[1],[2],[3,4]]"},
           {"kql_array_iff('[true,false,\"x\"]', '[1,2,3]', '0')", "[1,0,null]"},
           {"kql_zip('[1,2]', '[3]')", "[[1,3],[2,null]]"},
           {"kql_strcat_array('[\"a\",null,true,2]', '-')", "a--true-2"},
           {"kql_set_union('[1,2,1.0]', '[3,2]')", "[1,2,3]"},
           {"kql_set_difference('[1,2,3]', '[2]', '[3]')", "[1]"},
           {"kql_set_has_element('[1,2]', '\"2\"')", "false"},
           {"kql_bag_merge('{\"a\":1}', '{\"a\":2,\"b\":3}')", "{\"a\":1,\"b\":3}"},
           {"kql_bag_remove_keys('{\"a\":{\"b\":1,\"c\":2},\"d\":3}', '[\"$.a.b\",\"d\"]')", "{\"a\":{\"c\":2}}"},
           {"kql_bag_set_key('{\"a\":{}}', '$.a.b', '[1]')", "{\"a\":{\"b\":[1]}}"},
           {"kql_bag_pack('a', '1', '', '2', 'c', NULL)", "{\"a\":1,\"c\":null}"},
           {"kql_treepath('{\"a\":[1,2],\"b\":{\"c\":1}}')",
            "[\"['a']\",\"['a'][0]\",\"['b']\",\"['b']['c']\"]"}});
}

TEST_F(Functions, Times) {
    auto const t = "kql_todatetime_text('2024-02-29 23:59:59.9999999')";
    auto const with = [&](std::string call) {
        return ask("kql_tostring_datetime(" + call.replace(call.find('@'), 1, t) + ")");
    };
    EXPECT_EQ(with("kql_startofweek(@, 0)"), "2024-02-25T00:00:00.0000000Z");
    EXPECT_EQ(with("kql_endofmonth(@, 12)"), "2025-02-28T23:59:59.9999999Z");
    EXPECT_EQ(with("kql_datetime_add('year', 1, @)"), "2025-02-28T23:59:59.9999999Z");
    EXPECT_EQ(with("kql_bin_datetime(@, 3 * 864000000000)"), "2024-02-27T00:00:00.0000000Z");
    check({{"kql_datetime_diff('hour', kql_todatetime_text('2020-01-01 01:01'), kql_todatetime_text('2020-01-01 00:59'))", "1"},
           {"kql_week_of_year(kql_todatetime_text('2021-01-03'))", "53"},
           {"kql_bin(-7, 5)", "-10"},
           {"kql_bin(7, 0)", "NULL"},
           {"kql_bin_real(-0.5, 1)", "-1.0"},
           {"kql_make_datetime(2020, 13, 1, 0, 0, 0)", "NULL"},
           {"kql_format_datetime(kql_todatetime_text('2007-03-09 17:04:03'), 'dddd, MMM h tt')", "0909, 033 5 PM"},
           {"kql_format_timespan(-900000000, 'mm:ss')", "-01:30"},
           {"kql_dayofweek(kql_todatetime_text('2024-02-29'))", "3456000000000"}});
    EXPECT_TRUE(ask("kql_format_timespan(0, '%d')").starts_with("error: "));
    EXPECT_TRUE(ask("kql_datetime_part('fortnight', 0)").starts_with("error: "));
}

TEST_F(Functions, Arithmetic) {
    check({{"kql_add(9223372036854775807, 1)", "-9223372036854775808"},
           {"kql_div(-7, 2)", "-3"},
           {"kql_div(1, 0)", "NULL"},
           {"kql_mod(-7, 3)", "2"},
           {"kql_mod(-7, -3)", "2"},
           {"kql_mod(-7.5::DOUBLE, 2::DOUBLE)", "0.5"},
           {"kql_round(2.5, 0)", "3.0"},
           {"kql_round(-2.5, 0)", "-3.0"},
           {"kql_log(-1)", "NULL"},
           {"kql_log(0)", "-inf"},
           {"kql_sqrt(-1)", "nan"},
           {"kql_isnan(NULL)", "NULL"},
           {"kql_shift_left(1, 65)", "2"}});
}

TEST_F(Functions, HashesAndEncodings) {
    check({{"kql_hash('World')", "1846988464401551951"},
           {"kql_hash('World', 100)", "51"},
           {"kql_hash('Nobody inspects the spammish repetition')", "-302119147016844303"},
           {"kql_hash_md5('')", ""},
           {"kql_hash_sha1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"},
           {"kql_base64_decode('aGk=')", "hi"},
           {"kql_base64_decode('a')", ""},
           {"kql_base64_decode(kql_base64_encode('naïve'))", "naïve"},
           {"kql_base64_decode('//8=')", ""},
           {"kql_url_encode('a b/é')", "a+b%2f%c3%a9"},
           {"kql_url_encode_component('a b/')", "a%20b%2f"},
           {"kql_url_decode('a%20b%zz')", "a b%zz"},
           {"kql_gzip_decompress(kql_gzip_compress('again and again'))", "again and again"},
           {"kql_zlib_decompress('nothing')", ""},
           {"kql_punycode_encode('bücher')", "bcher-kva"},
           {"kql_punycode_decode('bcher-kva')", "bücher"}});
}

TEST_F(Functions, StructuredTexts) {
    check({{"kql_parse_url('https://u:p@h.io:8080/a/b?x=1&y=2&x=3#top')",
            "{\"Scheme\":\"https\",\"Host\":\"h.io\",\"Port\":\"8080\",\"Path\":\"/a/b\",\"Username\":\"u\","
            "\"Password\":\"p\",\"Query Parameters\":{\"x\":[\"1\",\"3\"],\"y\":\"2\"},\"Fragment\":\"top\"}"},
           {"kql_path_text(kql_parse_path('C:\\temp\\sub\\file.tar.gz:stream'), '$.Filename')", "file.tar.gz"},
           {"kql_path_text(kql_parse_path('C:\\temp\\sub\\file.tar.gz:stream'), '$.DirectoryName')", "sub"},
           {"kql_path_text(kql_parse_path('C:\\temp\\sub\\file.tar.gz:stream'), '$.AlternateDataStreamName')", "stream"},
           {"kql_path_text(kql_parse_path('/usr/bin/env'), '$.DirectoryPath')", "/usr/bin"},
           {"kql_parse_command_line('a.exe \"b c\" d\\\"e')", "[\"a.exe\",\"b c\",\"d\\\"e\"]"},
           {"kql_parse_csv('a,\"b,\"\"c\",')", "[\"a\",\"b,\\\"c\",\"\"]"},
           {"kql_parse_xml('<a x=\"1\"><b>2</b><b>3</b></a>')", "{\"a\":{\"@x\":\"1\",\"b\":[\"2\",\"3\"]}}"},
           {"kql_parse_xml('a<b')", "NULL"},
           {"kql_version_digits('1.2.3')", "1000000020000000300000000"},
           {"kql_version_digits('1.x')", "NULL"}});
}

TEST_F(Functions, Addresses) {
    check({{"kql_parse_ipv4('192.168.1.1')", "3232235777"},
           {"kql_parse_ipv4('192.168.01.1')", "NULL"},
           {"kql_ipv4_is_private('127.0.0.1')", "false"},
           {"kql_ipv4_is_private('172.31.255.255')", "true"},
           {"kql_ipv4_is_private('nowhere')", "NULL"},
           {"kql_ipv4_is_in_range('10.1.2.3', '10.1.0.0/16')", "true"},
           {"kql_ipv4_is_in_any_range('10.1.2.3', '[\"1.0.0.0/8\",\"10.0.0.0/8\"]')", "true"},
           {"kql_ipv4_compare('192.168.1.1/24', '192.168.1.9', 32)", "0"},
           {"kql_format_ipv4_mask(3232235777, 24)", "192.168.1.0/24"},
           {"kql_ipv4_range_to_cidr_list('10.0.0.1', '10.0.0.4')", "[\"10.0.0.1/32\",\"10.0.0.2/31\",\"10.0.0.4/32\"]"},
           {"kql_parse_ipv6('fe80::1%eth0', 128)", "fe80:0000:0000:0000:0000:0000:0000:0001"},
           {"kql_parse_ipv6('1.2.3.4', 128)", "0000:0000:0000:0000:0000:ffff:0102:0304"},
           {"kql_parse_ipv6('1::2::3', 128)", ""},
           {"kql_ipv6_is_in_range('2001:db8::5', '2001:db8::/32')", "true"},
           {"kql_has_ipv4('at 10.0.0.1:80', '10.0.0.1')", "true"},
           {"kql_has_ipv4('at 110.0.0.1', '10.0.0.1')", "false"},
           {"kql_has_ipv4_prefix('at 10.0.0.1', '10.0.')", "true"}});
}

TEST_F(Functions, Series) {
    check({{"kql_series_add('[1,2,null]', '[4,0.5]')", "[5,2.5,null]"},
           {"kql_series_divide('[1,0]', '2')", "[0.5,0.0]"},
           {"kql_series_greater_equals('[1,2]', '2')", "[false,true]"},
           {"kql_series_floor('[-1.5,\"x\"]')", "[-2.0,null]"},
           {"kql_series_fill_const('[1,null,0]', '-1', '0')", "[1,-1,-1]"},
           {"kql_series_fill_forward('[null,1,null]', NULL)", "[null,1,1]"},
           {"kql_series_fill_backward('[null,1,null]', NULL)", "[1,1,null]"},
           {"kql_path_text(kql_series_stats('[2,4,null,6]'), '$.variance')", "4.0"},
           {"kql_series_stats('7')", "NULL"}});
}

TEST_F(Functions, Places) {
    check({{"round(kql_geo_distance(0, 0, 0, 1))", "111195.0"},
           {"kql_geo_distance(300, 0, 0, 1)", "NULL"},
           {"kql_geo_in_circle(0, 0.5, 0, 0, 60000)", "true"},
           {"kql_geohash(-5.6, 42.6, 5)", "ezs42"},
           {"kql_geohash(200, 1, 5)", ""},
           {"length(kql_new_guid())", "36"},
           {"kql_rand(1)", "0.0"}});
}

// Each chunk of a constant needle and a needle per row must agree.
TEST_F(Functions, NeedlesPerRow) {
    auto const count = connection_->count(
        "SELECT count(*) FILTER (WHERE kql_has('row ' || i, CAST(i AS VARCHAR))) FROM range(5000) t(i)");
    ASSERT_TRUE(count) << describe(count.error());
    EXPECT_EQ(*count, 5000);
}

// Every template of the table of functions names engine functions that exist.
TEST(FunctionTable, ReadsWell) {
    for (auto const& fault : table_faults()) ADD_FAILURE() << fault;
    EXPECT_NE(find_scalar("parse_json"), nullptr);
}

}  // namespace
}  // namespace merlon::hunt
