-- Migration 45. Who has paid for extended support of the operating system: device groups and devices, as people entered it. The
-- software row of such a device's operating system has an edition that says so (store/support_entitlements.h).
CREATE TABLE support_entitlement (
    id VARCHAR PRIMARY KEY,
    scope VARCHAR NOT NULL,           -- group or device
    scope_value VARCHAR NOT NULL,     -- name of the group; id of the device
    note VARCHAR NOT NULL,
    created BIGINT NOT NULL, created_by VARCHAR NOT NULL
);
