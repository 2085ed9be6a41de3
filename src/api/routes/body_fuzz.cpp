// Bodies of writes.
#include "api/routes/body.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace merlon::api;
    HttpRequest request;
    request.body.assign(reinterpret_cast<char const*>(data), size);
    auto const body = Body::read(request, {"name", "permissions", "days", "disabled"});
    if (!body) return 0;
    (void)body->text("name");
    (void)body->texts("permissions");
    (void)body->optional_integer("days");
    (void)body->optional_flag("disabled");
    return 0;
}
