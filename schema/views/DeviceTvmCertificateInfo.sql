-- Certificates that sensors read of each device (osquery's table certificates). Dates and key size are text, as the table has them.
SELECT c.device AS "DeviceId", c.thumbprint AS "Thumbprint", c.path AS "Path", c.serial AS "SerialNumber", c.issued_to AS "IssuedTo",
       c.issued_by AS "IssuedBy", c.common_name AS "FriendlyName", c.algorithm AS "SignatureAlgorithm", c.key_size AS "KeySize",
       coalesce(strftime(make_timestamp((c.ends - 621355968000000000) // 10), '%Y-%m-%dT%H:%M:%SZ'), '') AS "ExpirationDate",
       coalesce(strftime(make_timestamp((c.begins - 621355968000000000) // 10), '%Y-%m-%dT%H:%M:%SZ'), '') AS "IssueDate",
       c.subject_type AS "SubjectType", c.key_usage AS "KeyUsage"
FROM main.certificate c
