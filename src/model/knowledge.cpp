#include "model/knowledge.h"

#include <array>

#include "base/text.h"

namespace merlon {
namespace {

// Splits at unescaped colons.
std::vector<std::string_view> fields_of(std::string_view text) {
    std::vector<std::string_view> fields;
    fields.reserve(11);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
        } else if (text[i] == ':') {
            fields.push_back(text.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    fields.push_back(text.substr(begin));
    return fields;
}

std::string without_escapes(std::string_view field) {
    std::string out;
    out.reserve(field.size());
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] == '\\' && i + 1 < field.size()) ++i;
        char const c = field[i];
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

std::string with_escapes(std::string_view field) {
    if (field == "*" || field == "-") return std::string(field);
    std::string out;
    for (char const c : field) {
        bool const plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                           c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
        if (!plain) out += '\\';
        out += c;
    }
    return out;
}

template <typename Fields, typename Decode>
Cpe from_fields(Fields const& fields, std::size_t first, Decode decode) {
    Cpe cpe;
    std::array<std::string*, 11> const places{&cpe.part,     &cpe.vendor,     &cpe.product,   &cpe.version,
                                              &cpe.update,   &cpe.edition,    &cpe.language,  &cpe.sw_edition,
                                              &cpe.target_sw, &cpe.target_hw, &cpe.other};
    for (std::size_t i = 0; i < places.size() && first + i < fields.size(); ++i) {
        auto value = decode(fields[first + i]);
        if (!value.empty()) *places[i] = std::move(value);
    }
    return cpe;
}

}  // namespace

std::optional<Cpe> parse_cpe(std::string_view text) {
    if (text.size() > 4096) return {};
    if (text.starts_with("cpe:2.3:")) {
        auto const fields = fields_of(text.substr(8));
        if (fields.size() < 3) return {};
        auto cpe = from_fields(fields, 0, without_escapes);
        if (cpe.part.size() != 1) return {};
        return cpe;
    }
    if (text.starts_with("cpe:/")) {
        auto const fields = split(text.substr(5), ':');
        if (fields.size() < 3) return {};
        auto cpe = from_fields(fields, 0, [](std::string_view field) { return ascii_lower(percent_decoded(field)); });
        if (cpe.part.size() != 1) return {};
        return cpe;
    }
    return {};
}

std::string cpe_text(Cpe const& cpe) {
    std::string out = "cpe:2.3";
    for (auto const* field : {&cpe.part, &cpe.vendor, &cpe.product, &cpe.version, &cpe.update, &cpe.edition,
                              &cpe.language, &cpe.sw_edition, &cpe.target_sw, &cpe.target_hw, &cpe.other})
        out += ":" + with_escapes(*field);
    return out;
}

std::string cpe_version_text(Cpe const& cpe) {
    return cpe.update == "*" ? cpe.version : cpe.version + " update " + cpe.update;
}

std::string package_name(std::string_view ecosystem, std::string_view name) {
    auto const family = ecosystem.substr(0, ecosystem.find(':'));
    name = trim(name);
    if (family == "PyPI") {
        // PEP 503: runs of -, _ and . are one hyphen.
        std::string out;
        for (char const c : ascii_lower(name)) {
            bool const joint = c == '-' || c == '_' || c == '.';
            if (!joint) out += c;
            else if (!out.ends_with('-')) out += '-';
        }
        return out;
    }
    for (auto const* any_case : {"NuGet", "Packagist", "GitHub Actions", "Hex", "Pub", "VSCode"})
        if (family == any_case) return ascii_lower(name);
    if (family == "Go" && (name == "go" || name == "std")) return "stdlib";
    return std::string(name);
}

std::string subject_key(Subject const& subject) {
    if (auto const* cpe = std::get_if<Cpe>(&subject)) return cpe->part + ":" + cpe->vendor + ":" + cpe->product;
    auto const& package = std::get<PackageName>(subject);
    return "pkg:" + package.ecosystem + "/" + package.name;
}

namespace {
constexpr std::array<std::string_view, 7> fix_states{"fixed",        "affected",            "will_not_fix", "deferred",
                                                     "not_affected", "under_investigation", "unknown"};
constexpr std::array<std::string_view, 4> advisory_states{"published", "rejected", "withdrawn", "disputed"};
}  // namespace

std::string_view fix_state_name(FixState state) { return fix_states[static_cast<std::size_t>(state)]; }
FixState fix_state_of(std::string_view name) {
    for (std::size_t i = 0; i < fix_states.size(); ++i)
        if (fix_states[i] == name) return static_cast<FixState>(i);
    return FixState::unknown;
}
std::string_view advisory_state_name(AdvisoryState state) { return advisory_states[static_cast<std::size_t>(state)]; }

}  // namespace merlon
