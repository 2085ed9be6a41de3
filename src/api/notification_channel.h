// The secret part of a notification channel: its whole address (addresses of webhooks often hold a key) and what signs
// or authorises. Stored sealed; lists show scheme and host only.
#pragma once
#include <string>

#include "advise/notifications.h"
#include "api/auth/sealing.h"

namespace merlon::api {

struct ChannelSecret {
    std::string address;  // of a webhook or ticket system
    std::string secret;   // signs a webhook; the Authorization header of a ticket system; "" none
};

// Checks address and secret for the channel's kind and puts them into it: sealed, and as they are shown. A mail channel
// keeps its recipients as they are. Errors: send.bad_address, send.bad_mail_address, advise.bad_notification.
Status set_channel_secret(advise::NotificationChannel&, ChannelSecret const&, Sealer const&);
Result<ChannelSecret> channel_secret(advise::NotificationChannel const&, Sealer const&);

}  // namespace merlon::api
