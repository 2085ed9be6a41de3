// Modules of rpm distributions: one package name, several streams of versions side by side (ruby 2.5, 2.6, 2.7). A
// statement about the build of one stream does not speak of the others, although its version is higher.
// What is known decides, in this order: the stream of the installed package (its module label, kept as edition:
// "ruby:2.5"), a build inside or outside of modules (".module+el8" in its release), the number of the build there (what was
// made after the fix and has a lower version is of another stream), the version: a statement whose major version differs is
// left out where another one shares it. Streams that roll, a list of rules/modules.json, are taken as one; products whose
// streams differ in the second number are listed there too.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "model/device.h"
#include "store/knowledge.h"

namespace merlon::match {

class ModuleStreams {
public:
    ModuleStreams(SoftwareItem const&, std::span<store::StoredStatement const* const> statements);
    // True when the statement speaks of another stream than the installed package is of.
    bool another(store::StoredStatement const&) const;

private:
    std::string installed_, label_;  // version; "ruby:2.5" or ""
    bool modular_ = false, rolling_ = false;
    int parts_ = 1;           // of the version that tell streams apart
    bool stream_named_ = false;  // some statement shares them with the installed version
};

}  // namespace merlon::match
