-- Certificates that sensors read of each device (osquery's table certificates). The key size is text, as the table has it.
SELECT c.device AS "DeviceId", c.thumbprint AS "Thumbprint", c.path AS "Path", c.serial AS "SerialNumber", c.issued_to AS "IssuedTo",
       c.issued_by AS "IssuedBy", c.common_name AS "FriendlyName", c.algorithm AS "SignatureAlgorithm", c.key_size AS "KeySize",
       c.ends AS "ExpirationDate", c.begins AS "IssueDate",
       c.subject_type AS "SubjectType", c.key_usage AS "KeyUsage"
FROM main.certificate c
