-- Migration 44. How many devices are how vulnerable, each under the worst that it has; a day's last publication stays (fleet/vulnerable.h).
CREATE TABLE vulnerable_day (
    day BIGINT NOT NULL, device_group VARCHAR NOT NULL, os_platform VARCHAR NOT NULL, os_release VARCHAR NOT NULL,
    severity BIGINT NOT NULL,         -- of the worst CVE: 1 Low to 4 Critical; 0: there is none
    known_exploited BOOLEAN NOT NULL, -- any of them (CISA KEV)
    exploit BIGINT NOT NULL,          -- 1: any of them has a known exploit, 0: none, -1: nothing is known of them
    age BIGINT NOT NULL,              -- days since the first of them was published, at least: 0, 31, 91, 181 or 366; -1: not known
    devices BIGINT NOT NULL
);
