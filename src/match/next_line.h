// Which line of a product to move to when support of the installed one has ended, or soon will.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "match/lifecycle.h"

namespace merlon::match {

// The earliest released line after `cycle` that is supported and does not end within the window. A long-term line is followed by a
// long-term line where there is one. Of short releases (`moves`), each of which ends when the next comes, it is the newest, and never a
// long-term one, whose numbers are others (Firefox ESR). `tails`: the editions that a Windows may have, the best first ("-e-lts", "-e"): its line is of the first that has any. A
// `cycle` that the product does not list is older than all. Its version is the line's newest known one, else the name of the line.
NextLine next_line(LifecycleProduct const&, std::string_view cycle, std::span<std::string const> tails, bool moves, LifecycleOptions const&);

}  // namespace merlon::match
