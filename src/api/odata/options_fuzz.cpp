// Query options of lists: the first line is the query string, as it goes over the wire.
#include "api/odata/options.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace merlon::api;
    static auto const resources = read_resources().value();
    HttpRequest request;
    request.query.assign(reinterpret_cast<char const*>(data), size);
    for (auto const& resource : resources) {
        if (resource.set != "Machines" && resource.set != "Vulnerabilities") continue;
        auto const options = odata::read_options(request, resource);
        if (!options) continue;
        odata::Sql sql;
        (void)odata::append_filter(options->filter, resource, 0, sql);
        (void)odata::append_search(options->search, resource, 0, sql);
        auto const order = odata::read_order(options->order, resource, 0, sql);
        if (!order) continue;
        if (auto const token = odata::read_token(*options, order->size())) (void)odata::rows_after(*order, token->after, sql);
    }
    return 0;
}
