// A small fleet whose numbers tests work out on paper.
#pragma once
#include <string_view>

#include "base/time.h"

namespace merlon::advise {

// 2026-01-15. Devices a to e count; f is excluded, g was silent for 60 days. b is of value High (weight 2), c of Low
// (0.5) and faces the internet, the rest weigh 1: together 1 + 2 + 0.5 + 1 + 1 = 5.5.
//
// editor 1.0 on a, b, g: CVE-1 (CVSS 10, EPSS 0.2, fixed in 1.2), CVE-2 (CVSS 5, EPSS 0.1, no fix).
// editor 1.1 on c: CVE-2 only. For device a CVE-2 is cleared.
// player 5 on d, f: support of this version ended; no finding.
// relic 2 on e: the whole product is out of support; CVE-3 (CVSS 10, known exploited, no fix).
// viewer 3 on a: CVE-4 without fix (CVSS 10, EPSS 0.2). calm 1 on all: nothing.
inline constexpr Ticks now = 639'040'320'000'000'000;

inline constexpr std::string_view fleet_sql = R"sql(
    INSERT INTO state VALUES ('score.end_of_support', 'off'); -- scores by hand are of holes
    INSERT INTO device SELECT d.id, d.id, d.id || '.example.test', 'Linux', '', '', '', '', '', '', '', '', 'HQ', d.value,
        d.facing, '', '[]', '[]', d.id = 'f', 'test', 0, CASE WHEN d.id = 'g' THEN 639040320000000000 - 60 * 864000000000 ELSE 639040320000000000 END, 0
    FROM (VALUES ('a','Normal',false),('b','High',false),('c','Low',true),('d','Normal',false),('e','Normal',false),
                 ('f','Normal',false),('g','Normal',false)) d(id, value, facing);
    INSERT INTO software SELECT s.id, 'programs', s.product, '', s.version, '', '', '', '', '', '', '', '', 'windows', 0
    FROM (VALUES (1,'editor','1.0'),(2,'editor','1.1'),(3,'player','5'),(4,'relic','2'),(5,'viewer','3'),(6,'calm','1')) s(id, product, version);
    INSERT INTO identity SELECT s.id, 'acme', s.name, s.version, 'intdot', '[]', true,
        CASE s.id WHEN 3 THEN 'EOS Version' WHEN 4 THEN 'EOS Software' ELSE '' END, s.id IN (3, 4), NULL,
        CASE s.id WHEN 3 THEN 'player' ELSE '' END, CASE s.id WHEN 3 THEN '5' ELSE '' END, '', '' FROM software s;
    INSERT INTO installation SELECT i.d, i.s, '', '', 0 FROM (VALUES ('a',1),('b',1),('g',1),('c',2),('d',3),('f',3),('e',4),('a',5),
        ('a',6),('b',6),('c',6),('d',6),('e',6)) i(d, s);
    INSERT INTO cve SELECT c.id, 'published', '', '', 'High', c.cvss, '', '', '', 0, 0, false, false, false, c.kev, false, 0, '[]', '[]',
        c.epss, NULL, '[]', '[]', '[]' FROM (VALUES ('CVE-1',10.0,0.2,false),('CVE-2',5.0,0.1,false),('CVE-3',10.0,0.0,true),('CVE-4',10.0,0.2,false)) c(id, cvss, epss, kev);
    INSERT INTO finding SELECT f.s, f.c, '[]', f.state, f.fixed, '', '', 100, false, '[]', 0
    FROM (VALUES (1,'CVE-1','fixed','1.2'),(1,'CVE-2','affected',''),(2,'CVE-2','affected',''),(4,'CVE-3','affected',''),(5,'CVE-4','affected','')) f(s, c, state, fixed);
    INSERT INTO finding_cleared VALUES ('a', 1, 'CVE-2', 'test');
    INSERT INTO alert VALUES ('x', 'b', 0, 'High', '', '', 'New', '', '{}'), ('y', 'e', 0, 'High', '', '', 'Resolved', '', '{}');
)sql";

}  // namespace merlon::advise
