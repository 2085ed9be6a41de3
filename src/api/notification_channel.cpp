#include "api/notification_channel.h"

#include "base/text.h"
#include "feeds/send.h"

namespace merlon::api {

Status set_channel_secret(advise::NotificationChannel& channel, ChannelSecret const& wanted, Sealer const& sealer) {
    if (equal_ignoring_ascii_case(channel.kind, "Mail")) {
        for (auto const part : split(wanted.address, ',')) TRY(feeds::check_mail_address(trim(part)));
        channel.address = wanted.address;
        channel.secret.clear();
        return {};
    }
    if (wanted.secret.find_first_of("\r\n") != std::string::npos)
        return fail("advise.bad_notification", "the secret has more than one line", "Give one line.");
    if (wanted.address.find_first_of("\r\n") != std::string::npos)
        return fail("send.bad_address", "the address", "it has more than one line");
    TRY(equal_ignoring_ascii_case(channel.kind, "Syslog") ? feeds::check_syslog_address(wanted.address) : feeds::check_address(wanted.address));
    auto const host = wanted.address.find("://") + 3;
    channel.address = wanted.address.substr(0, wanted.address.find_first_of("/?#", host));
    channel.secret = sealer.seal(wanted.address + "\n" + wanted.secret);
    return {};
}

Result<ChannelSecret> channel_secret(advise::NotificationChannel const& channel, Sealer const& sealer) {
    if (channel.kind == "Mail") return ChannelSecret{channel.address, {}};
    auto const text = TRY(sealer.unseal(channel.secret));
    auto const end = text.find('\n');
    if (end == std::string::npos) return fail("auth.unsealable");
    return ChannelSecret{text.substr(0, end), text.substr(end + 1)};
}

}  // namespace merlon::api
