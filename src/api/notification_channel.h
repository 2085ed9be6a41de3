// The secret part of a notification channel: its whole address (addresses of webhooks often hold a key) and what signs
// or authorises. Stored sealed; lists show scheme and host only.
#pragma once
#include <functional>
#include <string>

#include "advise/notifications.h"
#include "api/auth/sealing.h"
#include "store/writer.h"

namespace merlon::api {

struct ChannelSecret {
    std::string address;  // of a webhook or ticket system
    std::string secret;   // signs a webhook; the Authorization header of a ticket system; "" none
};

// Checks address and secret for the channel's kind and puts them into it: sealed, and as they are shown. A mail channel
// keeps its recipients as they are. Errors: send.bad_address, send.bad_mail_address, advise.bad_notification.
Status set_channel_secret(advise::NotificationChannel&, ChannelSecret const&, Sealer const&);
Result<ChannelSecret> channel_secret(advise::NotificationChannel const&, Sealer const&);

// A round of notifications, now. Sending is the business of whoever starts a service, and set for its writer as long as that
// lives; nothing while nobody sends here.
using SendNow = std::function<Result<advise::Delivered>()>;
void set_send_now(store::Writer const&, SendNow);
SendNow send_now_of(store::Writer const&);

}  // namespace merlon::api
