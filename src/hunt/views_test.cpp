// What the views of some hunting tables make of stored rows.
#include "hunt/hunting_for_tests.h"

namespace merlon::hunt {
namespace {

class HuntingViews : public HuntingStore {};

TEST_F(HuntingViews, NetworkAdaptersAndWhatTheirAddressesAre) {
    have(R"sql(INSERT INTO main.device SELECT 'd' || i, 'x' || i, 'host-' || i, 'Linux', '', '', '10', '', '', '', 'x64', '', 'HQ', 'Normal', false, '',
        ['[{"name":"eth0","mac":"02:00:00:00:00:01","addresses":["10.0.0.5","fe80::1","2001:db8::7"]},{"name":"lo","mac":"","addresses":["127.0.0.1"]}]',
         '[{"name":"eth1","mac":"02:00:00:00:00:02","addresses":[]}]', '[]'][i + 1], '[]', false, 'test', 1, 2, 0 FROM range(3) t(i))sql");
    EXPECT_EQ(rows("DeviceNetworkInfo | project DeviceName, NetworkAdapterName, MacAddress, IPAddresses | order by DeviceName asc, NetworkAdapterName asc"),
              R"("host-0" "eth0" "02:00:00:00:00:01" "[{\"IPAddress\":\"10.0.0.5\",\"AddressType\":\"Private\"},{\"IPAddress\":\"fe80::1\",\"AddressType\":\"LinkLocal\"},{\"IPAddress\":\"2001:db8::7\",\"AddressType\":\"Public\"}]" )" "\n"
              R"("host-0" "lo" "" "[{\"IPAddress\":\"127.0.0.1\",\"AddressType\":\"Loopback\"}]" )" "\n"
              R"("host-1" "eth1" "02:00:00:00:00:02" "" )" "\n");
    EXPECT_EQ(rows("DeviceNetworkInfo | mv-expand A = parse_json(IPAddresses) | where A.AddressType == 'Private' | project tostring(A.IPAddress)"), "\"10.0.0.5\" \n");
}

TEST_F(HuntingViews, DatesOfCertificatesAreTimes) {
    have(R"sql(INSERT INTO main.setting SELECT 'd1', 'osquery.certificates.' || repeat(i::VARCHAR, 40) || './c.pem',
        ['{"not_valid_before":"1704067200","not_valid_after":"1735689600"}', '{"not_valid_before":"1704067200","not_valid_after":"300000000000"}'][i + 1], 1
        FROM range(2) t(i))sql");
    EXPECT_EQ(rows("DeviceTvmCertificateInfo | project Path, IssueDate, ExpirationDate, ended = ExpirationDate < now(), days = datetime_diff('day', ExpirationDate, IssueDate) "
                   "| order by ExpirationDate desc"),
              "\"/c.pem\" \"2024-01-01T00:00:00.0000000Z\" \"2025-01-01T00:00:00.0000000Z\" true 366 \n"
              "\"/c.pem\" \"2024-01-01T00:00:00.0000000Z\" null null null \n");
}

}  // namespace
}  // namespace merlon::hunt
