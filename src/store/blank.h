// An empty database with its schema, as a file for the life of the process. Who opens one store in memory after another (the tests)
// copies it, which takes a fifth of the time of all migrations and views.
#pragma once
#include "store/engine.h"

namespace merlon::store {

// Gives an empty database in memory its tables and views.
Status fill_blank(Connection&);

}  // namespace merlon::store
