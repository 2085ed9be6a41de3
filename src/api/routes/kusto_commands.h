// The management commands that Kusto's clients send when they connect: what databases, tables, columns and functions
// there are. Everything else is refused by name.
//
//   .show databases · .show database [NAME] schema [as json] · .show schema [as json] · .show tables [details]
//   .show table NAME [schema as json | cslschema | details] · .show functions · .show function NAME · .show version
//   .show principal roles · .show cluster · .show materialized-views · .show external tables
#pragma once
#include "hunt/hunt.h"

namespace merlon::api {

inline constexpr std::string_view kusto_database = "Merlon";

// Errors: kusto.unknown_command, kusto.no_such_table.
Result<hunt::Answer> run_command(std::string_view command, hunt::Catalog const&);

}  // namespace merlon::api
