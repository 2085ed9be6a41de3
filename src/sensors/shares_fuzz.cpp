// Security descriptors and smb.conf.
#include "sensors/shares.h"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    merlon::sensors::NetworkShare share;
    merlon::sensors::take_share_flags(share, bytes);
    (void)merlon::sensors::take_share_security(share, bytes);
    std::string hex;
    for (unsigned char const c : bytes) hex += {"0123456789abcdef"[c >> 4U], "0123456789abcdef"[c & 15U]};
    (void)merlon::sensors::take_share_security(share, hex);
    std::vector<merlon::SettingFact> facts;
    merlon::sensors::add_shares(facts, merlon::sensors::samba_shares(merlon::sensors::read_smb_conf(bytes)));
    return 0;
}
