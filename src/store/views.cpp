#include "store/views.h"

#include "base/embedded.h"
#include "store/store.h"

namespace merlon::store {

std::string view_definitions() {
    constexpr std::string_view folder = "schema/views/";
    std::string all;
    for (auto const& file : embedded_under(folder)) {
        auto const name = file.path.substr(folder.size(), file.path.rfind('.') - folder.size());
        all += "CREATE OR REPLACE VIEW hunting." + quote_name(name) + " AS\n" + std::string(file.bytes) + ";\n";
    }
    return all + std::string(embedded("schema/past.sql"));
}

Status make_views(Connection& connection) {
    auto const all = view_definitions();
    // The text itself is compared: it is small, and a digest would only say the same.
    if (TRY(state_value(connection, "views")) == all) return {};
    return connection.transaction([&]() -> Status {
        TRY(connection.execute("DROP SCHEMA IF EXISTS hunting CASCADE; CREATE SCHEMA hunting; DROP SCHEMA IF EXISTS past CASCADE; CREATE SCHEMA past"));
        TRY(connection.execute(all));
        return set_state_value(connection, "views", all);
    });
}

}  // namespace merlon::store
