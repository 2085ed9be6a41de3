// Who a person is, whatever credential they come with: all that their role gives, within what both may see.
#pragma once
#include "api/auth/gate.h"

namespace merlon::api {

Caller caller_of(Directory const&, User const&);

}  // namespace merlon::api
