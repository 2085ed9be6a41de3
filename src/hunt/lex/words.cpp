#include <set>

#include "hunt/lex/token.h"

namespace merlon::hunt {
namespace {

using Words = std::set<std::string_view>;

// What Microsoft's parser refuses as a bare column name (its KS228), measured word by word.
Words const reserved{
    "and",          "or",            "asc",          "desc",         "between",      "contains_cs",  "endswith",
    "endswith_cs",  "startswith",    "startswith_cs", "has_any",     "has_all",      "has_cs",       "hasprefix",
    "hasprefix_cs", "hassuffix",     "hassuffix_cs", "first",        "last",         "missing",      "others",
    "project",      "union",         "relaxed",      "simple",       "with_itemindex", "with_match_id",
    "with_step_name", "callout",     "cancel",       "card",         "flags",        "journal",      "like",
    "notlike",      "likecs",        "notlikecs",    "notcontains",  "notcontainscs", "seal",        "seals",
    "shards",       "statistics",    "queries",      "rowstore",     "rowstores",    "softdelete",   "treemap",
    "views",        "timeline",      "timechart",    "timepivot",    "linechart",    "barchart",     "columnchart",
    "areachart",    "piechart",      "scatterchart", "stackedareachart", "ladderchart", "pivotchart", "anomalychart",
    "cycles",       "bagexpansion",  "nooptimization", "hotcache",   "pathformat",   "external_data", "harddelete",
    "boolean",      "int",           "long",         "real",         "decimal",      "double",       "string",
    "time",         "timespan",      "date",         "datetime",     "dynamic",      "int8",         "int16",
    "int32",        "int64",         "uint",         "uint8",        "uint16",       "uint32",       "uint64",
    "ulong",        "float",         "byte",         "char",         "uniqueid"};
Words const reserved_in_expressions{
    "accumulate", "as",     "by",     "contains", "datatable", "earliest",   "externaldata", "find",   "has",
    "in",         "invoke", "latest", "of",       "print",     "sample",     "search",       "set",    "sql",
    "title",      "to",     "toscalar", "totable", "verbose",  "viewers",    "where",        "materialize"};
Words const type_words{"bool",  "boolean", "int",   "int8",  "int16",  "int32",     "int64",    "uint", "uint8",
                       "uint16", "uint32", "uint64", "ulong", "long",  "real",      "double",   "float", "decimal",
                       "string", "datetime", "date", "timespan", "time", "guid",    "uuid",     "uniqueid", "dynamic"};

}  // namespace

bool is_reserved_name(std::string_view word) { return reserved.contains(word); }
bool is_reserved_in_expression(std::string_view word) { return reserved_in_expressions.contains(word); }
bool is_type_word(std::string_view word) { return type_words.contains(word); }

}  // namespace merlon::hunt
