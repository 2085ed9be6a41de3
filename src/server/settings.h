// Settings: one list (schema/settings.json), four places a value may come from: flag > environment > file > default.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon::server {

struct SettingValue {
    std::string value;
    std::string from;  // "flag", "environment MERLON_DATA", "file /etc/merlon.toml", "default"
};

class Settings {
public:
    // Reads the file (when not empty), then the environment (MERLON_NAME, dots as underscores), then the flags.
    // Unknown names in file or flags, and values of the wrong type anywhere, are errors.
    static Result<Settings> read(std::filesystem::path const& file, std::map<std::string, std::string> const& flags);

    std::string const& text(std::string_view name) const { return values_.at(std::string(name)).value; }
    std::int64_t integer(std::string_view name) const;
    // A table of every setting: name, value, where it comes from, what it means. Secrets are not shown.
    std::string explain() const;

private:
    std::map<std::string, SettingValue> values_;
};

}  // namespace merlon::server
