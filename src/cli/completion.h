#pragma once

namespace CLI {
class App;
}

namespace merlon::cli {

// Added last: its script knows the verbs that are there.
void add_completion(CLI::App&);

}  // namespace merlon::cli
