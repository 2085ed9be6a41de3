// Keeping other processes out of a data folder.
#pragma once
#include <filesystem>
#include <memory>

#include "base/result.h"

namespace merlon::store {

// As an open store does, for as long as the result is kept. Errors: store.in_use names the other process, file.unwritable.
Result<std::shared_ptr<void>> lock_folder(std::filesystem::path const&);

}  // namespace merlon::store
