// Sends what waits to be delivered: webhooks signed, mail, tickets (docs/notifications.md).
#pragma once
#include <filesystem>

#include "advise/notifications.h"
#include "api/auth/sealing.h"
#include "base/result.h"
#include "base/time.h"
#include "feeds/send.h"
#include "server/settings.h"
#include "store/store.h"
#include "store/writer.h"

namespace merlon::server {

struct DeliverySettings {
    feeds::SendOptions send;
    feeds::MailServer mail;
    std::string mail_from;
    std::string link;  // the portal's address, for links; "" none
};
// Settings notify.*. Errors: settings.malformed, send.bad_range, file errors of the password's file.
Result<DeliverySettings> delivery_settings(Settings const&);
// The key that channels' secrets are sealed with, in the data folder.
std::filesystem::path sealing_key(store::Store const&);

// The lines that a webhook carries: what is signed is "TIMESTAMP.BODY".
std::vector<std::string> webhook_headers(std::string_view delivery, std::string_view event, std::string_view secret,
                                         std::string_view body, std::int64_t unix_time);

// One round: collects what is to be told, sends what is due, writes down what came of it.
Result<advise::Delivered> deliver(store::Store const&, store::Writer&, api::Sealer const&, DeliverySettings const&, Ticks now);

}  // namespace merlon::server
