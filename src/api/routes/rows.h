// Rows of a list as they go over the wire.
#pragma once
#include <string>
#include <vector>

#include "api/odata/options.h"
#include "api/resource.h"
#include "store/engine.h"

namespace merlon::api {

class RowWriter {
public:
    // `pascal_case`: names begin with a capital, as in the file form of exports.
    RowWriter(odata::Format, std::vector<Field const*>, bool pascal_case = false);

    // The line of names of CSV; nothing else.
    void head(std::string& out) const;
    // An object (JSON without, NDJSON with the end of its line) or a line of CSV. The fields are the chunk's first columns.
    void row(std::string& out, store::Chunk const&, std::size_t row) const;
    // What stands between the braces of an object, for one that has more members than these.
    void members(std::string& out, store::Chunk const&, std::size_t row) const;

private:
    void value(std::string& out, Field const&, store::Column const&, std::size_t row) const;
    void cell(std::string& out, Field const&, store::Column const&, std::size_t row) const;
    odata::Format format_;
    std::vector<Field const*> fields_;
    std::vector<std::string> names_;
};

}  // namespace merlon::api
