#include "hunt/parse/cursor.h"

#include "hunt/parse/habits.h"

namespace merlon::hunt {

bool Cursor::sees_hyphenated(std::string_view whole, std::size_t ahead) const {
    std::size_t i = ahead;
    while (true) {
        auto const dash = whole.find('-');
        auto const& t = peek(i);
        if (t.kind != TokenKind::name || t.text != whole.substr(0, dash)) return false;
        if (i > ahead && t.blank_before) return false;
        if (dash == std::string_view::npos) return true;
        whole.remove_prefix(dash + 1);
        if (!sees("-", i + 1) || peek(i + 1).blank_before) return false;
        i += 2;
    }
}

Error Cursor::expected(std::string_view what) const {
    auto const& t = peek();
    auto found = t.kind == TokenKind::end ? std::string("the end of the text")
                 : t.kind == TokenKind::string ? std::string("a string")
                 : t.kind == TokenKind::integer || t.kind == TokenKind::real || t.kind == TokenKind::span
                     ? std::string("a number")
                     : "'" + t.text + "'";
    auto span = t.span;
    if (t.kind == TokenKind::end && at_ > 0) span = {tokens_[at_ - 1].span.end, tokens_[at_ - 1].span.end};
    auto made = error("KS005", std::string(what), std::move(found)).with(span);
    made.hint = habit_at(*this, what);
    return made;
}

Status Cursor::expect(std::string_view sign) {
    if (accept(sign)) return {};
    return std::unexpected(expected(sign));
}
Status Cursor::expect_word(std::string_view word) {
    if (accept_word(word)) return {};
    return std::unexpected(expected(word));
}

void Cursor::skip_operator() {
    int open = 0;
    while (!at_end()) {
        if (sees("(") || sees("[") || sees("{")) ++open;
        if (sees(")") || sees("]") || sees("}")) {
            if (open == 0) return;
            --open;
        }
        if (open == 0 && (sees("|") || sees(";"))) return;
        take();
    }
}

Result<NodePtr> Cursor::make(Span span, decltype(Node::form) form, int depth) {
    if (++nodes > limits.nodes)
        return std::unexpected(error("hunt.too_many_nodes", std::to_string(limits.nodes)).with(span));
    if (depth > limits.depth * 3)
        return std::unexpected(error("hunt.too_deep", std::to_string(limits.depth)).with(span));
    auto node = std::make_unique<Node>();
    node->span = span;
    node->depth = depth;
    node->form = std::move(form);
    return node;
}

Status Nesting::check() const {
    if (cursor_.nesting <= cursor_.limits.depth) return {};
    return std::unexpected(error("hunt.too_deep", std::to_string(cursor_.limits.depth)).with(cursor_.peek().span));
}

}  // namespace merlon::hunt
