#include "feeds/source.h"

#include "base/files.h"

namespace merlon::feeds {
namespace {
constexpr std::size_t head_bytes = std::size_t{64} << 10;
}

Status pieces_of(Source const& source, std::function<Status(std::string_view)> const& take) {
    if (source.bytes) {
        if (source.progress) TRY(source.progress(0, source.bytes->size()));
        return take(*source.bytes);
    }
    return read_pieces(source.path, [&](std::string_view piece, std::uint64_t consumed) -> Status {
        if (source.progress) TRY(source.progress(consumed, piece.size()));
        return take(piece);
    });
}

Status lines_of(Source const& source, std::function<Status(std::string_view, std::size_t)> const& take) {
    std::string pending;
    std::size_t number = 0;
    auto const one = [&](std::string_view line) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (++number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
        return take(line, number);
    };
    TRY(pieces_of(source, [&](std::string_view piece) -> Status {
        while (true) {
            auto const end = piece.find('\n');
            if (end == std::string_view::npos) break;
            if (pending.empty()) {
                TRY(one(piece.substr(0, end)));
            } else {
                pending += piece.substr(0, end);
                TRY(one(pending));
                pending.clear();
            }
            piece.remove_prefix(end + 1);
        }
        pending += piece;
        if (pending.size() > most_record_bytes)
            return fail("file.line_too_long", source.name, std::to_string(number + 1),
                        std::to_string(most_record_bytes));
        return {};
    }));
    if (!pending.empty()) TRY(one(pending));
    return {};
}

Result<std::string> whole_of(Source const& source) {
    std::string whole;
    TRY(pieces_of(source, [&](std::string_view piece) -> Status {
        if (whole.size() + piece.size() > most_document_bytes)
            return fail("file.too_large", source.name, std::to_string(most_document_bytes));
        whole += piece;
        return {};
    }));
    whole.reserve(whole.size() + 64);
    return whole;
}

Result<std::string> head_of(Source const& source) {
    if (source.bytes) return source.bytes->substr(0, head_bytes);
    std::string head;
    auto const read = read_pieces(source.path, [&](std::string_view piece, std::uint64_t) -> Status {
        head += piece.substr(0, head_bytes - head.size());
        if (head.size() == head_bytes) return fail("feeds.enough");
        return {};
    });
    if (!read && read.error().code != "feeds.enough") return std::unexpected(read.error());
    return head;
}

}  // namespace merlon::feeds
