// Reader of endoflife.date (https://endoflife.date/docs/api): v0 (one product: an array of cycles, named by its file)
// and v1 (one product, the full list; with or without the envelope {schema_version, result}).
//
// Phases: active support, end of life (end of security support) and extended support are a date, or only "reached"
// (true) or "not reached" (false). In v0 `support: true` means supported, which is "not reached". v0 `eol: false` means
// no end is known: not reached. isEol of v1 is computed by the site on the day of the download; the date counts first.
#pragma once
#include "feeds/intake.h"
#include "feeds/source.h"

namespace merlon::feeds {
enum class EndoflifeLayout : std::uint8_t { v0, v1_product, v1_list };
Status read_endoflife(Source const&, EndoflifeLayout, Intake&);
}
