// Readers of Microsoft's data.
//   CVRF (api.msrc.microsoft.com/cvrf): month documents in XML, and the same as JSON with lower-case names, one CVE a
//   line. One advisory for each CVE, source "msrc": a statement for each product with its KB (hotfix, from the
//   description or the address), fixed build (range of the branch that the build belongs to) and, in the note, the KB
//   that it replaces. A product without a fixed build gets a statement without versions; the KB alone clears it.
//   Threats give the severity word and, for "Exploited:Yes", a fact of source msrc, kind exploited.
//   What a remedy supersedes becomes an advisory for each update that replaces others: source "msrc-kb", id its KB, aliases
//   the KBs that it replaces, no statements.
//   Windows update supersedence (CSV made of wsusscn2.cab): one advisory for each KB, source "windows-kb", id the KB,
//   aliases the KBs that replace it, no statements.
#pragma once
#include "feeds/intake.h"
#include "feeds/recognise.h"
#include "feeds/source.h"

namespace merlon::feeds {
Status read_msrc(Source const&, Format const&, Intake&);
Status read_windows_kb(Source const&, Intake&);
}
