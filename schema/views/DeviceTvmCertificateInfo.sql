-- Certificates that sensors read of each device (osquery's table certificates). The key size is text, as the table has it.
-- What ends after the year 9999 ends with it: KQL knows no later time.
SELECT c.device AS "DeviceId", c.thumbprint AS "Thumbprint", c.path AS "Path", c.serial AS "SerialNumber", c.issued_to AS "IssuedTo",
       c.issued_by AS "IssuedBy", c.common_name AS "FriendlyName", c.algorithm AS "SignatureAlgorithm", c.key_size AS "KeySize",
       least(c.ends, 3155378975999999999) AS "ExpirationDate", least(c.begins, 3155378975999999999) AS "IssueDate",
       c.subject_type AS "SubjectType", c.key_usage AS "KeyUsage"
FROM main.certificate c
