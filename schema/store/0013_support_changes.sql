-- When the support status of a version turned, as matching saw it: history, kept. Status words as in identity.
CREATE TABLE support_change (
    time BIGINT NOT NULL, vendor VARCHAR NOT NULL, product VARCHAR NOT NULL, version VARCHAR NOT NULL,
    old_status VARCHAR NOT NULL, new_status VARCHAR NOT NULL, end_date BIGINT,  -- of support, when known
    devices BIGINT NOT NULL                                                     -- that had it then
);
