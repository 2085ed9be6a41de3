-- Migration 10. Notifications (docs/notifications.md).
CREATE TABLE notification_channel (
    id VARCHAR NOT NULL, name VARCHAR NOT NULL,   -- both unique
    kind VARCHAR NOT NULL,        -- Webhook, Mail, Ticket
    address VARCHAR NOT NULL,     -- scheme and host of an address, or recipients separated by commas
    secret VARCHAR NOT NULL,      -- sealed (api/notification_channel.h): the whole address, and what signs or authorises
    template VARCHAR NOT NULL,    -- body of a ticket, with {{title}} {{description}} {{severity}} {{id}} {{due}} {{owner}} {{devices}} {{link}}
    active BOOLEAN NOT NULL, created BIGINT NOT NULL, created_by VARCHAR NOT NULL
);
CREATE TABLE notification_rule (
    id VARCHAR NOT NULL, name VARCHAR NOT NULL,   -- both unique
    description VARCHAR NOT NULL, active BOOLEAN NOT NULL,
    events VARCHAR NOT NULL,      -- JSON array of kinds of events
    severity VARCHAR NOT NULL,    -- of vulnerabilities: from this one on; '' any
    channels VARCHAR NOT NULL,    -- JSON array of channel ids
    created BIGINT NOT NULL, created_by VARCHAR NOT NULL
);
-- What was told, or was there before anybody wanted to be told.
CREATE TABLE notified (kind VARCHAR NOT NULL, subject VARCHAR NOT NULL);
CREATE TABLE notification_delivery (
    id VARCHAR NOT NULL, channel VARCHAR NOT NULL, rule VARCHAR NOT NULL,
    event VARCHAR NOT NULL, subject VARCHAR NOT NULL,  -- subject: what a ticket is about; '' several
    body VARCHAR NOT NULL,        -- as it is sent; of a mail its text, the first line its subject
    state VARCHAR NOT NULL,       -- Waiting Sent Failed
    attempts BIGINT NOT NULL, next_try BIGINT NOT NULL,
    outcome VARCHAR NOT NULL,     -- "HTTP 204", or why not
    created BIGINT NOT NULL, finished BIGINT NOT NULL
);
